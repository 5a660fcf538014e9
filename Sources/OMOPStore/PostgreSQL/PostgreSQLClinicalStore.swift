/// An OMOP CDM store in a PostgreSQL database, read and never written.
///
/// All tables are read as they were at one moment, however long that takes: the connection that opened the store keeps a
/// transaction open and every cursor's own connection joins its snapshot. Rows are streamed with `COPY ... TO STDOUT`, so
/// neither side holds a table in memory.
public final class PostgreSQLClinicalStore: ClinicalStore {
    /// What was found on opening.
    public let profile: StoreProfile
    private let access: PostgreSQLAccess

    /// Opens the store.
    ///
    /// - Throws: `cannot-open`, `not-a-store`, `reading`, or `unusable` with every problem found when one of them is fatal.
    public convenience init(_ address: PostgreSQLAddress) throws(OMOPStoreError) {
        try self.init(address, today: SQLiteClinicalStore.today)
        try profile.requireUsable()
    }

    /// What is in the database, also when it has fatal problems.
    public static func inspect(_ address: PostgreSQLAddress) throws(OMOPStoreError) -> StoreProfile {
        try PostgreSQLClinicalStore(address, today: SQLiteClinicalStore.today).profile
    }

    init(_ address: PostgreSQLAddress, today: Int32) throws(OMOPStoreError) {
        let keeper = try PostgreSQLConnection(address)
        let tables = try PostgreSQLSchemaReader(connection: keeper, schemas: address.schemas).tables()
        let snapshot = try keeper.exportSnapshot()
        var inspector = StoreInspector(today: today)
        let inspection = inspector.inspect(tables.values.filter { !$0.found.columns.isEmpty }.map(\.found))
        access = PostgreSQLAccess(
            address: address, keeper: SnapshotKeeper(keeper), snapshot: snapshot, readings: inspection.readings,
            places: tables.mapValues(\.place), types: inspection.tables)
        var identity = StoreIdentity(inspection: inspection)
        try identity.read(access)
        let rights = RightsCheck(
            requiresReadOnly: address.requiresReadOnly,
            remedy: "REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON ALL TABLES IN SCHEMA \(address.schemas.data) FROM it")
        profile = identity.profile(kind: "PostgreSQL", location: address.location, telling: rights.problems(tables))
    }

    /// A cursor with a connection of its own, at the store's moment. By person, the server sorts.
    public func cursor(
        _ table: CDMTable, columns: [String], order: ScanOrder, isCancelled: @escaping @Sendable () -> Bool
    ) throws(OMOPStoreError) -> any CDMCursor {
        try access.cursor(table, columns: table.asked(columns, order), order: order, isCancelled: isCancelled)
    }

    /// The rows of some persons, looked up by the server.
    public func cursor(
        _ table: CDMTable, columns: [String], persons: [Int64], isCancelled: @escaping @Sendable () -> Bool
    ) throws(OMOPStoreError) -> any CDMCursor {
        if persons.isEmpty { return EmptyCursor() }
        let known = try table.asked(columns, .byPerson)
        return try access.cursor(table, columns: known, order: .byPerson, persons: persons, isCancelled: isCancelled)
    }
}

/// Holds the connection whose snapshot the others join, for as long as the store is open.
private final class SnapshotKeeper: @unchecked Sendable {
    // @unchecked because the connection is never used again: it only has to stay open, and to close when the store goes.
    private let connection: PostgreSQLConnection

    init(_ connection: PostgreSQLConnection) {
        self.connection = connection
    }
}

/// How to read the tables of one PostgreSQL store: makes cursors.
private struct PostgreSQLAccess: Sendable, StoreAccess {
    let address: PostgreSQLAddress
    let keeper: SnapshotKeeper
    let snapshot: String
    let readings: [CDMTable: TableReading]
    let places: [CDMTable: String]
    let types: [CDMTable: TableProfile]

    func rows(_ table: CDMTable, _ names: [String]) throws(OMOPStoreError) -> any CDMCursor {
        try cursor(table, columns: names.compactMap { table.column($0) }, order: .unordered, isCancelled: { false })
    }

    func cursor(
        _ table: CDMTable, columns: [CDMColumn], order: ScanOrder, persons: [Int64]? = nil,
        isCancelled: @escaping @Sendable () -> Bool
    ) throws(OMOPStoreError) -> any CDMCursor {
        guard let reading = readings[table], let place = places[table] else { return EmptyCursor() }
        let query = PostgreSQLScanQuery(
            reading: reading, types: types[table]?.columns ?? [:], place: place, columns: columns, order: order,
            persons: persons)
        let connection = try PostgreSQLConnection(address, snapshot: snapshot, isCancelled: isCancelled)
        let rows = try PostgreSQLRows(connection, query: query.sql, columns: query.width)
        return ServerCursor(
            rows, columns: columns,
            numbers: columns.map { reading.columns[$0.name]?.numbers ?? DateNumber(storage: .compactDate) },
            orderColumn: query.orderColumn)
    }
}

/// The statement of one scan.
struct PostgreSQLScanQuery {
    let sql: String
    /// Columns of a row.
    let width: Int
    /// Where the person stands among them, when rows come by person.
    let orderColumn: Int?

    init(
        reading: TableReading, types: [String: ColumnProfile], place: String, columns: [CDMColumn], order: ScanOrder,
        persons: [Int64]? = nil
    ) {
        var selected = columns.map { column -> String in
            guard let found = reading.columns[column.name] else { return "NULL" }
            let name = PostgreSQLConnection.quoted(found.storedName)
            let isTruth = types[column.name]?.declaredType == "boolean" && (column.type == .integer || column.type == .number)
            return isTruth ? "\(name)::int" : name
        }
        var from = " FROM \(place)"
        if order == .byPerson, let person = reading.columns["person_id"] {
            let name = PostgreSQLConnection.quoted(person.storedName)
            // Identifiers kept as text would sort as text; what is no number at all comes last and is skipped by the reader.
            let isText = types["person_id"].map { $0.declaredType.hasPrefix("char") || $0.declaredType == "text" } ?? false
            let key = isText ? "CASE WHEN \(name) ~ '^ *[0-9]{1,18} *$' THEN \(name)::bigint END" : name
            orderColumn = selected.count
            selected.append(key)
            if let persons {
                // Numbers of our own making: nothing in them can be anything but a number.
                from += " WHERE \(key) = ANY ('{\(persons.map(String.init).joined(separator: ","))}'::bigint[])"
            }
            from += " ORDER BY \(key)"
        } else {
            orderColumn = nil
        }
        if selected.isEmpty { selected = ["NULL"] }
        width = selected.count
        sql = "SELECT " + selected.joined(separator: ", ") + from
    }
}
