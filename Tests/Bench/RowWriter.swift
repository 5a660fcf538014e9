import GRDBSQLite

/// The rows of one table, written to a SQLite database and to a CSV file for the other engines.
final class RowWriter {
    private let statement: OpaquePointer
    private let csv: CSVFile?
    private var column: Int32 = 0
    private let columns: Int32

    init(_ statement: OpaquePointer, columns: Int, csv: CSVFile?) {
        self.statement = statement
        self.columns = Int32(columns)
        self.csv = csv
    }

    deinit { sqlite3_finalize(statement) }

    /// The next column: a whole number.
    func int(_ value: Int) {
        column += 1
        sqlite3_bind_int64(statement, column, Int64(value))
        csv?.field(value)
    }

    /// The next column: a day as "2026-11-22".
    func day(_ day: Int, _ days: DayTexts) {
        column += 1
        let text = days.text(day)
        sqlite3_bind_text(statement, column, text, 10, nil)
        csv?.field(UnsafeRawBufferPointer(start: text, count: 10))
    }

    /// The next column: a number of tenths.
    func tenths(_ value: Int) {
        column += 1
        sqlite3_bind_double(statement, column, Double(value) / 10)
        csv?.field(tenths: value)
    }

    /// The next column: text without quotes and commas.
    func text(_ value: String) {
        column += 1
        // SQLITE_TRANSIENT, a cast macro that Swift does not import: SQLite copies the text.
        sqlite3_bind_text(statement, column, value, -1, unsafeBitCast(-1, to: sqlite3_destructor_type.self))
        var value = value
        value.withUTF8 { csv?.field(UnsafeRawBufferPointer($0)) }
    }

    /// The next column: NULL.
    func null() {
        column += 1
        sqlite3_bind_null(statement, column)
        csv?.field(UnsafeRawBufferPointer(start: nil, count: 0))
    }

    /// Writes the row.
    func end() throws {
        guard column == columns, sqlite3_step(statement) == SQLITE_DONE else {
            throw BenchFailure("A row of \(columns) columns was refused after \(column)")
        }
        sqlite3_reset(statement)
        column = 0
        try csv?.endRow()
    }
}

/// Days as text, made once.
final class DayTexts {
    private let bytes: UnsafeMutablePointer<CChar>
    private let first: Int

    /// `texts` are the days from `first` on, ten characters each.
    init(first: Int, texts: [String]) {
        self.first = first
        bytes = .allocate(capacity: texts.count * 10)
        for (place, text) in texts.enumerated() {
            for (at, byte) in text.utf8.prefix(10).enumerated() { bytes[place * 10 + at] = CChar(bitPattern: byte) }
        }
    }

    deinit { bytes.deallocate() }

    func text(_ day: Int) -> UnsafePointer<CChar> { UnsafePointer(bytes + (day - first) * 10) }
}

/// What went wrong in a benchmark.
struct BenchFailure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
