import Testing

@testable import OMOPStore

@Suite struct DateStorageTests {
    /// Days from 1951 to 2026, as day numbers since 1970.
    static let days: [Int32] = stride(from: -6_900, to: 20_700, by: 137).map { Int32($0) }
    /// 1850 to two years after 2026-11-22.
    let detector = DateStorageDetector(plausible: -43_829...21_510, type: .date)

    static let storages: [(ColumnStorage, @Sendable (Int32) -> StoredValue)] = [
        (.epochSeconds, { .integer(Int64($0) * 86_400) }), (.epochSeconds, { .real(Double($0) * 86_400) }),
        (.epochSeconds, { .text(String(Int64($0) * 86_400)) }), (.epochMilliseconds, { .integer(Int64($0) * 86_400_000) }),
        (.epochDays, { .integer(Int64($0)) }), (.epochDays, { .real(Double($0)) }),
        (.julianDay, { .real(Double($0) + 2_440_587.5) }), (.julianDay, { .integer(Int64($0) + 2_440_588) }),
        (.compactDate, { .integer(compact($0)) }), (.compactDate, { .text(String(compact($0))) }),
        (.compactDate, { .real(Double(compact($0))) }), (.isoText, { .text(CalendarDay.text($0)) }),
        (.isoText, { .text(CalendarDay.text($0) + " 00:00:00") }),
    ]

    static func compact(_ day: Int32) -> Int64 {
        let date = CalendarDay.date(day)
        return Int64(date.year * 10_000 + date.month * 100 + date.day)
    }

    @Test(arguments: storages.indices) func `Every storage is recognised and read back to the same days`(index: Int) {
        let (storage, write) = Self.storages[index]
        let verdict = detector.verdict(Self.days.map(write))
        #expect(verdict.storage == storage)
        #expect(verdict.unreadable == 0 && verdict.implausible == 0 && !verdict.isAmbiguous && verdict.others.isEmpty)
        guard let numbers = verdict.numbers else { return }
        for day in Self.days {
            guard let number = write(day).number else { continue }
            #expect(numbers.day(number) == day)
        }
    }

    @Test func `NULL, empty text and words for NULL say nothing`() {
        let verdict = detector.verdict([.null, .text(""), .text("NULL"), .text("\\N"), .text("  ")])
        #expect(verdict.storage == .empty)
        #expect(verdict.values == 0)
    }

    @Test func `One value of many meanings is called ambiguous, with both meanings named`() {
        // 2,419,200 is 1970-01-29 in seconds and a day of 1911 in Julian days.
        let verdict = detector.verdict([.integer(2_419_200)])
        #expect(verdict.isAmbiguous)
        #expect(Set([verdict.storage] + verdict.rivals) == [.julianDay, .epochSeconds])
    }

    @Test func `A single ordinary value in seconds is not ambiguous`() {
        let verdict = detector.verdict([.integer(1_420_070_400)])
        #expect(verdict.storage == .epochSeconds && !verdict.isAmbiguous)
    }

    @Test func `Midnights of Korea kept as UTC seconds are read as the Korean day`() {
        // 2014-12-31T15:00Z is 2015-01-01T00:00+09:00.
        let verdict = detector.verdict(Self.days.map { .integer(Int64($0) * 86_400 - 9 * 3600) })
        #expect(verdict.storage == .epochSeconds)
        #expect(verdict.numbers?.offset == 32_400)
        #expect(verdict.numbers?.day(1_420_070_400 - 9 * 3600) == 16_436)
    }

    @Test func `Midnights west of Greenwich are read as the western day`() {
        let verdict = detector.verdict(Self.days.map { .integer(Int64($0) * 86_400 + 5 * 3600) })
        #expect(verdict.numbers?.offset == -18_000)
        #expect(verdict.numbers?.day(1_420_070_400 + 5 * 3600) == 16_436)
    }

    @Test func `Days of a spreadsheet are not mistaken for seconds or days since 1970`() {
        // 2005 to 2026 counted from 1899-12-30.
        let verdict = detector.verdict((38_353...46_300).filter { $0 % 97 == 0 }.map { .integer(Int64($0)) })
        #expect(verdict.storage == .unreadable)
    }

    @Test func `An open end of 9999-12-31 does not hide how the rest is kept`() {
        let verdict = detector.verdict(Self.days.map { .integer($0 % 3 == 0 ? 253_402_214_400 : Int64($0) * 86_400) })
        #expect(verdict.storage == .epochSeconds)
        #expect(verdict.implausible > 0)
        #expect(verdict.unreadable == 0)
    }

    @Test func `A column in two minds is told as mixed`() {
        let values = Self.days.map { $0 % 2 == 0 ? StoredValue.text(CalendarDay.text($0)) : .integer(Int64($0) * 86_400) }
        let verdict = detector.verdict(values)
        #expect(Set([verdict.storage]).union(verdict.others) == [.isoText, .epochSeconds])
    }

    @Test func `Words are no dates`() {
        let verdict = detector.verdict([.text("yesterday"), .text("01/02/2015"), .text("2015-01-01")])
        #expect(verdict.storage == .unreadable)
        #expect(verdict.unreadable == 2)
    }

    @Test func `The time of day survives where the storage has one`() {
        #expect(DateNumber(storage: .epochSeconds).minute(1_420_070_400 + 3_661, hasFraction: false) == 23_667_901)
        #expect(DateNumber(storage: .epochSeconds).minute(-60, hasFraction: false) == -1)
        #expect(DateNumber(storage: .epochMilliseconds).minute(90_000, hasFraction: false) == 1)
        #expect(DateNumber(storage: .julianDay).minute(2_440_587.5 + 0.75, hasFraction: true) == 1080)
        #expect(DateNumber(storage: .epochDays).minute(0.25, hasFraction: true) == 360)
        #expect(DateNumber(storage: .epochDays).minute(3, hasFraction: false) == nil)
        #expect(DateNumber(storage: .compactDate).minute(20_150_101, hasFraction: false) == nil)
    }

    @Test(arguments: [Double.nan, .infinity, 1e300, -1e300])
    func `A number that is no day in any storage is nothing`(value: Double) {
        for storage in ColumnStorage.allCases {
            #expect(DateNumber(storage: storage).day(value) == nil)
            #expect(DateNumber(storage: storage).minute(value, hasFraction: true) == nil)
        }
    }
}
