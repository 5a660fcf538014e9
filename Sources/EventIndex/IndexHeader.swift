/// What an index says about itself: where its rows come from and how it was built.
public struct IndexHeader: Sendable, Hashable {
    /// The version of the file's layout.
    public var formatVersion: Int
    /// Counts up with each build that replaces another at the same path; 1 for the first.
    public var generation: UInt64
    /// Name of the store (`cdm_source_name`), empty if the store does not say.
    public var sourceName: String
    /// The ETL's data release: id (empty if unknown).
    public var dataRelease: String
    /// The ETL's data release: ISO date (empty if unknown).
    public var dataReleaseDate: String
    /// Version of the common data model (`5.4`).
    public var cdmVersion: String
    /// Release of the vocabulary (`v5.0 29-AUG-24`), empty if unknown.
    public var vocabularyRelease: String
    /// How the file was built, as name and value, sorted by name.
    public var options: [String: String]
    /// Persons (ordinals) in the index.
    public var personCount: Int
    /// Blocks of 65,536 persons.
    public var blockCount: Int
    /// Size of the file in bytes.
    public var fileSize: Int
}

/// How much of a table is in the index.
public struct TableStatistics: Sendable, Hashable {
    /// Whether the store has the table at all.
    public var isPresent: Bool
    /// Rows indexed.
    public var records: Int
    /// Persons with at least one row.
    public var persons: Int
    /// Rows whose standard concept is 0 or NULL: recorded, but not mapped. 0 for tables without a concept.
    public var unmappedRecords: Int
    /// Earliest start, nil without rows.
    public var firstDay: Int32?
    /// Latest start, nil without rows.
    public var lastDay: Int32?
    /// Bytes that the table's segments take in the file.
    public var bytes: Int
}

/// How much of a concept is in one table.
public struct ConceptStatistics: Sendable, Hashable {
    /// Rows with this standard concept.
    public var records: Int
    /// Persons with at least one such row.
    public var persons: Int
}
