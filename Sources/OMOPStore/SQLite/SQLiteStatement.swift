import GRDBSQLite

/// A compiled statement and the row it stands on. Columns are counted from 0.
final class SQLiteStatement {
    /// SQLite's handle.
    let handle: OpaquePointer
    /// Kept so that the connection outlives its statement.
    private let connection: SQLiteConnection

    init(_ handle: OpaquePointer, _ connection: SQLiteConnection) {
        self.handle = handle
        self.connection = connection
    }

    deinit {
        sqlite3_finalize(handle)
    }

    /// Moves to the next row; false when there is none.
    func step() throws(OMOPStoreError) -> Bool {
        switch sqlite3_step(handle) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let code: throw connection.error(code, "reading")
        }
    }

    /// Starts again with another value for the statement's only parameter.
    func rebind(_ value: Int64) {
        sqlite3_reset(handle)
        sqlite3_bind_int64(handle, 1, value)
    }

    /// How many columns a row has.
    var columnCount: Int { Int(sqlite3_column_count(handle)) }

    /// The value as it is stored. Long texts are cut: this is for looking, not for reading data.
    func value(_ column: Int, maxLength: Int = 256) -> StoredValue {
        let column = CInt(column)
        switch sqlite3_column_type(handle, column) {
        case SQLITE_INTEGER: return .integer(sqlite3_column_int64(handle, column))
        case SQLITE_FLOAT: return .real(sqlite3_column_double(handle, column))
        case SQLITE_TEXT: return .text(text(column, maxLength: maxLength))
        case SQLITE_BLOB: return .blob
        default: return .null
        }
    }

    private func text(_ column: CInt, maxLength: Int) -> String {
        guard let start = sqlite3_column_text(handle, column) else { return "" }
        let count = min(Int(sqlite3_column_bytes(handle, column)), maxLength)
        return String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }
}
