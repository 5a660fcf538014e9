import GRDBSQLite

/// A SQLite database being written from nothing, through the C interface: the generator writes tens of millions of rows,
/// and a Swift value for each would cost more than SQLite itself.
final class SQLiteFile {
    private var connection: OpaquePointer?
    private let path: String

    /// Opens a new database at `path`, tuned for one writer that would start again after a crash.
    init(creating path: String) throws(OMOPStoreError) {
        self.path = path
        let code = sqlite3_open_v2(path, &connection, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nil)
        guard code == SQLITE_OK else { throw failure("cannot be created") }
        try execute("PRAGMA page_size = 8192; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF")
        try execute("PRAGMA locking_mode = EXCLUSIVE; PRAGMA cache_size = -262144; PRAGMA temp_store = MEMORY")
    }

    deinit {
        sqlite3_close_v2(connection)
    }

    /// Runs statements that give no rows.
    func execute(_ sql: String) throws(OMOPStoreError) {
        guard sqlite3_exec(connection, sql, nil, nil, nil) == SQLITE_OK else { throw failure("cannot be written") }
    }

    /// A statement that inserts rows with these columns, in this order.
    func inserter(_ table: CDMTable, _ columns: [String]) throws(OMOPStoreError) -> RowInserter {
        let marks = columns.map { _ in "?" }.joined(separator: ",")
        let sql = "INSERT INTO \(table.rawValue) (\(columns.joined(separator: ","))) VALUES (\(marks))"
        var statement: OpaquePointer?
        guard sqlite3_prepare_v3(connection, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &statement, nil) == SQLITE_OK,
            let statement
        else { throw failure("does not take rows of \(table.rawValue)") }
        return RowInserter(statement: statement, columns: columns.count)
    }

    /// What SQLite says went wrong, in words.
    func failure(_ what: String) -> OMOPStoreError {
        let detail = connection.flatMap { sqlite3_errmsg($0) }.map { String(cString: $0) } ?? "out of memory"
        return OMOPStoreError(
            .writing, "\(path) \(what): \(detail)",
            advice: "Check that the folder exists, may be written, and has room (about 100 bytes for each event)")
    }
}

/// One prepared INSERT. Bind every column, then `insert()`; what is bound stays bound.
final class RowInserter {
    private let statement: OpaquePointer
    /// 20 bytes a column for a moment's text, which must live until the row is inserted.
    private let scratch: UnsafeMutablePointer<CChar>

    init(statement: OpaquePointer, columns: Int) {
        self.statement = statement
        scratch = .allocate(capacity: 20 * (columns + 1))
    }

    deinit {
        sqlite3_finalize(statement)
        scratch.deallocate()
    }

    func bind(_ column: Int32, _ value: Int64) {
        sqlite3_bind_int64(statement, column, value)
    }

    func bind(_ column: Int32, _ value: Int32) {
        sqlite3_bind_int64(statement, column, Int64(value))
    }

    /// A concept or count where 0 stands for "not recorded".
    func bind(_ column: Int32, zeroAsNull value: Int32) {
        if value == 0 { sqlite3_bind_null(statement, column) } else { sqlite3_bind_int64(statement, column, Int64(value)) }
    }

    func bind(_ column: Int32, _ value: Double?) {
        if let value { sqlite3_bind_double(statement, column, value) } else { sqlite3_bind_null(statement, column) }
    }

    func bindNull(_ column: Int32) {
        sqlite3_bind_null(statement, column)
    }

    /// Text that lives longer than the statement.
    func bind(_ column: Int32, _ text: StoredText) {
        sqlite3_bind_text(statement, column, text.start, text.count, nil)
    }

    /// Text of any life: SQLite copies it. For small tables.
    func bind(_ column: Int32, copying text: String?) {
        guard let text else { return bindNull(column) }
        // SQLITE_TRANSIENT, a cast macro that Swift does not import.
        let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
        sqlite3_bind_text(statement, column, text, -1, transient)
    }

    /// A day as "2026-11-22", or NULL for `never`.
    func bind(_ column: Int32, day: Int32, _ texts: TimeTexts) {
        guard day != SyntheticCalendar.never else { return bindNull(column) }
        sqlite3_bind_text(statement, column, texts.day(day), 10, nil)
    }

    /// A moment as "2026-11-22 10:05:00", or NULL for `never`.
    func bind(_ column: Int32, moment: Int32, _ texts: TimeTexts) {
        guard moment != SyntheticCalendar.never else { return bindNull(column) }
        let start = scratch + Int(column) * 20
        texts.write(moment, to: start)
        sqlite3_bind_text(statement, column, start, 19, nil)
    }

    /// Inserts the row; false if SQLite refused it.
    func insert() -> Bool {
        let code = sqlite3_step(statement)
        sqlite3_reset(statement)
        return code == SQLITE_DONE
    }
}
