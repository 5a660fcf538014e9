import ArgumentParser
import CanonicalJSON
import Client
import Cohorts
import Federation
import TerminalText

struct QueryExplain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain", abstract: "Say a question in words, in English or Korean. Needs no network.",
        discussion: "Example: dure query explain nodes/workloads/W6.json --lang ko")
    @Argument(help: "The question; - reads standard input.", completion: .file(extensions: ["json"]))
    var file: String
    @OptionGroup var options: CommonOptions

    func run() async throws {
        let question = try QuestionFile(file).question()
        let lines = question.sentences(options.language)
        switch options.output {
        case .table:
            if let title = question.title.text(options.language) { options.console.data([title, ""]) }
            for line in lines {
                let indent = String(repeating: "  ", count: max(0, line.level - 1)) + (line.level == 0 ? "" : "- ")
                let rest = String(repeating: " ", count: indent.count)
                let wrapped = DisplayWidth.wrapped(line.text, to: options.console.width - indent.count)
                options.console.data(wrapped.enumerated().map { ($0.offset == 0 ? indent : rest) + $0.element })
            }
        case .json:
            let report: JSONValue = [
                "schema": "dure.explanation/1", "question": question.digest.json, "language": .string(options.language.rawValue),
                "lines": .array(lines.map(\.json)),
            ]
            options.console.data(report.text(indent: 2))
        case .csv:
            options.console.raw(
                CSVText.lines(
                    [["section", "level", "text", "where"]]
                        + lines.map { [$0.section.rawValue, String($0.level), $0.text, $0.pointer.description] }))
        }
    }
}
