/// The visits of one block's persons, to find the concept of an event's visit.
///
/// A visit counts only for events of its own person, so a block's visits are all that its events need.
struct VisitLookup {
    private let offsets: [Int32]
    private let ids: [Int64]
    private let concepts: [Int32]

    /// Reads the visits that were written for a block.
    init(block: Int, written: WrittenTable, sink: FileSink) throws(EventIndexError) {
        guard let hot = written.blocks[block] else {
            (offsets, ids, concepts) = (RowOrder.offsets(of: [], persons: FileLayout.blockSize), [], [])
            return
        }
        let persons: [UInt16] = try sink.numbers(hot.person)
        let rowIDs = try sink.values(hot.id, of: persons)
        let directory: [UInt32] = try sink.numbers(hot.directory)
        var rowConcepts = [Int32](repeating: 0, count: persons.count)
        for code in 0..<directory.count - 1 {
            for row in directory[code]..<directory[code + 1] { rowConcepts[Int(row)] = written.conceptOfCode[code] }
        }
        let zero = [Int32](repeating: 0, count: persons.count)
        let order = RowOrder.sorted(persons: persons, starts: zero, ids: rowIDs)
        offsets = RowOrder.offsets(of: persons, persons: FileLayout.blockSize)
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
