import OMOPStore

/// The index that a refresh starts from, and which of its persons stay as they are.
final class PreviousIndex: Sendable {
    /// More of the persons than this part, and reading the store whole is cheaper.
    static let largestPart = 4

    let index: EventIndex
    /// For each ordinal of the old index the ordinal in the new one; -1 where the person changed or is gone.
    private let newOrdinals: [Int32]
    /// The old ordinals whose persons lie in a block of the new index: from the first to the last.
    private let spans: [Range<Int>]
    /// Persons whose rows must be read: the changed and the new ones that are in the store. Ascending.
    let changed: [Int64]

    /// Compares the old persons with the new ones.
    init(_ index: EventIndex, _ map: PersonMap, _ persons: PersonDirectory, _ delta: IndexDelta) {
        self.index = index
        let named = delta.persons.sorted()
        var newOrdinals = [Int32](repeating: -1, count: map.ids.count)
        var spans = [Range<Int>](repeating: 0..<0, count: persons.blockCount)
        var changed: [Int64] = []
        var old = 0
        var at = 0
        for (ordinal, id) in persons.ids.enumerated() {
            while old < map.ids.count, map.ids[old] < id { old += 1 }
            while at < named.count, named[at] < id { at += 1 }
            let isKnown = old < map.ids.count && map.ids[old] == id
            guard isKnown, at == named.count || named[at] != id else {
                changed.append(id)
                continue
            }
            newOrdinals[old] = Int32(ordinal)
            let block = ordinal / FileLayout.blockSize
            spans[block] = spans[block].isEmpty ? old..<old + 1 : spans[block].lowerBound..<old + 1
        }
        self.newOrdinals = newOrdinals
        self.spans = spans
        self.changed = changed
    }

    /// Gives every row of a table whose person did not change and lies in a block of the new index.
    func restore(
        _ table: EventTable, block: Int, columns: [TablePlan.Column], into rows: inout RowBuffer, _ codes: inout ConceptCodes
    )
        throws(EventIndexError)
    {
        let span = spans[block]
        if span.isEmpty { return }
        for oldBlock in span.lowerBound / FileLayout.blockSize...(span.upperBound - 1) / FileLayout.blockSize {
            guard let found = try index.tableBlock(table, oldBlock) else { continue }
            let restorer = BlockRestorer(block: found, concepts: index.conceptsByCode(of: table), columns: columns)
            let first = oldBlock * FileLayout.blockSize
            try restorer.restore(into: &rows, &codes) { person in
                let old = first + Int(person)
                guard old < newOrdinals.count, newOrdinals[old] >= 0 else { return nil }
                let ordinal = Int(newOrdinals[old])
                return ordinal / FileLayout.blockSize == block ? UInt16(truncatingIfNeeded: ordinal) : nil
            }
        }
    }

    /// Copies the vocabulary.
    func copyVocabulary(to sink: FileSink) throws(EventIndexError) {
        let entries = index.segments.entries.filter { $0.kind == SegmentKind.vocabulary }
        for entry in entries.sorted(by: { $0.offset < $1.offset }) {
            try sink.append(
                kind: entry.kind, column: entry.column, rows: Int(entry.rows), bytes: index.segments.bytes(entry).raw)
        }
    }
}
