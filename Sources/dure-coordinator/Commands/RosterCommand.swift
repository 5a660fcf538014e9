import ArgumentParser
import CanonicalJSON
import Coordinator
import Federation

struct RosterCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "roster", abstract: "Show, check and load the roster of consortia and hospitals.",
        subcommands: [Show.self, Load.self, Verify.self], defaultSubcommand: Show.self)

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show the members of each consortium on a day.",
            discussion: "Example:\n  dure-coordinator roster show --as-of 2021-06-30 --output csv")
        @OptionGroup var state: StateOptions
        @OptionGroup var format: OutputOptions
        @Option(help: "The day (2026-11-22). Default: today.")
        var asOf: CalendarDay?

        func run() async throws {
            try await Failure.reported(as: format.output) {
                guard let version = try await state.office().rosters.current() else {
                    throw CoordinatorError(.notFound, "No roster was loaded.", advice: "`dure-coordinator roster load FILE`")
                }
                Console.note(version.roster.notice)
                RosterTable.print(version.roster, on: asOf, format.output)
            }
        }
    }

    struct Load: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a roster file the current roster.",
            discussion: """
                The file is YAML or JSON (schema dure.roster/1). Earlier rosters are kept: a result names the one it was asked against.

                Example:
                  dure-coordinator roster load nodes/roster.kr-example.yaml
                """)
        @OptionGroup var state: StateOptions
        @Argument(help: "The file.", completion: .file(extensions: ["yaml", "json"]))
        var file: String

        func run() async throws {
            try await Failure.reported {
                let version = try await state.office().rosters.load(RosterRegister.read(file: file), by: Operator.actor)
                Console.note("Roster \(version.number) is in force: \(version.roster.consortia.count) consortia.")
                Console.print(version.roster.digest.text)
            }
        }
    }

    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Check a roster file without loading it.",
            discussion: "Example:\n  dure-coordinator roster verify nodes/roster.kr-example.yaml --as-of 2021-12-31")
        @OptionGroup var format: OutputOptions
        @Argument(help: "The file.", completion: .file(extensions: ["yaml", "json"]))
        var file: String
        @Option(help: "Also show the members on that day.")
        var asOf: CalendarDay?

        func run() async throws {
            try await Failure.reported(as: format.output) {
                let roster = try RosterRegister.read(file: file)
                for problem in roster.problems { Console.note(problem) }
                for declared in roster.declared {
                    let listed = roster.members(on: declared.date).count
                    Console.note(
                        "On \(declared.date): \(listed) hospitals are listed, \(declared.hospitals) were declared (\(declared.source))."
                    )
                }
                if let asOf { RosterTable.print(roster, on: asOf, format.output) }
                guard roster.problems.isEmpty else { throw ExitCode(78) }
                Console.note("The roster is consistent.")
            }
        }
    }
}

/// The members of each consortium on a day.
enum RosterTable {
    static func print(_ roster: Roster, on day: CalendarDay?, _ format: OutputFormat) {
        guard let day = day ?? CalendarDay(CoordinatorClock.system.now.day) else { return }
        let rows = roster.consortia.flatMap { consortium in
            consortium.members(on: day).map { hospital in
                [
                    consortium.id, hospital.rawValue, hospital == consortium.lead(on: day) ? "lead" : "member",
                    roster.name(of: hospital)?.text("ko") ?? "", roster.name(of: hospital)?.text("en") ?? "",
                ]
            }
        }
        Listing(columns: ["CONSORTIUM", "HOSPITAL", "ROLE", "NAME (KO)", "NAME (EN)"], rows: rows)
            .print(
                format,
                json: ["asOf": .string("\(day)"), "roster": roster.json, "members": .array(roster.members(on: day).map(\.json))])
    }
}
