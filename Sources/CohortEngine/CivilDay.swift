import CanonicalJSON
import Cohorts

/// Arithmetic on day numbers (days since 1970-01-01).
///
/// `CivilDay.null` stands for "no date" in every column of days; it compares with nothing.
enum CivilDay {
    /// The day number that means NULL.
    static let null = Int32.min
    /// The minute number that means NULL.
    static let nullMinute = Int64.min
    /// Minutes in a day.
    static let minutes: Int64 = 1440

    /// The calendar year that a day falls in.
    static func year(of day: Int32) -> Int { CalendarDay(dayNumber: day).components.year }

    /// The calendar year and month (1 to 12) that a day falls in.
    static func components(of day: Int32) -> (year: Int, month: Int) {
        let date = CalendarDay(dayNumber: day).components
        return (date.year, date.month)
    }

    /// Adds days; NULL stays NULL, and a sum outside the range of day numbers is held at its ends.
    static func adding(_ days: Int, to day: Int32) -> Int32 {
        if day == null { return null }
        return clamped(Int(day) + days)
    }

    /// A day number held inside the range that is not NULL.
    static func clamped(_ day: Int) -> Int32 {
        Int32(Swift.min(Swift.max(day, Int(Int32.min) + 1), Int(Int32.max)))
    }
}

extension DateRange {
    /// Whether a day lies in the range; NULL never does.
    func holds(_ day: Int32) -> Bool { day != CivilDay.null && contains(dayNumber: day) }
}
