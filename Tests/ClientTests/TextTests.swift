import Client
import Cohorts
import Disclosure
import Testing

@Suite struct TextTests {
    @Test(arguments: [("abc", 3), ("환자 수", 7), ("e\u{301}", 1), ("ＡＢ", 4), ("≈1,240", 6), ("0–14", 4), ("", 0)])
    func hangulAndFullWidthTakeTwoColumns(_ text: String, _ columns: Int) { #expect(DisplayWidth.of(text) == columns) }

    @Test func cuttingNeverSplitsAWideCharacter() {
        #expect(DisplayWidth.truncated("부산대학교병원", to: 8) == "부산대…")
        #expect(DisplayWidth.truncated("short", to: 8) == "short")
    }

    @Test func tablesAlignHangulAndFitEightyColumns() {
        var table = TextTable([.init("HOSPITAL"), .init("VALUE", .right), .init("NOTE")])
        table.add(["부산대학교병원", "≈1,240", ""])
        table.add(["Chilgok Kyungpook National University Hospital of Daegu", "0–14", String(repeating: "long note ", count: 9)])
        let lines = table.lines(width: 80)
        #expect(lines.allSatisfy { DisplayWidth.of($0) <= 80 })
        #expect(lines.count == 3)
        #expect(lines[2].contains("0–14"))
    }

    @Test func controlCharactersFromAServerDoNotReachTheTerminal() {
        var table = TextTable([.init("NAME")])
        table.add(["evil\u{1B}[2Jname\r\n"])
        #expect(!table.lines().joined().unicodeScalars.contains { $0.value < 32 || $0.value == 127 })
    }

    @Test(arguments: [(0, "0"), (999, "999"), (1_000, "1,000"), (12_345_678, "12,345,678")])
    func digitsAreGroupedByThree(_ number: Int, _ text: String) { #expect(CountText(.english).number(number) == text) }

    @Test func aHiddenOrMissingCountIsNeverWrittenAsANumber() {
        let counts = CountText(.english)
        #expect(counts.value(.hidden(low: 0, high: 14, why: .small)) == "0–14")
        #expect(counts.value(.unavailable(.domain, detail: "procedure")) == "no data")
        #expect(counts.value(.refused(code: "PURPOSE_SCOPE")) == "–")
        #expect(counts.value(.failed(.timeout)) == "–")
        #expect(counts.note(.unavailable(.domain, detail: "procedure")) == "domain not mapped here (procedure)")
        #expect(CountText(.korean).status(.hidden(low: 0, high: 14, why: .small)) == "비공개")
    }

    @Test(arguments: [
        (["LANG": "ko_KR.UTF-8"], Language.korean), (["LANG": "en_US.UTF-8"], .english), ([:], .english),
        (["LC_ALL": "ko_KR.UTF-8", "LANG": "C"], .korean), (["LC_ALL": "", "LANG": "ko"], .korean),
    ])
    func theLanguageFollowsTheLocale(_ environment: [String: String], _ language: Language) {
        #expect(Language(environment: environment) == language)
    }

    @Test func spreadsheetsAddNoHiddenCountAndRunNoCell() {
        #expect(CSVText.lines([["=1+1", "a,b", "say \"x\"", "-"]]) == "'=1+1,\"a,b\",\"say \"\"x\"\"\",'-\r\n")
    }
}
