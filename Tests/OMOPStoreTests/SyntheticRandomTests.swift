import Foundation
import Testing

@testable import OMOPStore

@Suite struct SyntheticRandomTests {
    /// Written down from a second implementation (of the published reference code) in another language.
    @Test func `gives the numbers of the published algorithm`() {
        var first = SyntheticRandom(seed: 1)
        #expect((0..<3).map { _ in first.next() } == [0xd392_f957_9a36_2d26, 0x47b7_9889_96fa_b39a, 0x11ed_0d7a_d432_a58f])
        var second = SyntheticRandom(seed: 7, stream: 12_345)
        #expect((0..<3).map { _ in second.next() } == [0x5c5a_040c_e04f_d068, 0x4913_8f87_31f1_8b1f, 0x5e81_ca8c_c083_3af4])
    }

    @Test func `whole numbers stay in their range and reach both ends`() {
        var dice = SyntheticRandom(seed: 3)
        var counts = [Int](repeating: 0, count: 6)
        for _ in 0..<60_000 { counts[dice.between(1, 6) - 1] += 1 }
        // 10,000 expected each; six standard deviations are 548.
        #expect(counts.allSatisfy { abs($0 - 10_000) < 548 })
        #expect(dice.between(5, 5) == 5)
        #expect(dice.between(5, 4) == 5)
    }

    @Test func `bell-shaped numbers have the mean and the spread asked for`() {
        var dice = SyntheticRandom(seed: 4)
        let values = (0..<40_000).map { _ in dice.bell(mean: 120, deviation: 15) }
        let mean = values.reduce(0, +) / 40_000
        let spread = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 40_000).squareRoot()
        #expect(abs(mean - 120) < 0.5)
        #expect(abs(spread - 15) < 0.3)
    }

    @Test(arguments: [0.3, 2.5, 6.9, 40]) func `counts of events have the mean asked for`(mean: Double) {
        var dice = SyntheticRandom(seed: 5)
        let sum = (0..<40_000).reduce(0) { total, _ in total + dice.times(mean) }
        #expect(abs(Double(sum) / 40_000 - mean) < 6 * (mean / 40_000).squareRoot() + 0.01)
    }

    @Test func `a shuffle keeps every element`() {
        var dice = SyntheticRandom(seed: 6)
        var elements = Array(0..<1_000)
        dice.shuffle(&elements)
        #expect(elements != Array(0..<1_000))
        #expect(elements.sorted() == Array(0..<1_000))
    }
}

@Suite struct SyntheticCalendarTests {
    @Test func `agrees with Foundation's calendar on every ninth day of two centuries`() throws {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = try #require(TimeZone(secondsFromGMT: 0))
        for day in stride(from: Int32(-25_567), through: 47_000, by: 9) {
            let parts = calendar.dateComponents(
                [.year, .month, .day], from: Date(timeIntervalSince1970: Double(day) * 86_400))
            let (year, month, dayOfMonth) = SyntheticCalendar.date(day)
            #expect([year, month, dayOfMonth] == [parts.year, parts.month, parts.day])
            #expect(SyntheticCalendar.day(year, month, dayOfMonth) == day)
        }
    }

    @Test func `writes moments before and after 1970`() {
        #expect(SyntheticCalendar.text(SyntheticCalendar.day(2026, 11, 22)) == "2026-11-22")
        #expect(SyntheticCalendar.day(ofMinute: -1) == -1)
        #expect(SyntheticCalendar.day(ofMinute: -1_440) == -1)
        #expect(SyntheticCalendar.day(ofMinute: -1_441) == -2)
        #expect(SyntheticCalendar.day(ofMinute: 1_439) == 0)
        let texts = TimeTexts()
        var characters = [CChar](repeating: 0, count: 20)
        texts.write(SyntheticCalendar.minute(SyntheticCalendar.day(1969, 12, 31), 23, 59), to: &characters)
        #expect(String(decoding: characters.prefix(19).map { UInt8(bitPattern: $0) }, as: UTF8.self) == "1969-12-31 23:59:00")
    }
}
