/// Moments on the wire: RFC 3339 in UTC with whole seconds, `2026-11-22T01:02:03Z`, as seconds since 1970.
public enum UTCTimestamp {
    /// The text of a moment, from year 1 to 9999. Of any other (a damaged row of a database may say it) the time of day is right.
    public static func text(_ seconds: Int64) -> String {
        let days = seconds / 86_400 - (seconds % 86_400 < 0 ? 1 : 0)
        let rest = Int((seconds % 86_400 + 86_400) % 86_400)
        let clock = [rest / 3_600, rest / 60 % 60, rest % 60].map { CalendarDay.padded($0, 2) }.joined(separator: ":")
        return "\(CalendarDay(dayNumber: Int32(clamping: days)))T\(clock)Z"
    }

    /// The moment that a text says; nil for anything but that form (no offsets, no fractions, no leap seconds).
    public static func seconds(_ text: String) -> Int64? {
        let bytes = Array(text.utf8)
        guard bytes.count == 20, bytes[10] == UInt8(ascii: "T"), bytes[13] == 0x3A, bytes[16] == 0x3A,
            bytes[19] == UInt8(ascii: "Z"),
            let day = CalendarDay(String(decoding: bytes[..<10], as: UTF8.self)),
            let hour = CalendarDay.digits(bytes[11..<13]), hour < 24,
            let minute = CalendarDay.digits(bytes[14..<16]), minute < 60,
            let second = CalendarDay.digits(bytes[17..<19]), second < 60
        else { return nil }
        return Int64(day.dayNumber) * 86_400 + Int64(hour * 3_600 + minute * 60 + second)
    }
}

extension JSONValue {
    /// A moment (seconds since 1970) as the house writes it.
    public static func timestamp(_ seconds: Int64) -> JSONValue { .string(UTCTimestamp.text(seconds)) }
}
