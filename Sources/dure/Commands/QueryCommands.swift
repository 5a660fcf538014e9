import ArgumentParser
import CanonicalJSON
import Client
import Cohorts
import Federation
import TerminalText

struct QueryCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "query", abstract: "Check, ask, follow and cancel questions.",
        subcommands: [
            QueryLint.self, QueryExplain.self, QueryHash.self, QueryRun.self, QueryStatusCommand.self, QueryListCommand.self,
            QueryCancel.self,
        ])
}

struct QueryHash: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hash", abstract: "The hash of a question: what is asked, whatever it is titled. Needs no network.")
    @Argument(help: "The question; - reads standard input.", completion: .file(extensions: ["json"]))
    var file: String
    @OptionGroup var options: CommonOptions

    func run() async throws {
        let question = try QuestionFile(file).question()
        let cohort = Digest256(of: question.cohort.canonicalBytes)
        switch options.output {
        case .json:
            options.console.data(JSONValue.object(["question": question.digest.json, "cohort": cohort.json]).text(indent: 2))
        case .csv: options.console.raw(CSVText.lines([["question", "cohort"], [question.digest.text, cohort.text]]))
        case .table: options.console.data(question.digest.text)
        }
    }
}
