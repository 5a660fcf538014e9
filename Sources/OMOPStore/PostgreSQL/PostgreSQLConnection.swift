import CPostgres

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// A connection to a PostgreSQL server: one read-only transaction, and never anything else.
///
/// Not thread-safe: one connection, one thread at a time.
final class PostgreSQLConnection {
    private let handle: OpaquePointer
    private let isCancelled: @Sendable () -> Bool

    /// Connects and begins a read-only transaction that sees one moment of the database.
    ///
    /// - Parameter snapshot: the moment that another connection sees, as it exported it; nil for now.
    init(
        _ address: PostgreSQLAddress, snapshot: String? = nil, isCancelled: @escaping @Sendable () -> Bool = { false }
    ) throws(OMOPStoreError) {
        let parameters = try address.parameters()
        self.isCancelled = isCancelled
        guard let opened = Self.connect(parameters) else {
            throw OMOPStoreError(.cannotOpen, "libpq has no memory for a connection", advice: "Free memory on this machine")
        }
        // From here on everything is initialised, so `deinit` closes the connection whatever is thrown.
        handle = opened
        shim_ignore_notices(handle)
        guard PQstatus(handle) == CONNECTION_OK else {
            // What libpq says of a failed connection names host, user and reason, and never the password.
            let words = String(cString: PQerrorMessage(handle)).split(separator: "\n").joined(separator: " ")
            throw OMOPStoreError(
                .cannotOpen, "No connection to \(address.location): \(words)",
                advice:
                    "Check host, port, database, user and password files and sslmode, and that pg_hba.conf lets this machine in")
        }
        try execute(
            """
            SET statement_timeout = \(address.statementSeconds * 1_000); SET idle_in_transaction_session_timeout = 0;
            SET lock_timeout = 60000; SET DateStyle = 'ISO, YMD'; SET extra_float_digits = 1; SET IntervalStyle = 'postgres';
            SET search_path = pg_catalog; SET bytea_output = 'hex'; SET default_transaction_read_only = on;
            SET synchronize_seqscans = off; BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY
            """)
        if let snapshot { try execute("SET TRANSACTION SNAPSHOT \(Self.literal(snapshot))") }
    }

    deinit {
        PQfinish(handle)
    }

    private static func connect(_ parameters: [(String, String)]) -> OpaquePointer? {
        let keys = parameters.map { strdup($0.0) }
        let values = parameters.map { strdup($0.1) }
        defer {
            for text in keys { free(text) }
            for text in values {
                // Passwords do not stay behind in freed memory.
                if let text { explicit_bzero(text, strlen(text)) }
                free(text)
            }
        }
        let names = keys.map { UnsafePointer($0) } + [nil]
        let contents = values.map { UnsafePointer($0) } + [nil]
        return PQconnectdbParams(names, contents, 0)
    }

    /// A name that another connection can use to see what this one sees.
    func exportSnapshot() throws(OMOPStoreError) -> String {
        guard let name = try rows("SELECT pg_export_snapshot()").first?.first, let name else {
            throw OMOPStoreError(.reading, "The server gave no snapshot", advice: "Connect to the server itself, not to a pooler")
        }
        return name
    }

    /// Runs statements whose rows nobody needs.
    func execute(_ sql: String) throws(OMOPStoreError) {
        let result = PQexec(handle, sql)
        defer { PQclear(result) }
        let status = PQresultStatus(result)
        guard status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK else { throw error(result) }
    }

    /// The rows of a small query, as text; NULL is nil.
    func rows(_ sql: String, _ values: [String] = []) throws(OMOPStoreError) -> [[String?]] {
        try answer(sql, values).rows
    }

    /// The rows of a small query as text, and the types of its columns.
    func answer(_ sql: String, _ values: [String] = []) throws(OMOPStoreError) -> (rows: [[String?]], types: [Oid]) {
        let texts = values.map { strdup($0) }
        defer { for text in texts { free(text) } }
        let result = PQexecParams(handle, sql, CInt(texts.count), nil, texts.map { UnsafePointer($0) }, nil, nil, 0)
        defer { PQclear(result) }
        guard PQresultStatus(result) == PGRES_TUPLES_OK else { throw error(result) }
        let columns = PQnfields(result)
        let rows = (0..<PQntuples(result)).map { row in
            (0..<columns).map { column -> String? in
                guard PQgetisnull(result, row, column) == 0, let text = PQgetvalue(result, row, column) else { return nil }
                return String(cString: text)
            }
        }
        return (rows, (0..<columns).map { PQftype(result, $0) })
    }

    // MARK: COPY

    /// Asks for the rows of a query as a stream of lines.
    func copy(_ query: String) throws(OMOPStoreError) {
        // Sent without waiting: the server may sort for a long time before it says anything, and must be stoppable meanwhile.
        guard PQsendQuery(handle, "COPY (\(query)) TO STDOUT") == 1 else { throw error(nil) }
        try waitForResult()
        let result = PQgetResult(handle)
        defer { PQclear(result) }
        guard PQresultStatus(result) == PGRES_COPY_OUT else {
            let failure = error(result)
            drain()
            throw failure
        }
    }

    /// The next line of the stream, to be freed with `PQfreemem`; nil after the last.
    func nextLine() throws(OMOPStoreError) -> UnsafeMutableBufferPointer<CChar>? {
        var line: UnsafeMutablePointer<CChar>?
        while true {
            let count = PQgetCopyData(handle, &line, 1)
            switch count {
            case 1...:
                guard let line else { return nil }
                return UnsafeMutableBufferPointer(start: line, count: Int(count))
            case 0:
                try waitForBytes()
                guard PQconsumeInput(handle) == 1 else { throw error(nil) }
            case -1:
                let result = PQgetResult(handle)
                defer { PQclear(result) }
                guard PQresultStatus(result) == PGRES_COMMAND_OK else { throw error(result) }
                return nil
            default: throw error(nil)
            }
        }
    }

    private func waitForResult() throws(OMOPStoreError) {
        while PQisBusy(handle) == 1 {
            try waitForBytes()
            guard PQconsumeInput(handle) == 1 else { throw error(nil) }
        }
    }

    /// Sleeps until the server has sent something; asks now and then whether to go on.
    private func waitForBytes() throws(OMOPStoreError) {
        while true {
            if isCancelled() {
                cancel()
                throw OMOPStoreError(.cancelled, "The reading was stopped", advice: "Start it again when it suits")
            }
            var entry = pollfd(fd: PQsocket(handle), events: Int16(POLLIN), revents: 0)
            guard entry.fd >= 0 else { throw error(nil) }
            if poll(&entry, 1, 200) > 0 { return }
        }
    }

    /// Tells the server to stop what it is doing for us, until it says that it has: an order that arrives before the query has
    /// begun stops nothing, and a sort would go on after we are gone. Gives up after five seconds.
    private func cancel() {
        for _ in 0..<25 {
            order()
            var entry = pollfd(fd: PQsocket(handle), events: Int16(POLLIN), revents: 0)
            guard poll(&entry, 1, 200) > 0 else { continue }
            guard PQconsumeInput(handle) == 1 else { return }
            // An error is the end of the query; rows mean that it writes to us, which ends when the connection does.
            if PQisBusy(handle) == 0 { return }
        }
    }

    private func order() {
        guard let order = PQgetCancel(handle) else { return }
        var words = [CChar](repeating: 0, count: 256)
        PQcancel(order, &words, CInt(words.count))
        PQfreeCancel(order)
    }

    private func drain() {
        while let result = PQgetResult(handle) { PQclear(result) }
    }

    // MARK: Words

    static func quoted(_ name: String) -> String { "\"" + name.replacing("\"", with: "\"\"") + "\"" }

    static func literal(_ text: String) -> String { "'" + text.replacing("'", with: "''") + "'" }

    /// What the server says, in our words: its own messages may repeat values of patients.
    private func error(_ result: OpaquePointer?) -> OMOPStoreError {
        let code = result.flatMap { PQresultErrorField($0, CInt(UInt8(ascii: "C"))) }.map { String(cString: $0) }
        return PostgreSQLError.error(code)
    }
}
