import Cohorts
import Daemon
import Disclosure
import Federation
import Foundation
import Testing

@testable import NodeAgent

@Suite struct `A backup of a node` {
    // A key, because deriving one from a passphrase takes seconds in a debug build.
    private let key = BackupPrivateKey()
    private let first = Operator(uid: 1_001)
    private let second = Operator(uid: 1_002)

    /// A node that has answered one question, with its files beside it.
    private func node() async throws -> TestNode {
        let node = try TestNode()
        try Consortium.nodeYAML.write(toFile: node.folder.path + "/node.yaml", atomically: true, encoding: .utf8)
        try Consortium.policyYAML.write(toFile: node.folder.path + "/policy.yaml", atomically: true, encoding: .utf8)
        try await answer(node, Consortium.question(120), settled: 1)
        return node
    }

    private func answer(_ node: TestNode, _ question: FeasibilityQuestion, settled: Int) async throws {
        try await node.running {
            await node.coordinator.offer(try node.consortium.signed(try node.consortium.ticket(question)))
            try await node.settles([.sent: settled])
        }
    }

    private func create(_ node: TestNode) async throws -> NodeBackup.Made {
        let folder = node.folder.path + "/backups-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        return try await NodeBackup(
            state: try node.folder.state, configurationFile: node.folder.path + "/node.yaml",
            policyFile: node.folder.path + "/policy.yaml", clock: node.consortium.clock.clock
        ).create(in: folder, sealedWith: .recipient(key.recipient), by: first)
    }

    private func restore(
        _ path: String, into state: StateDirectory, _ clock: HandClock, by person: Operator
    ) async throws -> NodeRestore.Result {
        try await NodeRestore(state: state, archive: path, opener: .key(key), clock: clock.clock).run(
            by: person)
    }

    private func audit(_ state: StateDirectory) async throws -> [String] {
        try await Spool(state, hospital: Consortium.hospital, readOnly: true).auditLines()
    }

    @Test func `Made while the daemon runs holds everything but the index, and says so`() async throws {
        let node = try await node()
        let made = try await node.running { try await create(node) }
        let paths = Set(made.manifest.files.map(\.path))
        #expect(
            paths.isSuperset(of: [
                "state.sqlite", "node-secret", "identity/signing-key", "identity/tls-key.pem", "identity/grant.json",
                "configuration/node.yaml", "configuration/policy.yaml",
            ]))
        #expect(!paths.contains { $0.contains("index") || $0.contains("lock") || $0.contains("status") })
        #expect(made.manifest.name == "KR-H-0011" && made.manifest.ledger == 1)
        #expect(made.path.hasSuffix("/dure-node-KR-H-0011-20261122T090000Z.dure-backup"))
        let state = try node.folder.state
        let checked = try await NodeRestore(
            state: state, archive: made.path, opener: .key(key)
        ).check()
        #expect(checked == made.manifest)
        #expect(try await audit(state).last?.contains("\"action\":\"backup.created\"") == true)
        // Nothing is left lying about.
        let names = try FileManager.default.contentsOfDirectory(atPath: state.path)
        #expect(!names.contains { $0.hasPrefix("backup-") || $0.hasPrefix("restore-") })
    }

    @Test func `Restored on a new machine the node is the same one: same keys, same answers, one log`() async throws {
        let node = try await node()
        let made = try await create(node)
        let other = try StateDirectory(node.folder.path + "/new-machine")
        guard
            case .restored(_, let concerns, let kept) = try await restore(
                made.path, into: other, node.consortium.clock, by: first)
        else {
            Issue.record("not restored")
            return
        }
        #expect(concerns.isEmpty && kept == nil)
        for name in ["node-secret", "identity/signing-key", "identity/grant.json"] {
            #expect(
                FileManager.default.contents(atPath: other.file(name))
                    == FileManager.default.contents(atPath: try node.folder.state.file(name)))
        }
        #expect(Files.exists(other.file("configuration-restored/policy.yaml")))
        #expect(try await AuditReport(state: other).verify().count > 0)
        // The same question again is the stored answer: nothing is evaluated.
        var parts = try node.parts()
        parts.state = other
        let service = try NodeService(parts)
        let before = node.source.evaluations.withLock { $0 }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await service.run() }
            let ticket = try node.consortium.ticket(Consortium.question(120))
            await node.coordinator.offer(try node.consortium.signed(ticket))
            try await eventually { await node.coordinator.answers[ticket.id] != nil }
            group.cancelAll()
        }
        #expect(node.source.evaluations.withLock { $0 } == before)
    }

    @Test func `Does not go back in time unless two persons say so, and says in the log that it did`() async throws {
        let node = try await node()
        let state = try node.folder.state
        let made = try await create(node)
        try await answer(node, Consortium.question(300), settled: 2)
        let lines = try await audit(state)
        for _ in 0..<2 {
            guard
                case .needsSecondPerson(_, let concerns) = try await restore(
                    made.path, into: state, node.consortium.clock, by: first)
            else {
                Issue.record("one person restored")
                return
            }
            #expect(concerns == [.ledger, .audit])
        }
        // Nothing was changed so far.
        #expect(try await audit(state) == lines)
        guard case .restored(_, _, let kept) = try await restore(made.path, into: state, node.consortium.clock, by: second) else {
            Issue.record("two persons did not restore")
            return
        }
        let last = try #require(try await audit(state).last { $0.contains("backup.restored") })
        #expect(last.contains("LEDGER_BACK,AUDIT_BACK") && last.contains("person:uid-1002") && last.contains("person:uid-1001"))
        #expect(Files.exists(try #require(kept) + "/state.sqlite"))
        // The node starts on it.
        try await node.running {
            // A poll that is parked says nothing; one that brings something does.
            try await node.coordinator.offer(node.consortium.signed(node.consortium.ticket(Consortium.question(301))))
            try await eventually { NodeStatus.read(in: state)?.connection == "connected" }
        }
    }

    @Test func `A ledger's note beside the database is enough to know that it would go back`() async throws {
        let node = try await node()
        let made = try await create(node)
        let lost = try StateDirectory(node.folder.path + "/lost-database")
        try LedgerMark(lost).note(7)
        guard
            case .needsSecondPerson(_, let concerns) = try await restore(made.path, into: lost, node.consortium.clock, by: first)
        else {
            Issue.record("restored")
            return
        }
        #expect(concerns == [.ledger])
    }

    @Test func `What cannot be read may be newer, so two persons decide`() async throws {
        let node = try await node()
        let made = try await create(node)
        let state = try node.folder.state
        try Data("no database".utf8).write(to: URL(fileURLWithPath: state.database))
        guard
            case .needsSecondPerson(_, let concerns) = try await restore(made.path, into: state, node.consortium.clock, by: first)
        else {
            Issue.record("restored")
            return
        }
        #expect(concerns.contains(.unreadable))
    }

    @Test func `A restored node answers no question twice that was open when the backup was made`() async throws {
        var node = try await node()
        let hold = Consortium.policyYAML.replacing("projects:", with: "defaults: { mode: \"manual\" }\nprojects:")
        node.policy = hold
        let held = node
        let ticket = try node.consortium.ticket(Consortium.question(200))
        try await held.running {
            await held.coordinator.offer(try held.consortium.signed(ticket))
            try await held.settles([.sent: 1, .held: 1])
        }
        let made = try await create(node)
        let other = try StateDirectory(node.folder.path + "/new-machine")
        _ = try await restore(made.path, into: other, node.consortium.clock, by: first)
        let spool = try Spool(other, hospital: Consortium.hospital, readOnly: true)
        #expect(try await spool.counts() == [.sent: 1, .cancelled: 1])
        #expect(try await audit(other).contains { $0.contains("RESTORED") && $0.contains(ticket.id.rawValue) })
    }

    @Test func `Is not restored under a running daemon, nor over another hospital`() async throws {
        let node = try await node()
        let made = try await create(node)
        let state = try node.folder.state
        let clock = node.consortium.clock
        try await node.running {
            let error = await #expect(throws: NodeError.self) { _ = try await restore(made.path, into: state, clock, by: first) }
            #expect(error?.code == .locked)
        }
        let other = try StateDirectory(node.folder.path + "/other-hospital")
        try node.consortium.enrol(other, as: HospitalID(unchecked: "KR-H-0012"))
        let error = await #expect(throws: NodeError.self) { _ = try await restore(made.path, into: other, clock, by: first) }
        #expect(error?.code == .integrity)
    }

    @Test func `A restore that was cut off is not started on, and is finished by two persons`() async throws {
        let node = try await node()
        let made = try await create(node)
        let state = try node.folder.state
        try Data().write(to: URL(fileURLWithPath: state.file("RESTORING")))
        let error = #expect(throws: NodeError.self) { try NodeService(try node.parts()) }
        #expect(error?.advice.contains("backup restore") == true)
        _ = try await restore(made.path, into: state, node.consortium.clock, by: first)
        guard case .restored = try await restore(made.path, into: state, node.consortium.clock, by: second) else {
            Issue.record("not restored")
            return
        }
        _ = try NodeService(try node.parts())
    }
}

@Suite struct `Two nodes on one machine` {
    @Test func `Do not touch each other, and a second process on one's state is refused by name`() async throws {
        let (one, two) = (try TestNode(), try TestNode())
        try await one.running {
            try await two.running {
                let ticket = try one.consortium.ticket(Consortium.question(100))
                await one.coordinator.offer(try one.consortium.signed(ticket))
                try await one.coordinator.answered()
                let error = #expect(throws: NodeError.self) { try NodeService(try one.parts()) }
                #expect(error?.code == .locked && error?.message.contains("process \(getpid())") == true)
            }
        }
        #expect(try await two.spool().counts().isEmpty)
        #expect(await two.coordinator.answers.isEmpty)
        #expect(try await one.spool().counts() == [.sent: 1])
        for (node, other) in [(one, two), (two, one)] {
            #expect(
                FileManager.default.contents(atPath: try node.folder.state.file("node-secret"))
                    != FileManager.default.contents(atPath: try other.folder.state.file("node-secret")))
        }
    }
}
