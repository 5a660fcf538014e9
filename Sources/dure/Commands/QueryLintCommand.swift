import ArgumentParser
import CanonicalJSON
import Client
import Cohorts
import Federation
import TerminalText

struct QueryLint: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lint",
        abstract: "Check a question before it is asked. Needs no network.",
        discussion: """
            Names every problem with its place (a JSON pointer): what keeps the question from being read, and what is probably not \
            meant. Ends with 65 where the question cannot be asked, and with 1 where --strict is given and anything was found.
            """)
    @Argument(help: "The question; - reads standard input.", completion: .file(extensions: ["json"]))
    var file: String
    @Flag(help: "Fail where anything was found.")
    var strict = false
    @OptionGroup var options: CommonOptions

    func run() async throws {
        let question = try QuestionFile(file).question()
        let findings = CohortLint.findings(in: question.cohort)
        let language = options.language
        switch options.output {
        case .table:
            for finding in findings {
                options.console.data("\(finding.severity.rawValue)  \(finding.pointer)")
                options.console.data(
                    DisplayWidth.wrapped(finding.message(language), to: options.console.width - 4).map { "    " + $0 })
            }
        case .json:
            let report: JSONValue = [
                "schema": "dure.lint/1", "question": question.digest.json, "findings": .array(findings.map(\.json)),
            ]
            options.console.data(report.text(indent: 2))
        case .csv:
            let rows = findings.map { [$0.severity.rawValue, $0.check, $0.pointer.description, $0.message(language)] }
            options.console.raw(CSVText.lines([["severity", "check", "where", "finding"]] + rows))
        }
        if findings.isEmpty { options.say(language.choose("Nothing found.", "발견된 문제가 없습니다.")) }
        if strict, !findings.isEmpty { throw ArgumentParser.ExitCode(ExitReason.failed.rawValue) }
    }
}
