import Testing

@testable import TerminalText

@Suite struct TerminalTextTests {
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
        #expect(lines[2].contains("0–14"))
        // Every word is there, over as many lines as the longest cell needs.
        let words = lines.dropFirst(2).joined(separator: " ").split(separator: " ")
        #expect(words.filter { $0 == "long" }.count == 9 && words.contains("Daegu"))
    }

    @Test func controlCharactersFromAServerDoNotReachTheTerminal() {
        var table = TextTable([.init("NAME")])
        table.add(["evil\u{1B}[2Jname\r\n"])
        #expect(!table.lines().joined().unicodeScalars.contains { $0.value < 32 || $0.value == 127 })
    }

    @Test func spreadsheetsAddNoHiddenCountAndRunNoCell() {
        #expect(CSVText.lines([["=1+1", "a,b", "say \"x\"", "-"]]) == "'=1+1,\"a,b\",\"say \"\"x\"\"\",'-\r\n")
    }
}
