/// Days and minutes since 1970-01-01 in the hospital's local time, without any time zone's history.
enum SyntheticCalendar {
    /// "Never", where an end may be missing.
    static let never = Int32.min

    /// The day of a date of the Gregorian calendar.
    static func day(_ year: Int, _ month: Int, _ day: Int) -> Int32 {
        // Years that begin in March, in cycles of 400: the leap day is then the last of its year.
        let shifted = month > 2 ? year : year - 1
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return Int32(era * 146_097 + dayOfEra - 719_468)
    }

    /// Year, month and day of the month of a day.
    static func date(_ day: Int32) -> (year: Int, month: Int, day: Int) {
        let shifted = Int(day) + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }

    /// The calendar year of a day.
    static func year(_ day: Int32) -> Int { date(day).year }

    /// The minute of a time on a day.
    static func minute(_ day: Int32, _ hour: Int, _ minute: Int = 0) -> Int32 {
        day * 1_440 + Int32(hour * 60 + minute)
    }

    /// The day of a minute.
    static func day(ofMinute minute: Int32) -> Int32 {
        minute >= 0 ? minute / 1_440 : (minute - 1_439) / 1_440
    }

    /// "2026-11-22".
    static func text(_ day: Int32) -> String {
        let (year, month, dayOfMonth) = date(day)
        func padded(_ value: Int, _ width: Int) -> String {
            let digits = String(value)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(dayOfMonth, 2))"
    }
}
