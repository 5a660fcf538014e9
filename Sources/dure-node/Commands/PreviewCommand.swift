import ArgumentParser
import CanonicalJSON
import Cohorts
@_spi(Hospital) import Disclosure
import Federation
import Foundation
import NodeAgent

struct PreviewCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "preview",
        abstract: "Show exactly what would leave this hospital for a question. Sends nothing.",
        discussion: """
            Asks the policy, evaluates the question, takes the result through the release gate, and prints the bytes of the answer on \
            standard output: exactly what would leave, but for the ids, the time and the signature that every answer has of its own. \
            Nothing is stored, sent or remembered.

            With --exact, and only on a terminal, the true values are shown beside the disclosed ones. They stay here: do not \
            copy them.

            Example: dure-node preview question.json --project P-0042 --exact
            """)

    @OptionGroup var options: NodeOptions

    @Argument(help: ArgumentHelp("A question (dure.question/1) or a cohort definition as ATLAS saves it; - for standard input."))
    var question: String

    @Option(name: .long, help: ArgumentHelp("Under which project it would be asked.", valueName: "id"))
    var project: String = "P-0000"

    @Option(name: .long, help: ArgumentHelp("The kind of use.", valueName: "purpose"))
    var purpose: String = ProjectStatement.PurposeClass.protocolFeasibility.rawValue

    @Option(name: .long, help: ArgumentHelp("The organisation that would ask.", valueName: "id"))
    var organisation: String = "ORG-0000"

    @Option(name: .long, help: ArgumentHelp("named or coded.", valueName: "mode"))
    var mode: String = ReleaseMode.named.rawValue

    @Flag(name: .long, help: "Show the true values too, on a terminal only.")
    var exact = false

    @Flag(name: .long, help: "Print the answer indented instead of the exact bytes.")
    var pretty = false

    func run() async throws {
        guard let id = ProjectID(rawValue: project) else { throw ValidationError("\(project) is not a project like P-0042.") }
        guard let use = ProjectStatement.PurposeClass(rawValue: purpose) else {
            throw ValidationError(
                "The purpose is one of: \(ProjectStatement.PurposeClass.allCases.map(\.rawValue).joined(separator: ", ")).")
        }
        guard let shown = ReleaseMode(rawValue: mode) else { throw ValidationError("The mode is named or coded.") }
        let preview = Preview(
            configuration: try NodeConfiguration(file: options.configurationFile), policy: try Policy(file: options.policyFile),
            state: try StateDirectory(options.stateDirectory))
        let result = try await preview.run(
            try read(), as: Preview.Asking(project: id, purpose: use, organisation: organisation, mode: shown))
        explain(result)
        if pretty, let value = try? JSONValue(parsing: result.bytes) {
            Terminal.print(value.text(indent: 2))
        } else {
            Terminal.print(String(decoding: result.bytes, as: UTF8.self))
        }
    }

    private func read() throws -> FeasibilityQuestion {
        let data =
            question == "-" ? FileHandle.standardInput.readDataToEndOfFile() : FileManager.default.contents(atPath: question)
        guard let data else { throw ValidationError("\(question) cannot be read.") }
        do throws(CohortError) {
            return try FeasibilityQuestion(parsing: data)
        } catch {
            throw NodeError(.question, "\(question): \(error.message)", advice: error.advice)
        }
    }

    private func explain(_ result: Preview.Result) {
        let say = options.language
        Terminal.say(
            say(
                "Only the \(result.bytes.count) bytes on standard output would leave this hospital. No patient-level rows are included.",
                "표준 출력의 \(result.bytes.count)바이트만 병원 밖으로 나갑니다. 환자 단위 자료는 포함되지 않습니다."))
        for rule in result.rules { Terminal.say("  \(rule)") }
        switch result.outcome {
        case .declined(let code, let places):
            Terminal.say(say("Declined: ", "거절: ") + code.rawValue + places.map { " \($0)" }.joined())
        case .unavailable(let why, let detail):
            Terminal.say(say("Cannot be known here: ", "조회 불가: ") + why.rawValue + (detail.map { " (\($0))" } ?? ""))
        case .failed(let why): Terminal.say(say("Failed: ", "실패: ") + why.rawValue)
        case .answered, .masked:
            if result.isRepeat {
                Terminal.say(say("The same answer has left before and would be repeated.", "동일한 응답이 이미 제공되었으며 그대로 반복됩니다."))
            }
        }
        guard exact else { return }
        guard Terminal.isWatched else {
            return Terminal.say(say("True values are shown on a terminal only.", "실제 값은 터미널에만 표시합니다."))
        }
        Terminal.say(say("TRUE VALUES: they stay in this hospital. Do not copy them.", "실제 값: 병원 밖으로 반출 금지."))
        for line in result.lines {
            let value = line.exact.map { "\($0.value)" } ?? "-"
            Terminal.say("  \(value.padding(toLength: 12, withPad: " ", startingAt: 0)) \(line.place)")
        }
    }
}
