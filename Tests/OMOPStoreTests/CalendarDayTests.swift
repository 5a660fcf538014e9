import Testing

@testable import OMOPStore

@Suite struct CalendarDayTests {
    /// Day numbers as `date -u -d DATE +%s` divided by 86,400 gives them.
    static let known: [(String, Int, Int, Int, Int32)] = [
        ("1970-01-01", 1970, 1, 1, 0), ("1969-12-31", 1969, 12, 31, -1), ("2000-02-29", 2000, 2, 29, 11_016),
        ("2015-01-01", 2015, 1, 1, 16_436), ("2026-11-22", 2026, 11, 22, 20_779), ("1900-03-01", 1900, 3, 1, -25_508),
        ("9999-12-31", 9999, 12, 31, 2_932_896), ("0001-01-01", 1, 1, 1, -719_162),
    ]

    @Test(arguments: known) func `A date and its number lead to each other`(
        text: String, year: Int, month: Int, day: Int, number: Int32
    ) {
        #expect(CalendarDay.number(year: year, month: month, day: day) == number)
        #expect(CalendarDay.text(number) == text)
    }

    @Test func `Every day of 800 years follows the day before`() {
        var number = CalendarDay.number(year: 1600, month: 1, day: 1) ?? 0
        for year in 1600..<2400 {
            for month in 1...12 {
                let long = [1, 3, 5, 7, 8, 10, 12].contains(month)
                let leap = year % 400 == 0 || (year % 4 == 0 && year % 100 != 0)
                for day in 1...(long ? 31 : month == 2 ? (leap ? 29 : 28) : 30) {
                    #expect(CalendarDay.number(year: year, month: month, day: day) == number)
                    let date = CalendarDay.date(number)
                    #expect(date.year == year && date.month == month && date.day == day)
                    number += 1
                }
            }
        }
    }

    @Test(arguments: [
        (2026, 2, 29), (1900, 2, 29), (2026, 4, 31), (2026, 13, 1), (2026, 0, 1), (2026, 1, 0), (0, 1, 1), (10_000, 1, 1),
    ])
    func `A date that the calendar does not have has no number`(year: Int, month: Int, day: Int) {
        #expect(CalendarDay.number(year: year, month: month, day: day) == nil)
    }
}
