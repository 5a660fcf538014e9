import CanonicalJSON
import Client
import Cohorts
import Disclosure
import Federation
import TerminalText
import Testing

@Suite struct ResultViewTests {
    @Test func theWorkedExampleReadsAsTheGuideHasIt() {
        let text = ResultView(SampleResult.make(), language: .english).lines().joined(separator: "\n")
        #expect(text.contains("2,096–2,113 and rising"))
        #expect(text.contains("1,238–2,113  (not linked)"))
        #expect(text.contains("3 of 5 hospitals answered · 1 hidden (0–9) · 1 cannot answer · 1 waiting"))
        #expect(text.contains("Hospital D"))
        #expect(text.contains("domain not mapped here (procedure)"))
    }

    @Test(arguments: [Language.english, .korean])
    func noLineIsWiderThanEightyColumns(_ language: Language) {
        for line in ResultView(SampleResult.make(), language: language).lines() { #expect(DisplayWidth.of(line) <= 80) }
    }

    @Test func everyAskedHospitalHasALine() {
        let lines = ResultView(SampleResult.make(), language: .english).lines()
        for name in ["A", "B", "C", "D", "E"] { #expect(lines.contains { $0.hasPrefix("Hospital \(name)") }) }
    }

    @Test func whenAllAreHiddenTheSumSaysSo() {
        let hidden = DisclosedCount.hidden(low: 0, high: 14, why: .small)
        let text = ResultView(SampleResult.make(totals: [hidden, hidden], status: .complete), language: .english).lines()
            .joined(separator: "\n")
        #expect(text.contains("0–28"))
        #expect(text.contains("2 of 2 hospitals answered · 2 hidden (0–28)"))
        #expect(text.contains("below the publishable size"))
    }

    @Test func csvLeavesHiddenValuesEmptyAndItsLowsAddUpToTheFloor() throws {
        let lines = ResultCSV(SampleResult.make()).text.split(separator: "\r\n").map {
            $0.split(separator: ",", omittingEmptySubsequences: false)
        }
        let header = lines[0].map(String.init)
        let totals = lines.filter { $0[2] == "total" && $0[3] != "*" }
        #expect(totals.count == 5)
        let value = try #require(header.firstIndex(of: "value"))
        #expect(totals.map { String($0[value]) } == ["1240", "860", "", "", ""])
        #expect(totals.compactMap { Int($0[value + 1]) }.reduce(0, +) == 2_096)
        #expect(
            totals.map { String($0[value + 3]) } == ["rounded", "rounded", "hidden", "unavailable-domain", "waiting-approval"])
        let sum = try #require(lines.first { $0[2] == "total" && $0[3] == "*" })
        #expect(sum[value + 1] == "2096" && sum[value + 2] == "2113")
    }

    @Test func exitCodesTellPartialDeclinedHiddenAndRunningApart() {
        let shown = DisclosedCount.rounded(20, base: 5, low: 16, high: 24)
        let hidden = DisclosedCount.hidden(low: 0, high: 14, why: .small)
        let refused = DisclosedCount.refused(code: "PURPOSE_SCOPE")
        func status(_ totals: [DisclosedCount], _ status: QueryStatus, partial: Bool = false, hidden: Bool = false) -> ExitReason
        {
            SampleResult.make(totals: totals, status: status).exitStatus(allowPartial: partial, failIfHidden: hidden)
        }
        #expect(status([shown, shown], .complete) == .complete)
        #expect(status([shown, refused], .partial) == .partial)
        #expect(status([shown, refused], .partial, partial: true) == .complete)
        #expect(status([refused, refused], .partial) == .declined)
        #expect(status([hidden, hidden], .complete, hidden: true) == .allHidden)
        #expect(status([hidden, hidden], .complete) == .complete)
        #expect(status([shown, .waiting(.node, since: nil)], .running) == .stillRunning)
        #expect(status([shown, .waiting(.approval, since: nil)], .running) == .pending)
        #expect(status([shown, .failed(.integrity)], .partial, partial: true) == .integrity)
    }

    @Test func aResultWhoseSumIsNotWhatItsRowsAddUpToIsRefused() throws {
        var json = try #require(SampleResult.make().json.objectValue)
        #expect(throws: Never.self) { try MergedResult(from: JSONReader(.object(json))) }
        var merged = try #require(json["merged"]?.objectValue)
        var total = try #require(merged["total"]?.objectValue)
        total["shown"] = 99_999
        merged["total"] = .object(total)
        json["merged"] = .object(merged)
        let error = #expect(throws: JSONError.self) { try MergedResult(from: JSONReader(.object(json))) }
        #expect(error?.pointer.description == "/merged")
    }
}
