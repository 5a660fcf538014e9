import CanonicalJSON
import Client
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
