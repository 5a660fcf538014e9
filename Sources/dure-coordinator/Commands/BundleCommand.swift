import ArgumentParser
import CanonicalJSON
import Coordinator
import Federation
import Foundation

/// The coordinator's half of the courier.
struct BundleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bundle",
        abstract: "Carry questions to hospitals without a network, and their answers back, as text files.",
        subcommands: [Export.self, Import.self, List.self, Verify.self], defaultSubcommand: List.self)

    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Put what waits for a hospital into one text file.",
            discussion: """
                Questions, receipts, certificates and cancellations. The file begins with plain words in Korean and English about \
                what is in it. Read its fingerprint to the hospital over the telephone.

                Examples:
                  dure-coordinator bundle export --hospital KR-H-0012 --to /media/carry
                  dure-coordinator bundle export --again B-7F3K-92QD-1234 --to /media/carry
                """)
        @OptionGroup var state: StateOptions
        @Option(help: "The hospital.") var hospital: HospitalID?
        @Option(help: "A file that was made before: its medium was lost.") var again: String?
        @Option(help: "The folder to write to.") var to: String
        @Option(help: "How many printed pages of 60 lines it may fill.") var maxPages = 40
        @Option(help: "The file's extension, as the gateway wants it.") var `extension` = "json"

        func validate() throws {
            guard (hospital == nil) != (again == nil) else { throw ValidationError("Give --hospital or --again.") }
        }

        func run() async throws {
            try await Failure.reported {
                let courier = try state.office().courier
                if let again {
                    guard let id = BundleID(rawValue: again) else { throw ValidationError("\(again) is no bundle.") }
                    return try write(try await courier.again(id), id)
                }
                guard let hospital, let made = try await courier.export(to: hospital, pages: maxPages, by: Operator.actor) else {
                    return Console.note("Nothing waits for \(hospital?.rawValue ?? "the hospital").")
                }
                try write(made.file, made.id)
                Console.note("\(made.tickets) questions, \(made.replies) receipts and certificates, \(made.file.pages) pages.")
            }
        }

        private func write(_ file: CourierFile, _ id: BundleID) throws {
            let path = "\(to)/\(id).\(`extension`)"
            guard FileManager.default.createFile(atPath: path, contents: Data(file.text.utf8)) else {
                throw CoordinatorError(.unavailable, "\(path) could not be written.", advice: "Check the folder.")
            }
            Console.print(path)
            Console.note("Fingerprint, for the telephone: \(file.fingerprint)")
        }
    }

    struct Import: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "import", abstract: "Take a hospital's file in.",
            discussion: "Taking it in twice changes nothing. Ends with 1 where something in it was refused.")
        @OptionGroup var state: StateOptions
        @Argument(help: "The file.") var file: String

        func run() async throws {
            try await Failure.reported {
                guard let bytes = FileManager.default.contents(atPath: file) else {
                    throw ValidationError("\(file) cannot be read.")
                }
                let taken = try await state.office().courier.take(bytes, by: Operator.actor)
                Console.note("\(taken.id) of \(taken.hospital), fingerprint \(taken.fingerprint)")
                if taken.isKnown { return Console.note("It was taken in before; nothing was done.") }
                for ticket in taken.answers { Console.print(ticket.rawValue) }
                if taken.hasCertificate {
                    Console.note("A certificate was issued: `bundle export --hospital \(taken.hospital)` makes its file.")
                }
                for refused in taken.refused { Console.note("refused: \(refused)") }
                if !taken.refused.isEmpty { throw ExitCode(1) }
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the carried files and how many of their questions have not come back.")
        @OptionGroup var state: StateOptions
        @OptionGroup var format: OutputOptions

        func run() async throws {
            try await Failure.reported(as: format.output) {
                let files = try await state.office().courier.list()
                Listing(
                    columns: ["BUNDLE", "HOSPITAL", "WAY", "AT", "OPEN", "FINGERPRINT"],
                    rows: files.map {
                        [$0.id.rawValue, $0.hospital.rawValue, $0.direction, "\($0.at)", "\($0.open)", $0.fingerprint]
                    }
                ).print(
                    format.output,
                    json: [
                        "bundles": .array(
                            files.map {
                                [
                                    "id": $0.id.json, "hospital": $0.hospital.json, "direction": .string($0.direction),
                                    "at": $0.at.json, "open": .int($0.open), "fingerprint": .string($0.fingerprint),
                                ]
                            })
                    ])
            }
        }
    }

    struct Verify: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say what a carried file claims to be, and its fingerprint. Changes nothing.")
        @Argument(help: "The file.") var file: String

        func run() throws {
            guard let bytes = FileManager.default.contents(atPath: file) else { throw ValidationError("\(file) cannot be read.") }
            let carried = try CourierFile(parsing: bytes)
            let bundle = try CourierBundle(from: JSONReader(carried.document.payload))
            Console.print("\(bundle.id)  \(bundle.sender.text) -> \(bundle.recipient.text)  until \(bundle.notAfter)")
            Console.print("\(carried.fingerprint)  (key \(carried.document.keyName), \(carried.pages) pages)")
            for document in bundle.documents { Console.print("  \(document.type)  \(document.digest.short)") }
        }
    }
}
