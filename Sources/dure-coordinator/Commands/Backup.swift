import ArgumentParser
import CanonicalJSON
import Coordinator
import Daemon
import Federation

struct Backup: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make, check and restore a sealed backup of the coordinator.",
        discussion: """
            In it: the state as it stood at one moment, coordinator.yaml and the keys, in one checksummed file, sealed with a \
            passphrase or for a key. Keys that the service manager hands over as credentials are not in it.
            """,
        subcommands: [Create.self, Check.self, Restore.self, Key.self])

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a backup while the coordinator runs.",
            discussion: """
                With --recipient the machine makes backups that it cannot open itself.

                Example:
                  dure-coordinator backup create --to /backup --recipient 3d40...
                """)
        @OptionGroup var state: StateOptions
        @Option(help: "The folder.", completion: .directory) var to: String
        @Option(help: "A file that holds the passphrase; - for standard input.") var passphraseFile: String?
        @Option(help: "The public key that `backup key` printed.") var recipient: String?

        func validate() throws {
            guard (passphraseFile == nil) != (recipient == nil) else {
                throw ValidationError("Give either --recipient or --passphrase-file.")
            }
        }

        func run() async throws {
            try await Failure.reported {
                let made = try await CoordinatorBackup(state.directory).create(
                    in: to, sealedWith: try seal(), by: Operator.actor)
                Console.print(made.path)
            }
        }

        private func seal() throws -> BackupSeal {
            if let recipient {
                return .recipient(try BackupWords.told { () throws(BackupError) in try BackupRecipient(hex: recipient) })
            }
            let text = try Passwords.read(file: passphraseFile ?? "-")
            return try BackupWords.told { () throws(BackupError) in try BackupSeal.checked(passphrase: text) }
        }
    }

    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Open a backup, check every digest in it, and say what it is.")
        @OptionGroup var opener: OpenerOptions
        @Argument(help: "The backup.", completion: .file()) var file: String

        func run() async throws {
            try await Failure.reported {
                Console.print(try CoordinatorBackup.check(file, try opener.opener()).json.text(indent: 2))
            }
        }
    }

    struct Restore: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lay a backup out as a coordinator's folder, where there is none.",
            discussion: """
                Everything is checked first, and nothing is ever written over: move the old folder away and keep it. What was told to \
                nodes and people since the backup is not in it: questions asked since are gone, and nodes notice it by their logs.
                """)
        @OptionGroup var state: StateOptions
        @OptionGroup var opener: OpenerOptions
        @Argument(help: "The backup.", completion: .file()) var file: String

        func run() async throws {
            try await Failure.reported {
                let manifest = try await CoordinatorBackup(state.directory).restore(
                    file, try opener.opener(), by: Operator.actor)
                Console.note(
                    "Restored \(manifest.name) as it was at \(manifest.created). Check it with: dure-coordinator run --check")
            }
        }
    }

    struct Key: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a key pair for backups: the private half into a new file, the public half on standard output.",
            discussion: "Run it on another machine, and keep the file there or in a safe.")
        @Option(help: "The new file for the private key.", completion: .file()) var to: String

        func run() async throws {
            try await Failure.reported {
                let key = BackupPrivateKey()
                try Passwords.write(key.hex, to: to)
                Console.print(Hex.encode(key.recipient.bytes))
                Console.note(key.recipient.fingerprint)
            }
        }
    }
}

/// What opens a backup.
struct OpenerOptions: ParsableArguments {
    @Option(help: "A file that holds the passphrase; - for standard input.") var passphraseFile: String?
    @Option(help: "The private key that `backup key` wrote.", completion: .file()) var keyFile: String?

    func validate() throws {
        guard (passphraseFile == nil) != (keyFile == nil) else {
            throw ValidationError("Give either --passphrase-file or --key-file.")
        }
    }

    func opener() throws -> BackupOpener {
        let text = try Passwords.read(file: keyFile ?? passphraseFile ?? "-")
        guard keyFile != nil else { return .passphrase(text) }
        return .key(try BackupWords.told { () throws(BackupError) in try BackupPrivateKey(hex: text) })
    }
}

/// A backup's error in the words and exit code of the coordinator.
enum BackupWords {
    static func told<Value>(_ body: () throws(BackupError) -> Value) throws(CoordinatorError) -> Value {
        do throws(BackupError) {
            return try body()
        } catch {
            throw CoordinatorError(error)
        }
    }
}
