/// An OMOP CDM store behind an ODBC driver, read and never written.
///
/// Tables are read one after the other, each by a connection of its own: what a load changes meanwhile is seen half, so the
/// node's index is to be built while none runs.
public final class ODBCClinicalStore: ClinicalStore {
    /// What was found on opening.
    public let profile: StoreProfile
    private let access: ODBCAccess

    /// Opens the store.
    ///
    /// - Throws: `cannot-open`, `not-a-store`, `reading`, or `unusable` with every problem found when one of them is fatal.
    public convenience init(_ address: ODBCAddress) throws(OMOPStoreError) {
        try self.init(address, today: SQLiteClinicalStore.today)
        try profile.requireUsable()
    }

    /// What is in the database, also when it has fatal problems.
    public static func inspect(_ address: ODBCAddress) throws(OMOPStoreError) -> StoreProfile {
        try ODBCClinicalStore(address, today: SQLiteClinicalStore.today).profile
    }

    init(_ address: ODBCAddress, today: Int32) throws(OMOPStoreError) {
        var connection = try ODBCConnection(address)
        let options = Self.streaming(connection.driver, address)
        if !options.isEmpty { connection = try ODBCConnection(address, adding: options) }
        let tables = try ODBCSchemaReader(connection: connection, schemas: address.schemas).tables()
        var inspector = StoreInspector(today: today)
        let inspection = inspector.inspect(tables.values.filter { !$0.found.columns.isEmpty }.map(\.found))
        access = ODBCAccess(
            address: address, options: options, dialect: connection.dialect, readings: inspection.readings,
            places: tables.mapValues(\.place))
        var identity = StoreIdentity(inspection: inspection)
        try identity.read(access)
        let rights = RightsCheck(requiresReadOnly: address.requiresReadOnly, remedy: connection.dialect.remedy)
        profile = identity.profile(
            kind: "ODBC (\(connection.database.isEmpty ? "unknown" : connection.database))", location: address.location,
            telling: rights.problems(tables) + [Self.oneByOne])
    }

    private static let oneByOne = StoreProblem(
        .note, .writable, what: "tables are read one after the other, not as of one moment",
        advice: "Let no load run while the index is built: dure-node refresh begin, the load, dure-node refresh finish")

    /// What some drivers must be told so that they do not hold a whole table in memory.
    private static func streaming(_ driver: String, _ address: ODBCAddress) -> String {
        let driver = driver.lowercased()
        if driver.hasPrefix("psqlodbc"), !address.has("UseDeclareFetch") { return "UseDeclareFetch=1;Fetch=4096;" }
        if driver.contains("sqlite"), !address.has("StepAPI") { return "StepAPI=1;" }
        return ""
    }

    /// A cursor with a connection of its own. By person, the database sorts.
    public func cursor(
        _ table: CDMTable, columns: [String], order: ScanOrder, isCancelled: @escaping @Sendable () -> Bool
    ) throws(OMOPStoreError) -> any CDMCursor {
        try access.cursor(table, columns: table.asked(columns, order), order: order, isCancelled: isCancelled)
    }
}

/// How to read the tables of one store behind ODBC: makes cursors.
private struct ODBCAccess: Sendable, StoreAccess {
    let address: ODBCAddress
    let options: String
    let dialect: SQLDialect
    let readings: [CDMTable: TableReading]
    let places: [CDMTable: String]

    func rows(_ table: CDMTable, _ names: [String]) throws(OMOPStoreError) -> any CDMCursor {
        try cursor(table, columns: names.compactMap { table.column($0) }, order: .unordered, isCancelled: { false })
    }

    func cursor(
        _ table: CDMTable, columns: [CDMColumn], order: ScanOrder, isCancelled: @escaping @Sendable () -> Bool
    ) throws(OMOPStoreError) -> any CDMCursor {
        guard let reading = readings[table], let place = places[table] else { return EmptyCursor() }
        let query = ODBCScanQuery(dialect: dialect, reading: reading, place: place, columns: columns, order: order)
        let rows = try ODBCConnection(address, adding: options).rows(query.sql, isCancelled: isCancelled)
        return ServerCursor(
            rows, columns: columns,
            numbers: columns.map { reading.columns[$0.name]?.numbers ?? DateNumber(storage: .compactDate) },
            orderColumn: query.orderColumn)
    }
}

/// The statement of one scan, in the words of a dialect.
struct ODBCScanQuery {
    let sql: String
    /// Where the person stands among the columns, when rows come by person.
    let orderColumn: Int?

    init(dialect: SQLDialect, reading: TableReading, place: String, columns: [CDMColumn], order: ScanOrder) {
        var selected = columns.map { reading.columns[$0.name].map { dialect.quoted($0.storedName) } ?? "NULL" }
        var from = " FROM \(place)"
        if order == .byPerson, let person = reading.columns["person_id"] {
            let key = dialect.order(by: dialect.quoted(person.storedName), isNumber: person.isCleanInteger)
            orderColumn = selected.count
            selected.append(key)
            from += " ORDER BY \(key)"
        } else {
            orderColumn = nil
        }
        sql = "SELECT " + (selected.isEmpty ? "NULL" : selected.joined(separator: ", ")) + from
    }
}
