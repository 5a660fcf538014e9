/// The concepts of one event table: their local codes and totals. Checked and turned around once, when the index is opened.
struct TableConcepts: Sendable {
    /// Concept ids, ascending; `EventRows.nullConcept` first if rows without a concept exist.
    let ids: [Int32]
    /// The local code of each id.
    let codes: [UInt32]
    let persons: [UInt32]
    let records: [UInt64]
    /// The concept of each local code.
    let conceptOfCode: [Int32]

    static let none = TableConcepts()

    private init() {
        ids = []
        codes = []
        persons = []
        records = []
        conceptOfCode = []
    }

    init(_ bytes: Bytes, count: Int) throws(EventIndexError) {
        let idValues: UnsafeBufferPointer<Int32> = try bytes.array(0, count: count, "a list of concepts")
        let afterIDs = (count * 4 + 7) / 8 * 8
        let codeValues: UnsafeBufferPointer<UInt32> = try bytes.array(afterIDs, count: count, "a list of concepts")
        let personValues: UnsafeBufferPointer<UInt32> = try bytes.array(afterIDs * 2, count: count, "a list of concepts")
        let recordValues: UnsafeBufferPointer<UInt64> = try bytes.array(afterIDs * 3, count: count, "a list of concepts")
        ids = Array(idValues)
        codes = Array(codeValues)
        persons = Array(personValues)
        records = Array(recordValues)
        var concepts = [Int32](repeating: 0, count: count)
        var seen = [Bool](repeating: false, count: count)
        for place in 0..<count {
            if place > 0, ids[place] <= ids[place - 1] { throw .damaged("the concepts of a table are not in order") }
            let code = Int(codes[place])
            guard code < count, !seen[code] else { throw .damaged("the concepts of a table have wrong codes") }
            seen[code] = true
            concepts[code] = ids[place]
        }
        conceptOfCode = concepts
    }

    /// The place of a concept in `ids`.
    func place(of concept: Int32) -> Int? {
        ids.withUnsafeBufferPointer { $0.sortedPlace(of: concept) }
    }

    /// Local codes of the concepts that occur, ascending, and their records. NULL is never among them.
    func find(_ concepts: [Int32]) -> (codes: [UInt32], records: Int) {
        var found: [UInt32] = []
        var total = 0
        for concept in Self.ascending(concepts) where concept != EventRows.nullConcept {
            guard let place = place(of: concept) else { continue }
            found.append(codes[place])
            total += Int(clamping: records[place])
        }
        found.sort()
        return (found, total)
    }

    /// Ascending without doubles.
    static func ascending(_ concepts: [Int32]) -> [Int32] {
        var sorted = true
        for place in concepts.indices.dropFirst() where concepts[place] <= concepts[place - 1] {
            sorted = false
            break
        }
        if sorted { return concepts }
        var all = concepts.sorted()
        var kept = 0
        for value in all where kept == 0 || all[kept - 1] != value {
            all[kept] = value
            kept += 1
        }
        all.removeLast(all.count - kept)
        return all
    }
}
