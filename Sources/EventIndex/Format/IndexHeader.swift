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

/// The names under which the header's texts are in the file.
enum MetadataKey {
    static let sourceName = "source-name"
    static let dataRelease = "data-release"
    static let dataReleaseDate = "data-release-date"
    static let cdmVersion = "cdm-version"
    static let vocabularyRelease = "vocabulary-release"
    /// Before the name of a build option.
    static let option = "option:"
}

extension IndexHeader {
    init(_ segments: SegmentTable, fileSize: Int) throws(EventIndexError) {
        guard let entry = segments.find(SegmentKind.metadata, 0) else { throw .damaged("the metadata is missing") }
        let texts = try Texts.read(segments.bytes(entry), limit: 1_000)
        guard texts.count % 2 == 0 else { throw .damaged("the metadata is incomplete") }
        var values: [String: String] = [:]
        for place in stride(from: 0, to: texts.count, by: 2) { values[texts[place]] = texts[place + 1] }
        formatVersion = Int(FileLayout.version)
        generation = segments.generation
        sourceName = values[MetadataKey.sourceName] ?? ""
        dataRelease = values[MetadataKey.dataRelease] ?? ""
        dataReleaseDate = values[MetadataKey.dataReleaseDate] ?? ""
        cdmVersion = values[MetadataKey.cdmVersion] ?? ""
        vocabularyRelease = values[MetadataKey.vocabularyRelease] ?? ""
        options = [:]
        for (name, value) in values where name.hasPrefix(MetadataKey.option) {
            options[String(name.dropFirst(MetadataKey.option.count))] = value
        }
        personCount = segments.personCount
        blockCount = segments.blockCount
        self.fileSize = fileSize
    }
}

extension TableStatistics {
    static let valueCount = 6

    init(_ table: EventTable, in segments: SegmentTable) throws(EventIndexError) {
        guard let entry = segments.find(SegmentKind.totals, UInt16(table.number)) else {
            throw .damaged("the totals of \(table.rawValue) are missing")
        }
        let values: UnsafeBufferPointer<Int64> = try segments.bytes(entry).array(0, count: Self.valueCount, "the totals")
        guard values[1] >= 0, values[2] >= 0, values[3] >= 0 else { throw .damaged("the totals of \(table.rawValue) are wrong") }
        isPresent = values[0] != 0
        records = Int(values[1])
        persons = Int(values[2])
        unmappedRecords = Int(values[3])
        firstDay = records == 0 ? nil : Int32(truncatingIfNeeded: values[4])
        lastDay = records == 0 ? nil : Int32(truncatingIfNeeded: values[5])
        bytes = segments.entries.reduce(0) { $0 + ($1.kind == UInt16(table.number) ? Int($1.length) : 0) }
    }
}
