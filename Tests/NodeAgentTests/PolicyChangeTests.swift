import CanonicalJSON
import Disclosure
import Federation
import Foundation
import Testing

@testable import NodeAgent

@Suite struct `A changed policy` {
    private let kim = Operator(uid: 2001, name: "kim")
    private let lee = Operator(uid: 2002, name: "lee")

    private func text(_ version: Int = 1, defaults: String = "", projects: String = "", more: String = "") -> String {
        """
        schema: "dure.policy/1"
        version: \(version)
        changed_by: "a"
        reason: "b"
        defaults: { \(defaults) }
        projects: [\(projects)]
        \(more)
        """
    }

    private func policy(_ text: String) throws -> Policy { try Policy(text: text, name: "policy.yaml") }

    @Test(
        arguments: [
            ("threshold: 20", "threshold: 11", ["defaults.threshold and the other disclosure values"]),
            ("threshold: 11", "threshold: 20", []),
            (#"mode: "manual""#, #"mode: "hold""#, ["defaults.mode"]), (#"mode: "auto""#, #"mode: "manual""#, []),
            (#"mode: "manual", approvers_needed: 2"#, #"mode: "manual""#, ["defaults.mode"]),
            (#"domains: ["drug"]"#, "", ["defaults.domains"]), ("", #"domains: ["drug"]"#, []),
            ("answers_per_day: 3", "answers_per_day: 4", ["defaults.answers_per_day"]),
            ("answers_per_day: 3", "answers_per_day: 3, answers_per_week: 9", []),
            (#"unlisted_projects: "decline""#, #"unlisted_projects: "answer""#, ["defaults.unlisted_projects"]),
            (#"release_modes: ["coded"]"#, #"release_modes: ["coded", "named"]"#, ["defaults.release_modes, outputs"]),
            ("max_criteria: 10", "max_criteria: 11", ["defaults.max_criteria"]),
            (#"answer_hours: ["20:00-07:00"]"#, "", []),
        ] as [(String, String, [String])])
    func `Each key that lets out more is named, and no other`(old: String, new: String, looser: [String]) throws {
        #expect(PolicyComparison(try policy(text(defaults: new)), with: try policy(text(defaults: old))).looser == looser)
    }

    @Test func `A new project, a later end and a missing sensitive group let out more; the same taken back do not`() throws {
        let one = try policy(
            text(
                projects: #"{ id: "P-1", until: "2026-12-31" }"#,
                more: #"sensitive: [{ id: "mind", concepts: [1, 2], mode: "manual" }]"#))
        let other = try policy(
            text(
                projects: #"{ id: "P-1", until: "2027-12-31" }, { id: "P-2" }"#,
                more: #"sensitive: [{ id: "mind", concepts: [1], mode: "manual" }]"#))
        #expect(PolicyComparison(other, with: one).looser == ["projects.P-1.until", "projects.P-2", "sensitive"])
        #expect(PolicyComparison(one, with: other).looser.isEmpty)
    }

    @Test func `A tighter policy is one person's to apply, a looser one two persons', and the one before is kept`() async throws {
        let node = try TestNode()
        try await node.running { try await eventually { await !node.coordinator.health.isEmpty } }
        let file = node.folder.path + "/policy.yaml"
        let changed = node.folder.path + "/new.yaml"
        let change = PolicyChange(state: try node.folder.state, file: file, clock: node.consortium.clock.clock)
        try Files.write(text(1, defaults: "threshold: 20"), to: file)

        try Files.write(text(2, defaults: "threshold: 30"), to: changed)
        guard case .applied(_, looser: []) = try await change.apply(changed, by: kim) else { throw TooLate() }
        await #expect(throws: NodeError.self) { try await change.apply(changed, by: kim) }

        try Files.write(text(3, defaults: "threshold: 11"), to: changed)
        guard case .needsSecondPerson(let looser) = try await change.apply(changed, by: kim), looser.count == 1 else {
            throw TooLate()
        }
        guard case .needsSecondPerson = try await change.apply(changed, by: kim) else { throw TooLate() }
        #expect(try Policy(file: file).version == 2)
        // Somebody changes the file between the two: the first person's yes was to another text.
        try Files.write(text(3, defaults: "threshold: 10"), to: changed)
        guard case .needsSecondPerson = try await change.apply(changed, by: lee) else { throw TooLate() }
        guard case .applied(let policy, _) = try await change.apply(changed, by: kim) else { throw TooLate() }
        #expect(policy.disclosure.threshold == 10)
        #expect(try Policy(file: file).hash == policy.hash)
        let kept = try FileManager.default.contentsOfDirectory(atPath: node.folder.state.file("policies")).sorted()
        #expect(kept.map { String($0.prefix(3)) } == ["v1-", "v2-"])
        let entries = try await node.spool().auditLines().map { try AuditEntry(from: .init(.init(parsing: $0))) }
            .filter { $0.action == "policy.applied" }
        #expect(entries.map(\.actor) == ["person:uid-2001", "person:uid-2001"])
        #expect(entries.map(\.object) == ["v2", "person:uid-2002"] && entries.last?.content == policy.hash)
    }

    @Test func `A replay says of each question what would have been said, and how many numbers would have been hidden`()
        async throws
    {
        let node = try TestNode()
        let large = try node.consortium.ticket(Consortium.question(300))
        let middle = try node.consortium.ticket(Consortium.question(60))
        let declined = try node.consortium.ticket(Consortium.question(60), project: "P-0099")
        for (number, ticket) in [large, middle, declined].enumerated() {
            try await node.running {
                try await node.coordinator.offer(node.consortium.signed(ticket))
                try await node.coordinator.answered(number + 1)
            }
            node.consortium.clock.move(60)
        }
        let (old, new) = (
            try Consortium.policy(),
            try Consortium.policy(
                Consortium.policyYAML.replacingOccurrences(
                    of: "projects:",
                    with: "defaults: { threshold: 100, mode: \"manual\", unlisted_projects: \"answer\" }\nprojects:"))
        )
        let replay = PolicyReplay(state: try node.folder.state, hierarchy: .flat)
        let lines = try await replay.run(new, instead: old, last: 100)
        #expect(lines.map(\.ticket) == [declined.id, middle.id, large.id])
        #expect(lines.map(\.before) == ["PROJECT_UNKNOWN", "auto", "auto"])
        #expect(lines.map(\.after) == ["manual-1", "manual-1", "manual-1"])
        // Both the total and the one step of attrition.
        #expect(lines.map(\.hiddenBefore) == [nil, 0, 0])
        #expect(lines.map(\.hiddenAfter) == [nil, 2, 0])
        #expect(try await replay.run(old, instead: old, last: 1).map(\.differs) == [false])
        #expect(try await replay.test(new, on: declined.id).word == "manual-1")
    }

    @Test func `What a well-formed policy should be asked about is said`() throws {
        let notes = try policy(text(defaults: #"unlisted_projects: "answer""#, projects: #"{ id: "P-1" }"#)).notes
        #expect(notes.contains { $0.contains("smallest number ever shown is 20") })
        #expect(notes.contains { $0.contains("projects.P-1 has no `until`") })
        #expect(notes.contains { $0.contains("not listed are answered") })
    }

    @Test func `A file that was edited by hand may be stricter; a looser one is refused and the one before stays`() async throws {
        let node = try TestNode()
        let state = try node.folder.state
        let file = state.file("edited.yaml")
        func edit(_ text: String) throws -> Policy {
            try text.write(toFile: file, atomically: true, encoding: .utf8)
            return try PolicyInForce(state).admit(file)
        }
        #expect(try edit(text(1, defaults: "threshold: 15")).version == 1, "the first one is the hospital's own word")
        #expect(try edit(text(2, defaults: "threshold: 20")).disclosure.threshold == 20)
        let error = #expect(throws: NodeError.self) { try edit(text(3, defaults: "threshold: 15")) }
        #expect(error?.code == .configuration && error?.message.contains("defaults.threshold") == true)
        #expect(throws: NodeError.self, "what was refused is not in force the next time") {
            try edit(text(3, defaults: "threshold: 15"))
        }
        #expect(try edit(text(4, defaults: "threshold: 20")).version == 4)

        // Two persons may: what they applied is taken at the next start.
        try text(5, defaults: "threshold: 15").write(
            toFile: state.file("changed.yaml"), atomically: true, encoding: .utf8)
        let change = PolicyChange(state: state, file: file, clock: node.consortium.clock.clock)
        _ = try await change.apply(state.file("changed.yaml"), by: kim)
        #expect(try PolicyInForce(state).admit(file).version == 4)
        _ = try await change.apply(state.file("changed.yaml"), by: lee)
        #expect(try PolicyInForce(state).admit(file).version == 5)
    }
}
