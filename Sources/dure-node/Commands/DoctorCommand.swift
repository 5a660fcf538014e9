import ArgumentParser
import CanonicalJSON
import Foundation
import NodeAgent

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Look at everything that the node needs and say what to do.",
        discussion: """
            Looks at the configuration, policy, state directory, disk, store, index, audit log, file permissions, systemd \
            credentials, metrics, certificate, signatures, proxy, coordinator and clock, in this order. The report holds no secret and no number of patients: it is safe to paste into a ticket. \
            Changes nothing, and works beside a running daemon.

            Exit codes: 0 nothing failed; 78 configuration or policy; 69 store or coordinator; 1 something else.
            """)

    @OptionGroup var options: NodeOptions

    @Option(name: .long, help: "table or json.")
    var output: OutputFormat = .table

    func run() async throws {
        let findings = await Doctor(
            configurationFile: options.configurationFile, policyFile: options.policyFile, stateDirectory: options.stateDirectory
        ).examine()
        switch output {
        case .json:
            let object: JSONValue = ["schema": "dure.doctor/1", "findings": findings.json]
            Terminal.print(object.text(indent: 2))
        case .table:
            for finding in findings { show(finding) }
        }
        let failed = findings.filter { $0.state == .failed }.map(\.check)
        if failed.isEmpty { return }
        if failed.contains("configuration") || failed.contains("policy") { throw ExitCode(78) }
        throw ExitCode(failed.contains("store") || failed.contains("coordinator") ? 69 : 1)
    }

    private func show(_ finding: Doctor.Finding) {
        let word =
            switch finding.state {
            case .ok: "ok     "
            case .warning: options.language("warning", "주의   ")
            case .failed: options.language("FAILED ", "실패   ")
            case .notRun: options.language("not run", "미실행 ")
            }
        let check = finding.check.padding(toLength: 14, withPad: " ", startingAt: 0)
        Terminal.print("\(word)  \(check) \(finding.message)")
        if !finding.advice.isEmpty { Terminal.print("                        -> \(finding.advice)") }
    }
}
