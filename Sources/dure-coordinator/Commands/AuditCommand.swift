import ArgumentParser
import CanonicalJSON
import Coordinator
import Federation

struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "Check and read the audit log.", subcommands: [Verify.self, Show.self, Heads.self],
        defaultSubcommand: Verify.self)

    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Follow the hash chain from the first line to the last.",
            discussion: """
                Prints the number of lines and the digest of the last one. Keep both elsewhere: that the end was cut off shows only \
                by comparing. Ends with 11 where the chain is broken.
                """)
        @OptionGroup var state: StateOptions
        @OptionGroup var format: OutputOptions

        func run() async throws {
            try await Failure.reported(as: format.output) {
                let found = try await state.office().audit.verify()
                Listing(columns: ["LINES", "HEAD"], rows: [["\(found.count)", found.head.text]]).print(
                    format.output, json: ["lines": .int(found.count), "head": found.head.json])
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print the last lines of the log, one JSON object each.",
            discussion: "Example:\n  dure-coordinator audit show --action query.create --limit 20")
        @OptionGroup var state: StateOptions
        @Option(help: "Only lines of this action.") var action: String?
        @Option(help: "How many lines.") var limit = 100

        func run() async throws {
            try await Failure.reported {
                for line in try await state.office().audit.entries(action: action, limit: limit) { Console.print(line) }
            }
        }
    }
}

extension AuditCommand {
    struct Heads: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print what a hospital's node has signed about its own log, one signed document a line.",
            discussion: """
                `dure audit verify LOG --heads FILE` holds a log of the hospital's (`dure-node log export`) against it: what was cut \
                off, changed or reordered since shows, and where.
                """)
        @OptionGroup var state: StateOptions
        @Option(help: "The hospital.") var hospital: HospitalID

        func run() async throws {
            try await Failure.reported {
                for head in try await state.office().auditHeads.all(of: hospital) { Console.print(head.json.text()) }
            }
        }
    }
}
