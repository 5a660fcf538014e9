import GRDBSQLite

/// Writes a new SQLite store from nothing; a crash leaves a file that nobody takes for a store.
final class StoreWriter {
    private let handle: OpaquePointer
    private let path: String

    /// Makes a new file at `path`, which must not exist.
    init(creating path: String) throws(OMOPStoreError) {
        self.path = path
        var opened: OpaquePointer?
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX
        let code = sqlite3_open_v2(path, &opened, flags, nil)
        guard code == SQLITE_OK, let opened else {
            sqlite3_close(opened)
            throw Self.failure(path, String(cString: sqlite3_errstr(code)))
        }
        handle = opened
        // No journal: until it is complete the file has another name, and nobody else opens it.
        try execute("PRAGMA page_size = 8192; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF")
        try execute("PRAGMA locking_mode = EXCLUSIVE; PRAGMA cache_size = -131072; PRAGMA temp_store = FILE")
    }

    deinit {
        sqlite3_close_v2(handle)
    }

    /// Runs statements that give no rows.
    func execute(_ sql: String) throws(OMOPStoreError) {
        guard sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK else { throw failure() }
    }

    /// The number in the first column of the first row.
    func number(_ sql: String) throws(OMOPStoreError) -> Int64 {
        var statement: OpaquePointer?
        guard sqlite3_prepare_v2(handle, sql, -1, &statement, nil) == SQLITE_OK, let statement else { throw failure() }
        defer { sqlite3_finalize(statement) }
        guard sqlite3_step(statement) == SQLITE_ROW else { throw failure() }
        return sqlite3_column_int64(statement, 0)
    }

    /// Makes `table` with all the columns of CDM v5.4.
    func create(_ table: CDMTable) throws(OMOPStoreError) {
        let columns = table.columns.map { "\(SQLiteConnection.quoted($0.name)) \($0.type.declared)" }
        try execute("CREATE TABLE \(table.rawValue) (\(columns.joined(separator: ", ")))")
    }

    /// A statement that inserts rows with `columns`.
    func inserter(_ table: CDMTable, _ columns: [CDMColumn]) throws(OMOPStoreError) -> StoreInserter {
        let names = columns.map { SQLiteConnection.quoted($0.name) }.joined(separator: ", ")
        let marks = columns.map { _ in "?" }.joined(separator: ", ")
        var statement: OpaquePointer?
        let code = sqlite3_prepare_v2(handle, "INSERT INTO \(table.rawValue) (\(names)) VALUES (\(marks))", -1, &statement, nil)
        guard code == SQLITE_OK, let statement else { throw failure() }
        return StoreInserter(statement, self)
    }

    fileprivate func failure() -> OMOPStoreError {
        Self.failure(path, String(cString: sqlite3_errmsg(handle)))
    }

    private static func failure(_ path: String, _ detail: String) -> OMOPStoreError {
        OMOPStoreError(
            .writing, "\(path) cannot be written: \(detail)",
            advice:
                "Check that the folder exists, that this user may write it, and that the disk has room for about the size of the files"
        )
    }
}

/// One prepared INSERT: bind every column, then `insert()`.
final class StoreInserter {
    private let statement: OpaquePointer
    private let writer: StoreWriter

    fileprivate init(_ statement: OpaquePointer, _ writer: StoreWriter) {
        self.statement = statement
        self.writer = writer
    }

    deinit {
        sqlite3_finalize(statement)
    }

    /// Binds a value to the parameter at `index`, from 0.
    func bind(_ index: Int, _ value: ImportedValue) {
        let parameter = CInt(index + 1)
        switch value {
        case .null: sqlite3_bind_null(statement, parameter)
        case .integer(let value): sqlite3_bind_int64(statement, parameter, value)
        case .number(let value): sqlite3_bind_double(statement, parameter, value)
        case .text(let bytes):
            bytes.withMemoryRebound(to: CChar.self) { bind(parameter, $0) }
        case .day(let day, let second):
            withUnsafeTemporaryAllocation(of: CChar.self, capacity: 19) { text in
                let count = Self.write(day, second, to: text)
                bind(parameter, UnsafeBufferPointer(rebasing: UnsafeBufferPointer(text)[..<count]))
            }
        }
    }

    /// Inserts the row that was bound.
    func insert() throws(OMOPStoreError) {
        let code = sqlite3_step(statement)
        sqlite3_reset(statement)
        guard code == SQLITE_DONE else { throw writer.failure() }
    }

    private func bind(_ parameter: CInt, _ bytes: UnsafeBufferPointer<CChar>) {
        // SQLITE_TRANSIENT, a cast macro that Swift does not import: SQLite copies the bytes.
        let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
        guard let start = bytes.baseAddress else {
            sqlite3_bind_null(statement, parameter)
            return
        }
        sqlite3_bind_text(statement, parameter, start, CInt(clamping: bytes.count), transient)
    }

    /// Writes `2026-11-22` or `2026-11-22 13:05:00`; returns how many bytes.
    private static func write(_ day: Int32, _ second: Int32?, to text: UnsafeMutableBufferPointer<CChar>) -> Int {
        func put(_ value: Int, _ index: Int) {
            text[index] = CChar(48 + value / 10 % 10)
            text[index + 1] = CChar(48 + value % 10)
        }
        let date = CalendarDay.date(day)
        put(date.year / 100, 0)
        put(date.year, 2)
        put(date.month, 5)
        put(date.day, 8)
        text[4] = CChar(UInt8(ascii: "-"))
        text[7] = CChar(UInt8(ascii: "-"))
        guard let second = second.map(Int.init) else { return 10 }
        put(second / 3600, 11)
        put(second / 60 % 60, 14)
        put(second % 60, 17)
        text[10] = CChar(UInt8(ascii: " "))
        text[13] = CChar(UInt8(ascii: ":"))
        text[16] = CChar(UInt8(ascii: ":"))
        return 19
    }
}

extension CDMType {
    /// The type that a store made here declares.
    var declared: String {
        switch self {
        case .integer: "INTEGER"
        case .number: "REAL"
        case .text, .date, .datetime: "TEXT"
        }
    }
}
