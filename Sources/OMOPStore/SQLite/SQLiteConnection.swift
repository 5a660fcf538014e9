import GRDBSQLite

/// A connection to a SQLite file that nobody here made and that must not be trusted or changed.
///
/// Opened through SQLite's own interface, not through GRDB's: reading a foreign file needs what GRDB does not pass on
/// (URI flags for unchangeable files, limits, an authorizer, a progress handler).
///
/// What the file brings along is never run: the schema is not trusted, every read that comes through a view or a
/// trigger is refused, and only the few functions this room uses may be called.
/// <https://www.sqlite.org/security.html>
///
/// Not thread-safe: one connection, one thread at a time.
final class SQLiteConnection {
    /// SQLite's handle.
    let handle: OpaquePointer
    private var interrupt: Interrupt?

    /// Opens the file at `path` for reading.
    ///
    /// - Parameter isImmutable: whether SQLite may take the file as unchangeable (no locks, no `-shm` file); only right
    ///   when nobody writes, so the caller must check that the file stayed the same.
    init(path: String, isImmutable: Bool) throws(OMOPStoreError) {
        var opened: OpaquePointer?
        let flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI
        let code = sqlite3_open_v2(Self.uri(path, isImmutable: isImmutable), &opened, flags, nil)
        guard code == SQLITE_OK, let opened else {
            let error = Self.error(code, opened, "opening \(path)")
            sqlite3_close(opened)
            throw error
        }
        handle = opened
        sqlite3_extended_result_codes(handle, 1)
        sqlite3_busy_timeout(handle, 10_000)
        _disableDoubleQuotedStringLiterals(handle)
        limit()
        for pragma in Self.pragmas { try execute(pragma) }
        sqlite3_set_authorizer(handle, authorize, nil)
    }

    deinit {
        sqlite3_close_v2(handle)
    }

    private static let pragmas = [
        "PRAGMA trusted_schema = OFF", "PRAGMA query_only = ON", "PRAGMA cell_size_check = ON", "PRAGMA mmap_size = 0",
        // Sorting spills to temporary files (which SQLite deletes as it opens them), never grows in memory. The cache is
        // also the sorter's run length: runs that fit the processor's cache sort faster than large ones.
        "PRAGMA temp_store = FILE", "PRAGMA cache_size = -2000",
    ]

    /// Caps what one value, one statement or one schema may cost.
    private func limit() {
        sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, 64 << 20)
        sqlite3_limit(handle, SQLITE_LIMIT_SQL_LENGTH, 1 << 20)
        sqlite3_limit(handle, SQLITE_LIMIT_EXPR_DEPTH, 50)
        sqlite3_limit(handle, SQLITE_LIMIT_VDBE_OP, 250_000)
        sqlite3_limit(handle, SQLITE_LIMIT_ATTACHED, 0)
        sqlite3_limit(handle, SQLITE_LIMIT_TRIGGER_DEPTH, 1)
    }

    /// Runs a statement whose rows nobody needs.
    func execute(_ sql: String) throws(OMOPStoreError) {
        let statement = try prepare(sql)
        while try statement.step() {}
    }

    /// Compiles a statement.
    func prepare(_ sql: String) throws(OMOPStoreError) -> SQLiteStatement {
        var compiled: OpaquePointer?
        let code = sqlite3_prepare_v2(handle, sql, -1, &compiled, nil)
        guard code == SQLITE_OK, let compiled else {
            throw Self.error(code, handle, "preparing a query")
        }
        return SQLiteStatement(compiled, self)
    }

    /// Asks `isCancelled` now and then while statements run; a yes ends the running statement with `SQLITE_INTERRUPT`.
    func interrupt(when isCancelled: @escaping @Sendable () -> Bool) {
        let interrupt = Interrupt(isCancelled)
        self.interrupt = interrupt
        sqlite3_progress_handler(
            handle, 20_000, { Unmanaged<Interrupt>.fromOpaque($0.unsafelyUnwrapped).takeUnretainedValue().ask() },
            Unmanaged.passUnretained(interrupt).toOpaque())
    }

    /// The error that SQLite reports, in our words.
    func error(_ code: CInt, _ doing: String) -> OMOPStoreError {
        Self.error(code, handle, doing)
    }

    // MARK: Words

    static func quoted(_ name: String) -> String {
        "\"" + name.replacing("\"", with: "\"\"") + "\""
    }

    private static func uri(_ path: String, isImmutable: Bool) -> String {
        let plain = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/".utf8)
        let hex = Array("0123456789ABCDEF")
        var uri = "file:"
        for byte in path.utf8 {
            if plain.contains(byte) {
                uri.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                uri += "%\(hex[Int(byte >> 4)])\(hex[Int(byte & 15)])"
            }
        }
        return uri + "?mode=ro" + (isImmutable ? "&immutable=1" : "")
    }

    private static func error(_ code: CInt, _ handle: OpaquePointer?, _ doing: String) -> OMOPStoreError {
        let text = handle.map { String(cString: sqlite3_errmsg($0)) } ?? String(cString: sqlite3_errstr(code))
        let message = "\(doing): \(text) (SQLite code \(code))"
        switch code & 0xff {
        case SQLITE_INTERRUPT:
            return OMOPStoreError(.cancelled, "The scan was cancelled", advice: "Start it again when it is wanted")
        case SQLITE_NOTADB:
            return OMOPStoreError(
                .notAStore, message,
                advice: "The file is no SQLite database, or an encrypted one. Name the OMOP store's SQLite file")
        case SQLITE_CORRUPT:
            return OMOPStoreError(
                .reading, message, advice: "The file is damaged: run PRAGMA integrity_check on it, or load the store again")
        case SQLITE_CANTOPEN:
            return OMOPStoreError(.cannotOpen, message, advice: "Check that the file is there and that this user may read it")
        case SQLITE_BUSY, SQLITE_LOCKED:
            return OMOPStoreError(
                .reading, message, advice: "Another program is writing the store: wait for its load to finish")
        default:
            return OMOPStoreError(.reading, message, advice: "Check the file with PRAGMA integrity_check")
        }
    }
}

/// Whether to stop, kept alive for SQLite's callback.
private final class Interrupt {
    private let isCancelled: @Sendable () -> Bool

    init(_ isCancelled: @escaping @Sendable () -> Bool) {
        self.isCancelled = isCancelled
    }

    func ask() -> CInt { isCancelled() ? 1 : 0 }
}

/// Says what a statement may do: read plain tables, describe them, and call the functions this room uses.
/// <https://www.sqlite.org/c3ref/set_authorizer.html>
private func authorize(
    _: UnsafeMutableRawPointer?, action: CInt, first: UnsafePointer<CChar>?, second: UnsafePointer<CChar>?,
    database _: UnsafePointer<CChar>?, through: UnsafePointer<CChar>?
) -> CInt {
    // `through` is the innermost view or trigger that asks: nothing that the file brings may ask.
    guard through == nil else { return SQLITE_DENY }
    switch action {
    case SQLITE_SELECT, SQLITE_READ: return SQLITE_OK
    case SQLITE_FUNCTION:
        guard let second else { return SQLITE_DENY }
        return ["count", "min", "max", "lower", "trim"].contains(String(cString: second)) ? SQLITE_OK : SQLITE_DENY
    case SQLITE_PRAGMA:
        guard let first else { return SQLITE_DENY }
        return ["table_xinfo", "schema_version", "page_count"].contains(String(cString: first)) ? SQLITE_OK : SQLITE_DENY
    default: return SQLITE_DENY
    }
}
