import CanonicalJSON
import Client
import Cohorts
import Coordinator
import Federation
import Foundation
import GRDB
import Testing

/// A courier node in a network namespace without a single interface: what it answers is what the node with a network answers.
@Suite(.serialized) struct CourierNamespaceTests {
    static let hospital = HospitalID(unchecked: "KR-H-0009")
    static let policy = SmallConsortium.policyYAML + "\ncourier: {approvers_needed: 1}\n"

    @Test(.enabled(if: Offline.isPossible, "unshare -n needs root"))
    func withoutAnyNetworkTheAnswerIsTheSame() async throws {
        let consortium = try await SmallConsortium.make(hospitals: [Self.hospital.rawValue]) { $0.leaseSeconds = 1 }
        defer { consortium.remove() }
        let state = "\(consortium.folder)/\(Self.hospital)"
        let offline = Offline(folder: consortium.folder)
        try await running([consortium.service]) {
            let (api, close) = try await consortium.client()
            defer { close() }
            // One identity and one secret for both: a copy of the state before the first question.
            try await running([try await consortium.node(Self.hospital.rawValue, policy: Self.policy)]) {
                try await eventually { FileManager.default.fileExists(atPath: state + "/status.json") }
            }
            try FileManager.default.copyItem(atPath: state, toPath: offline.state)
            try offline.configure(store: try consortium.store(Self.hospital.rawValue), policy: Self.policy)

            let submission = QuerySubmission(question: try Workload("W6").question, project: SmallConsortium.project)
            let first = try await api.submit(submission, idempotencyKey: "the question online")
            let online = try await running([try await consortium.node(Self.hospital.rawValue, policy: Self.policy)]) {
                try await QueryFollower(api, query: first.query).follow(until: .now + .seconds(60)) { _ in }
            }
            #expect(online.status == .complete)

            let second = try await api.submit(submission, idempotencyKey: "the question carried")
            // The last poll of the node that ended may still be parked and take the ticket with it; its lease runs out.
            var exported: CourierOffice.Exported?
            try await eventually {
                exported = try await consortium.office.courier.export(to: Self.hospital, by: .operatorAccount("test"))
                return exported != nil
            }
            let carried = try #require(exported)
            #expect(carried.tickets == 1)
            let answer = try await offline.answer(carried.file.text)
            let taken = try await consortium.office.courier.take(answer, by: .operatorAccount("test"))
            #expect(taken.answers.count == 1 && taken.refused.isEmpty)
            let result = try await api.result(of: second.query)
            #expect(result.status == .complete)
            #expect(result.rows.map(\.answer) == online.rows.map(\.answer))
            #expect(result.rows.map(\.provenance) == online.rows.map(\.provenance))
            #expect(result.rows.map(\.policy) == online.rows.map(\.policy))
        }
    }

    private func eventually(_ condition: () async throws -> Bool) async throws {
        for _ in 0..<12_000 {
            if try await condition() { return }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw CocoaError(.fileReadUnknown)
    }
}

/// The node's program, each call in a network namespace of its own, in which even loopback is down.
private struct Offline {
    let folder: String
    var state: String { folder + "/offline-state" }

    static let isPossible: Bool = {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["unshare", "-n", "true"]
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }()

    func configure(store: String, policy: String) throws {
        let yaml = """
            schema: dure.node/1
            node: {id: \(CourierNamespaceTests.hospital), name_en: "Hospital"}
            coordinator: {url: "https://localhost:1"}
            transport: {mode: courier}
            source:
              - {id: omop-main, kind: sqlite, path: "\(store)", synthetic: true}
            """
        try yaml.write(toFile: folder + "/offline.yaml", atomically: true, encoding: .utf8)
        try policy.write(toFile: folder + "/offline-policy.yaml", atomically: true, encoding: .utf8)
    }

    /// Carries a file in, lets the daemon answer, and carries the answer out.
    func answer(_ file: String) async throws -> [UInt8] {
        try file.write(toFile: folder + "/in.json", atomically: true, encoding: .utf8)
        try run(["courier", "import", folder + "/in.json"])
        let daemon = try process(["run"])
        try daemon.run()
        defer {
            daemon.terminate()
            daemon.waitUntilExit()
        }
        while try answered() == 0 {
            guard daemon.isRunning else { throw CocoaError(.featureUnsupported) }
            try await Task.sleep(for: .milliseconds(50))
        }
        let out = folder + "/out"
        try FileManager.default.createDirectory(atPath: out, withIntermediateDirectories: true)
        try run(["courier", "export", "--to", out])
        let name = try #require(try FileManager.default.contentsOfDirectory(atPath: out).first)
        return Array(try Data(contentsOf: URL(fileURLWithPath: "\(out)/\(name)")))
    }

    private func answered() throws -> Int {
        var configuration = Configuration()
        configuration.readonly = true
        return try DatabaseQueue(path: state + "/state.sqlite", configuration: configuration).read { db in
            try Int.fetchOne(db, sql: "SELECT count(*) FROM ticket WHERE state = 'answered'") ?? 0
        }
    }

    private func run(_ arguments: [String]) throws {
        let process = try process(arguments)
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "dure-node \(arguments)")
    }

    private func process(_ arguments: [String]) throws -> Process {
        let folder = URL(fileURLWithPath: try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
            .deletingLastPathComponent()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments =
            ["unshare", "-n", folder.appending(path: "dure-node").path] + arguments
            + ["--config", self.folder + "/offline.yaml", "--policy", self.folder + "/offline-policy.yaml", "--state", state]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        return process
    }
}
