import CanonicalJSON
import Federation
import Foundation
import Testing

@testable import NodeAgent

/// Tickets that must not be worked on.
@Suite struct `What is refused at the door` {
    /// Runs a node that is offered `document`, and a good ticket after it; the good one is answered, the other is not.
    private func refusal(_ make: @Sendable (Consortium) throws -> SignedDocument) async throws -> (
        log: String, audit: [AuditEntry], spool: Int
    ) {
        let node = try TestNode()
        let bad = try make(node.consortium)
        let good = try node.consortium.ticket(Consortium.question(50))
        try await node.running {
            await node.coordinator.offer(bad)
            try await eventually { node.logged.contains("refused") }
            try await node.coordinator.offer(node.consortium.signed(good))
            try await node.settles([.sent: 1])
        }
        #expect(await Array(node.coordinator.answers.keys) == [good.id])
        #expect(await node.coordinator.acknowledged == [good.id])
        let lines = try await node.spool().auditLines()
        let entries = try lines.map { try AuditEntry(from: .init(.init(parsing: $0))) }
        return (node.logged, entries.filter { $0.action == "ticket.refused" }, lines.count)
    }

    @Test func `A ticket signed by somebody else`() async throws {
        let (log, audit, _) = try await refusal { try $0.signed($0.ticket(), by: SigningKey()) }
        #expect(log.contains("KEY_UNKNOWN"))
        #expect(audit.map(\.outcome) == ["KEY_UNKNOWN"])
    }

    @Test func `A ticket that was changed after it was signed`() async throws {
        let (_, audit, _) = try await refusal { consortium in
            let bytes = try consortium.signed(consortium.ticket()).bytes
            let text = String(decoding: bytes, as: UTF8.self).replacingOccurrences(of: "P-0042", with: "P-0043")
            return try SignedDocument(parsing: Array(text.utf8))
        }
        #expect(audit.map(\.outcome) == ["SIGNATURE_INVALID"])
    }

    @Test func `A ticket for another hospital`() async throws {
        let (_, audit, _) = try await refusal { try $0.signed($0.ticket(audience: HospitalID(unchecked: "KR-H-0009"))) }
        #expect(audit.map(\.outcome) == ["AUDIENCE_WRONG"])
    }

    @Test func `A ticket whose time is over`() async throws {
        let (_, audit, _) = try await refusal { try $0.signed($0.ticket(issued: -7_200, life: 3_600)) }
        #expect(audit.map(\.outcome) == ["TICKET_EXPIRED"])
    }

    @Test func `Another ticket under a known id`() async throws {
        let node = try TestNode()
        let first = try node.consortium.ticket(Consortium.question(50))
        var second = try node.consortium.ticket(Consortium.question(60))
        second.id = first.id
        let replay = try node.consortium.signed(second)
        try await node.running {
            try await node.coordinator.offer(node.consortium.signed(first))
            try await node.settles([.sent: 1])
            await node.coordinator.offer(replay)
            try await eventually { node.logged.contains("TICKET_REPLAYED") }
        }
        #expect(await node.coordinator.posted.count == 1)
    }

    @Test func `With a clock ten minutes slow nothing is lost: the ticket is answered once the clock is set`() async throws {
        let node = try TestNode()
        let ticket = try node.consortium.ticket(Consortium.question(50), issued: 0)
        let document = try node.consortium.signed(ticket)
        node.consortium.clock.move(-600)
        try await node.running {
            await node.coordinator.offer(document)
            try await eventually { node.logged.contains("TICKET_NOT_YET_VALID") }
            #expect(await node.coordinator.acknowledged.isEmpty)
            node.consortium.clock.move(600)
            await node.coordinator.offer(document)
            try await node.coordinator.answered()
        }
    }

    @Test func `Four minutes between the clocks are tolerated, either way`() async throws {
        let node = try TestNode()
        let early = try node.consortium.ticket(Consortium.question(50), issued: 240)
        let late = try node.consortium.ticket(Consortium.question(60), issued: -3_840, life: 3_600)
        try await node.running {
            try await node.coordinator.offer(node.consortium.signed(early), node.consortium.signed(late))
            try await node.coordinator.answered(2)
        }
        let outcomes = await node.coordinator.answers.values.map(\.outcome.word)
        #expect(outcomes == ["answered", "answered"])
    }

    @Test func `A coordinator's clock that is far from ours is noted, with advice`() async throws {
        let node = try TestNode()
        let other = try Consortium(HandClock("2026-11-22T09:10:00Z"))
        let far = FakeCoordinator(other)
        var parts = try node.parts()
        parts.transport = far.transport
        let service = try NodeService(parts)
        let task = Task { try await service.run() }
        await far.offer(try node.consortium.signed(node.consortium.ticket()))
        try await eventually { node.logged.contains("this machine's clock is off") }
        task.cancel()
        try await task.value
        #expect(NodeStatus.read(in: try node.folder.state)?.clockOffset == 600)
    }

    @Test func `A second agent with this identity is told apart and waits for a person`() async throws {
        let node = try TestNode()
        await node.coordinator.makeTrouble("tickets", .refuse(409, code: "IDENTITY_CONFLICT"))
        try await node.running {
            try await eventually { NodeStatus.read(in: try node.folder.state)?.connection == "quarantined" }
        }
        #expect(node.logged.contains("another agent uses this hospital's identity"))
    }

    @Test func `A second daemon on one state directory does not start`() throws {
        let node = try TestNode()
        let first = try NodeService(try node.parts())
        let error = #expect(throws: NodeError.self) { _ = try NodeService(try node.parts()) }
        #expect(error?.code == .locked)
        #expect(error?.message.contains("\(getpid())") == true)
        _ = first
    }

    @Test func `A state directory that others can read is not used`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/open"
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
        let error = #expect(throws: NodeError.self) { try StateDirectory(path) }
        #expect(error?.advice.contains("chmod 700") == true)
    }

    @Test func `A node that is enrolled as another hospital than node yaml says does not start`() throws {
        let folder = try TemporaryFolder()
        let consortium = try Consortium()
        try consortium.enrol(try folder.state, as: HospitalID(unchecked: "KR-H-0009"))
        let parts = NodeService.Parts(
            configuration: try Consortium.configuration(folder), policy: try Consortium.policy(), state: try folder.state)
        let error = #expect(throws: NodeError.self) { _ = try NodeService(parts) }
        #expect(error?.code == .configuration)
    }
}
