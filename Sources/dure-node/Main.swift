import ArgumentParser
import CanonicalJSON
import Foundation
import NodeAgent

/// The hospital's program. `Main` only lists the commands and turns errors into words and exit codes.
@main
struct DureNode: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dure-node",
        abstract: "Answers cohort-count questions from this hospital's own data, under this hospital's policy.",
        discussion: """
            A first installation, in order:
              dure-node init              writes commented node.yaml and policy.yaml
              dure-node index build       makes the index that questions are answered from
              dure-node enrol --code ...  with a one-time code from the coordinator
              dure-node doctor            says what is still missing and what to do
              dure-node run               the daemon (systemd starts it like this)

            Exit codes: 0 done; 1 failed; 4 refused by the coordinator; 11 a signature, digest or chain does not hold; \
            64 wrong usage; 69 coordinator or store unavailable; 75 try again later; 78 configuration (systemd must not \
            restart). Data goes to standard output, everything else to standard error.
            """,
        version: NodeSoftware.version,
        groupedSubcommands: [
            CommandGroup(
                name: "The daemon",
                subcommands: [
                    InitCommand.self, EnrolCommand.self, DoctorCommand.self, RunCommand.self, StatusCommand.self,
                    PauseCommand.self, ResumeCommand.self, StopEverythingCommand.self, LiftCommand.self, BackupCommand.self,
                ]),
            CommandGroup(
                name: "What leaves",
                subcommands: [
                    RequestsCommand.self, PreviewCommand.self, CatalogueCommand.self, PolicyCommand.self, CourierCommand.self,
                    TotalsEntryCommand.self,
                    LogCommand.self,
                ]),
            CommandGroup(
                name: "The store (exact values, which stay in the hospital)",
                subcommands: [
                    ImportCommand.self, IndexCommand.self, RefreshCommand.self, EvaluateCommand.self, ExplainCommand.self,
                    QualityCommand.self, SuppressCommand.self,
                ]),
            CommandGroup(name: "Trying it out", subcommands: [SynthesiseCommand.self]),
        ])

    static func main() async {
        do {
            var command = try parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch let error as NodeError {
            Complaint(error).leave()
        } catch {
            exit(withError: error)
        }
    }
}

/// A node's error on its way to a person or a program, and out.
struct Complaint {
    let error: NodeError

    init(_ error: NodeError) { self.error = error }

    func leave() -> Never {
        let isJSON = CommandLine.arguments.contains { $0 == "json" || $0 == "--output=json" }
        if isJSON {
            let hint = ([error.advice] + error.problems.map(\.description)).joined(separator: "\n")
            let object: JSONValue = [
                "error": ["code": .string(error.code.rawValue), "message": .string(error.message), "hint": .string(hint)]
            ]
            Terminal.say(object.text())
        } else {
            Terminal.say("dure-node: \(error)")
        }
        Foundation.exit(code)
    }

    private var code: Int32 {
        switch error.code {
        // A restart by the service manager would not help.
        case .configuration, .file, .enrolment: 78
        case .state, .question, .desk, .backup: 1
        case .locked, .diskFull, .stopped: 75
        case .unreachable, .store: 69
        case .refused, .identityConflict: 4
        case .integrity: 11
        }
    }
}
