import CanonicalJSON
import Client
import Disclosure
import Federation
import Foundation
import Testing

/// The messages of a real query against `protocol/schemas`, checked by another implementation of JSON Schema.
@Suite(.serialized) struct MessageSchemaTests {
    @Test(.enabled(if: SchemaChecker.isInstalled, "needs python3 with jsonschema"))
    func everyMessageOfAQueryFollowsItsSchema() async throws {
        let consortium = try await SmallConsortium.make(hospitals: ["KR-H-0009"])
        defer { consortium.remove() }
        let recorder = WireRecorder()
        try await running([consortium.service]) {
            let (api, close) = try await consortium.client()
            defer { close() }
            let submission = QuerySubmission(question: try Workload("W6").question, project: SmallConsortium.project)
            let summary = try await api.submit(submission, idempotencyKey: UUID().uuidString)
            let result = try await running([try await consortium.node("KR-H-0009", recorder: recorder)]) {
                try await QueryFollower(api, query: summary.query).follow(until: .now + .seconds(60)) { _ in }
            }
            var messages = [submission.json, result.json, try JSONValue(parsing: try await api.export(summary.query).bytes)]
            for exchange in recorder.exchanges {
                for bytes in [exchange.sent, exchange.received] where !bytes.isEmpty {
                    let message = try JSONValue(parsing: bytes)
                    if message["schema"] != nil { messages.append(message) }
                }
            }
            let report = try SchemaChecker.check(messages)
            #expect(report.status == 0, "\(report.text)")
            for kind in ["ticket", "answer", "receipt", "health", "signed", "submission", "result", "export"] {
                #expect(report.text.contains("dure.\(kind)/1"), "\(report.text)")
            }
        }
    }

    @Test(.enabled(if: SchemaChecker.isInstalled, "needs python3 with jsonschema"))
    func aCatalogueFollowsItsSchema() throws {
        let band = CountInterval(low: 200, high: 599)
        let provenance = Provenance(
            store: "made up", dataRelease: "2026-11", dataThrough: "2026-10-31", cdmVersion: "5.4", vocabulary: nil,
            semantics: "circe-2026.09", software: "test 1", synthetic: true)
        let catalogue = Catalogue(
            node: HospitalID(unchecked: "KR-H-0009"), issued: Timestamp(1_795_000_000), provenance: provenance,
            policy: Digest256(of: []),
            amounts: DisclosedCatalogue(rows: [
                .init(key: ["measurement", "concept", "3004410", "2024"], persons: band, records: band)
            ]),
            tables: [
                .init(name: "measurement", unmapped: .init(percent: 60), isCut: true),
                .init(name: "death", unmapped: nil, isCut: false),
            ],
            quality: [
                .init(
                    check: "after-birth", category: "plausibility", table: "measurement", threshold: 1, state: .pass,
                    failing: .init(percent: 0)),
                .init(
                    check: "known-sex", category: "completeness", table: nil, threshold: 5, state: .notRun, failing: nil),
            ])
        let report = try SchemaChecker.check([catalogue.json])
        #expect(report.status == 0, "\(report.text)")
        #expect(report.text.contains("dure.catalogue/1: 1"))
        let broken: JSONValue = ["schema": "dure.catalogue/1", "node": "KR-H-0009"]
        #expect(try SchemaChecker.check([broken]).status == 1)
    }

    @Test(.enabled(if: SchemaChecker.isInstalled, "needs python3 with jsonschema"))
    func aMessageThatBreaksItsSchemaIsFound() throws {
        let report = try SchemaChecker.check([["schema": "dure.ticket/1", "id": "not a ticket's id"]])
        #expect(report.status == 1)
        #expect(report.text.contains("dure.ticket/1 at /id"))
    }
}

/// `protocol/check-messages.py`.
enum SchemaChecker {
    static let isInstalled = (try? run(["-c", "import jsonschema"]))?.status == 0

    static func check(_ messages: [JSONValue]) throws -> (status: Int32, text: String) {
        let folder = NSTemporaryDirectory() + "dure-schemas-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for (number, message) in messages.enumerated() {
            try Data(message.text().utf8).write(to: URL(fileURLWithPath: "\(folder)/\(number).json"))
        }
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appending(path: "../../protocol/check-messages.py").standardizedFileURL.path
        return try run([script, folder])
    }

    private static func run(_ arguments: [String]) throws -> (status: Int32, text: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3"] + arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: bytes, as: UTF8.self))
    }
}
