/// How an index is built.
public struct IndexBuildOptions: Sendable, Hashable {
    /// A concept with more distinct persons than this in a block also gets a bitmap (8 KB each).
    public var bitmapThreshold = 2_048

    /// The usual options.
    public init() {}
}

/// How far a build is.
public struct BuildProgress: Sendable, Hashable {
    /// What is being read (a table's name, or "vocabulary").
    public var stage: String
    /// Rows read so far in all.
    public var rows: Int
    /// Rows of events expected in all, if the store can tell.
    public var expectedRows: Int?
}

/// What a build did.
public struct BuildReport: Sendable, Hashable {
    /// Rows that are not in the index, and why.
    public struct Skipped: Sendable, Hashable {
        /// The table.
        public var table: String
        /// Why, in words.
        public var reason: String
        /// How many rows.
        public var rows: Int
    }

    /// Persons indexed.
    public var persons: Int
    /// Events indexed, all tables.
    public var events: Int
    /// Rows left out, by table and reason.
    public var skipped: [Skipped]
    /// The file's size in bytes.
    public var bytes: Int
    /// The generation written.
    public var generation: UInt64
    /// Rows that the store gave, by table; nil where only those of changed persons were read.
    public var rowsRead: [EventTable: Int]? = nil
}
