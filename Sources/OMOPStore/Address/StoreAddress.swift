/// Where a store is, whatever database holds it.
public enum StoreAddress: Sendable, Hashable {
    /// One SQLite file.
    case sqlite(path: String)
    /// A schema of a PostgreSQL database.
    case postgresql(PostgreSQLAddress)
    /// A database behind an ODBC driver.
    case odbc(ODBCAddress)

    /// Opens the store.
    /// - Throws: `cannot-open`, `not-a-store`, `reading`, or `unusable` with every problem found when one of them is fatal.
    public func open() throws(OMOPStoreError) -> any ClinicalStore {
        switch self {
        case .sqlite(let path): try SQLiteClinicalStore(path: path)
        case .postgresql(let address): try PostgreSQLClinicalStore(address)
        case .odbc(let address): try ODBCClinicalStore(address)
        }
    }

    /// What is in the store, also when it has fatal problems.
    public func inspect() throws(OMOPStoreError) -> StoreProfile {
        switch self {
        case .sqlite(let path): try SQLiteClinicalStore.inspect(path: path)
        case .postgresql(let address): try PostgreSQLClinicalStore.inspect(address)
        case .odbc(let address): try ODBCClinicalStore.inspect(address)
        }
    }

    /// Tables whose rows this account may change although the store asks for one that can only read. Asks the database for
    /// rights alone: no row is read.
    ///
    /// Empty for a SQLite file, which is opened read-only, and for a database that does not tell.
    /// - Throws: `cannot-open`, `not-a-store`, `reading`.
    public func writableTables() throws(OMOPStoreError) -> [String] {
        switch self {
        case .sqlite: []
        case .postgresql(let address):
            address.requiresReadOnly
                ? try PostgreSQLSchemaReader(connection: PostgreSQLConnection(address), schemas: address.schemas).writableTables()
                : []
        case .odbc(let address):
            address.requiresReadOnly
                ? try ODBCSchemaReader(connection: ODBCConnection(address), schemas: address.schemas).writableTables() : []
        }
    }

    /// For people: where it is, without user and password.
    public var location: String {
        switch self {
        case .sqlite(let path): path
        case .postgresql(let address): address.location
        case .odbc(let address): address.location
        }
    }
}
