import CODBC

/// The rows of one statement, fetched some hundred at a time into buffers that the driver fills.
final class ODBCRows: ServerRows {
    /// How a column's values are fetched.
    enum Form: Sendable, Hashable {
        case integer
        case real
        case moment(hasTime: Bool)
        /// Text of single bytes, ASCII by its nature: numbers with many digits, moments with a zone.
        case ascii
        case text
        case binary

        /// How values of an SQL type are fetched.
        init(sqlType: SQLSMALLINT) {
            switch Int(sqlType) {
            case Int(SQL_INTEGER), Int(SQL_SMALLINT), Int(SQL_TINYINT), Int(SQL_BIGINT), Int(SQL_BIT): self = .integer
            case Int(SQL_REAL), Int(SQL_FLOAT), Int(SQL_DOUBLE): self = .real
            case Int(SQL_TYPE_DATE), Int(SQL_DATETIME): self = .moment(hasTime: false)
            case Int(SQL_TYPE_TIMESTAMP), Int(SQL_TIMESTAMP): self = .moment(hasTime: true)
            // -155 is SQL Server's datetimeoffset: as text it keeps the hospital's own time.
            case Int(SQL_NUMERIC), Int(SQL_DECIMAL), -155: self = .ascii
            case Int(SQL_BINARY), Int(SQL_VARBINARY), Int(SQL_LONGVARBINARY): self = .binary
            default: self = .text
            }
        }

        var cType: SQLSMALLINT {
            switch self {
            case .integer: SQLSMALLINT(SQL_C_SBIGINT)
            case .real: SQLSMALLINT(SQL_C_DOUBLE)
            case .moment: SQLSMALLINT(SQL_C_TYPE_TIMESTAMP)
            case .ascii: SQLSMALLINT(SQL_C_CHAR)
            case .text: SQLSMALLINT(SQL_C_WCHAR)
            case .binary: SQLSMALLINT(SQL_C_BINARY)
            }
        }

        /// Bytes of one value.
        func width(_ size: Int) -> Int {
            switch self {
            case .integer, .real: 8
            case .moment: MemoryLayout<SQL_TIMESTAMP_STRUCT>.size
            case .ascii: 96
            // The declared size is not always the truth; a text of no known size gets room for 8,000 characters.
            case .text: 2 * (size <= 0 || size > 8_000 ? 8_001 : max(size, 32) + 1)
            case .binary: 8
            }
        }
    }

    /// One column of the result.
    struct Column {
        var name: String
        var form: Form
        var width: Int
        var buffer: UnsafeMutableRawPointer
        var lengths: UnsafeMutablePointer<SQLLEN>
    }

    private let statement: ODBCStatement
    private let isCancelled: @Sendable () -> Bool
    private(set) var columns: [Column] = []
    private let capacity: Int
    private let fetched: UnsafeMutablePointer<SQLULEN>
    private var row = 0
    private var isAtEnd = false
    /// Where a text is put as UTF-8.
    private var scratch = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 0)

    /// Rows of a statement that was executed.
    init(_ statement: ODBCStatement, _ isCancelled: @escaping @Sendable () -> Bool) throws(OMOPStoreError) {
        self.statement = statement
        self.isCancelled = isCancelled
        let described = try Self.describe(statement)
        // About a mebibyte of buffers, however wide a row is.
        let rowWidth = max(1, described.reduce(0) { $0 + $1.width + MemoryLayout<SQLLEN>.size })
        capacity = max(1, min(1_024, (1 << 20) / rowWidth))
        fetched = .allocate(capacity: 1)
        fetched.initialize(to: 0)
        _ = shim_odbc_set_statement(statement.handle, SQL_ATTR_ROW_BIND_TYPE, UInt(SQL_BIND_BY_COLUMN))
        _ = shim_odbc_set_statement(statement.handle, SQL_ATTR_ROW_ARRAY_SIZE, UInt(capacity))
        _ = shim_odbc_set_statement_pointer(statement.handle, SQL_ATTR_ROWS_FETCHED_PTR, fetched)
        for (place, column) in described.enumerated() {
            let buffer = UnsafeMutableRawPointer.allocate(byteCount: column.width * capacity, alignment: 16)
            let lengths = UnsafeMutablePointer<SQLLEN>.allocate(capacity: capacity)
            columns.append(
                Column(name: column.name, form: column.form, width: column.width, buffer: buffer, lengths: lengths))
            let code = SQLBindCol(
                statement.handle, SQLUSMALLINT(place + 1), column.form.cType, buffer, SQLLEN(column.width), lengths)
            // `deinit` frees what was allocated: everything is initialised by now.
            guard shim_odbc_succeeded(code) != 0 else { throw statement.error(false) }
        }
    }

    deinit {
        scratch.deallocate()
        SQLFreeStmt(statement.handle, SQLUSMALLINT(SQL_UNBIND))
        for column in columns {
            column.buffer.deallocate()
            column.lengths.deallocate()
        }
        fetched.deallocate()
    }

    private static func describe(
        _ statement: ODBCStatement
    ) throws(OMOPStoreError) -> [(name: String, form: Form, width: Int)] {
        var count: SQLSMALLINT = 0
        guard shim_odbc_succeeded(SQLNumResultCols(statement.handle, &count)) != 0 else { throw statement.error(false) }
        var described: [(name: String, form: Form, width: Int)] = []
        for place in 0..<max(0, count) {
            var name = [SQLWCHAR](repeating: 0, count: 256)
            var length: SQLSMALLINT = 0
            var type: SQLSMALLINT = 0
            var size: SQLULEN = 0
            var digits: SQLSMALLINT = 0
            var isNullable: SQLSMALLINT = 0
            let code = SQLDescribeColW(
                statement.handle, SQLUSMALLINT(place + 1), &name, SQLSMALLINT(name.count), &length, &type, &size, &digits,
                &isNullable)
            guard shim_odbc_succeeded(code) != 0 else { throw statement.error(false) }
            let form = Form(sqlType: type)
            described.append(
                (String(decoding: name.prefix { $0 != 0 }, as: UTF16.self), form, form.width(Int(clamping: size))))
        }
        return described
    }

    // MARK: Rows

    func next() throws(OMOPStoreError) -> Bool {
        row += 1
        if row < Int(fetched.pointee) { return true }
        guard !isAtEnd, !columns.isEmpty else { return false }
        let watch = CancelWatch(statement.handle, isCancelled)
        let code = SQLFetch(statement.handle)
        watch.end()
        row = 0
        if code == SQLRETURN(SQL_NO_DATA) {
            isAtEnd = true
            fetched.pointee = 0
            return false
        }
        guard shim_odbc_succeeded(code) != 0, !isCancelled() else { throw statement.error(isCancelled()) }
        guard fetched.pointee > 0 else {
            isAtEnd = true
            return false
        }
        return true
    }

    func value(_ column: Int) -> ServerValue {
        let column = columns[column]
        let length = column.lengths[row]
        guard length != SQLLEN(SQL_NULL_DATA) else { return .null }
        let place = column.buffer + row * column.width
        switch column.form {
        case .integer: return .integer(place.loadUnaligned(as: Int64.self))
        case .real: return .real(place.loadUnaligned(as: Double.self))
        case .moment(let hasTime): return Self.moment(place.loadUnaligned(as: SQL_TIMESTAMP_STRUCT.self), hasTime)
        case .binary: return .other
        case .ascii:
            guard length >= 0, length < column.width else { return .other }
            let bytes = UnsafeRawBufferPointer(start: place, count: Int(length)).assumingMemoryBound(to: UInt8.self)
            return .text(bytes)
        case .text:
            // A text that did not fit is none that a question can ask for.
            guard length >= 0, length <= column.width - 2 else { return .other }
            return .text(utf8(UnsafeRawBufferPointer(start: place, count: Int(length) & ~1).assumingMemoryBound(to: UInt16.self)))
        }
    }

    /// UTF-16 as UTF-8, in the buffer that is lent.
    private func utf8(_ units: UnsafeBufferPointer<UInt16>) -> UnsafeBufferPointer<UInt8> {
        if scratch.count < units.count * 3 {
            scratch.deallocate()
            scratch = .allocate(capacity: units.count * 3)
        }
        var count = 0
        for unit in units {
            guard unit < 0x80 else { return utf8Slowly(units) }
            scratch[count] = UInt8(truncatingIfNeeded: unit)
            count += 1
        }
        return UnsafeBufferPointer(rebasing: UnsafeBufferPointer(scratch)[..<count])
    }

    private func utf8Slowly(_ units: UnsafeBufferPointer<UInt16>) -> UnsafeBufferPointer<UInt8> {
        var count = 0
        _ = transcode(units.makeIterator(), from: UTF16.self, to: UTF8.self, stoppingOnError: false) {
            scratch[count] = $0
            count += 1
        }
        return UnsafeBufferPointer(rebasing: UnsafeBufferPointer(scratch)[..<count])
    }

    private static func moment(_ value: SQL_TIMESTAMP_STRUCT, _ hasTime: Bool) -> ServerValue {
        guard let day = CalendarDay.number(year: Int(value.year), month: Int(value.month), day: Int(value.day)),
            value.hour < 24, value.minute < 60, value.second < 62
        else { return .other }
        let second = Int32(value.hour) * 3_600 + Int32(value.minute) * 60 + Int32(min(value.second, 59))
        return .moment(day: day, second: hasTime ? second : nil)
    }
}
