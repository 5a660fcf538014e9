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
              dure totals sign roster.json --key officer-1.key      (each officer, on a machine of their own)
              dure-coordinator totals load roster.json
            """,
        subcommands: [Draft.self, Load.self, Show.self, Key.self], defaultSubcommand: Show.self)

    struct Draft: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print what the officers are asked to sign: hospitals with their enrolled keys, and the guardian.")
        @OptionGroup var state: StateOptions
        @Option(help: "What `dure-guardian show` printed.", completion: .file(extensions: ["json"])) var guardian: String
        @Option(help: "A hospital that takes part; may be given several times.") var hospital: [HospitalID] = []
        @Option(help: "Fewest hospitals in a total.") var minimum = 5
        @Flag(help: "All hospitals agreed in writing to totals of fewer than five (three at least).") var writtenMinimum = false

        func run() async throws {
            try await Failure.reported {
                let office = try state.office()
                let entry = try TotalsFile.read(guardian, TotalsRoster.Guardian.self)
                let roster = try await office.totals.draft(
                    consortium: office.configuration.consortiumID, guardian: entry, hospitals: hospital, minimum: minimum,
                    isWrittenMinimum: writtenMinimum)
                Console.note("\(roster.members.count) hospitals, guardian \(entry.id) with key \(entry.key.fingerprint).")
                Console.print(roster.json.text(indent: 2))
            }
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
