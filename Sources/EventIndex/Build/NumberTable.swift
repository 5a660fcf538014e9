/// Numbers in the order in which they first came, found again by hashing with open addressing: one look-up is a few
/// nanoseconds, which matters once for every row of a hospital.
struct NumberTable {
    private(set) var values: [Int64] = []
    /// Place in `values` plus one; 0 = free. The size is a power of two and at least twice the values.
    private var slots = [Int32](repeating: 0, count: 64)
    private var lastValue: Int64 = 0
    private var lastPlace = -1

    var count: Int { values.count }

    /// The place of a value; it is added if it is new.
    @inline(__always)
    mutating func place(of value: Int64) -> Int {
        if lastPlace >= 0, value == lastValue { return lastPlace }
        let place = find(value)
        lastValue = value
        lastPlace = place
        return place
    }

    /// The place of a value that is there already.
    func existing(_ value: Int64) -> Int? {
        let mask = slots.count - 1
        var slot = Self.hash(value) & mask
        while slots[slot] != 0 {
            let place = Int(slots[slot]) - 1
            if values[place] == value { return place }
            slot = (slot + 1) & mask
        }
        return nil
    }

    private mutating func find(_ value: Int64) -> Int {
        let mask = slots.count - 1
        var slot = Self.hash(value) & mask
        while slots[slot] != 0 {
            let place = Int(slots[slot]) - 1
            if values[place] == value { return place }
            slot = (slot + 1) & mask
        }
        values.append(value)
        slots[slot] = Int32(values.count)
        if values.count * 2 > slots.count { grow() }
        return values.count - 1
    }

    private mutating func grow() {
        var larger = [Int32](repeating: 0, count: slots.count * 2)
        let mask = larger.count - 1
        for (place, value) in values.enumerated() {
            var slot = Self.hash(value) & mask
            while larger[slot] != 0 { slot = (slot + 1) & mask }
            larger[slot] = Int32(place + 1)
        }
        slots = larger
    }

    @inline(__always)
    private static func hash(_ value: Int64) -> Int {
        let mixed = UInt64(bitPattern: value) &* 0x9E37_79B9_7F4A_7C15
        return Int(truncatingIfNeeded: (mixed ^ (mixed >> 32)) >> 1)
    }
}
