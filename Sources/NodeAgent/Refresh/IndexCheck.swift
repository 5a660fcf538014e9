import EventIndex
import OMOPStore

/// Whether a new index can be trusted: it is read back from the disk, byte for byte, and its numbers are held against what the
/// store gave while it was made.
struct IndexCheck {
    let path: String
    let report: BuildReport
    let store: StoreProfile

    /// - Parameter former: the index before it, if there is one.
    /// - Throws: `INTEGRITY` where something does not agree; `STORE` where the store has lost its vocabulary.
    func run(after former: String?) throws(NodeError) -> EventIndex {
        let index: EventIndex
        let persons: PersonMap
        do throws(EventIndexError) {
            index = try EventIndex.open(path)
            persons = try PersonMap.open(of: index, at: path)
        } catch {
            throw NodeError(error)
        }
        guard persons.ids.count == report.persons, index.personCount == report.persons else {
            throw disagrees("\(index.personCount) persons, and the store has \(report.persons)")
        }
        let events = EventTable.allCases.reduce(0) { $0 + index.statistics($1).records }
        guard events == report.events else { throw disagrees("\(events) rows, and \(report.events) were written") }
        try checkRows(index)
        try checkVocabulary(index, former)
        return index
    }

    /// Every row that the store gave is in the index, or counted as left out with its reason.
    private func checkRows(_ index: EventIndex) throws(NodeError) {
        guard let read = report.rowsRead else { return }
        for table in EventTable.allCases {
            let left = report.skipped.filter { $0.table == table.rawValue }.reduce(0) { $0 + $1.rows }
            let found = index.statistics(table).records
            guard found + left == read[table] ?? 0 else {
                throw disagrees("\(found) rows of \(table.rawValue) and \(left) left out, of \(read[table] ?? 0) in the store")
            }
        }
    }

    private func checkVocabulary(_ index: EventIndex, _ former: String?) throws(NodeError) {
        let release = store.vocabularyRelease == "unknown" ? "" : store.vocabularyRelease
        guard index.header.vocabularyRelease == release else { throw disagrees("another vocabulary than the store's") }
        guard index.conceptCount == 0, let former, let before = try? EventIndex.open(former, checksums: false),
            before.conceptCount > 0
        else { return }
        throw NodeError(
            .store, "The store has no vocabulary any more: CONCEPT is empty or absent.",
            advice: "Load the vocabulary, then run the refresh again. The node goes on answering from the old index.")
    }

    private func disagrees(_ what: String) -> NodeError {
        NodeError(
            .integrity, "The new index does not agree with the store: it has \(what).",
            advice: "It was not taken up. Run the refresh again while no load runs; if it happens twice, report it.")
    }
}
