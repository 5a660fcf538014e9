// EventIndex: the event index of a hospital's store.
//
// What lives here: the layout of the index file (`Format/`), its builder (`Build/`), and the memory-mapped reader (`Read/`,
// `Fast/`). An index is made of a store's rows once a refresh; questions are answered from it alone.
//
// What may not live here: anything that knows what a cohort is, and any count that leaves the process.

/// An index file, open for reading. Many threads may use it at once; nothing in it changes while it is open.
///
/// A person is an *ordinal*: the rank of the person's id among all persons that have a PERSON row or an observation period.
/// (Whoever has neither can be in no cohort: their rows are left out and reported by the builder.)
/// Ordinals come in blocks of 65,536: person p of block b has the ordinal `b * 65_536 + p`. Everything is read block by block.
public final class EventIndex: Sendable {
    /// Persons in a full block.
    public static let blockSize = 65_536

    /// What the index says about itself.
    public let header: IndexHeader

    let segments: SegmentTable
    private let concepts: [TableConcepts]
    private let totals: [TableStatistics]
    private let vocabulary: ConceptVocabulary
    let factsByBlock = KeptValues<BlockFacts>()

    /// Persons (ordinals) in the index, orphans without a PERSON row included.
    public var personCount: Int { header.personCount }

    /// Blocks in the index.
    public var blockCount: Int { header.blockCount }

    /// Opens an index file.
    ///
    /// The file's structure is always checked, and every later read stays inside the file whatever it holds.
    /// `checksums: true` also reads the whole file and compares every checksum; leave it out only for files that
    /// were verified before.
    public static func open(_ path: String, checksums: Bool = true) throws(EventIndexError) -> EventIndex {
        let file = try MappedFile(path: path)
        let segments = try SegmentTable(file, path: path)
        if checksums { try segments.verify() }
        return try EventIndex(segments, fileSize: file.bytes.count)
    }

    private init(_ segments: SegmentTable, fileSize: Int) throws(EventIndexError) {
        self.segments = segments
        header = try IndexHeader(segments, fileSize: fileSize)
        vocabulary = try ConceptVocabulary(segments)
        var concepts: [TableConcepts] = []
        var totals: [TableStatistics] = []
        for table in EventTable.allCases {
            totals.append(try TableStatistics(table, in: segments))
            if let entry = segments.find(SegmentKind.concepts, UInt16(table.number)) {
                concepts.append(try TableConcepts(segments.bytes(entry), count: Int(entry.rows)))
            } else {
                concepts.append(.none)
            }
        }
        self.concepts = concepts
        self.totals = totals
    }

    /// Reads the whole file and compares every checksum.
    public func verify() throws(EventIndexError) { try segments.verify() }

    // MARK: Events

    /// Looks a filter up, for use with many blocks.
    public func selection(_ table: EventTable, _ filter: ConceptFilter) throws(EventIndexError) -> ConceptSelection {
        let known = concepts[table.number]
        switch filter {
        case .all:
            return ConceptSelection(
                table: table, codes: nil, sourceTest: nil, orStandard: nil, records: totals[table.number].records)
        case .standard(let ids):
            let (codes, records) = known.find(ids)
            return ConceptSelection(table: table, codes: codes, sourceTest: nil, orStandard: nil, records: records)
        case .source(let ids):
            return try selection(table, source: ids, within: nil, orStandard: nil)
        case .both(let standard, let source):
            return try selection(table, source: source, within: known.find(standard).codes, orStandard: nil)
        case .either(let ids):
            return try selection(table, source: ids, within: nil, orStandard: ids)
        }
    }

    /// Only standard concepts that occur together with one of the source concepts are read.
    private func selection(
        _ table: EventTable, source: [Int32], within: [UInt32]?, orStandard: [Int32]?
    ) throws(EventIndexError) -> ConceptSelection {
        let known = concepts[table.number]
        let sources = TableConcepts.ascending(source.filter { $0 != EventRows.nullConcept })
        var codes = Set(try SourcePairs(table, in: segments)?.codes(of: sources) ?? [])
        if let within { codes.formIntersection(within) }
        if let orStandard { codes.formUnion(known.find(orStandard).codes) }
        var records = 0
        for place in known.codes.indices where codes.contains(known.codes[place]) {
            records += Int(clamping: known.records[place])
        }
        return ConceptSelection(
            table: table, codes: codes.sorted(), sourceTest: sources,
            orStandard: orStandard.map(TableConcepts.ascending), records: records)
    }

    /// Rows of a selection in a block, sorted by (person, start, id).
    ///
    /// - Throws: `damaged` if the file's parts contradict each other; `outOfRange` for a block that does not exist.
    public func rows(
        _ selection: ConceptSelection, columns: Set<EventColumn> = [], block: Int
    ) throws(EventIndexError) -> EventRows {
        try check(block)
        let reader = RowReader(
            table: selection.table, number: block, block: try TableBlock(selection.table, block: block, in: segments),
            concepts: concepts[selection.table.number], persons: personCount(block: block))
        return try reader.rows(selection, columns: columns)
    }

    /// Rows of a table in a block, sorted by (person, start, id).
    public func rows(
        _ table: EventTable, concepts: ConceptFilter, columns: Set<EventColumn> = [], block: Int
    ) throws(EventIndexError) -> EventRows {
        try rows(try selection(table, concepts), columns: columns, block: block)
    }

    /// One table in one block, nil if it has no rows there.
    func tableBlock(_ table: EventTable, _ block: Int) throws(EventIndexError) -> TableBlock? {
        try check(block)
        return try TableBlock(table, block: block, in: segments)
    }

    /// The concept of each local code of a table.
    func conceptsByCode(of table: EventTable) -> [Int32] { concepts[table.number].conceptOfCode }

    // MARK: Persons

    /// How many persons a block has.
    public func personCount(block: Int) -> Int {
        max(0, min(Self.blockSize, personCount - block * Self.blockSize))
    }

    /// The persons of a block.
    public func persons(block: Int) throws(EventIndexError) -> PersonRows {
        try check(block)
        return try PersonRows(segments, block: block, count: personCount(block: block))
    }

    /// The observation periods of a block's persons.
    public func observationPeriods(block: Int) throws(EventIndexError) -> ObservationPeriods {
        let rows = try rows(.observationPeriod, concepts: .all, columns: [.typeConcept], block: block)
        return ObservationPeriods(rows, persons: personCount(block: block))
    }

    private func check(_ block: Int) throws(EventIndexError) {
        guard block >= 0, block < blockCount else {
            throw EventIndexError(
                .outOfRange, "The index has \(blockCount) blocks; block \(block) was asked for",
                advice: "Ask for blocks from 0 to blockCount - 1.")
        }
    }

    // MARK: Statistics

    /// How much of a table is in the index.
    public func statistics(_ table: EventTable) -> TableStatistics { totals[table.number] }

    /// How much of a standard concept is in a table.
    public func statistics(_ table: EventTable, concept: Int32) -> ConceptStatistics {
        let known = concepts[table.number]
        guard let place = known.place(of: concept) else { return ConceptStatistics(records: 0, persons: 0) }
        return ConceptStatistics(records: Int(clamping: known.records[place]), persons: Int(known.persons[place]))
    }

    /// The standard concepts that occur in a table, ascending (0 for unmapped rows included, NULL not).
    public func concepts(in table: EventTable) -> [Int32] {
        concepts[table.number].ids.filter { $0 != EventRows.nullConcept }
    }

    // MARK: Vocabulary

    /// Concepts in the store's CONCEPT table.
    public var conceptCount: Int { vocabulary.count }

    /// A concept of the store's CONCEPT table, nil if it has no row there.
    public func concept(_ id: Int32) -> ConceptFacts? { vocabulary[id] }

    /// Whether a concept of the store's CONCEPT table is no longer valid; nil if it has no row there.
    public func isInvalid(concept id: Int32) -> Bool? { vocabulary.isInvalid(id) }

    /// The descendants of a concept as CONCEPT_ANCESTOR has them, ascending: the concept itself if the table has that
    /// pair, invalid ones and ones without a CONCEPT row too.
    public func descendants(of concept: Int32) throws(EventIndexError) -> [Int32] {
        try vocabulary.descendants?[concept] ?? []
    }

    /// The ancestors of a concept as CONCEPT_ANCESTOR has them, ascending.
    public func ancestors(of concept: Int32) throws(EventIndexError) -> [Int32] {
        try vocabulary.ancestors?[concept] ?? []
    }

    /// Concepts with a valid 'Maps to' relationship whose target is `concept` (concept_id_1 where concept_id_2 is it), ascending.
    public func mappedSources(of concept: Int32) throws(EventIndexError) -> [Int32] {
        try vocabulary.mappedSources?[concept] ?? []
    }

    /// Targets of the valid 'Maps to' relationships of `concept`, ascending.
    public func mappedTargets(of concept: Int32) throws(EventIndexError) -> [Int32] {
        try vocabulary.mappedTargets?[concept] ?? []
    }
}
