@_spi(Hospital) import Disclosure
import Testing

/// Whom a hospital puts into a sketch, and what is told of the merged one: attacks on small groups, on single patients and by
/// repetition.
@Suite("Sketches through the gate")
struct SketchGroupTests {
    private let universe = 4_000

    private func gate(_ secret: UInt64 = 7) -> ReleaseGate {
        ReleaseGate(rules: .standard, key: TestKey(secret: secret), patients: .made(universe, seed: 9))
    }

    private func plan(
        _ members: [Int], _ shares: ShareLedger = ShareLedger(), cohort: String = "c", secret: UInt64 = 7, isDistinct: Bool = true
    ) throws -> TotalPlan {
        try gate(secret).planTotal(
            EvaluatedAnswer(total: PersonSet(universe: universe, members: members)),
            for: ReleaseRequest(project: "P-1", tier: .consortiumTotal, cohort: cohort),
            against: ReleaseLedger(universe: universe), shares: shares, isDistinct: isDistinct)
    }

    private func patients(_ plan: TotalPlan) -> [Int]? {
        guard case .patients(let set) = plan.sketched else { return nil }
        return set.members
    }

    private func madeUp(_ plan: TotalPlan) -> [UInt64]? {
        guard case .madeUp(let bits) = plan.sketched else { return nil }
        return bits
    }

    @Test("nobody is put in where no sketch was asked for")
    func unasked() throws {
        #expect(try plan(Array(0..<50), isDistinct: false).sketched == nil)
    }

    @Test("1 to k - 1 patients are nobody or k made-up ones, as in the share, and never a patient", arguments: [0, 1, 6, 10])
    func smallGroups(_ size: Int) throws {
        var shown = 0
        for secret in 1...200 as ClosedRange<UInt64> {
            let plan = try plan(Array(0..<size), secret: secret)
            let made = try #require(madeUp(plan))
            #expect(UInt64(made.count) == plan.shares.words[0])
            #expect(Set(made).count == made.count && [0, 11].contains(made.count))
            if !made.isEmpty { shown += 1 }
        }
        // n in 11 of 200 by hand: 0, 18.2, 109.1, 181.8; four standard errors are 28 at most.
        #expect(abs(Double(shown) - 200 * Double(size) / 11) <= 28)
    }

    @Test("k and more patients are put in as they are")
    func largeGroups() throws {
        #expect(try patients(plan(Array(0..<11))) == Array(0..<11))
        #expect(try patients(plan(Array(3..<60))) == Array(3..<60))
    }

    @Test("attack: a target added to a group, or to the sum of several, changes nothing in the sketch", arguments: [1, 2, 3])
    func differencing(_ terms: Int) throws {
        for target in 0..<20 {
            var shares = ShareLedger()
            func ask(_ members: [Int], _ cohort: String) throws -> TotalPlan {
                let plan = try plan(members, shares, cohort: cohort)
                shares = plan.shareLedger
                return plan
            }
            for term in 0..<terms { _ = try ask(Array(term * 100..<term * 100 + 37 + target), "t\(term)") }
            let all = (0..<terms).flatMap { term in Array(term * 100..<term * 100 + 37 + target) }
            #expect(try patients(ask(all, "without")) == all)
            #expect(try patients(ask(all + [3_000 + target], "with")) == all)
            #expect(try patients(ask(Array(all.dropLast()), "fewer")) == all)
        }
    }

    @Test("attack: a small group, with a patient more or again, has the same made-up persons")
    func smallRepetition() throws {
        for secret in 1...40 as ClosedRange<UInt64> {
            let first = try plan(Array(0..<6), secret: secret)
            let made = try #require(madeUp(first))
            #expect(try madeUp(plan(Array(0..<6), first.shareLedger, secret: secret)) == made)
            #expect(try madeUp(plan(Array(0..<7), first.shareLedger, cohort: "more", secret: secret)) == made)
        }
    }

    @Test("attack: a group near a difference of two earlier ones is stood for by that difference")
    func difference() throws {
        var shares = ShareLedger()
        func ask(_ members: [Int], _ cohort: String) throws -> TotalPlan {
            let plan = try plan(members, shares, cohort: cohort)
            shares = plan.shareLedger
            return plan
        }
        _ = try ask(Array(0..<80), "a")
        _ = try ask(Array(40..<80), "b")
        #expect(try patients(ask(Array(0..<40) + [2_000], "with")) == Array(0..<40))
        #expect(try patients(ask(Array(0..<37), "fewer")) == Array(0..<40))
    }

    private let terms = Array(repeating: ShareTerms(threshold: 11, roundTo: 5), count: 5)

    private func sketch(_ persons: Int, salt: UInt64 = 1) throws -> DistinctSketch {
        var generator = SeededGenerator(seed: salt)
        var sketch = try DistinctSketch()
        for _ in 0..<persons { sketch.insert(hash: generator.next()) }
        return sketch
    }

    @Test("the number is rounded to five, hidden below the threshold, and its error is that of draws, rounding and sketch")
    func count() throws {
        let eleven = TotalCount(distinct: try sketch(11), terms: terms)
        #expect(eleven.value == 11)
        // By hand: 5 * 121 / 4 + 25 / 4 + (0.008125 * 11)^2 = 157.508, its root 12.5502; 1.96 times that is 24.6.
        #expect(eleven.standardError == 12.6)
        #expect(eleven.low == 0 && eleven.high == 36)
        #expect(try TotalCount(distinct: sketch(13), terms: terms).value == 15)
        #expect(try TotalCount(distinct: sketch(57), terms: terms).value == 55)
        for few in [0, 3, 10] {
            let hidden = TotalCount(distinct: try sketch(few), terms: terms)
            #expect(hidden.value == nil)
            #expect(hidden.low == 0 && hidden.high == 36, "the bounds tell nothing of it")
        }
        // The strictest hospital's threshold and base hold for all.
        let strict = terms + [ShareTerms(threshold: 20, roundTo: 10)]
        #expect(try TotalCount(distinct: sketch(18), terms: strict).value == nil)
        #expect(try TotalCount(distinct: sketch(34), terms: strict).value == 30)
    }

    @Test("attack: the same patients under a hundred salts are one number, so that there is nothing to average")
    func repetition() throws {
        let told = try (1...100 as ClosedRange<UInt64>).map { try TotalCount(distinct: sketch(57, salt: $0), terms: terms).value }
        #expect(Set(told) == [55])
    }
}
