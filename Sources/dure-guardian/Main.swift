import ArgumentParser
import CanonicalJSON
import Daemon
import Federation
import Foundation
import Guardian
import Logging
import ServiceLifecycle
import UnixSignals

/// `dure-guardian`: opens consortium totals, and nothing else.
@main
struct DureGuardian: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: GuardianRoom.name,
        abstract: "Open consortium totals without seeing a hospital's number, or a total.",
        discussion: """
            Run it at a party that is neither the coordinator nor its operator, such as one hospital's data office. It dials out \
            and listens nowhere. Its folder holds two keys and the memory of what was opened: keep all of it in one backup.

            Begin with `dure-guardian init`; give what `dure-guardian show` prints to the officers, who put it on the totals \
            roster; then `run` it. Exit codes: 0 done, 1 failed, 11 integrity, 64 usage, 69 unavailable, 78 configuration.
            """,
        version: "\(GuardianRoom.name) \(GuardianRoom.version)",
        subcommands: [Init.self, Show.self, Run.self, Log.self])

    /// Ends the program with the error's exit code, its words on standard error.
    static func reported(_ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch let error as GuardianError {
            FileHandle.standardError.write(Data("error: \(error.message)\n  \(error.advice)\n".utf8))
            let status: Int32 =
                switch error.code {
                case .integrity: 11
                case .unavailable, .locked: 69
                case .folder, .configuration: 78
                }
            throw ExitCode(status)
        }
    }
}

struct FolderOption: ParsableArguments {
    @Option(help: "The guardian's folder. Default: $STATE_DIRECTORY, or ./guardian.")
    var folder: String?

    var value: GuardianFolder {
        GuardianFolder(path: folder ?? ProcessInfo.processInfo.environment["STATE_DIRECTORY"] ?? "guardian")
    }
}

struct Init: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make a guardian's folder with new keys.",
        discussion: """
            Compare the coordinator's key and the officers' keys by telephone: the guardian believes nobody else.

            Example:
              dure-guardian init --folder /var/lib/dure-guardian --id G-PNUH \\
                --coordinator https://dure.example.org:7444 --authority ca.pem \\
                --coordinator-key 3d40… --officer 9a1c… --officer 77e0…
            """)
    @OptionGroup var folder: FolderOption
    @Option(help: "Its name: G- and capital letters, digits or hyphens.") var id: String
    @Option(help: "The coordinator's address for people.") var coordinator: String
    @Option(help: "The consortium's CA certificate, PEM.", completion: .file()) var authority: String
    @Option(help: "The coordinator's public key, 64 hexadecimal digits.") var coordinatorKey: String
    @Option(help: "An officer's public key, 64 hexadecimal digits; give it twice or more.") var officer: [String] = []

    func run() async throws {
        try await DureGuardian.reported {
            guard let id = GuardianID(rawValue: id) else {
                throw ValidationError("--id is not a name like \(GuardianID.example).")
            }
            let authority = try String(contentsOfFile: authority, encoding: .utf8)
            let officers = try officer.map { try key($0, "--officer") }
            guard Set(officers).count >= CosignedRoster.officersNeeded else {
                throw ValidationError("Give --officer at least \(CosignedRoster.officersNeeded) times, with different keys.")
            }
            try folder.value.make(
                GuardianConfiguration(
                    id: id, coordinatorURL: coordinator, authority: authority,
                    coordinatorKey: try key(coordinatorKey, "--coordinator-key"), officers: officers))
            print(try folder.value.entry().json.text(indent: 2))
        }
    }

    private func key(_ text: String, _ option: String) throws -> VerificationKey {
        guard let key = Hex.decode(text).flatMap(VerificationKey.init(bytes:)) else {
            throw ValidationError("\(option) is not a public key of 64 hexadecimal digits.")
        }
        return key
    }
}

struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print the guardian's entry for the totals roster, and its fingerprints.")
    @OptionGroup var folder: FolderOption

    func run() async throws {
        try await DureGuardian.reported {
            let entry = try folder.value.entry()
            print(entry.json.text(indent: 2))
            FileHandle.standardError.write(
                Data("signing key  \(entry.key.fingerprint)\nsealing key  \(entry.sealingKey.fingerprint)\n".utf8))
        }
    }
}

struct Run: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Fetch requests from the coordinator and open totals, until told to stop.",
        discussion: """
            A kill at any moment loses nothing, and nothing is opened twice in two ways. Logs are JSON lines on standard output.
            """)
    @OptionGroup var folder: FolderOption
    @Option(
        help: """
            Write metrics for the textfile collector of node_exporter into this file, which ends in .prom. No number in it comes \
            from patients. Default: none.
            """, completion: .file())
    var metricsFile: String?

    func validate() throws {
        guard metricsFile?.hasSuffix(".prom") ?? true else { throw ValidationError("--metrics-file must end in .prom.") }
    }

    func run() async throws {
        try await DureGuardian.reported {
            let logger = Logger(label: GuardianRoom.name) { label in
                JSONLogHandler(label: label, fields: GuardianService.logFields, write: JSONLogHandler.standardOutput)
            }
            let service = try GuardianService(
                folder.value, environment: ProcessInfo.processInfo.environment, logger: logger, metricsFile: metricsFile)
            let group = ServiceGroup(
                configuration: .init(
                    services: [.init(service: service)], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
            try await group.run()
        }
    }
}

struct Log: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print the guardian's audit log: each total with how it ended, in one chain.")
    @OptionGroup var folder: FolderOption

    func run() async throws {
        try await DureGuardian.reported { for line in try OpeningDesk(folder.value).auditLines() { print(line) } }
    }
}
