/// A day, and a time of day if there is one, read from text.
struct DateText: Equatable {
    /// Days since 1970-01-01.
    var day: Int32
    /// Seconds since midnight; nil when the text has no time.
    var secondOfDay: Int32?
    /// Minutes since midnight; nil when the text has no time.
    var minuteOfDay: Int32? { secondOfDay.map { $0 / 60 } }

    /// Reads `2026-11-22`, `2026/1/2`, `2026.11.22`, `20261122`, each optionally followed by a time (`T` or blanks,
    /// `hh:mm`, optional seconds and fraction, optional `Z` or offset). The day and time are taken as written: the
    /// CDM keeps local time, so an offset says nothing more. nil for anything else.
    init?(_ bytes: UnsafeBufferPointer<UInt8>) {
        var reader = DateTextReader(bytes)
        guard let day = reader.day() else { return nil }
        self.day = day
        guard !reader.isAtEnd else { return }
        guard let second = reader.time(), reader.isAtEnd else { return nil }
        self.secondOfDay = second
    }

    init?(_ text: String) {
        var text = text
        guard let read = text.withUTF8({ DateText($0) }) else { return nil }
        self = read
    }
}

extension DateText {
    /// The day of text that is exactly `2026-11-22`, as nearly all of it is; nil for any other form.
    static func plainDay(_ bytes: UnsafeBufferPointer<UInt8>) -> Int32? {
        guard bytes.count == 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-") else { return nil }
        var worst: UInt8 = 0
        func digit(_ index: Int) -> Int {
            let digit = bytes[index] &- UInt8(ascii: "0")
            worst = max(worst, digit)
            return Int(digit)
        }
        let year = digit(0) * 1000 + digit(1) * 100 + digit(2) * 10 + digit(3)
        let month = digit(5) * 10 + digit(6)
        let day = digit(8) * 10 + digit(9)
        return worst < 10 ? CalendarDay.number(year: year, month: month, day: day) : nil
    }
}

extension DateText {
    /// The minute of text that is exactly `2026-11-22 08:30:00` (or with `T`), as nearly all moments are; nil for any other.
    static func plainMinute(_ bytes: UnsafeBufferPointer<UInt8>) -> Int64? {
        guard bytes.count == 19, bytes[10] == UInt8(ascii: " ") || bytes[10] == UInt8(ascii: "T"),
            bytes[13] == UInt8(ascii: ":"), bytes[16] == UInt8(ascii: ":"),
            let day = plainDay(UnsafeBufferPointer(rebasing: bytes[0..<10]))
        else { return nil }
        var worst: UInt8 = 0
        func number(_ index: Int) -> Int {
            let (tens, ones) = (bytes[index] &- UInt8(ascii: "0"), bytes[index + 1] &- UInt8(ascii: "0"))
            worst = max(worst, max(tens, ones))
            return Int(tens) * 10 + Int(ones)
        }
        let (hour, minute, second) = (number(11), number(14), number(17))
        guard worst < 10, hour < 24, minute < 60, second <= 60 else { return nil }
        return Int64(day) * 1_440 + Int64(hour * 60 + minute)
    }
}

/// The steps of reading a date from bytes.
private struct DateTextReader {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var position = 0
    private var end: Int

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
        end = bytes.count
        while position < end, bytes[position] == UInt8(ascii: " ") { position += 1 }
        while end > position, bytes[end - 1] == UInt8(ascii: " ") { end -= 1 }
    }

    var isAtEnd: Bool { position == end }

    mutating func day() -> Int32? {
        let start = position
        guard let first = digits(upTo: 8) else { return nil }
        switch position - start {
        case 8: return CalendarDay.number(year: first / 10_000, month: first / 100 % 100, day: first % 100)
        case 4:
            guard let separator = take(where: { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: ".") }),
                let month = digits(upTo: 2), take(where: { $0 == separator }) != nil, let day = digits(upTo: 2)
            else { return nil }
            return CalendarDay.number(year: first, month: month, day: day)
        default: return nil
        }
    }

    mutating func time() -> Int32? {
        if take(where: { $0 == UInt8(ascii: "T") || $0 == UInt8(ascii: "t") }) == nil {
            guard take(where: { $0 == UInt8(ascii: " ") }) != nil else { return nil }
            while take(where: { $0 == UInt8(ascii: " ") }) != nil {}
        }
        guard let hour = digits(upTo: 2), hour < 24, take(":") != nil, let minute = digits(upTo: 2), minute < 60 else {
            return nil
        }
        var second = 0
        if take(":") != nil {
            guard let written = digits(upTo: 2), written <= 60 else { return nil }
            second = min(written, 59)
            if take(where: { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: ",") }) != nil {
                guard digits(upTo: 9) != nil else { return nil }
            }
        }
        return offset() ? Int32(hour * 3600 + minute * 60 + second) : nil
    }

    /// Steps over `Z`, `+09`, `+0900` or `+09:00`; false when something else is there.
    private mutating func offset() -> Bool {
        if isAtEnd || take(where: { $0 == UInt8(ascii: "Z") || $0 == UInt8(ascii: "z") }) != nil { return true }
        while take(where: { $0 == UInt8(ascii: " ") }) != nil {}
        guard take(where: { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-") }) != nil, digits(upTo: 4) != nil else {
            return false
        }
        return take(":") == nil || digits(upTo: 2) != nil
    }

    private mutating func digits(upTo count: Int) -> Int? {
        var value = 0
        let start = position
        while position < end, position - start < count, bytes[position] &- UInt8(ascii: "0") < 10 {
            value = value * 10 + Int(bytes[position] - UInt8(ascii: "0"))
            position += 1
        }
        return position == start ? nil : value
    }

    private mutating func take(_ character: Unicode.Scalar) -> UInt8? {
        take { $0 == UInt8(ascii: character) }
    }

    private mutating func take(where matches: (UInt8) -> Bool) -> UInt8? {
        guard position < end, matches(bytes[position]) else { return nil }
        defer { position += 1 }
        return bytes[position]
    }
}
