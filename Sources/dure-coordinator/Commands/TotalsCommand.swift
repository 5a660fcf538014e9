import ArgumentParser
import CanonicalJSON
import Coordinator
import Federation
import Foundation

struct TotalsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "totals",
        abstract: "Draw up, load and show the roster of consortium totals.",
        discussion: """
            A total is only opened for hospitals, and by a guardian, that two officers have signed for:

              dure-coordinator totals draft --guardian guardian.json --hospital KR-H-0009 ... > roster.json
              dure-coordinator totals draft --entry KR-H-0009.json --entry ... > roster.json    (without a guardian)
              dure totals sign roster.json --key officer-1.key      (each officer, on a machine of their own)
              dure-coordinator totals load roster.json
            """,
        subcommands: [Draft.self, Load.self, Show.self, Key.self], defaultSubcommand: Show.self)

    struct Draft: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print what the officers are asked to sign: hospitals with their enrolled keys, and the guardian.",
            discussion: """
                Without --guardian the hospitals open totals together: give what each hospital's `dure-node totals-entry` \
                printed with --entry. More than two thirds of them must then be in a total and agree to it.
                """)
        @OptionGroup var state: StateOptions
        @Option(help: "What `dure-guardian show` printed.", completion: .file(extensions: ["json"])) var guardian: String?
        @Option(
            help: "Without a guardian: what a hospital's `dure-node totals-entry` printed; may be given several times.",
            completion: .file(extensions: ["json"]))
        var entry: [String] = []
        @Option(help: "A hospital that takes part; may be given several times.") var hospital: [HospitalID] = []
        @Option(help: "Fewest hospitals in a total.") var minimum = 5
        @Flag(help: "All hospitals agreed in writing to totals of fewer than five (three at least).") var writtenMinimum = false

        func validate() throws {
            guard (guardian == nil) != entry.isEmpty, entry.isEmpty || hospital.isEmpty else {
                throw ValidationError("Give --guardian with --hospital, or --entry for each hospital.")
            }
        }

        func run() async throws {
            try await Failure.reported {
                let roster = try await draft(try state.office())
                let opener = roster.guardian.map { "guardian \($0.id) with key \($0.key.fingerprint)" }
                Console.note(
                    "\(roster.members.count) hospitals, "
                        + (opener ?? "no guardian: at least \(roster.fewest) of them in a total") + ".")
                Console.print(roster.json.text(indent: 2))
            }
        }

        private func draft(_ office: CoordinatorOffice) async throws -> TotalsRoster {
            let consortium = office.configuration.consortiumID
            guard let guardian else {
                return try await office.totals.draft(
                    consortium: consortium, peers: try entry.map { try TotalsFile.read($0, TotalsRoster.Member.self) },
                    minimum: minimum, isWrittenMinimum: writtenMinimum)
            }
            return try await office.totals.draft(
                consortium: consortium, guardian: try TotalsFile.read(guardian, TotalsRoster.Guardian.self), hospitals: hospital,
                minimum: minimum, isWrittenMinimum: writtenMinimum)
        }
    }

    struct Load: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a signed totals roster the current one. Totals already asked for keep theirs.")
        @OptionGroup var state: StateOptions
        @Argument(help: "The file, signed by two officers.", completion: .file(extensions: ["json"])) var file: String

        func run() async throws {
            try await Failure.reported {
                let roster = try await state.office().totals.load(
                    TotalsFile.read(file, CosignedRoster.self), by: Operator.actor)
                Console.note("Version \(roster.version) of the totals roster is in force: \(roster.members.count) hospitals.")
                Console.print(roster.digest.text)
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Print the totals roster in force, with its signatures.")
        @OptionGroup var state: StateOptions

        func run() async throws {
            try await Failure.reported {
                guard let roster = try await state.office().totals.current() else {
                    throw CoordinatorError(
                        .notFound, "No totals roster was loaded.", advice: "`dure-coordinator totals draft` begins one.")
                }
                Console.print(roster.json.text(indent: 2))
            }
        }
    }

    struct Key: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print the coordinator's public key, which a guardian is set up with.")
        @OptionGroup var state: StateOptions

        func run() async throws {
            try await Failure.reported {
                let key = try state.office().keys.signing.verificationKey
                Console.note("Fingerprint \(key.fingerprint)")
                Console.print(Hex.encode(key.bytes))
            }
        }
    }
}

/// Reads one message from a file.
enum TotalsFile {
    static func read<Content: JSONDecodable>(_ path: String, _: Content.Type) throws -> Content {
        guard let data = FileManager.default.contents(atPath: path), data.count <= 8 << 20 else {
            throw CoordinatorError(.notFound, "\(path) cannot be read.", advice: "Check the path.")
        }
        do throws(JSONError) {
            return try Content(from: JSONReader(JSONValue(parsing: data)))
        } catch {
            throw CoordinatorError(
                .configuration, "\(path): \(error.description)", advice: error.advice, pointer: error.pointer.description)
        }
    }
}
