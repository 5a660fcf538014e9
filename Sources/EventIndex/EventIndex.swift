// EventIndex: the event index of a hospital's store.
//
// What lives here: the layout of the index file (`Format/`), its builder (`Build/`), and the memory-mapped reader (`Read/`,
// `Fast/`). An index is made of a store's rows once a refresh; questions are answered from it alone.
//
// What may not live here: anything that knows what a cohort is, and any count that leaves the process.

/// An index file, open for reading. Many threads may use it at once; nothing in it changes while it is open.
///
/// A person is an *ordinal*: the rank of the person's id among all persons that have a PERSON row or an observation period.
/// Ordinals come in blocks of 65,536: person p of block b has the ordinal `b * 65_536 + p`. Everything is read block by block.
public final class EventIndex: Sendable {
    /// Persons in a full block.
    public static let blockSize = 65_536

    /// What the index says about itself.
    public let header: IndexHeader

    /// Persons (ordinals) in the index, orphans without a PERSON row included.
    public var personCount: Int { header.personCount }

    /// Blocks in the index.
    public var blockCount: Int { header.blockCount }

    init(header: IndexHeader) { self.header = header }

    /// Opens an index file.
    ///
    /// The file's structure is always checked. `checksums: true` also reads the whole file and compares every checksum
    /// (about 0.3 s for each GB in the page cache); leave it out only for files that were verified before.
    public static func open(_ path: String, checksums: Bool = true) throws(EventIndexError) -> EventIndex {
        throw .damaged("not built")
    }

    /// Rows of a table in a block, sorted by (person, start, id).
    public func rows(
        _ table: EventTable, concepts: ConceptFilter, columns: Set<EventColumn> = [], block: Int
    ) throws(EventIndexError) -> EventRows {
        throw .damaged("not built")
    }

    /// Looks a filter up, for use with many blocks.
    public func selection(_ table: EventTable, _ filter: ConceptFilter) throws(EventIndexError) -> ConceptSelection {
        throw .damaged("not built")
    }

    /// Rows of a selection in a block, sorted by (person, start, id).
    public func rows(
        _ selection: ConceptSelection, columns: Set<EventColumn> = [], block: Int
    ) throws(EventIndexError) -> EventRows {
        throw .damaged("not built")
    }

    /// How many persons a block has.
    public func personCount(block: Int) -> Int {
        max(0, min(Self.blockSize, personCount - block * Self.blockSize))
    }

    /// The persons of a block.
    public func persons(block: Int) throws(EventIndexError) -> PersonRows { throw .damaged("not built") }

    /// The observation periods of a block's persons.
    public func observationPeriods(block: Int) throws(EventIndexError) -> ObservationPeriods { throw .damaged("not built") }

    /// How much of a table is in the index.
    public func statistics(_ table: EventTable) -> TableStatistics {
        TableStatistics(isPresent: false, records: 0, persons: 0, unmappedRecords: 0, bytes: 0)
    }

    /// How much of a standard concept is in a table.
    public func statistics(_ table: EventTable, concept: Int32) throws(EventIndexError) -> ConceptStatistics {
        throw .damaged("not built")
    }

    /// The standard concepts that occur in a table, ascending (0 for unmapped rows included, NULL not).
    public func concepts(in table: EventTable) throws(EventIndexError) -> [Int32] { throw .damaged("not built") }

    /// Concepts in the store's CONCEPT table.
    public var conceptCount: Int { 0 }

    /// A concept of the store's CONCEPT table, nil if it has no row there.
    public func concept(_ id: Int32) throws(EventIndexError) -> ConceptFacts? { throw .damaged("not built") }

    /// The descendants of a concept as CONCEPT_ANCESTOR has them, ascending: the concept itself if the table has that
    /// pair, invalid ones and ones without a CONCEPT row too.
    public func descendants(of concept: Int32) throws(EventIndexError) -> [Int32] { throw .damaged("not built") }

    /// The ancestors of a concept as CONCEPT_ANCESTOR has them, ascending.
    public func ancestors(of concept: Int32) throws(EventIndexError) -> [Int32] { throw .damaged("not built") }

    /// Concepts with a valid 'Maps to' relationship whose target is `concept` (concept_id_1 where concept_id_2 is it), ascending.
    public func mappedSources(of concept: Int32) throws(EventIndexError) -> [Int32] { throw .damaged("not built") }

    /// Targets of the valid 'Maps to' relationships of `concept`, ascending.
    public func mappedTargets(of concept: Int32) throws(EventIndexError) -> [Int32] { throw .damaged("not built") }
}
