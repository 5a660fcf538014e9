import ArgumentParser
import CanonicalJSON
import Foundation
import NodeAgent

struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Say how the node is.",
        discussion: """
            Connection, queue, policy, data release, certificate, clock, and the last problem with what to do about it. Reads the \
            state directory only: it works whether or not the daemon runs.

            Exit codes: 0 running or paused; 1 not running; 4 shut out by the coordinator.
            """)

    @OptionGroup var options: NodeOptions

    @Option(name: .long, help: "table or json.")
    var output: OutputFormat = .table

    func run() async throws {
        let report = try await StatusReport(state: try StateDirectory(options.stateDirectory))
        switch output {
        case .json: Terminal.print(report.json.text(indent: 2))
        case .table:
            for line in report.lines(korean: options.language == .ko) { Terminal.print(line) }
        }
        if !report.isRunning { throw ExitCode(1) }
        if report.isShutOut { throw ExitCode(4) }
    }
}
