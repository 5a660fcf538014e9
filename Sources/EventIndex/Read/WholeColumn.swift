/// A column of whole numbers in any of its codings.
enum WholeColumn {
    case leaf(LeafColumn)
    case listed(list: UnsafeBufferPointer<Int64>, places: LeafColumn)
    case relative(bases: LeafColumn, differences: LeafColumn)

    init(_ bytes: Bytes, rows: Int) throws(EventIndexError) {
        switch ColumnCoding(rawValue: try bytes.load(0)) {
        case .listed:
            let count = Int(try bytes.load(4, as: UInt32.self))
            let list: UnsafeBufferPointer<Int64> = try bytes.array(ColumnCoding.headerSize, count: count, "a list of values")
            self = .listed(list: list, places: try LeafColumn(try Self.firstPart(bytes), rows: rows))
        case .relative:
            let count = Int(try bytes.load(4, as: UInt32.self))
            let bases = try LeafColumn(try bytes.rest(ColumnCoding.headerSize, "a column of bases"), rows: count)
            self = .relative(bases: bases, differences: try LeafColumn(try Self.firstPart(bytes), rows: rows))
        default:
            self = .leaf(try LeafColumn(bytes, rows: rows))
        }
    }

    /// The bytes from the first part on.
    static func firstPart(_ bytes: Bytes) throws(EventIndexError) -> Bytes {
        let offset: UInt64 = try bytes.load(16)
        guard offset <= UInt64(bytes.count) else { throw .damaged("a column's part lies outside it") }
        return try bytes.rest(Int(offset), "a column's part")
    }

    /// Decodes rows; `Int64.min` is NULL. `persons` are the ordinals of all rows of the segment.
    func decode(
        _ range: Range<Int>, persons: UnsafeBufferPointer<UInt16>, into out: UnsafeMutablePointer<Int64>
    ) throws(EventIndexError) {
        switch self {
        case .leaf(let leaf):
            try leaf.decode(range, into: out)
        case .listed(let list, let places):
            try places.decode(range, into: out)
            for place in 0..<range.count where out[place] != Int64.min {
                guard out[place] >= 0, out[place] < list.count else { throw .damaged("a value lies outside its list") }
                out[place] = Int64(littleEndian: list[Int(out[place])])
            }
        case .relative(let bases, let differences):
            guard range.upperBound <= persons.count else { throw .damaged("a column is longer than its persons") }
            try differences.decode(range, into: out)
            var person = -1
            var base: Int64 = 0
            for place in 0..<range.count where out[place] != Int64.min {
                let next = Int(persons[range.lowerBound + place])
                if next != person {
                    person = next
                    base = try bases.value(next)
                }
                out[place] = base &+ out[place]
            }
        }
    }

    /// One value; `Int64.min` is NULL.
    func value(_ row: Int, persons: UnsafeBufferPointer<UInt16>) throws(EventIndexError) -> Int64 {
        var value = Int64.min
        try withUnsafeMutablePointer(to: &value) { (out) throws(EventIndexError) in
            try decode(row..<row + 1, persons: persons, into: out)
        }
        return value
    }
}
