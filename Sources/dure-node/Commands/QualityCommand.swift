import ArgumentParser
import CanonicalJSON
import Foundation
import NodeAgent

/// `dure-node quality`: what is wrong with the data, for the people who load it.
struct QualityCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quality",
        abstract: "Check the data of the index that the node answers from.",
        discussion: """
            Checks in the spirit of OHDSI's DataQualityDashboard: whether the data has the form that the model asks for \
            (conformance), whether something is missing (completeness), and whether values can be true (plausibility). Each \
            passes, fails, or is not run for a reason that is told; none passes in silence. A check fails where more than its \
            threshold, in percent, fails. The store is not read.

            The numbers are exact counts of this hospital's records: they must not leave the hospital.

            Exit codes: 0 every check that was run passed; 1 at least one failed; 69 there is no index.
            """)

    @OptionGroup var options: NodeOptions

    @Option(name: .long, help: "table or json.")
    var output: OutputFormat = .table

    @Flag(name: .long, help: "Show the checks that passed and those that were not run, too.")
    var all = false

    func run() throws {
        try LocalEvaluation.refuseInsideDaemon()
        Interrupt.listen()
        let report = try QualityReport.make(
            try NodeConfiguration(file: options.configurationFile), state: try StateDirectory(options.stateDirectory),
            isCancelled: { Interrupt.wasAsked })
        Terminal.say(
            options.language("Exact counts of this hospital: they must not leave it.", "병원 내부의 정확한 수치: 반출 금지."))
        switch output {
        case .json: Terminal.print(report.json.text(indent: 2))
        case .table: print(report)
        }
        if report.results.contains(where: { $0.state == .fail }) { throw ExitCode(1) }
    }

    private func print(_ report: QualityReport) {
        for category in QualityCategory.allCases {
            let counts = QualityResult.State.allCases.map { "\(word($0)) \(report.count(category, $0))" }
            Terminal.print(
                "\(category.rawValue.padding(toLength: 14, withPad: " ", startingAt: 0))\(counts.joined(separator: "  "))")
        }
        for result in report.results where all || result.state == .fail {
            Terminal.print("\(word(result.state))  \(result.check)  \(result.table ?? "-")  \(detail(result))")
        }
    }

    private func detail(_ result: QualityResult) -> String {
        if let reason = result.reason { return reason }
        guard let failing = result.failing, let of = result.of, let percent = result.percent else { return "" }
        let share = String(format: "%.2f", percent)
        return "\(failing) / \(of) = \(share) % " + options.language("(allowed", "(허용") + " \(result.threshold) %)"
    }

    private func word(_ state: QualityResult.State) -> String {
        switch state {
        case .pass: options.language("pass", "통과")
        case .fail: options.language("fail", "실패")
        case .notRun: options.language("not run", "미실행")
        }
    }
}
