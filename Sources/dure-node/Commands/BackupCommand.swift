import ArgumentParser
import CanonicalJSON
import Daemon
import Federation
import Foundation
import NodeAgent

struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Make, check and restore a sealed backup of this node.",
        discussion: """
            In it: tickets, answers, release ledger, audit log, keys, policies, node.yaml and policy.yaml. Not in it: the index, which \
            is built from the store, and the secrets that node.yaml names. One file, checksummed, and sealed with a passphrase or for \
            a key, because there are keys in it.

            Keep the passphrase or the private key where the backup is not.
            """,
        subcommands: [Create.self, Check.self, Restore.self, Key.self])
}

/// What opens a backup.
struct OpenerOptions: ParsableArguments {
    @Option(name: .long, help: ArgumentHelp("A file that holds the passphrase; - for standard input.", valueName: "file"))
    var passphraseFile: String?

    @Option(name: .long, help: ArgumentHelp("The private key that `backup key` wrote.", valueName: "file"))
    var keyFile: String?

    func validate() throws {
        guard (passphraseFile == nil) != (keyFile == nil) else {
            throw ValidationError("Give either --passphrase-file or --key-file.")
        }
    }

    func opener() throws -> BackupOpener {
        if let keyFile { return .key(try words { () throws(BackupError) in try BackupPrivateKey(hex: try text(keyFile)) }) }
        return .passphrase(try words { () throws(BackupError) in try text(passphraseFile ?? "-") })
    }
}

/// The text of a file with a secret.
func text(_ file: String) throws(BackupError) -> String {
    if file == "-" {
        if Terminal.isWatched { Terminal.say("Passphrase:") }
        return readLine() ?? ""
    }
    guard let data = FileManager.default.contents(atPath: file), let text = String(data: data, encoding: .utf8) else {
        throw BackupError(.file, "\(file) cannot be read.", advice: "Check the path, its owner and permissions.")
    }
    return text
}

/// A backup's error in the words and exit code of the node.
func words<Value>(_ body: () throws(BackupError) -> Value) throws -> Value {
    do throws(BackupError) {
        return try body()
    } catch {
        throw NodeError(error)
    }
}

extension BackupCommand {
    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a backup while the node runs.",
            discussion: """
                With --recipient the machine makes backups that it cannot open itself: good for a timer. With a passphrase, a timer \
                hands it over as a credential: LoadCredential=backup-passphrase:FILE and no option.

                Example: dure-node backup create --to /backup --recipient 3d40...
                """)

        @OptionGroup var options: NodeOptions

        @Option(name: .long, help: ArgumentHelp("The folder, writable for the node's user.", valueName: "folder"))
        var to: String

        @Option(name: .long, help: ArgumentHelp("A file that holds the passphrase; - for standard input.", valueName: "file"))
        var passphraseFile: String?

        @Option(name: .long, help: ArgumentHelp("The public key that `backup key` printed.", valueName: "hex"))
        var recipient: String?

        func run() async throws {
            let seal = try words(seal)
            let person = Operator.current()
            try Operator.becomeOwner(of: options.stateDirectory)
            let made = try await NodeBackup(
                state: try StateDirectory(options.stateDirectory), configurationFile: options.configurationFile,
                policyFile: options.policyFile
            ).create(in: to, sealedWith: seal, by: person)
            Terminal.print(made.path)
            Terminal.say(
                options.language(
                    "\(made.manifest.files.count) files. Check it with: dure-node backup check \(made.path)",
                    "파일 \(made.manifest.files.count)개. 확인: dure-node backup check \(made.path)"))
        }

        private func seal() throws(BackupError) -> BackupSeal {
            if let recipient { return .recipient(try BackupRecipient(hex: recipient)) }
            guard let file = passphraseFile ?? CredentialFolder().file("backup-passphrase") else {
                throw BackupError(
                    .key, "A backup is sealed, and nothing was given to seal it with.",
                    advice: "Give --recipient or --passphrase-file.")
            }
            return try BackupSeal.checked(passphrase: try text(file))
        }
    }

    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Open a backup, check every digest, the log and the ledger in it, and say what it is.",
            discussion: "Changes nothing. Exit codes: 0 it holds; 11 it does not; 1 another passphrase or key.")

        @OptionGroup var options: NodeOptions
        @OptionGroup var opener: OpenerOptions
        @Argument(help: "The backup.") var file: String

        func run() async throws {
            let opener = try opener.opener()
            try Operator.becomeOwner(of: options.stateDirectory)
            let manifest = try await NodeRestore(
                state: try StateDirectory(options.stateDirectory), archive: file, opener: opener
            ).check()
            Terminal.print(manifest.json.text(indent: 2))
        }
    }

    struct Restore: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Put a backup in the place of this node's state.",
            discussion: """
                Stop the daemon first. Everything in the backup is checked before anything changes; what was there is kept in a folder \
                of the state directory. node.yaml and policy.yaml are laid into `configuration-restored`: compare and copy them.

                Where the release ledger or the audit log would go back in time, the node would forget what it has told: it takes a \
                second person, who signs in as themselves and runs the same command.

                A restored node answers nothing twice: questions that were open when the backup was made are closed here, and have to \
                be asked again. Never run the original beside it.

                Exit codes: 0 restored; 8 a second person has to restore the same file too; 11 the backup does not hold; 75 the \
                daemon runs.
                """)

        @OptionGroup var options: NodeOptions
        @OptionGroup var opener: OpenerOptions
        @Argument(help: "The backup.") var file: String

        func run() async throws {
            let opener = try opener.opener()
            let person = Operator.current()
            try Operator.becomeOwner(of: options.stateDirectory)
            let state = try StateDirectory(options.stateDirectory)
            switch try await NodeRestore(state: state, archive: file, opener: opener).run(by: person) {
            case .restored(let manifest, let concerns, let kept): tell(manifest, concerns, kept)
            case .needsSecondPerson(let manifest, let concerns):
                for concern in concerns { Terminal.say("\(concern.rawValue): \(words(concern))") }
                Terminal.say(
                    options.language(
                        "\(person.words) said yes to the backup of \(manifest.created). A second person has to run the same command.",
                        "\(person.words) 님이 \(manifest.created) 백업의 복원에 동의했습니다. 다른 한 사람이 같은 명령을 실행해야 합니다."))
                throw ExitCode(8)
            }
        }

        private func tell(_ manifest: BackupManifest, _ concerns: [NodeRestore.Concern], _ kept: String?) {
            let say = options.language
            Terminal.say(
                say(
                    "Restored \(manifest.name) as it was at \(manifest.created). What this node has told since then it does not know.",
                    "\(manifest.name) 노드를 \(manifest.created) 시점으로 복원했습니다. 그 이후의 응답은 이 노드에 남아 있지 않습니다."))
            if let kept {
                Terminal.say(say("What was here is in \(kept); there are keys in it.", "이전 상태는 \(kept) 에 있습니다(키 포함)."))
            }
            Terminal.say(
                say(
                    "Open questions are closed and have to be asked again. Tell the coordinator's operator, then run: dure-node doctor",
                    "열려 있던 조회는 닫혔으므로 다시 요청해야 합니다. 조정기관에 알린 뒤 실행: dure-node doctor"))
        }

        private func words(_ concern: NodeRestore.Concern) -> String {
            let say = options.language
            return switch concern {
            case .ledger: say("the release ledger here has come further than the backup's", "이 노드의 반출 원장이 백업보다 최신입니다")
            case .audit: say("the audit log here has lines that the backup's has not", "감사 로그에 백업에 없는 기록이 있습니다")
            case .secret: say("the node's secret here is another one", "이 노드의 비밀값이 백업과 다릅니다")
            case .unreadable: say("what is here cannot be read, so it may be newer", "현재 상태를 읽을 수 없어 더 최신일 수 있습니다")
            }
        }
    }

    struct Key: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a key pair for backups: the private half into a file, the public half on standard output.",
            discussion: "Run it on another machine, and keep the file there or in a safe. Nothing is overwritten.")

        @Option(name: .long, help: ArgumentHelp("The new file for the private key.", valueName: "file"))
        var to: String

        func run() throws {
            let key = BackupPrivateKey()
            let descriptor = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
            guard descriptor >= 0 else {
                throw NodeError(.file, "\(to) cannot be made.", advice: "Name a new file in a folder that you can write.")
            }
            let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
            try file.write(contentsOf: Data((key.hex + "\n").utf8))
            try file.synchronize()
            Terminal.print(Hex.encode(key.recipient.bytes))
            Terminal.say(key.recipient.fingerprint)
        }
    }
}
