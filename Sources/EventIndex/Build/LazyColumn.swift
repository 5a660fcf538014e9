/// Values that take no memory as long as all of them are equal, as most columns of most hospitals are.
struct LazyColumn<Value: Equatable & Sendable>: Sendable {
    private(set) var count = 0
    private var same: Value?
    private var values: [Value] = []

    @inline(__always)
    mutating func append(_ value: Value) {
        if !values.isEmpty {
            values.append(value)
        } else if count == 0 {
            same = value
        } else if value != same {
            spread(value)
        }
        count += 1
    }

    @inline(never)
    private mutating func spread(_ value: Value) {
        guard let same else { return }
        values.reserveCapacity(max(1_024, count * 2))
        values.append(contentsOf: repeatElement(same, count: count))
        values.append(value)
        self.same = nil
    }

    subscript(place: Int) -> Value {
        if let same { same } else { values[place] }
    }

    /// Whether no row has another value; also so for a column that was never filled.
    func holdsOnly(_ value: Value) -> Bool { count == 0 || same == value }

    /// Forgets the values but keeps the memory where it was needed.
    mutating func removeAll() {
        count = 0
        same = nil
        values.removeAll(keepingCapacity: true)
    }
}
