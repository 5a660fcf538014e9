@_spi(Hospital) import Disclosure
import Testing

@Suite("An answer shown more strictly than the hospital asks")
struct StricterShowingTests {
    private let own = DisclosureRules.standard
    /// Thresholds and bases that a questioner may try.
    private static let wishes = (11...60).flatMap { threshold in [5, 7, 10, 25].map { (threshold, $0) } }

    private func count(_ count: DisclosedCount, _ threshold: Int, _ roundTo: Int) -> DisclosedCount {
        DisclosedAnswer(total: count).coarsened(threshold: threshold, roundTo: roundTo, from: own).total
    }

    // By hand. The default rules state a number with 4 for the rounding and 14 for the ledger on either side.
    @Test("Worked examples")
    func examples() {
        let shown = DisclosedCount.rounded(245, base: 5, low: 227, high: 263)
        #expect(count(shown, 11, 5) == shown)
        #expect(count(shown, 3, 1) == shown)
        #expect(count(shown, 200, 5) == shown)
        // Nearest multiple of 10, halves up; 5 for the base and 18 of its own on either side.
        #expect(count(shown, 11, 10) == .rounded(250, base: 10, low: 227, high: 273))
        // 240 is shown like 245 as 240...249 are: nothing of the finer number is left in the interval.
        #expect(count(.rounded(255, base: 5, low: 237, high: 273), 11, 25) == .rounded(250, base: 25, low: 220, high: 280))
        #expect(count(.rounded(245, base: 5, low: 227, high: 263), 11, 25) == .rounded(250, base: 25, low: 220, high: 280))
        // With a threshold of 20 at most 19 are hidden by it, and 18 of its own more.
        #expect(count(.rounded(15, base: 5, low: 11, high: 33), 20, 5) == .hidden(low: 0, high: 37, why: .small))
        #expect(count(.hidden(low: 0, high: 14, why: .small), 20, 5) == .hidden(low: 0, high: 37, why: .small))
        #expect(count(.hidden(low: 0, high: 263, why: .small), 20, 10) == .hidden(low: 0, high: 270, why: .small))
        #expect(count(.exact(0), 20, 10) == .exact(0))
        #expect(count(.unavailable(.domain, detail: nil), 20, 10) == .unavailable(.domain, detail: nil))
    }

    @Test(
        "Whatever is wished: the interval contains the hospital's own, a shown number is a multiple of the base and not too small"
    )
    func intervalsAreNested() throws {
        for size in Array(0...80) + [999, 1_000, 1_001] {
            var hospital = MadeHospital(universe: 1_500)
            let answer = DisclosedAnswer(total: try hospital.count(0..<size))
            let before = try #require(answer.total.interval)
            for (threshold, roundTo) in Self.wishes {
                let total = answer.coarsened(threshold: threshold, roundTo: roundTo, from: own).total
                let after = try #require(total.interval)
                #expect(after.low <= before.low && after.high >= before.high)
                #expect(after.contains(size))
                if case .rounded(let value, let base, _, _) = total {
                    #expect(base == roundTo && value % base == 0 && value >= threshold)
                }
            }
        }
    }

    @Test("All wishes together tell nothing that the hospital's own answer does not")
    func wishesTellNothing() throws {
        // Sizes with the same public answer must have the same answer to every wish: else halving over wishes finds the size.
        var byPublic: [DisclosedAnswer: Set<[DisclosedAnswer]>] = [:]
        for size in 0...120 {
            var hospital = MadeHospital(universe: 500)
            let answer = DisclosedAnswer(total: try hospital.count(0..<size))
            byPublic[answer, default: []].insert(
                Self.wishes.map { answer.coarsened(threshold: $0.0, roundTo: $0.1, from: own) })
        }
        #expect(byPublic.count > 10)
        #expect(byPublic.values.allSatisfy { $0.count == 1 })
    }

    @Test("Under one wish all hidden totals look alike, whoever hid them")
    func oneSymbol() throws {
        var hidden = Set<DisclosedCount>()
        for size in 0..<40 {
            var hospital = MadeHospital(universe: 500)
            let total = DisclosedAnswer(total: try hospital.count(0..<size)).coarsened(threshold: 50, roundTo: 5, from: own).total
            if total.isHidden { hidden.insert(total) }
        }
        #expect(hidden == [.hidden(low: 0, high: 49 + 18, why: .small)])
    }

    @Test("Steps and cells are shown by the same rule as the total")
    func wholeAnswer() throws {
        var hospital = MadeHospital(universe: 500)
        let breakdown = EvaluatedBreakdown(
            dimensions: [.init(name: "sex", categories: ["F", "M"])],
            cells: [["F"]: hospital.set(0..<200), ["M"]: hospital.set(200..<240)])
        let total = hospital.set(0..<240)
        let answer = try hospital.ask(
            EvaluatedAnswer(total: total, attrition: [.init(name: "all", persons: total)], breakdown: breakdown))
        let strict = answer.coarsened(threshold: 100, roundTo: 10, from: own)
        #expect(strict.attrition.map(\.count) == [strict.total])
        #expect(strict.breakdown?.count(["*"]) == strict.total)
        #expect(strict.breakdown?.count(["F"])?.shown == 200)
        #expect(strict.breakdown?.count(["M"])?.isHidden == true)
    }
}
