@_spi(Hospital) import Disclosure
import Testing

/// Tables of groups that differ by a few patients.
@Suite("Tables of nearly equal groups")
struct NearTableTests {
    private func answer(_ hospital: MadeHospital, without few: Range<Int>) -> EvaluatedAnswer {
        let women = (0..<16).filter { !few.contains($0) }
        let men = (100..<400).filter { !few.contains($0) }
        // A third cell, so that the group without its women is not itself a released set.
        return EvaluatedAnswer(
            total: hospital.set(women + men + Array(400..<700)),
            breakdown: EvaluatedBreakdown(
                dimensions: [.init(name: "sex", categories: ["F", "M", "U"])],
                cells: [["F"]: hospital.set(women), ["M"]: hospital.set(men), ["U"]: hospital.set(400..<700)]))
    }

    @Test("The table of a group with a few patients fewer is the earlier one, and its bounds hold for both", arguments: 1...10)
    func boundsHold(_ few: Int) throws {
        for secret in 1...20 as ClosedRange<UInt64> {
            for missing in [0..<few, 100..<100 + few] {
                var hospital = MadeHospital(universe: 800, secret: secret)
                let first = try hospital.ask(answer(hospital, without: 0..<0), cohort: "a")
                let second = try hospital.ask(answer(hospital, without: missing), cohort: "b")
                #expect(first.breakdown == second.breakdown)
                let women = (0..<16).filter { !missing.contains($0) }.count
                let shown = try #require(second.breakdown?.count(["F"])?.interval)
                #expect((shown.low...shown.high).contains(women) && (shown.low...shown.high).contains(16), "\(shown)")
            }
        }
    }

    @Test("Bounds of cells by hand: rounded half up, and 14 patients fewer or more")
    func byHand() throws {
        var hospital = MadeHospital(universe: 2_000, rules: .made(rounding: .halfUp))
        // Half up: 16 is shown as 20 (the smallest number), 26 as 25, 40 as 40; 23 to 27 are 25, 38 to 42 are 40.
        let ages = EvaluatedBreakdown.Dimension(name: "age", categories: ["a", "b", "c", "d"])
        let groups = ["a": 0..<16, "b": 100..<126, "c": 200..<240, "d": 300..<700]
        let table = EvaluatedBreakdown(
            dimensions: [ages], cells: Dictionary(uniqueKeysWithValues: groups.map { ([$0.key], hospital.set($0.value)) }))
        let answer = EvaluatedAnswer(total: hospital.set(groups.values.joined()), breakdown: table)
        let shown = try #require(try hospital.ask(answer, cohort: "a").breakdown)
        #expect(shown.count(["a"]) == .rounded(20, base: 5, low: 0, high: 36))
        #expect(shown.count(["b"]) == .rounded(25, base: 5, low: 9, high: 41))
        #expect(shown.count(["c"]) == .rounded(40, base: 5, low: 24, high: 56))
    }

    /// Categories of one dimension, each with as many patients as it says, one after the other.
    private func table(_ sizes: KeyValuePairs<String, Int>, of name: String, _ hospital: MadeHospital) -> EvaluatedAnswer {
        var start = 0
        var cells: [[String]: PersonSet] = [:]
        for (category, size) in sizes {
            cells[[category]] = hospital.set(start..<start + size)
            start += size
        }
        let dimension = EvaluatedBreakdown.Dimension(name: name, categories: sizes.map(\.key))
        return EvaluatedAnswer(
            total: hospital.set(0..<start), breakdown: EvaluatedBreakdown(dimensions: [dimension], cells: cells))
    }

    @Test("A table of a group whose count was shown before is protected from whoever has that count", arguments: 0...3)
    func knownTotal(_ fewer: Int) throws {
        for secret in 1...10 as ClosedRange<UInt64> {
            var hospital = MadeHospital(universe: 400, secret: secret)
            // In other words, and perhaps of a few patients fewer.
            _ = try hospital.ask(EvaluatedAnswer(total: hospital.set(fewer..<61)), cohort: "a")
            let shown = try #require(
                try hospital.ask(table(["F": 31, "M": 27, "U": 3], of: "sex", hospital), cohort: "b").breakdown)
            // 61 less 31 less 27 would give 3 but for the rounding.
            #expect(["F", "M", "U"].count { shown.count([$0])?.isHidden == true } >= 2, "\(shown)")
        }
    }

    @Test(
        "So is a table of which some cells together are a group whose count was shown before, and a second table of a cohort",
        arguments: 0...3, [false, true])
    func knownUnion(_ fewer: Int, isSecond: Bool) throws {
        for secret in 1...10 as ClosedRange<UInt64> {
            var hospital = MadeHospital(universe: 400, secret: secret)
            if isSecond { _ = try hospital.ask(table(["old": 48, "young": 92], of: "age", hospital), cohort: "b") }
            _ = try hospital.ask(EvaluatedAnswer(total: hospital.set(fewer..<74)), cohort: "a")
            let answer = table(["F": 31, "M": 40, "U": 3, "A": 16, "B": 50], of: "sex", hospital)
            let shown = try #require(try hospital.ask(answer, cohort: "b").breakdown)
            // The least that protects U in the table alone is A, and 74 less 31 less 40 would give U all the same.
            #expect(["F", "M", "U"].count { shown.count([$0])?.isHidden == true } >= 2, "\(shown)")
        }
    }

    @Test(
        "So is a table of which some cells together are the sum or the difference of two such groups", arguments: [false, true])
    func knownCombination(_ isSum: Bool) throws {
        for secret in 1...10 as ClosedRange<UInt64> {
            var hospital = MadeHospital(universe: 800, secret: secret)
            // F, M and U with 300 others, less the others; or F and a part of M, and the rest of M with U.
            let two = isSum ? [Array(0..<50), Array(50..<74)] : [Array(0..<74) + Array(400..<700), Array(400..<700)]
            for set in two { _ = try hospital.ask(EvaluatedAnswer(total: hospital.set(set)), cohort: "a\(set.count)") }
            let answer = table(["F": 31, "M": 40, "U": 3, "A": 16, "B": 50], of: "sex", hospital)
            let shown = try #require(try hospital.ask(answer, cohort: "b").breakdown)
            #expect(["F", "M", "U"].count { shown.count([$0])?.isHidden == true } >= 2, "\(shown)")
        }
    }
}
