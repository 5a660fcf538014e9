import ArgumentParser
import CanonicalJSON
import Coordinator
import Federation
import Foundation

struct ProjectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "project", abstract: "Add, show and close projects, their members and hospitals.",
        subcommands: [Add.self, List.self, Show.self, Member.self, Hospital.self, Close.self], defaultSubcommand: List.self)

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add a project.",
            discussion: """
                Hospitals decide by the purpose, which goes with every question, so it needs at least 80 characters.

                Example:
                  dure-coordinator project add P-0042 --title-en "Kawasaki disease" \\
                    --purpose-file purpose.txt --organisation ORG-0007 \\
                    --until 2026-12-31 --hospital KR-H-0011 \\
                    --hospital KR-H-0012 --member researcher1
                """)
        @OptionGroup var state: StateOptions
        @Argument(help: "The project's id: P- and capital letters, digits or hyphens.") var id: ProjectID
        @Option(help: "The title in English.") var titleEn: String?
        @Option(help: "The title in Korean.") var titleKo: String?
        @Option(help: "The purpose, at least 80 characters.") var purpose: String?
        @Option(help: "A file with the purpose.", completion: .file()) var purposeFile: String?
        @Option(
            name: .customLong("class"),
            help: "protocol-feasibility, trial-site-selection, method-development, public-health or education.")
        var purposeClass: ProjectStatement.PurposeClass = .protocolFeasibility
        @Option(help: "The requesting organisation's id.") var organisation: String
        @Option(help: "The last day on which questions may be asked.") var until: CalendarDay
        @Option(help: "How answers may be seen: named, coded, secure-total; may be given several times.") var mode:
            [ReleaseMode] = [.named]
        @Option(help: "A hospital that may be asked; may be given several times.") var hospital: [HospitalID] = []
        @Option(help: "A member's sign-in name; may be given several times.") var member: [String] = []

        func validate() throws {
            guard titleEn != nil || titleKo != nil else { throw ValidationError("Give --title-en, --title-ko or both.") }
            guard (purpose == nil) != (purposeFile == nil) else { throw ValidationError("Give --purpose or --purpose-file.") }
        }

        func run() async throws {
            try await Failure.reported {
                let office = try state.office()
                let statement = ProjectStatement(
                    id: id, title: BilingualText(ko: titleKo, en: titleEn), purpose: try text(), purposeClass: purposeClass,
                    organisation: organisation)
                let known = Set(try await office.people.list().map(\.login))
                if let stranger = member.first(where: { !known.contains($0) }) {
                    throw CoordinatorError(.notFound, "There is no person \(stranger).", advice: "`dure-coordinator user list`")
                }
                _ = try await office.projects.add(
                    statement, modes: mode, until: until, hospitals: hospital, by: Operator.actor)
                for login in member {
                    try await office.projects.setMember(id, login: login, isMember: true, by: Operator.actor)
                }
                Console.print(id.rawValue)
            }
        }

        private func text() throws -> String {
            if let purpose { return purpose }
            guard let purposeFile, let data = FileManager.default.contents(atPath: purposeFile), data.count <= 8_000 else {
                throw CoordinatorError(.notFound, "The purpose file cannot be read, or is longer than 8000 bytes.")
            }
            return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the projects.")
        @OptionGroup var state: StateOptions
        @OptionGroup var format: OutputOptions

        func run() async throws {
            try await Failure.reported(as: format.output) {
                let projects = try await state.office().projects.list()
                let now = CoordinatorClock.system.now
                Listing(
                    columns: ["PROJECT", "STATE", "UNTIL", "HOSPITALS", "MEMBERS", "TITLE"],
                    rows: projects.map {
                        [
                            $0.statement.id.rawValue, $0.isActive(at: now) ? "active" : "closed", "\($0.until)",
                            "\($0.hospitals.count)", "\($0.members.count)", $0.statement.title.text("en"),
                        ]
                    }
                ).print(format.output, json: ["projects": .array(projects.map { $0.json(at: now) })])
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show one project.")
        @OptionGroup var state: StateOptions
        @OptionGroup var format: OutputOptions
        @Argument(help: "The project's id.") var id: ProjectID

        func run() async throws {
            try await Failure.reported(as: format.output) {
                let project = try await state.office().projects.find(id)
                let now = CoordinatorClock.system.now
                Listing(
                    columns: ["FIELD", "VALUE"],
                    rows: [
                        ["id", id.rawValue], ["title", project.statement.title.text("en")],
                        ["state", project.isActive(at: now) ? "active" : "closed"], ["until", "\(project.until)"],
                        ["class", project.statement.purposeClass.rawValue], ["organisation", project.statement.organisation],
                        ["modes", project.modes.map(\.rawValue).joined(separator: ", ")],
                        ["hospitals", project.hospitals.map(\.rawValue).joined(separator: ", ")],
                        ["members", project.members.joined(separator: ", ")], ["purpose", project.statement.purpose],
                    ]
                ).print(format.output, json: project.json(at: now))
            }
        }
    }

    struct Member: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add a member to a project, or remove one.",
            discussion: """
                Examples:
                  dure-coordinator project member P-0042 researcher1
                  dure-coordinator project member P-0042 researcher1 --remove
                """)
        @OptionGroup var state: StateOptions
        @Argument(help: "The project's id.") var id: ProjectID
        @Argument(help: "The sign-in name.") var login: String
        @Flag(help: "Remove instead of adding.") var remove = false

        func run() async throws {
            try await Failure.reported {
                try await state.office().projects.setMember(id, login: login, isMember: !remove, by: Operator.actor)
            }
        }
    }

    struct Hospital: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let a project ask a hospital, or no longer.",
            discussion: "Example:\n  dure-coordinator project hospital P-0042 KR-H-0013")
        @OptionGroup var state: StateOptions
        @Argument(help: "The project's id.") var id: ProjectID
        @Argument(help: "The hospital.") var hospital: HospitalID
        @Flag(help: "Remove instead of adding. Questions already asked go on.") var remove = false

        func run() async throws {
            try await Failure.reported {
                try await state.office().projects.setHospital(id, hospital: hospital, isAsked: !remove, by: Operator.actor)
            }
        }
    }

    struct Close: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Close a project: nothing more is asked, and what still runs is stopped.",
            discussion: "Example:\n  dure-coordinator project close P-0042 --yes")
        @OptionGroup var state: StateOptions
        @Argument(help: "The project's id.") var id: ProjectID
        @Flag(help: "Do not ask.") var yes = false

        func run() async throws {
            try await Failure.reported {
                try Console.confirm("Close \(id) and stop its running questions?", yes: yes)
                let stopped = try await state.office().projects.close(id, by: Operator.actor)
                Console.note("Closed. \(stopped.count) running questions were stopped.")
            }
        }
    }
}

extension Project {
    fileprivate func json(at now: Timestamp) -> JSONValue {
        guard case .object(var object) = summary(at: now).json else { return .null }
        object["members"] = .array(members.map { .string($0) })
        return .object(object)
    }
}
