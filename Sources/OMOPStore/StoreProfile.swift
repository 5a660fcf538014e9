/// What a store says of itself and what was found in it on opening.
public struct StoreProfile: Sendable, Hashable {
    /// The kind of database: "SQLite".
    public var kind: String
    /// Where it is, as it was given: a path.
    public var location: String
    /// The CDM version as `major.minor` ("5.3", "5.4"), from `cdm_source` or from the columns found; "unknown" if neither tells.
    public var cdmVersion: String
    /// The vocabulary release ("v5.0 18-JAN-19"), or "unknown".
    public var vocabularyRelease: String
    /// The source's name in `cdm_source`, or "unknown".
    public var sourceName: String
    /// Which load of the data this is.
    public var dataRelease: DataRelease
    /// The CDM tables that the store has.
    public var tables: [CDMTable: TableProfile]
    /// Every problem found, fatal ones first.
    public var problems: [StoreProblem]

    /// The table's profile, if the store has the table.
    public subscript(table: CDMTable) -> TableProfile? { tables[table] }

    /// Whether the store has `table` and, in it, `column` (CDM v5.4 name).
    public func has(_ table: CDMTable, _ column: String? = nil) -> Bool {
        guard let found = tables[table] else { return false }
        guard let column else { return true }
        return found.columns[column] != nil
    }
}

/// Which load of the data a store holds: an answer names it, so that it can be repeated.
public struct DataRelease: Sendable, Hashable {
    /// A short name: the release date as `2026-11-01`, or "unknown".
    public var id: String
    /// The day the CDM instance was released (days since 1970-01-01), from `cdm_source`.
    public var date: Int32?
    /// The day the source data was extracted (days since 1970-01-01), from `cdm_source`.
    public var sourceDate: Int32?

    /// A release known by `id`.
    public init(id: String, date: Int32? = nil, sourceDate: Int32? = nil) {
        self.id = id
        self.date = date
        self.sourceDate = sourceDate
    }

    /// A release of which the store says nothing.
    public static let unknown = DataRelease(id: "unknown")
}

/// One CDM table as the store has it.
public struct TableProfile: Sendable, Hashable {
    /// Its name in the store.
    public var storedName: String
    /// The columns found, by CDM v5.4 name.
    public var columns: [String: ColumnProfile]
    /// Columns that the CDM does not know, as the store names them.
    public var unknownColumns: [String]
    /// About how many rows (exact in stores whose rows were never deleted); nil when the database cannot tell cheaply.
    public var approximateRows: Int64?
}

/// One column as the store has it.
public struct ColumnProfile: Sendable, Hashable {
    /// Its name in the store.
    public var storedName: String
    /// The type the store declares, as written ("INTEGER", "varchar(20)", "").
    public var declaredType: String
    /// How its values are stored, from a sample.
    public var storage: ColumnStorage
}

/// How the values of a column are stored.
public enum ColumnStorage: String, Sendable, Hashable, CaseIterable {
    /// No value seen in the sample.
    case empty
    /// Whole numbers.
    case integer
    /// Numbers with a fraction part, be it `.0`.
    case real
    /// Text.
    case text
    /// Numbers written as text.
    case numericText
    /// Dates as `2026-11-22` (also with `/` or `.`, with or without a time).
    case isoText
    /// Dates as `20261122`, number or text.
    case compactDate
    /// Seconds since 1970-01-01, also negative.
    case epochSeconds
    /// Milliseconds since 1970-01-01.
    case epochMilliseconds
    /// Days since 1970-01-01.
    case epochDays
    /// Julian day numbers (days since noon, 24 November 4714 BC).
    case julianDay
    /// Dates that cannot be read without guessing.
    case unreadable
}
