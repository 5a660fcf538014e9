import GRDBSQLite

/// A walk over one table of a SQLite store.
///
/// The row loop talks to SQLite's statement directly: a layer between costs more than SQLite's own decoding.
final class SQLiteCursor: CDMCursor {
    private let statement: SQLiteStatement
    let handle: OpaquePointer
    private let numbers: [DateNumber]
    private let names: [String]
    private let finish: () throws(OMOPStoreError) -> Void
    /// The hidden column that holds the person, when rows must come by person.
    private let orderColumn: CInt?
    private var lastPerson = Int64.min
    /// The persons that are still to be looked up, the next one last; nil for a statement without a parameter.
    private var persons: [Int64]?
    private var rows: Int64 = 0
    private var unreadable: [Int64]

    /// - Parameter orderColumn: the position of the person among the statement's columns, if the order is to be watched.
    /// - Parameter persons: the values of the statement's parameter, if it has one: its rows are given for one after another.
    /// - Parameter finish: called after the last row.
    init(
        _ statement: SQLiteStatement, names: [String], numbers: [DateNumber], orderColumn: Int? = nil, persons: [Int64]? = nil,
        finish: @escaping () throws(OMOPStoreError) -> Void
    ) {
        self.statement = statement
        handle = statement.handle
        self.names = names
        self.numbers = numbers
        self.orderColumn = orderColumn.map { CInt($0) }
        self.persons = persons?.reversed()
        self.finish = finish
        unreadable = [Int64](repeating: 0, count: names.count)
    }

    func next() throws(OMOPStoreError) -> Bool {
        // A parameter that was never bound is NULL, which no person equals.
        while try !statement.step() {
            guard let person = persons?.popLast() else {
                try finish()
                return false
            }
            statement.rebind(person)
        }
        rows += 1
        if let orderColumn { try watchOrder(orderColumn) }
        return true
    }

    var summary: ScanSummary {
        var summary = ScanSummary()
        summary.rows = rows
        for (name, count) in zip(names, unreadable) where count > 0 {
            summary.unreadable[name, default: 0] += count
        }
        return summary
    }

    /// The order was promised: rather fail than give rows out of order.
    private func watchOrder(_ column: CInt) throws(OMOPStoreError) {
        let value = sqlite3_column_value(handle, column)
        guard sqlite3_value_type(value) == SQLITE_INTEGER else { return }
        let person = sqlite3_value_int64(value)
        guard person >= lastPerson else {
            throw OMOPStoreError(
                .changed, "Rows changed their order while they were being read", advice: "Let the load finish, then start again")
        }
        lastPerson = person
    }

    // MARK: Values

    /// The value of a column. Asked once, it saves the checks that each `sqlite3_column_...` function does again; SQLite
    /// allows it because this connection is never used by two threads at once.
    /// <https://www.sqlite.org/c3ref/column_blob.html>
    @inline(__always)
    private func value(_ column: Int) -> OpaquePointer? {
        sqlite3_column_value(handle, CInt(truncatingIfNeeded: column))
    }

    func int64(_ column: Int) -> Int64? {
        let value = value(column)
        switch sqlite3_value_type(value) {
        case SQLITE_INTEGER: return sqlite3_value_int64(value)
        case SQLITE_NULL: return nil
        case SQLITE_FLOAT: return Int64(exactly: sqlite3_value_double(value)) ?? missed(column)
        case SQLITE_TEXT:
            guard let text = presentText(value) else { return nil }
            return NumberText.int64(text) ?? missed(column)
        default: return missed(column)
        }
    }

    func double(_ column: Int) -> Double? {
        let value = value(column)
        switch sqlite3_value_type(value) {
        case SQLITE_FLOAT, SQLITE_INTEGER:
            let number = sqlite3_value_double(value)
            return number.isFinite ? number : missed(column)
        case SQLITE_NULL: return nil
        case SQLITE_TEXT:
            guard let text = presentText(value) else { return nil }
            return NumberText.double(text) ?? missed(column)
        default: return missed(column)
        }
    }

    func text(_ column: Int) -> String? {
        let value = value(column)
        switch sqlite3_value_type(value) {
        case SQLITE_TEXT: return withText(value) { $0.isEmpty ? nil : String(decoding: $0, as: UTF8.self) }
        case SQLITE_NULL: return nil
        // Not sqlite3_value_text: it would change the value's type under later reads of the same column.
        case SQLITE_INTEGER: return String(sqlite3_value_int64(value))
        case SQLITE_FLOAT: return String(sqlite3_value_double(value))
        default: return missed(column)
        }
    }

    func day(_ column: Int) -> Int32? {
        let value = value(column)
        switch sqlite3_value_type(value) {
        case SQLITE_TEXT:
            if let day = withText(value, { DateText.plainDay($0) ?? DateText($0)?.day }) { return day }
            guard let text = presentText(value) else { return nil }
            return NumberText.double(text).flatMap(numbers[column].day) ?? missed(column)
        case SQLITE_INTEGER, SQLITE_FLOAT:
            return numbers[column].day(sqlite3_value_double(value)) ?? missed(column)
        case SQLITE_NULL: return nil
        default: return missed(column)
        }
    }

    func minute(_ column: Int) -> Int64? {
        let value = value(column)
        switch sqlite3_value_type(value) {
        case SQLITE_TEXT:
            if let read = withText(value, { DateText($0) }) {
                return read.minuteOfDay.map { Int64(read.day) * 1440 + Int64($0) }
            }
            guard let text = presentText(value), let number = NumberText.double(text) else { return nil }
            return numbers[column].minute(number, hasFraction: text.contains("."))
        case SQLITE_INTEGER: return numbers[column].minute(sqlite3_value_double(value), hasFraction: false)
        case SQLITE_FLOAT:
            let number = sqlite3_value_double(value)
            return numbers[column].minute(number, hasFraction: number != number.rounded() || numbers[column].isMoment)
        default: return nil
        }
    }

    // MARK: Text

    private func withText<Result>(_ value: OpaquePointer?, _ body: (UnsafeBufferPointer<UInt8>) -> Result?) -> Result? {
        guard let start = sqlite3_value_text(value) else { return nil }
        return body(UnsafeBufferPointer(start: start, count: Int(sqlite3_value_bytes(value))))
    }

    /// Short text that does not stand for NULL. Longer text is no number and no date.
    private func presentText(_ value: OpaquePointer?) -> String? {
        withText(value) { bytes in
            let text = String(decoding: bytes.prefix(80), as: UTF8.self)
            return StoredValue.isAbsent(text) ? nil : text
        }
    }

    /// Counts a value that is there but is not what was asked.
    private func missed<Value>(_ column: Int) -> Value? {
        unreadable[column] += 1
        return nil
    }
}

/// A walk over a table that the store does not have.
final class EmptyCursor: CDMCursor {
    let summary = ScanSummary()
    func next() throws(OMOPStoreError) -> Bool { false }
    func int64(_ column: Int) -> Int64? { nil }
    func double(_ column: Int) -> Double? { nil }
    func text(_ column: Int) -> String? { nil }
    func day(_ column: Int) -> Int32? { nil }
    func minute(_ column: Int) -> Int64? { nil }
}
