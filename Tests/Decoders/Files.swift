import Federation
import Foundation
@testable import NodeAgent

extension Decoder {
    /// What a hospital's people write, and small files of the state directory.
    static let files: [Decoder] = [
        Decoder("policy.yaml") {
            [Array(ConfigurationTemplates.policy.utf8), Array(policy.utf8)]
        } read: { bytes in
            _ = try? Policy(text: String(decoding: bytes, as: UTF8.self), name: "policy.yaml")
        },
        Decoder("node.yaml") {
            [Array(node.utf8)]
        } read: { bytes in
            _ = try? NodeConfiguration(
                text: String(decoding: bytes, as: UTF8.self), name: "node.yaml", folder: "/nowhere", environment: [:])
        },
        Decoder("accepted roster") {
            [AcceptedRoster(try Sample.shared.get().cosigned().content()).bytes]
        } read: { bytes in
            guard let roster = AcceptedRoster(bytes: bytes) else { return }
            _ = roster.bytes
        },
    ]

    private static let policy = """
        schema: dure.policy/1
        version: 3
        changed_by: "office"
        reason: "test"
        defaults: {mode: "hold", hold_hours: 24, threshold: 20, round_to: 10, answer_hours: ["20:00-07:00"]}
        areas: [{id: "a", concepts: [1, 2]}]
        sensitive: [{id: "s", concepts: [3], mode: "manual", threshold: 20}]
        classes: [{id: "c", organisations: ["ORG-0031"], mode: "manual", approvers_needed: 2}]
        projects:
          - {id: "P-0042", organisations: ["ORG-0007"], purposes: ["protocol-feasibility"], until: "2026-12-31"}
        blocked: {projects: ["P-0001"], organisations: []}
        """

    private static let node = """
        schema: dure.node/1
        node: {id: "KR-H-0011", name_en: "Test hospital", name_ko: "병원", language: en}
        coordinator: {url: "https://coordinator.test:8443", fingerprint: "0000 0000"}
        transport: {mode: online, poll_seconds: 25, tls: {minimum: "1.2"}, proxy: {url: "http://proxy:3128", no_proxy: [".x"]}}
        source:
          - {id: "omop", kind: "sqlite", path: "omop.sqlite", synthetic: true}
        limits: {seconds_per_query: 300, drain_seconds: 2}
        """
}
