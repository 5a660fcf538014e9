import CanonicalJSON
import Cohorts
import Disclosure
import Federation
import Testing

@testable import Client

/// What is shown for the consortium never tells more than the hospitals' own rows: in the total, in each attrition step, in each cell
/// and its sums, and the same in JSON, CSV and print.
@Suite struct MergingRulesTests {
    private func answer(_ total: DisclosedCount, _ step: DisclosedCount, _ cells: [DisclosedCount]) -> DisclosedAnswer {
        let keys = [["female"], ["male"], ["*"]]
        return DisclosedAnswer(
            total: total, attrition: [.init(name: "adults", count: step)],
            breakdown: DisclosedBreakdown(
                dimensions: ["sex"], cells: zip(keys, cells).map { .init(key: $0, count: $1) }))
    }

    private func result(_ answers: [DisclosedAnswer]) -> MergedResult {
        MergedResult(
            query: QueryID(unchecked: "Q-0000-0001"), questionHash: Digest256(of: []), title: nil,
            project: ProjectID(unchecked: "P-1"), mode: .named, status: .complete, version: 1, created: Timestamp(1_900_000_000),
            roster: Digest256(of: []),
            rows: answers.enumerated().map { .init(node: "KR-H-000\($0)", name: nil, answer: $1) })
    }

    private func columns(_ result: MergedResult) -> [[Substring]] {
        ResultCSV(result).text.split(separator: "\r\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    }

    private func rounded(_ value: Int) -> DisclosedCount { .rounded(value, base: 5, low: value - 4, high: value + 4) }
    private let hidden = DisclosedCount.hidden(low: 0, high: 14, why: .small)

    /// Two hospitals that hide nothing, and one that hides its men and, to protect them, its women: its own sum stands.
    private var sample: MergedResult {
        result([
            answer(rounded(100), rounded(200), [rounded(60), rounded(40), rounded(100)]),
            answer(rounded(50), rounded(80), [rounded(30), rounded(20), rounded(50)]),
            answer(rounded(30), hidden, [hidden, hidden, rounded(30)]),
        ])
    }

    /// Every merged number is as wide as what the hospitals' own numbers leave open, so that taking known hospitals off it leaves
    /// the hidden one at least as open as the hospital itself left it (attack 17).
    @Test func takingTheShownHospitalsOffASumLeavesTheHiddenOneAsOpenAsItWas() throws {
        let result = sample
        var counts: [(MergedCount, (DisclosedAnswer) -> DisclosedCount)] = [(result.merged.total, { $0.total })]
        for step in result.merged.attrition {
            counts.append((step.count, { row in row.attrition.first { $0.name == step.name }?.count ?? row.total }))
        }
        for cell in result.merged.cells { counts.append((cell.count, { $0.breakdown?.count(cell.key) ?? $0.total })) }
        #expect(counts.count == 5)
        for (merged, own) in counts {
            let records = try #require(merged.records)
            for left in result.rows.indices {
                // By hand: the sum less the others' bounds, as an attacker takes them off.
                let others = result.rows.indices.filter { $0 != left }.compactMap { own(result.rows[$0].answer).interval }
                let low = records.low - others.reduce(0) { $0 + $1.low }
                let high = records.high - others.reduce(0) { $0 + $1.high }
                let told = try #require(own(result.rows[left].answer).interval)
                #expect(low <= told.low && high >= told.high)
            }
            let lows = result.rows.compactMap { own($0.answer).interval?.low }
            let highs = result.rows.compactMap { own($0.answer).interval?.high }
            #expect(merged.distinctPersons == CountInterval(low: lows.max() ?? 0, high: highs.reduce(0, +)))
        }
        // The consortium's women are not its sum less its men: that difference holds the third hospital's own sum.
        let women = try #require(result.merged.cells.first { $0.key == ["female"] }?.count.records)
        #expect(women == CountInterval(low: 56 + 26 + 0, high: 64 + 34 + 14))
    }

    @Test func jsonAndCSVAndPrintSayTheSame() throws {
        let result = sample
        let csv = columns(result)
        let sums = csv.filter { $0[3] == "*" }.map { "\($0[2]) \($0[4]) \($0[6]) \($0[7])" }
        // By hand: 100 + 50 + 30 with 4 to either side of each; the step 200 + 80 with 0 to 14; 60 + 30; 40 + 20; 100 + 50 + 30.
        let expected = [
            "total  168 192", "attrition adults 272 302", "breakdown sex=female 82 112", "breakdown sex=male 52 82",
            "breakdown sex=* 168 192",
        ]
        #expect(sums == expected)
        let merged = result.json["merged"]
        #expect(merged?["total"]?["records"]?["low"] == .int(168))
        #expect(merged?["breakdown"]?["cells"]?[0]?["count"]?["records"]?["high"] == .int(112))
        let print = ResultView(result, language: .english).lines(width: 120).joined(separator: "\n")
        for text in ["168–192", "272–302", "82–112", "52–82"] { #expect(print.contains(text), "\(print)") }
        // A hidden number has no value in any of them.
        #expect(csv.filter { $0[8] == "hidden" }.allSatisfy { $0[5].isEmpty })
        #expect(csv.count { $0[8] == "hidden" } == 3)
    }

    @Test func aTableByOtherDimensionsAddsNothingAnywhere() throws {
        let other = DisclosedAnswer(
            total: rounded(40),
            breakdown: DisclosedBreakdown(dimensions: ["age"], cells: [.init(key: ["female"], count: .exact(40))]))
        let result = result([answer(rounded(100), rounded(200), [rounded(60), rounded(40), rounded(100)]), other])
        #expect(result.merged.cells.first { $0.key == ["female"] }?.count.records == CountInterval(low: 56, high: 64))
        let csv = columns(result)
        let women = csv.filter { $0[2] == "breakdown" && $0[4] == "sex=female" }
        #expect(women.map { String($0[8]) } == ["rounded", "not-applicable", "interval"])
        #expect(women.last.map { "\($0[6]) \($0[7])" } == "56 64")
    }
}
