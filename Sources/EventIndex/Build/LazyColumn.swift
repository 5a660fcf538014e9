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

    /// Adds as many values at once.
    @inline(__always)
    mutating func append(_ more: Int, _ value: (Int) -> Value) {
        if more == 0 { return }
        var at = 0
        if values.isEmpty {
            let known = count == 0 ? value(0) : same
            same = known
            while at < more, value(at) == known { at += 1 }
            count += at
            if at == more { return }
            spread(value(at))
            at += 1
            count += 1
        }
        values.append(contentsOf: (at..<more).lazy.map(value))
        count += more - at
    }

    /// The values of rows, in their order.
    @inline(__always)
    func gather(_ rows: [UInt32], into out: inout [Int64], _ wide: (Value) -> Int64) {
        if let same {
            let value = wide(same)
            for place in rows.indices { out[place] = value }
            return
        }
        values.withUnsafeBufferPointer { values in
            for place in rows.indices { out[place] = wide(values[Int(rows[place])]) }
        }
    }

    /// The only value, where there is but one.
    var only: Value? { same }

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
