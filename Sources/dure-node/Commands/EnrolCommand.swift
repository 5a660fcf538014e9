import ArgumentParser
import Federation
import Foundation
import NodeAgent

struct EnrolCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "enrol",
        abstract: "Enrol this node with a one-time code.",
        discussion: """
            The keys are made on this machine and never leave it. The code names the consortium's authority, so the secret in it \
            is sent to nobody else. The certificate is bound to this one hospital.

            A code on the command line is seen by other users of this machine: on a shared one, use --code-file.

            Examples:
              dure-node enrol --code DURE-0F3K-...
              dure-node enrol --code-file invitation.txt \\
                --coordinator https://hub.example:7444
            """)

    @OptionGroup var options: NodeOptions

    @Option(name: .long, help: ArgumentHelp("The one-time code.", valueName: "code"))
    var code: String?

    @Option(name: .long, help: ArgumentHelp("A file that holds the code; - for standard input.", valueName: "file"))
    var codeFile: String?

    @Option(name: .long, help: ArgumentHelp("The coordinator's address, instead of coordinator.url.", valueName: "url"))
    var coordinator: String?

    @Flag(name: .long, help: "Enrol anew a node that is enrolled already.")
    var replace = false

    @Option(
        name: .long,
        help: ArgumentHelp("Without a network: write a file that asks for the certificate, to be carried.", valueName: "file"))
    var exportRequest: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Without a network: take the file that brings the certificate; needs --fingerprint.", valueName: "file"))
    var importCertificate: String?

    @Option(
        name: .long,
        help: ArgumentHelp("The carried file's fingerprint, as the operator reads it by telephone.", valueName: "text"))
    var fingerprint: String?

    func validate() throws {
        if importCertificate != nil {
            guard fingerprint != nil, code == nil, codeFile == nil else {
                throw ValidationError("--import-certificate needs --fingerprint, and no code.")
            }
            return
        }
        guard (code == nil) != (codeFile == nil) else { throw ValidationError("Give the code with --code or with --code-file.") }
    }

    func run() async throws {
        let configuration = try NodeConfiguration(file: options.configurationFile)
        let state = try StateDirectory(options.stateDirectory)
        let enrolment = Enrolment(configuration, state: state)
        if let exportRequest { return try export(enrolment, to: exportRequest) }
        let summary: Enrolment.Summary
        if let importCertificate {
            guard let bytes = FileManager.default.contents(atPath: importCertificate) else {
                throw ValidationError("\(importCertificate) cannot be read.")
            }
            summary = try enrolment.importGrant(bytes, fingerprint: fingerprint ?? "", replace: replace)
        } else {
            summary = try await enrolment.enrol(code: try text(), coordinatorURL: coordinator, replace: replace)
        }
        let say = options.language
        Terminal.say(say("Enrolled as \(summary.hospital).", "\(summary.hospital)(으)로 등록되었습니다."))
        Terminal.print(say("Tickets from", "질의 수신 주소") + "        \(summary.nodesURL)")
        Terminal.print(say("Certificate until", "인증서 만료") + "   \(summary.expires)")
        Terminal.print(say("Authority", "기관 인증서 지문") + "           \(summary.authorityFingerprint)")
        Terminal.print(say("This node's key", "노드 서명키 지문") + "     \(summary.signingKeyFingerprint)")
        Terminal.say(
            say(
                "Compare both fingerprints with the operator by telephone.", "두 지문을 운영자와 전화로 대조하십시오."))
    }

    private func export(_ enrolment: Enrolment, to path: String) throws {
        let file = try enrolment.exportRequest(code: try text(), replace: replace)
        guard FileManager.default.createFile(atPath: path, contents: Data(file.text.utf8), attributes: [.posixPermissions: 0o600])
        else { throw ValidationError("\(path) cannot be written.") }
        Terminal.print(path)
        Terminal.say(
            options.language("Read its fingerprint to the operator: ", "운영자에게 지문을 읽어 주십시오: ") + file.fingerprint)
    }

    private func text() throws -> String {
        if let code { return code }
        if codeFile == "-" { return readLine() ?? "" }
        let path = codeFile ?? ""
        guard let data = FileManager.default.contents(atPath: path) else {
            throw ValidationError("\(path) cannot be read.")
        }
        return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
