/// A day read from a number, given how its column stores days.
struct DateNumber: Sendable, Hashable {
    /// One of the number storages of `ColumnStorage`.
    var storage: ColumnStorage
    /// Seconds to add to a stored moment to get local time (for stores whose midnight is another zone's).
    var offset: Double = 0

    /// Days since 1970-01-01, or nil when the number stands for no day of the years 1 to 9999.
    func day(_ value: Double) -> Int32? {
        guard value.isFinite else { return nil }
        switch storage {
        case .epochSeconds: return Self.bounded((value + offset) / 86_400)
        case .epochMilliseconds: return Self.bounded((value / 1000 + offset) / 86_400)
        case .epochDays: return Self.bounded(value)
        case .julianDay: return Self.bounded(value + 0.5 - 2_440_588)
        default: return Self.compact(value)
        }
    }

    /// Minutes since 1970-01-01T00:00, or nil when this storage (or this value in it) has no time of day.
    func minute(_ value: Double, hasFraction: Bool) -> Int64? {
        guard day(value) != nil else { return nil }
        switch storage {
        case .epochSeconds: return Int64(((value + offset) / 60).rounded(.down))
        case .epochMilliseconds: return Int64(((value / 1000 + offset) / 60).rounded(.down))
        case .epochDays: return hasFraction ? Int64((value * 1440).rounded()) : nil
        case .julianDay: return hasFraction ? Int64(((value - 2_440_587.5) * 1440).rounded()) : nil
        default: return nil
        }
    }

    /// 20261122 as a day.
    static func compact(_ value: Double) -> Int32? {
        guard let whole = Int(exactly: value), whole >= 10_101, whole <= 99_991_231 else { return nil }
        return CalendarDay.number(year: whole / 10_000, month: whole / 100 % 100, day: whole % 100)
    }

    private static let first: Double = -719_162
    private static let last: Double = 2_932_896

    private static func bounded(_ days: Double) -> Int32? {
        let whole = days.rounded(.down)
        return whole >= first && whole <= last ? Int32(whole) : nil
    }
}

extension DateNumber {
    /// Whether every value is a moment, fraction or not.
    var isMoment: Bool { storage == .epochSeconds || storage == .epochMilliseconds }
}
