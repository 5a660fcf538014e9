/// How an adapter must read one CDM column of one table.
struct ColumnReading: Sendable, Hashable {
    /// The column's name in the store.
    var storedName: String
    /// Its CDM type.
    var type: CDMType
    /// How numbers in a date column are read.
    var numbers: DateNumber
    /// Whether every value of the sample was a whole number, so that the database may sort by the column as it is.
    var isCleanInteger: Bool
}

/// How an adapter must read one table.
struct TableReading: Sendable, Hashable {
    /// The table's name in the store.
    var storedName: String
    /// The columns present, by CDM name.
    var columns: [String: ColumnReading]
    /// A stored column whose value equals its own CDM name in rows that are headers, not data: (stored name, the text).
    var header: HeaderMark?
}

/// How to know a header that was loaded as a row: the text found in one column.
struct HeaderMark: Sendable, Hashable {
    /// The column's name in the store.
    var storedName: String
    /// What stands there in the header row, lower case.
    var text: String
}

/// What the inspection of a store found: what to tell people, and how to read.
struct Inspection: Sendable {
    var tables: [CDMTable: TableProfile] = [:]
    var readings: [CDMTable: TableReading] = [:]
    var problems: [StoreProblem] = []
}
