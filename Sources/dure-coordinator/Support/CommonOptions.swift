import ArgumentParser
import Coordinator
import Foundation

/// Where the coordinator lives. Every command takes it.
struct StateOptions: ParsableArguments {
    @Option(
        name: .long,
        help: "The coordinator's folder. Default: $STATE_DIRECTORY, or ./coordinator.")
    var stateDir: String?

    var directory: StateDirectory {
        let environment = ProcessInfo.processInfo.environment
        return StateDirectory(path: stateDir ?? environment["STATE_DIRECTORY"] ?? "coordinator")
    }

    /// Opens the coordinator in the folder.
    func office() throws -> CoordinatorOffice { try CoordinatorOffice(directory) }
}

/// Who runs the command, for the audit log: the account on this machine.
enum Operator {
    static var actor: AuditActor { .operatorAccount(NSUserName()) }
}
