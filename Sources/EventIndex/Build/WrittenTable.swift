/// Where a table's hot columns were written, by block.
struct WrittenTable {
    struct Hot {
        var person: SegmentEntry
        var directory: SegmentEntry
        var start: SegmentEntry
        /// Nil if every start fits.
        var escapes: SegmentEntry?
        /// Nil if no row has an end.
        var end: SegmentEntry?
        var id: SegmentEntry
    }

    var blocks: [Int: Hot] = [:]
    var conceptOfCode: [Int32] = []
}

// What was written is read back where another table needs it.
extension FileSink {
    /// The numbers of a column that is a plain list.
    func numbers<Number: FixedWidthInteger>(_ entry: SegmentEntry) throws(EventIndexError) -> [Number] {
        try read(entry).withUnsafeBytes { Array($0.bindMemory(to: Number.self)) }
    }

    /// The numbers of a packed column; `Int64.min` is NULL.
    /// - Parameter persons: of all its rows.
    func values(_ entry: SegmentEntry, of persons: [UInt16]) throws(EventIndexError) -> [Int64] {
        let bytes = try read(entry)
        var values = [Int64](repeating: Int64.min, count: persons.count)
        try translated("A column that was written") {
            try bytes.withUnsafeBytes { raw in
                let column = try WholeColumn(Bytes(raw), rows: persons.count)
                try persons.withUnsafeBufferPointer { persons in
                    try values.withUnsafeMutableBufferPointer { buffer in
                        guard let start = buffer.baseAddress else { return }
                        try column.decode(0..<persons.count, persons: persons, into: start)
                    }
                }
            }
        }
        return values
    }
}
