import Daemon
import Disclosure
import Federation
import Foundation
import Testing

@testable import NodeAgent

@Suite struct `The node's metrics` {
    /// Everything that may stand there. A new name needs a look at the rule: no number from patients.
    private static let names: Set = [
        "dure_node_info", "dure_node_up", "dure_node_written_timestamp_seconds", "dure_node_started_timestamp_seconds",
        "dure_node_state", "dure_node_last_contact_timestamp_seconds", "dure_node_questions",
        "dure_node_certificate_expires_timestamp_seconds", "dure_node_clock_offset_seconds", "dure_node_problem",
    ]

    /// What a node writes that answers one question about so many patients.
    private func metrics(patients: Int, _ consortium: Consortium) async throws -> String {
        var node = try TestNode(consortium)
        let file = node.folder.path + "/dure.prom"
        node.yaml = Consortium.nodeYAML + "\nmetrics: { textfile: \"\(file)\" }\n"
        let running = node
        let ticket = try consortium.ticket(Consortium.question(patients))
        try await running.running {
            await running.coordinator.offer(try consortium.signed(ticket))
            try await running.settles([.sent: 1])
        }
        // Ended by a cancelled task: the last file says so.
        let text = try String(contentsOfFile: file, encoding: .utf8)
        #expect(text.contains("\ndure_node_up 0\n"))
        return text
    }

    @Test func `Are the same whatever number of patients was counted`() async throws {
        let consortium = try Consortium()
        let texts = [
            try await metrics(patients: 3, consortium), try await metrics(patients: 240, consortium),
            try await metrics(patients: 977, consortium),
        ]
        #expect(texts[0] == texts[1] && texts[1] == texts[2])
        #expect(texts[0].contains("dure_node_questions{state=\"sent\"} 1\n"))
    }

    @Test func `Are a closed list`() async throws {
        let text = try await metrics(patients: 240, try Consortium())
        let names = text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map { line in
            String(line.prefix { $0 != "{" && $0 != " " })
        }
        #expect(Set(names).isSubset(of: Self.names))
    }

    @Test func `Are off unless a file is named, which ends in prom`() throws {
        let folder = try TemporaryFolder()
        #expect(try Consortium.configuration(folder).metricsFile == nil)
        let error = #expect(throws: NodeError.self) {
            try Consortium.configuration(folder, yaml: Consortium.nodeYAML + "\nmetrics: { textfile: \"x.txt\" }\n")
        }
        #expect(error?.problems.first?.path == "metrics.textfile")
    }

    @Test func `Say that everything is stopped by hand, and nothing of what is not known`() async throws {
        let node = try TestNode()
        let state = try node.folder.state
        try StopSwitch(state).stop(by: Operator(uid: 1), reason: "test", at: node.consortium.clock.now)
        let status = NodeStatus(
            hospital: Consortium.hospital, pid: 1, started: node.consortium.clock.now,
            certificateExpires: node.consortium.clock.now, policy: try Consortium.policy(), provenance: node.source.provenance)
        let spool = try Spool(state, hospital: Consortium.hospital)
        let metrics = NodeMetrics(file: "", state: state, spool: spool, clock: node.consortium.clock.clock)
        let text = metrics.text(status, [:], isUp: true).text
        #expect(text.contains("dure_node_state{state=\"stopped by hand\"} 1\n"))
        #expect(text.contains("dure_node_state{state=\"starting\"} 0\n"))
        #expect(!text.contains("clock_offset") && !text.contains("last_contact"))
    }
}
