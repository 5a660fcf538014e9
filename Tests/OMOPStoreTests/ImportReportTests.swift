import Testing

@testable import OMOPStore

@Suite struct ImportReportTests {
    private let report = {
        var report = ImportReport()
        report.tables = [
            .init(table: .person, file: "PERSON.csv", rows: 1_234_567, rowsLeftOut: 2, valuesLost: 30),
            .init(table: .procedureOccurrence, file: "an-export-with-a-long-name-of-its-own.csv", rows: 999),
        ]
        report.notRead = [.init(file: "x.gz", why: "packed")]
        report.problems = [
            .init(
                losesData: true, file: "PERSON.csv", column: "person_id", what: "no number", advice: "Mend it", count: 32,
                lines: [3, 5, 9]),
            .init(losesData: false, file: "PERSON.csv", what: "odd", advice: "Nothing to do"),
        ]
        return report
    }()

    @Test func `The summary is a table within 80 columns, with totals`() {
        let lines = report.lines()
        #expect(lines.prefix(4).allSatisfy { $0.count <= 80 })
        #expect(lines[1] == "person                PERSON.csv                 1,234,567         2          30")
        #expect(lines[2] == "procedure_occurrence  an-export-with-a-long~           999         0           0")
        #expect(lines[3] == "total                                            1,235,566         2          30")
        #expect(report.losses == 32)
    }

    @Test func `Losses come with their place and count, apart from what is only worth knowing`() {
        let text = report.lines().joined(separator: "\n")
        #expect(text.contains("Lost:\n  PERSON.csv, lines 3, 5, 9 and others, person_id: no number (32 times). Mend it\n"))
        #expect(text.contains("Worth knowing:\n  PERSON.csv: odd. Nothing to do"))
        #expect(text.contains("Not read:\n  x.gz: packed"))
    }

    @Test func `A long list is cut and says so`() {
        var many = report
        many.problems = (0..<50).map { .init(losesData: true, file: "f", what: "problem \($0)", advice: "Mend it") }
        #expect(many.lines(limit: 10).contains("  and 40 more"))
    }
}
