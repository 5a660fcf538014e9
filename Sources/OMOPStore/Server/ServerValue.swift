/// A value as a database server gave it. Text is lent: it is good until the next value is taken.
enum ServerValue {
    case null
    case integer(Int64)
    case real(Double)
    case text(UnsafeBufferPointer<UInt8>)
    /// A day, and the second of that day where there is a time.
    case moment(day: Int32, second: Int32?)
    /// Something there that is none of these: bytes, a text longer than anybody reads.
    case other
}

/// Rows of one query, as an adapter fetches them. One thread at a time.
protocol ServerRows: AnyObject {
    /// Moves to the next row; false when there is none.
    func next() throws(OMOPStoreError) -> Bool
    /// The value in a column of the row, counted from 0.
    func value(_ column: Int) -> ServerValue
}

/// A walk over one table of a database server: the adapter fetches, this reads values as the CDM means them, by the
/// same rules as for every other store.
final class ServerCursor<Rows: ServerRows>: CDMCursor {
    private let rows: Rows
    private let names: [String]
    private let numbers: [DateNumber]
    /// Where the person stands, when rows must come by person.
    private let orderColumn: Int?
    private var lastPerson = Int64.min
    private var count: Int64 = 0
    private var unreadable: [Int64]

    init(_ rows: Rows, columns: [CDMColumn], numbers: [DateNumber], orderColumn: Int?) {
        self.rows = rows
        names = columns.map(\.name)
        self.numbers = numbers
        self.orderColumn = orderColumn
        unreadable = [Int64](repeating: 0, count: columns.count)
    }

    func next() throws(OMOPStoreError) -> Bool {
        guard try rows.next() else { return false }
        count += 1
        if let orderColumn, case .value(let person) = Self.whole(rows.value(orderColumn)) {
            guard person >= lastPerson else {
                throw OMOPStoreError(
                    .reading, "The database gave rows out of the order that it was asked for",
                    advice: "Store person_id as a whole number, or report this with the database's name and version")
            }
            lastPerson = person
        }
        return true
    }

    var summary: ScanSummary {
        var summary = ScanSummary()
        summary.rows = count
        for (name, missed) in zip(names, unreadable) where missed > 0 { summary.unreadable[name, default: 0] += missed }
        return summary
    }

    // MARK: Values

    func int64(_ column: Int) -> Int64? { take(Self.whole(rows.value(column)), column) }

    func double(_ column: Int) -> Double? { take(Self.number(rows.value(column)), column) }

    func text(_ column: Int) -> String? {
        switch rows.value(column) {
        case .null: nil
        case .text(let bytes): bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
        case .integer(let value): String(value)
        case .real(let value): String(value)
        case .moment(let day, let second): CalendarDay.text(day) + (second.map { " " + Self.clock($0) } ?? "")
        case .other: missed(column)
        }
    }

    func day(_ column: Int) -> Int32? {
        switch rows.value(column) {
        case .null: return nil
        case .moment(let day, _): return day
        case .integer(let value): return take(numbers[column].day(Double(value)), column)
        case .real(let value): return take(numbers[column].day(value), column)
        case .other: return missed(column)
        case .text(let bytes):
            if let day = DateText.plainDay(bytes) ?? DateText(bytes)?.day { return day }
            guard let text = Self.present(bytes) else { return nil }
            return take(NumberText.double(text).flatMap(numbers[column].day), column)
        }
    }

    func minute(_ column: Int) -> Int64? {
        switch rows.value(column) {
        case .null, .other: return nil
        case .moment(let day, let second): return second.map { Int64(day) * 1_440 + Int64($0 / 60) }
        case .integer(let value): return numbers[column].minute(Double(value), hasFraction: false)
        case .real(let value):
            return numbers[column].minute(value, hasFraction: value != value.rounded() || numbers[column].isMoment)
        case .text(let bytes):
            if let read = DateText(bytes) { return read.minuteOfDay.map { Int64(read.day) * 1_440 + Int64($0) } }
            guard let text = Self.present(bytes), let number = NumberText.double(text) else { return nil }
            return numbers[column].minute(number, hasFraction: text.contains("."))
        }
    }

    // MARK: Reading

    private enum Reading<Value> {
        case value(Value)
        case absent
        case unreadable
    }

    private static func whole(_ value: ServerValue) -> Reading<Int64> {
        switch value {
        case .null: return .absent
        case .integer(let value): return .value(value)
        case .real(let value): return Int64(exactly: value).map { .value($0) } ?? .unreadable
        case .moment, .other: return .unreadable
        case .text(let bytes):
            if let plain = Self.plainWhole(bytes) { return .value(plain) }
            guard let text = present(bytes) else { return .absent }
            return NumberText.int64(text).map { .value($0) } ?? .unreadable
        }
    }

    private static func number(_ value: ServerValue) -> Reading<Double> {
        switch value {
        case .null: return .absent
        case .integer(let value): return .value(Double(value))
        case .real(let value): return value.isFinite ? .value(value) : .unreadable
        case .moment, .other: return .unreadable
        case .text(let bytes):
            guard let text = present(bytes) else { return .absent }
            return NumberText.double(text).map { .value($0) } ?? .unreadable
        }
    }

    /// Digits with a sign or without, which nearly every number is; nil for any other form and for what might overflow.
    private static func plainWhole(_ bytes: UnsafeBufferPointer<UInt8>) -> Int64? {
        let isNegative = bytes.first == UInt8(ascii: "-")
        let digits = isNegative ? UnsafeBufferPointer(rebasing: bytes.dropFirst()) : bytes
        guard !digits.isEmpty, digits.count <= 18 else { return nil }
        var value: Int64 = 0
        for byte in digits {
            let digit = byte &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            value = value &* 10 &+ Int64(digit)
        }
        return isNegative ? -value : value
    }

    /// Short text that does not stand for NULL. Longer text is no number and no date.
    private static func present(_ bytes: UnsafeBufferPointer<UInt8>) -> String? {
        let text = String(decoding: bytes.prefix(80), as: UTF8.self)
        return StoredValue.isAbsent(text) ? nil : text
    }

    private func take<Value>(_ reading: Reading<Value>, _ column: Int) -> Value? {
        switch reading {
        case .value(let value): value
        case .absent: nil
        case .unreadable: missed(column)
        }
    }

    private func take(_ day: Int32?, _ column: Int) -> Int32? { day ?? missed(column) }

    /// Counts a value that is there but is not what was asked.
    private func missed<Value>(_ column: Int) -> Value? {
        unreadable[column] += 1
        return nil
    }

    private static func clock(_ second: Int32) -> String {
        [second / 3_600, second / 60 % 60, second % 60].map { ($0 < 10 ? "0" : "") + String($0) }.joined(separator: ":")
    }
}
