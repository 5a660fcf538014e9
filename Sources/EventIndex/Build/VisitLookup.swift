/// The visits of one block's persons, to find the concept of an event's visit.
///
/// A visit counts only for events of its own person, so a block's visits are all that its events need.
struct VisitLookup {
    private var offsets: [Int32]
    private var ids: [Int64]
    private var concepts: [Int32]

    /// Reads the visits that were written for a block.
    init(block: Int, written: WrittenTable, sink: FileSink) throws(EventIndexError) {
        offsets = [Int32](repeating: 0, count: FileLayout.blockSize + 1)
        ids = []
        concepts = []
        guard let hot = written.blocks[block] else { return }
        let personBytes = try sink.read(hot.person)
        let directoryBytes = try sink.read(hot.directory)
        let idBytes = try sink.read(hot.id)
        let count = Int(hot.person.rows)
        var rowIDs = [Int64](repeating: 0, count: count)
        var persons = [UInt16](repeating: 0, count: count)
        try translated("The visits written") {
            persons.withUnsafeMutableBytes { $0.copyBytes(from: personBytes) }
            try idBytes.withUnsafeBytes { raw in
                let column = try WholeColumn(Bytes(raw), rows: count)
                try persons.withUnsafeBufferPointer { persons in
                    try rowIDs.withUnsafeMutableBufferPointer { buffer in
                        guard let start = buffer.baseAddress else { return }
                        try column.decode(0..<count, persons: persons, into: start)
                    }
                }
            }
        }
        let directory = directoryBytes.withUnsafeBytes { Array($0.bindMemory(to: UInt32.self)) }
        var rowConcepts = [Int32](repeating: 0, count: count)
        for code in 0..<directory.count - 1 {
            for row in directory[code]..<directory[code + 1] { rowConcepts[Int(row)] = written.conceptOfCode[code] }
        }
        arrange(persons, rowIDs, rowConcepts)
    }

    private mutating func arrange(_ persons: [UInt16], _ rowIDs: [Int64], _ rowConcepts: [Int32]) {
        let zero = [Int32](repeating: 0, count: persons.count)
        let order = RowOrder.sorted(persons: persons, starts: zero, ids: rowIDs)
        for person in persons { offsets[Int(person) + 1] += 1 }
        for person in 0..<FileLayout.blockSize { offsets[person + 1] += offsets[person] }
        ids = order.map { rowIDs[Int($0)] }
        concepts = order.map { rowConcepts[Int($0)] }
    }

    /// The concept of a person's visit, `EventRows.absentRow` if the person has no such visit.
    @inline(__always)
    func concept(person: UInt16, visit: Int64) -> Int32 {
        var low = Int(offsets[Int(person)])
        let end = Int(offsets[Int(person) + 1])
        var high = end
        while low < high {
            let middle = (low + high) / 2
            if ids[middle] < visit { low = middle + 1 } else { high = middle }
        }
        return low < end && ids[low] == visit ? concepts[low] : EventRows.absentRow
    }
}

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
