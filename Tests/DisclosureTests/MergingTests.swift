import CanonicalJSON
import Disclosure
import Testing

/// The worked example of the count semantics: five hospitals, three answers.
private let workedExample: [DisclosedCount] = [
    .rounded(1_240, base: 5, low: 1_238, high: 1_242), .rounded(860, base: 5, low: 858, high: 862),
    .hidden(low: 0, high: 9, why: .small), .unavailable(.domain, detail: "procedure"), .waiting(.approval, since: nil),
]

@Suite("Merging")
struct MergingTests {
    @Test("The worked example merges to 2,096 to 2,113 records from 3 of 5 hospitals")
    func workedExampleMerges() {
        let merged = MergedCount(workedExample)
        #expect(merged.records == CountInterval(low: 2_096, high: 2_113))
        #expect(merged.distinctPersons == CountInterval(low: 1_238, high: 2_113))
        #expect(merged.shown == 2_100)
        #expect(merged.facts.asked == 5)
        #expect(merged.facts.answered == 3)
        #expect(merged.facts.hidden == 1)
        #expect(merged.facts.hiddenInterval == CountInterval(low: 0, high: 9))
        #expect(merged.facts.unavailable == 1)
        #expect(merged.facts.canAnswer == 4)
        #expect(merged.facts.mayRise)
    }

    @Test("No answer at all is not zero")
    func noAnswerIsNotZero() {
        let merged = MergedCount([.refused(code: "PURPOSE_SCOPE"), .failed(.timeout), .unavailable(.years, detail: nil)])
        #expect(merged.records == nil)
        #expect(merged.distinctPersons == nil)
        #expect(merged.facts.answered == 0)
        #expect(merged.facts.declined == 1)
        #expect(merged.facts.failed == 1)
        #expect(!merged.facts.mayRise)
    }

    @Test("Every hospital is in exactly one group of the honesty facts")
    func groupsPartitionTheHospitals() {
        let all: [DisclosedCount] = workedExample + [.exact(0), .refused(code: "X"), .failed(.offline), .exact(7)]
        let facts = MergedCount(all).facts
        #expect(facts.answered + facts.unavailable + facts.declined + facts.waiting + facts.failed == facts.asked)
    }

    @Test("Merging adds bounds of every mixture as a hand-written loop does")
    func boundsAddUp() {
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<500 {
            var low = 0
            var high = 0
            var largest = 0
            var counts: [DisclosedCount] = []
            for _ in 0..<Int.random(in: 1...12, using: &generator) {
                let bottom = Int.random(in: 0...5_000, using: &generator)
                let top = bottom + Int.random(in: 0...20, using: &generator)
                switch Int.random(in: 0..<4, using: &generator) {
                case 0: counts.append(.failed(.error))
                case 1: counts.append(.unavailable(.unit, detail: nil))
                case 2:
                    counts.append(.hidden(low: bottom, high: top, why: .small))
                    (low, high, largest) = (low + bottom, high + top, max(largest, bottom))
                default:
                    counts.append(.rounded(bottom / 5 * 5, base: 5, low: bottom, high: top))
                    (low, high, largest) = (low + bottom, high + top, max(largest, bottom))
                }
            }
            let merged = MergedCount(counts)
            guard let records = merged.records else { continue }
            #expect(records == CountInterval(low: low, high: high))
            #expect(merged.distinctPersons == CountInterval(low: largest, high: high))
        }
    }

    @Test("A hospital without an answer stands with its reason in every step and cell")
    func reasonsReachTheCells() throws {
        let table = DisclosedBreakdown(
            dimensions: ["sex"],
            cells: [
                .init(key: ["F"], count: .exact(40)), .init(key: ["M"], count: .exact(30)), .init(key: ["*"], count: .exact(70)),
            ])
        let full = DisclosedAnswer(
            total: .exact(70), attrition: [.init(name: "adults", count: .exact(90))], breakdown: table)
        let merged = MergedAnswer([full, full, DisclosedAnswer(total: .waiting(.queue, since: 0))])
        #expect(merged.total.records == CountInterval(low: 140, high: 140))
        let step = try #require(merged.attrition.first)
        #expect(step.count.records == CountInterval(low: 180, high: 180))
        #expect(step.count.facts.waiting == 1)
        let female = try #require(merged.cells.first { $0.key == ["F"] })
        #expect(female.count.records == CountInterval(low: 80, high: 80))
        #expect(female.count.facts.mayRise)
        #expect(merged.cells.count == 3)
    }

    @Test("A hospital that answered without a breakdown adds nothing to the cells")
    func missingTableIsNotZero() throws {
        let table = DisclosedBreakdown(dimensions: ["sex"], cells: [.init(key: ["F"], count: .exact(40))])
        let merged = MergedAnswer([
            DisclosedAnswer(total: .exact(40), breakdown: table), DisclosedAnswer(total: .exact(90)),
        ])
        let female = try #require(merged.cells.first)
        #expect(female.count.facts.answered == 1)
        #expect(female.count.facts.unavailable == 1)
        #expect(merged.total.facts.answered == 2)
    }

    @Test("Sums of hostile numbers saturate instead of trapping")
    func sumsSaturate() {
        let merged = MergedCount([.hidden(low: .max, high: .max, why: .small), .hidden(low: 1, high: .max, why: .small)])
        #expect(merged.records == CountInterval(low: .max, high: .max))
    }
}
