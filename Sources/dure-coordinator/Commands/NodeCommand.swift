import ArgumentParser
import CanonicalJSON
import Coordinator
import Federation

struct NodeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "node", abstract: "See the hospitals' nodes; release or revoke one.",
        subcommands: [List.self, Show.self, Release.self, Revoke.self], defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List every hospital of the roster and how its node stands.",
            discussion: "Last contact and last answer are different facts; never-seen is a state of its own.")
        @OptionGroup var state: StateOptions
        @OptionGroup var format: OutputOptions

        func run() async throws {
            try await Failure.reported(as: format.output) {
                let nodes = try await state.office().nodeSummaries()
                Listing(
                    columns: ["HOSPITAL", "STATE", "LAST CONTACT", "LAST ANSWER", "DATA", "SOFTWARE", "NAME"],
                    rows: nodes.map { node in
                        [
                            node.node.rawValue, node.standing.rawValue, node.lastContact.map { "\($0)" } ?? "never",
                            node.lastAnswer.map { "\($0)" } ?? "never", node.health?.provenance?.dataRelease ?? "",
                            node.health?.software ?? "", node.name?.text("en") ?? "",
                        ]
                    }
                ).print(format.output, json: ["nodes": .array(nodes.map(\.json))])
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show one node.")
        @OptionGroup var state: StateOptions
        @OptionGroup var format: OutputOptions
        @Argument(help: "The hospital.") var hospital: HospitalID

        func run() async throws {
            try await Failure.reported(as: format.output) {
                let node = try await state.office().nodes.find(hospital)
                Listing(columns: ["FIELD", "VALUE"], rows: node.fields).print(
                    format.output, json: .object(JSONObject(node.fields.map { ($0[0], .string($0[1])) })))
            }
        }
    }

    struct Release: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lift the quarantine of a node whose identity was in two hands.",
            discussion: """
                First find out, with the hospital, which process is the right one, and stop the other. The next process that shows \
                up is the one believed.

                Example:
                  dure-coordinator node release KR-H-0012
                """)
        @OptionGroup var state: StateOptions
        @Argument(help: "The hospital.") var hospital: HospitalID

        func run() async throws {
            try await Failure.reported { try await state.office().nodes.release(hospital, by: Operator.actor) }
        }
    }

    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Withdraw a node's enrolment; no certificate of it is accepted from this moment on.",
            discussion: "Example:\n  dure-coordinator node revoke KR-H-0012 --reason \"agreement ended\" --yes")
        @OptionGroup var state: StateOptions
        @Argument(help: "The hospital.") var hospital: HospitalID
        @Option(help: "Why, for the record.") var reason: String
        @Flag(help: "Do not ask.") var yes = false

        func run() async throws {
            try await Failure.reported {
                try Console.confirm("Withdraw the enrolment of \(hospital)?", yes: yes)
                try await state.office().nodes.revoke(hospital, reason: reason, by: Operator.actor)
            }
        }
    }
}

extension NodeRecord {
    /// What is known, a line each.
    fileprivate var fields: [[String]] {
        [
            ["hospital", hospital.rawValue], ["state", state.rawValue], ["since", "\(stateSince)"], ["reason", reason],
            ["enrolled", "\(enrolledAt)"], ["signingKey", signingKey.fingerprint],
            ["certificateExpires", certificateExpires.map { "\($0)" } ?? ""],
            ["lastContact", lastContact.map { "\($0)" } ?? "never"], ["lastAnswer", lastAnswer.map { "\($0)" } ?? "never"],
            ["clockAheadSeconds", clockAhead.map { "\($0)" } ?? ""], ["software", health?.software ?? ""],
            ["dataRelease", health?.provenance?.dataRelease ?? ""], ["policy", health?.policy.text ?? ""],
            ["waiting", health.map { "\($0.waiting)" } ?? ""],
        ]
    }
}
