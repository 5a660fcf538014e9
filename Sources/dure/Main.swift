import ArgumentParser
import Client
import Foundation

@main
struct Dure: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dure",
        abstract: "Ask how many patients fit, at every hospital of a consortium, without a patient record leaving one.",
        discussion: """
            A question is a cohort definition as ATLAS saves it, or a dure.question/1 file with a title and a breakdown. \
            Each hospital answers from its own data under its own policy; small counts stay hidden.

            Data goes to stdout, everything else to stderr. Exit codes: 0 complete, 1 failed, 2 cancelled, 4 sign in, \
            5 not found, 6 a hospital gave no counts, 7 still running, 8 waiting for a person, 9 declined everywhere, \
            10 all hidden (--fail-if-hidden), 11 integrity, 64 usage, 65 bad input file, 69 coordinator not reachable, \
            75 try again later, 78 configuration.

            Shell completion: dure --generate-completion-script bash|zsh|fish
            """,
        version: DureClient.software,
        subcommands: [
            Login.self, Logout.self, Whoami.self, QueryCommands.self, ResultCommands.self, ProjectCommands.self,
            NodeCommands.self, CatalogueCommands.self, TotalsCommands.self, BundleCommands.self, AuditCommands.self,
            DemoCommand.self,
        ])

    static func main() async {
        do {
            var command = try parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch let error as ClientError {
            Console.standard.report(error, asJSON: CommandLine.arguments.contains("json"))
            Foundation.exit(error.status.rawValue)
        } catch {
            exit(withError: error)
        }
    }
}
