import ArgumentParser
import Federation
import Foundation
import NodeAgent

/// Questions carried in and answers carried out as text files, where no network is.
struct CourierCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "courier",
        abstract: "Carry questions in and answers out as text files, where there is no network.",
        discussion: """
            With `transport.mode: "courier"` in node.yaml the daemon opens no connection; it answers what was imported. Files are \
            indented JSON, text only, and begin with plain words in Korean and English about what is in them. Leaving takes as \
            many persons as the policy's `courier.approvers_needed` says (two by default).
            """,
        subcommands: [Import.self, Export.self, List.self, Form.self])

    /// What every command of the courier needs.
    struct Place: ParsableArguments {
        @OptionGroup var options: NodeOptions

        func desk() throws -> CourierDesk {
            try Operator.becomeOwner(of: options.stateDirectory)
            return CourierDesk(
                configuration: try NodeConfiguration(file: options.configurationFile),
                policy: try Policy(file: options.policyFile),
                state: try StateDirectory(options.stateDirectory))
        }

        static func bundle(_ text: String) throws -> BundleID {
            guard let id = BundleID(rawValue: text) else {
                throw ValidationError("\(text) is not a file like \(BundleID.example).")
            }
            return id
        }
    }

    struct Import: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "import", abstract: "Take a coordinator's file in.",
            discussion: "Exit codes: 0 taken in, or taken in before; 1 something in it was refused; 11 the file does not hold.")

        @OptionGroup var place: Place
        @Argument(help: "The file.") var file: String

        func run() async throws {
            let person = Operator.current()
            guard let bytes = FileManager.default.contents(atPath: file) else { throw ValidationError("\(file) cannot be read.") }
            let say = place.options.language
            let result = try await place.desk().take(bytes, by: person)
            Terminal.say("\(result.id)  " + say("fingerprint ", "지문 ") + result.fingerprint)
            if result.isKnown { return Terminal.say(say("It was taken in before; nothing was done.", "이미 반입된 파일입니다.")) }
            for ticket in result.tickets { Terminal.print(ticket.rawValue) }
            Terminal.say(
                say(
                    "\(result.tickets.count) questions, \(result.receipts.count) receipts, \(result.cancelled.count) withdrawn.",
                    "조회 \(result.tickets.count)건, 수령 확인 \(result.receipts.count)건, 취소 \(result.cancelled.count)건."))
            if result.hasCertificate { Terminal.say(say("A new certificate is in use.", "새 인증서가 적용되었습니다.")) }
            for refused in result.refused { Terminal.say(say("refused: ", "거부: ") + refused) }
            if !result.refused.isEmpty { throw ExitCode(1) }
        }
    }

    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "export",
            abstract: "Put the answers that wait into a file, or say yes to one as the second person.",
            discussion: """
                Without ID, a new file is prepared with what waits. It is written to --to only when enough persons have said yes: \
                the second person runs the command with the file's ID. Show what is in it with `courier form`.

                Exit codes: 0 written; 8 another person has to say yes too.
                """)

        @OptionGroup var place: Place
        @Argument(help: "A file that another person prepared.") var id: String?
        @Option(name: .long, help: ArgumentHelp("The folder to write to.", valueName: "folder")) var to: String = "."
        @Option(name: .long, help: ArgumentHelp("The file's extension, as the gateway wants it.", valueName: "text"))
        var `extension`: String = "json"

        func run() async throws {
            let person = Operator.current()
            let say = place.options.language
            // Looked at before a file is named as leaving.
            let folder = open(to, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            guard folder >= 0 else { throw ValidationError("\(to) is not a folder.") }
            defer { close(folder) }
            let exported = try await place.desk().export(try id.map(Place.bundle), by: person)
            Terminal.say("\(exported.id)  " + say("fingerprint ", "지문 ") + exported.file.fingerprint)
            guard exported.isReleased else {
                Terminal.say(
                    say(
                        "Yes \(exported.approvals)/\(exported.needed). Another person runs: dure-node courier export \(exported.id) --to FOLDER",
                        "승인 \(exported.approvals)/\(exported.needed). 다른 한 사람이 실행: dure-node courier export \(exported.id) --to 폴더"
                    ))
                throw ExitCode(8)
            }
            let name = "\(exported.id).\(`extension`)"
            try write(exported.file.text, name, folder)
            Terminal.print("\(to)/\(name)")
        }

        private func write(_ text: String, _ name: String, _ folder: Int32) throws {
            let descriptor = openat(folder, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
            guard descriptor >= 0 else {
                throw NodeError(
                    .file, "\(to)/\(name) could not be written: \(String(cString: strerror(errno))).",
                    advice: "Give a folder that the node's user may write to; the file stays released.")
            }
            let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
            try file.write(contentsOf: Data(text.utf8))
            try file.synchronize()
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "The files that were carried, the newest first.")

        @OptionGroup var place: Place

        func run() async throws {
            for file in try await place.desk().list() {
                Terminal.print(
                    "\(file.id)  \(file.isOutgoing ? "out" : "in ")  \(file.state)  \(file.created)  \(file.fingerprint)")
            }
        }
    }

    struct Form: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "form",
            abstract: "Print the release form of a file: what is in it, its fingerprint, and lines to sign (반출 승인서).")

        @OptionGroup var place: Place
        @Argument(help: "The file.") var id: String

        func run() async throws {
            let exported = try await place.desk().show(try Place.bundle(id))
            for line in ReleaseForm(exported).lines { Terminal.print(line) }
        }
    }
}
