import CODBC

/// A connection through an ODBC driver that only ever reads.
///
/// Not thread-safe: one connection, one thread at a time.
final class ODBCConnection {
    private let environment: SQLHANDLE
    private let handle: SQLHANDLE
    private let seconds: Int
    /// Whose SQL it speaks.
    let dialect: SQLDialect
    /// The driver's own name.
    let driver: String
    /// What the database calls itself.
    let database: String

    init(_ address: ODBCAddress, adding options: String = "") throws(OMOPStoreError) {
        let text = try address.connectionString(adding: options)
        var made: SQLHANDLE?
        guard shim_odbc_succeeded(shim_odbc_environment(&made)) != 0, let environment = made else {
            throw OMOPStoreError(.cannotOpen, "unixODBC cannot start", advice: "Check the package libodbc2 and /etc/odbcinst.ini")
        }
        var opened: SQLHANDLE?
        guard shim_odbc_succeeded(SQLAllocHandle(SQLSMALLINT(SQL_HANDLE_DBC), environment, &opened)) != 0, let handle = opened
        else {
            SQLFreeHandle(SQLSMALLINT(SQL_HANDLE_ENV), environment)
            throw OMOPStoreError(.cannotOpen, "unixODBC has no memory for a connection", advice: "Free memory on this machine")
        }
        _ = shim_odbc_set_connection(handle, SQL_ATTR_LOGIN_TIMEOUT, 15)
        _ = shim_odbc_set_connection(handle, SQL_ATTR_ACCESS_MODE, UInt(SQL_MODE_READ_ONLY))
        let code = Self.connect(handle, text)
        guard shim_odbc_succeeded(code) != 0 else {
            let error = ODBCError.connecting(handle, address.location)
            Self.close(environment, handle)
            throw error
        }
        self.environment = environment
        self.handle = handle
        seconds = address.statementSeconds
        driver = Self.information(handle, SQLUSMALLINT(SQL_DRIVER_NAME))
        database = Self.information(handle, SQLUSMALLINT(SQL_DBMS_NAME))
        dialect = address.dialect ?? SQLDialect(databaseName: database)
    }

    deinit {
        SQLDisconnect(handle)
        Self.close(environment, handle)
    }

    private static func connect(_ handle: SQLHANDLE, _ text: String) -> SQLRETURN {
        var units = Array(text.utf16)
        defer { for index in units.indices { units[index] = 0 } }
        var length: SQLSMALLINT = 0
        return units.withUnsafeMutableBufferPointer {
            SQLDriverConnectW(
                handle, nil, $0.baseAddress, SQLSMALLINT(clamping: $0.count), nil, 0, &length, SQLUSMALLINT(SQL_DRIVER_NOPROMPT))
        }
    }

    private static func close(_ environment: SQLHANDLE, _ handle: SQLHANDLE) {
        SQLFreeHandle(SQLSMALLINT(SQL_HANDLE_DBC), handle)
        SQLFreeHandle(SQLSMALLINT(SQL_HANDLE_ENV), environment)
    }

    private static func information(_ handle: SQLHANDLE, _ what: SQLUSMALLINT) -> String {
        var units = [SQLWCHAR](repeating: 0, count: 256)
        var bytes: SQLSMALLINT = 0
        let code = SQLGetInfoW(handle, what, &units, SQLSMALLINT(units.count * 2), &bytes)
        guard shim_odbc_succeeded(code) != 0 else { return "" }
        return String(decoding: units.prefix { $0 != 0 }, as: UTF16.self)
    }

    /// A new statement.
    func statement() throws(OMOPStoreError) -> ODBCStatement {
        var made: SQLHANDLE?
        guard shim_odbc_succeeded(SQLAllocHandle(SQLSMALLINT(SQL_HANDLE_STMT), handle, &made)) != 0, let made else {
            throw ODBCError.error(SQLSMALLINT(SQL_HANDLE_DBC), handle)
        }
        _ = shim_odbc_set_statement(made, SQL_ATTR_QUERY_TIMEOUT, UInt(seconds))
        return ODBCStatement(made, self)
    }

    /// The rows of a query.
    func rows(
        _ sql: String, isCancelled: @escaping @Sendable () -> Bool = { false }
    ) throws(OMOPStoreError) -> ODBCRows {
        let statement = try statement()
        var units = Array(sql.utf16)
        let watch = CancelWatch(statement.handle, isCancelled)
        let code = SQLExecDirectW(statement.handle, &units, SQLINTEGER(units.count))
        watch.end()
        guard shim_odbc_succeeded(code) != 0 else { throw statement.error(isCancelled()) }
        return try ODBCRows(statement, isCancelled)
    }

    /// The tables and views of a schema: schema and name.
    func tables() throws(OMOPStoreError) -> ODBCRows {
        let statement = try statement()
        var types = Array("TABLE,VIEW,FOREIGN TABLE,MATERIALIZED VIEW,MATVIEW,PARTITIONED TABLE".utf16)
        let code = SQLTablesW(statement.handle, nil, 0, nil, 0, nil, 0, &types, SQLSMALLINT(types.count))
        guard shim_odbc_succeeded(code) != 0 else { throw statement.error(false) }
        return try ODBCRows(statement, { false })
    }

    /// The columns of a table.
    func columns(schema: String?, table: String) throws(OMOPStoreError) -> ODBCRows {
        let statement = try statement()
        var schemaUnits = Array((schema ?? "").utf16)
        var tableUnits = Array(table.utf16)
        let code = schemaUnits.withUnsafeMutableBufferPointer { schemaUnits in
            SQLColumnsW(
                statement.handle, nil, 0, schema == nil ? nil : schemaUnits.baseAddress, SQLSMALLINT(schemaUnits.count),
                &tableUnits,
                SQLSMALLINT(tableUnits.count), nil, 0)
        }
        guard shim_odbc_succeeded(code) != 0 else { throw statement.error(false) }
        return try ODBCRows(statement, { false })
    }
}

/// A statement of a connection.
final class ODBCStatement {
    let handle: SQLHANDLE
    /// Kept so that the connection outlives its statement.
    private let connection: ODBCConnection

    init(_ handle: SQLHANDLE, _ connection: ODBCConnection) {
        self.handle = handle
        self.connection = connection
    }

    deinit {
        SQLFreeHandle(SQLSMALLINT(SQL_HANDLE_STMT), handle)
    }

    /// What went wrong with it.
    func error(_ isCancelled: Bool) -> OMOPStoreError {
        if isCancelled { return OMOPStoreError(.cancelled, "The reading was stopped", advice: "Start it again when it suits") }
        return ODBCError.error(SQLSMALLINT(SQL_HANDLE_STMT), handle)
    }
}
