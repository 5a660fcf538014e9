import ArgumentParser
import Coordinator

/// `dure-coordinator`: the consortium's server and the commands of those who run it.
@main
struct DureCoordinator: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dure-coordinator",
        abstract: "Coordinate feasibility questions among the hospitals of a consortium.",
        discussion: """
            The coordinator keeps projects, people and enrolled nodes, hands signed questions to the hospitals' nodes, and adds up the \
            counts that they disclose. It never sees a patient or an exact count.

            Begin with `dure-coordinator init`, then `run` it, load a roster, make enrolment codes for the hospitals, and add \
            projects and people. Every command but `run` may be used while the coordinator runs.

            Data goes to standard output, everything else to standard error. Exit codes: 0 done, 1 failed, 4 sign-in rejected, \
            5 not found, 11 integrity, 64 usage, 69 unavailable, 75 try again, 78 configuration.
            """,
        version: "\(CoordinatorRoom.name) \(CoordinatorRoom.version)",
        subcommands: [
            Init.self, Run.self, EnrolCode.self, RosterCommand.self, UserCommand.self, ProjectCommand.self, NodeCommand.self,
            TotalsCommand.self, AuditCommand.self, BundleCommand.self, Backup.self,
        ])
}
