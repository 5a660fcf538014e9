import ArgumentParser
import CanonicalJSON
import Client
import Cohorts
import Disclosure
import Federation
import Foundation

struct ResultCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "result", abstract: "Show, export and check results.",
        subcommands: [ResultShow.self, ResultExportCommand.self, ResultVerify.self])
}

struct ResultShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "A query's result as it stands.",
        discussion: "Example: dure result show Q-7F3K-92QD --lang ko")
    @Argument(help: "The query, Q-XXXX-XXXX.")
    var query: QueryID
    @OptionGroup var options: CommonOptions

    func run() async throws {
        let connection = try Connection.signedIn()
        defer { connection.close() }
        ResultPrinter(options).print(try await connection.api.result(of: query))
    }
}

struct ResultExportCommand: AsyncParsableCommand {
    enum Format: String, CaseIterable, ExpressibleByArgument { case json, csv }

    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write a result to a file.",
        discussion: """
            json is the signed export with every hospital's signed answer, which dure result verify checks without a network. \
            csv has the columns value, low, high and status: a hidden value is empty, never a number.
            """)
    @Argument(help: "The query, Q-XXXX-XXXX.")
    var query: QueryID
    @Option(help: "json or csv.")
    var format: Format = .json
    @Option(name: .customLong("to"), help: "The file to write; standard output where absent.", completion: .file())
    var file: String?
    @OptionGroup var options: CommonOptions

    func run() async throws {
        let connection = try Connection.signedIn()
        defer { connection.close() }
        let text: String
        switch format {
        case .json: text = try await connection.api.export(query).json.text() + "\n"
        case .csv: text = ResultCSV(try await connection.api.result(of: query)).text
        }
        guard let file, file != "-" else { return options.console.raw(text) }
        do {
            try Data(text.utf8).write(to: URL(fileURLWithPath: file), options: .atomic)
        } catch {
            throw ClientError(
                .badInput, code: "FILE_UNWRITABLE", "\(file) cannot be written.", advice: "Check the path and its rights.")
        }
        options.say(options.language.choose("Written to \(file).", "\(file)에 저장했습니다."))
    }
}

struct ResultVerify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check an exported result: every signature and hash. Needs no network.",
        discussion: """
            Ends with 0 where everything holds together and with 11 where anything does not. Compare the coordinator's fingerprint \
            that is printed with the one you know, or give its key with --coordinator-key.
            """)
    @Argument(help: "The exported file.", completion: .file(extensions: ["json"]))
    var file: String
    @Option(help: "The coordinator's public key, 64 hexadecimal digits.")
    var coordinatorKey: String?
    @OptionGroup var options: CommonOptions

    func run() async throws {
        let bytes = try InputFile.bytes(file)
        let export: ResultExport
        do throws(FederationError) {
            export = try ExportVerifier(trustedKey: try trusted()).verify(try SignedDocument(parsing: bytes))
        } catch {
            throw ClientError(error)
        }
        let signed = export.evidence.count { $0.answer != nil }
        let fingerprint = export.coordinatorKey.fingerprint
        switch options.output {
        case .json:
            let report: JSONValue = [
                "schema": "dure.verification/1", "valid": true, "query": export.result.query.json, "answers": .int(signed),
                "tickets": .int(export.evidence.count), "coordinatorFingerprint": .string(fingerprint),
                "exported": export.exported.json,
            ]
            options.console.data(report.text(indent: 2))
        case .csv, .table:
            options.console.data([
                options.language.choose(
                    "Valid: \(export.result.query), exported \(export.exported)",
                    "유효: \(export.result.query), 내보낸 시각 \(export.exported)"),
                options.language.choose(
                    "\(signed) signed answers to \(export.evidence.count) signed tickets",
                    "서명된 조회 \(export.evidence.count)건, 서명된 응답 \(signed)건"),
                options.language.choose("Coordinator \(fingerprint)", "조정 서버 지문값 \(fingerprint)"),
            ])
            try showTotal(export)
        }
    }

    /// Who opened a consortium total, and who signed for them: keys that a reader compares with those known.
    private func showTotal(_ export: ResultExport) throws {
        guard let total = export.total else { return }
        let roster: CosignedRoster
        let content: TotalsRoster
        do {
            roster = try OpeningRequest(from: JSONReader(total.request.payload)).roster
            content = try roster.content()
        } catch let error as FederationError {
            throw ClientError(error)
        } catch let error as JSONError {
            throw ClientError(error)
        }
        let guardian = content.guardian.map { "\($0.id)  \($0.key.fingerprint)" }
        let officers = roster.signers.joined(separator: ", ")
        options.console.data([
            guardian.map { options.language.choose("Guardian \($0)", "개봉 기관 \($0)") }
                ?? options.language.choose("No guardian: the hospitals opened it together", "개봉 기관 없음: 병원들이 공동으로 개봉"),
            options.language.choose(
                "Totals roster version \(content.version), signed by \(officers)",
                "합산 참여 명단 \(content.version)판, 서명: \(officers)"),
        ])
    }

    private func trusted() throws(FederationError) -> VerificationKey? {
        guard let coordinatorKey else { return nil }
        guard let key = Hex.decode(coordinatorKey).flatMap(VerificationKey.init(bytes:)) else {
            throw FederationError(.keyInvalid, "--coordinator-key is not 64 hexadecimal digits.")
        }
        return key
    }
}
