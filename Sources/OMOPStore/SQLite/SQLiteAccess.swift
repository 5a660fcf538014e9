import Synchronization

/// How to read the tables of one SQLite store: makes cursors.
struct SQLiteAccess: Sendable {
    let file: StoreFile
    /// Whether the file is read as unchangeable, which must then be checked after reading.
    let isImmutable: Bool
    let readings: [CDMTable: TableReading]

    /// A connection of its own for every reader.
    func connect() throws(OMOPStoreError) -> SQLiteConnection {
        try SQLiteConnection(path: file.path, isImmutable: isImmutable)
    }

    /// The rows of `table`; `isSorted` says whether the table is known to be stored by person.
    func cursor(
        _ table: CDMTable, columns: [CDMColumn], order: ScanOrder, isSorted: Bool, isCancelled: @escaping @Sendable () -> Bool
    ) throws(OMOPStoreError) -> any CDMCursor {
        guard let reading = readings[table] else { return EmptyCursor() }
        let connection = try connect()
        connection.interrupt(when: isCancelled)
        let query = SQLiteScanQuery(reading: reading, columns: columns, order: order, isSorted: isSorted)
        return SQLiteCursor(
            try connection.prepare(query.sql), names: columns.map(\.name),
            numbers: columns.map { reading.columns[$0.name]?.numbers ?? DateNumber(storage: .compactDate) },
            orderColumn: query.orderColumn
        ) { () throws(OMOPStoreError) in
            if isImmutable { try file.verifyUnchanged() }
        }
    }

    /// The rows of some persons, looked up one after another; nil where that would scan the table for each of them.
    func cursor(
        _ table: CDMTable, columns: [CDMColumn], persons: [Int64], isCancelled: @escaping @Sendable () -> Bool
    ) throws(OMOPStoreError) -> (any CDMCursor)? {
        guard let reading = readings[table] else { return EmptyCursor() }
        // A person stored as text would not be found by its number.
        guard let person = reading.columns["person_id"], person.isCleanInteger, reading.header == nil else { return nil }
        let connection = try connect()
        connection.interrupt(when: isCancelled)
        let selected = columns.map { reading.columns[$0.name].map { SQLiteConnection.quoted($0.storedName) } ?? "NULL" }
        let sql =
            "SELECT \(selected.isEmpty ? "NULL" : selected.joined(separator: ", ")) "
            + "FROM \(SQLiteConnection.quoted(reading.storedName)) WHERE \(SQLiteConnection.quoted(person.storedName)) = ?1"
        let plan = try connection.prepare("EXPLAIN QUERY PLAN \(sql)")
        var isLookedUp = true
        while try plan.step() {
            guard case .text(let step) = plan.value(3), step.hasPrefix("SEARCH ") else {
                isLookedUp = false
                continue
            }
        }
        guard isLookedUp else { return nil }
        return SQLiteCursor(
            try connection.prepare(sql), names: columns.map(\.name),
            numbers: columns.map { reading.columns[$0.name]?.numbers ?? DateNumber(storage: .compactDate) }, persons: persons
        ) { () throws(OMOPStoreError) in
            if isImmutable { try file.verifyUnchanged() }
        }
    }

    /// Whether the rows of `table` lie in the order of their persons: reads that one column of every row.
    func isStoredByPerson(_ table: CDMTable, isCancelled: @escaping @Sendable () -> Bool) throws(OMOPStoreError) -> Bool {
        guard let reading = readings[table], let person = reading.columns["person_id"] else { return false }
        let connection = try connect()
        connection.interrupt(when: isCancelled)
        let statement = try connection.prepare(
            "SELECT \(SQLiteConnection.quoted(person.storedName)) FROM \(SQLiteConnection.quoted(reading.storedName)) NOT INDEXED"
                + SQLiteScanQuery.withoutHeader(reading))
        var last = Int64.min
        while try statement.step() {
            guard case .integer(let person) = statement.value(0), person >= last else { return false }
            last = person
        }
        return true
    }
}

extension SQLiteAccess: StoreAccess {
    func rows(_ table: CDMTable, _ names: [String]) throws(OMOPStoreError) -> any CDMCursor {
        try cursor(
            table, columns: names.compactMap { table.column($0) }, order: .unordered, isSorted: false, isCancelled: { false })
    }
}

/// The statement of one scan.
struct SQLiteScanQuery {
    let sql: String
    /// Where the person stands among the statement's columns, when rows come by person.
    let orderColumn: Int?

    init(reading: TableReading, columns: [CDMColumn], order: ScanOrder, isSorted: Bool) {
        var selected = columns.map { reading.columns[$0.name].map { SQLiteConnection.quoted($0.storedName) } ?? "NULL" }
        // Without NOT INDEXED a covering index may be read instead of the table, in the index's order.
        var from = " FROM \(SQLiteConnection.quoted(reading.storedName)) NOT INDEXED\(Self.withoutHeader(reading))"
        if order == .byPerson, let person = reading.columns["person_id"] {
            // CAST: identifiers kept as text would sort as text; and it keeps SQLite from walking an index and looking up
            // every row at random, which is slower than its sorter for a whole table.
            let key =
                isSorted
                ? SQLiteConnection.quoted(person.storedName) : "CAST(\(SQLiteConnection.quoted(person.storedName)) AS INTEGER)"
            orderColumn = selected.count
            selected.append(key)
            if !isSorted { from += " ORDER BY \(key)" }
        } else {
            orderColumn = nil
        }
        sql = "SELECT " + (selected.isEmpty ? "NULL" : selected.joined(separator: ", ")) + from
    }

    /// The condition that skips a header loaded as a row.
    static func withoutHeader(_ reading: TableReading) -> String {
        guard let header = reading.header else { return "" }
        let text = header.text.replacing("'", with: "''")
        return " WHERE lower(trim(\(SQLiteConnection.quoted(header.storedName)))) IS NOT '\(text)'"
    }
}
