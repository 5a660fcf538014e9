import CanonicalJSON
import Cohorts
import Disclosure
import Federation
import Foundation
import Testing

@testable import NodeAgent

/// Questions that wait for a person, on a running node and beside it.
@Suite struct `The desk` {
    private let kim = Operator(uid: 2001, name: "kim")
    private let lee = Operator(uid: 2002, name: "lee")

    /// A node whose policy has `line` among its defaults.
    private func node(_ line: String, more: String = "") throws -> TestNode {
        var node = try TestNode()
        node.policy = Consortium.policyYAML.replacingOccurrences(of: "projects:", with: "defaults: { \(line) }\n\(more)projects:")
        return node
    }

    private func desk(_ node: TestNode) throws -> RequestDesk {
        RequestDesk(
            configuration: try Consortium.configuration(node.folder), policy: try Consortium.policy(node.policy),
            state: try node.folder.state, clock: node.consortium.clock.clock, source: node.source)
    }

    @Test func `A question that a person has to look at waits, says so, and leaves once approved, byte for byte as shown`()
        async throws
    {
        let node = try node(#"mode: "manual""#)
        let ticket = try node.consortium.ticket(Consortium.question(240))
        let seen = try await node.running {
            try await node.coordinator.offer(node.consortium.signed(ticket))
            try await node.settles([.held: 1])
            try await eventually { await node.coordinator.progress.contains { $0.ticket == ticket.id && $0.stage == .held } }
            #expect(await node.coordinator.posted.isEmpty)
            let desk = try desk(node)
            let seen = try await desk.dryRun(ticket.id)
            node.consortium.clock.move(3_600)
            #expect(try await desk.approve(seen, by: kim).state == .approved)
            try await node.coordinator.answered()
            return seen
        }
        #expect(await node.coordinator.posted == [seen.bytes])
        let actions = try await node.spool().auditLines().map { try AuditEntry(from: .init(.init(parsing: $0))) }
        #expect(actions.map(\.action).prefix(3) == ["ticket.received", "request.held", "request.approved"])
        #expect(actions[2].actor == "person:uid-2001" && actions[2].outcome == "1-of-1" && actions[2].content == seen.payload)
        #expect(try await node.spool().verifyAudit().count == actions.count)
    }

    @Test func `Where the policy asks for two, one person's yes is not enough, and not twice`() async throws {
        let node = try node(#"mode: "manual", approvers_needed: 2"#)
        let ticket = try node.consortium.ticket(Consortium.question(100))
        try await node.running {
            try await node.coordinator.offer(node.consortium.signed(ticket))
            try await node.settles([.held: 1])
            let desk = try desk(node)
            #expect(try await desk.approve(desk.dryRun(ticket.id), by: kim).state == .held)
            await #expect(throws: NodeError.self) { try await desk.approve(desk.dryRun(ticket.id), by: kim) }
            #expect(try await node.spool().counts() == [.held: 1])
            #expect(try await desk.approve(desk.dryRun(ticket.id), by: lee).state == .approved)
            try await node.coordinator.answered()
        }
        #expect(await node.coordinator.answers[ticket.id]?.outcome.word == "answered")
    }

    @Test func `A held question survives restarts, and is not evaluated by them`() async throws {
        let node = try node(#"mode: "manual""#)
        let ticket = try node.consortium.ticket(Consortium.question(100))
        for _ in 0..<3 {
            try await node.running {
                try await node.coordinator.offer(node.consortium.signed(ticket))
                try await node.settles([.held: 1])
            }
        }
        #expect(node.source.evaluations.withLock { $0 } == 0)
        #expect(try await desk(node).list().map(\.ticket.id) == [ticket.id])
        _ = try await desk(node).approve(desk(node).dryRun(ticket.id), by: kim)
        try await node.running { try await node.coordinator.answered() }
    }

    @Test func `A person's no reaches the researcher as its code`() async throws {
        let node = try node(#"mode: "manual""#)
        let ticket = try node.consortium.ticket(Consortium.question(100))
        try await node.running {
            try await node.coordinator.offer(node.consortium.signed(ticket))
            try await node.settles([.held: 1])
            try await desk(node).decline(ticket.id, by: kim, code: .reviewNeeded)
            try await node.coordinator.answered()
        }
        #expect(await node.coordinator.answers[ticket.id]?.outcome == .declined(.reviewNeeded, at: []))
        #expect(node.source.evaluations.withLock { $0 } == 0)
        await #expect(throws: NodeError.self) { try await desk(node).decline(ticket.id, by: kim, code: .reviewNeeded) }
    }

    @Test func `A code that is a rule's and not a person's is refused`() async throws {
        let node = try node(#"mode: "manual""#)
        await #expect(throws: NodeError.self) {
            try await desk(node).decline(TicketID(unchecked: TicketID.example), by: kim, code: .ticketInvalid)
        }
    }

    @Test func `A hold lets its answer out when its hours are over, not a second before`() async throws {
        let node = try node(#"mode: "hold", hold_hours: 2"#)
        let ticket = try node.consortium.ticket(Consortium.question(100))
        try await node.running {
            try await node.coordinator.offer(node.consortium.signed(ticket))
            try await node.settles([.held: 1])
        }
        node.consortium.clock.move(7_199)
        #expect(try await !Spool(node.folder.state, hospital: Consortium.hospital).takeUpDue(at: node.consortium.clock.now))
        node.consortium.clock.move(1)
        try await node.running { try await node.coordinator.answered() }
        #expect(await node.coordinator.answers[ticket.id]?.outcome.word == "answered")
        #expect(try await node.spool().request(ticket.id)?.state == .overdue)
    }

    @Test func `What nobody decides in time is declined as that, while the coordinator still listens`() async throws {
        let node = try node(#"mode: "manual""#)
        let ticket = try node.consortium.ticket(Consortium.question(100), issued: 0, life: 600)
        try await node.running {
            try await node.coordinator.offer(node.consortium.signed(ticket))
            try await node.settles([.held: 1])
        }
        node.consortium.clock.move(600)
        try await node.running { try await node.coordinator.answered() }
        #expect(await node.coordinator.answers[ticket.id]?.outcome == .declined(.approvalExpired, at: []))
    }

    @Test func `A withdrawn question leaves the desk`() async throws {
        let node = try node(#"mode: "manual""#)
        let ticket = try node.consortium.ticket(Consortium.question(100))
        try await node.running {
            try await node.coordinator.offer(node.consortium.signed(ticket))
            try await node.settles([.held: 1])
            await node.coordinator.cancel(ticket.id)
            try await node.settles([.cancelled: 1])
        }
        await #expect(throws: NodeError.self) { try await desk(node).dryRun(ticket.id) }
    }

    @Test func `What would leave otherwise than it was approved waits again`() async throws {
        var node = try node(#"mode: "manual""#)
        let ticket = try node.consortium.ticket(Consortium.question(100))
        let first = node
        try await first.running {
            try await first.coordinator.offer(first.consortium.signed(ticket))
            try await first.settles([.held: 1])
        }
        _ = try await desk(node).approve(desk(node).dryRun(ticket.id), by: kim)
        // Another load of the data before the daemon takes it up: the answer names it.
        node.source.provenance.dataRelease = "2026-11"
        let second = node
        try await second.running { try await second.settles([.held: 1]) }
        #expect(await node.coordinator.posted.isEmpty)
        #expect(try await node.spool().request(ticket.id)?.approvals.isEmpty == true)
        _ = try await desk(node).approve(desk(node).dryRun(ticket.id), by: lee)
        try await second.running { try await second.coordinator.answered() }
        #expect(await node.coordinator.answers[ticket.id]?.provenance.dataRelease == "2026-11")
    }

    @Test func `A second person who sees another answer begins anew`() async throws {
        var node = try node(#"mode: "manual", approvers_needed: 2"#)
        let ticket = try node.consortium.ticket(Consortium.question(100))
        let first = node
        try await first.running {
            try await first.coordinator.offer(first.consortium.signed(ticket))
            try await first.settles([.held: 1])
        }
        _ = try await desk(node).approve(desk(node).dryRun(ticket.id), by: kim)
        node.source.provenance.dataRelease = "2026-11"
        let after = try await desk(node).approve(desk(node).dryRun(ticket.id), by: lee)
        #expect(after.state == .held && after.approvals.map(\.person.uid) == [2002])
    }

    @Test func `Only whom the policy names may decide`() async throws {
        let node = try node(#"mode: "manual""#, more: "desk: { approvers: [\"lee\"] }\n")
        let ticket = try node.consortium.ticket(Consortium.question(100))
        try await node.running {
            try await node.coordinator.offer(node.consortium.signed(ticket))
            try await node.settles([.held: 1])
        }
        let seen = try await desk(node).dryRun(ticket.id)
        await #expect(throws: NodeError.self) { try await desk(node).approve(seen, by: kim) }
        await #expect(throws: NodeError.self) { try await desk(node).decline(ticket.id, by: kim, code: .declinedByPerson) }
        #expect(try await desk(node).approve(seen, by: lee).state == .approved)
    }

    @Test func `Every hidden number is marked in what a person sees, and the bytes do not hold the true one`() async throws {
        let node = try node(#"mode: "manual""#)
        let ticket = try node.consortium.ticket(Consortium.question(7))
        try await node.running {
            try await node.coordinator.offer(node.consortium.signed(ticket))
            try await node.settles([.held: 1])
        }
        let seen = try await desk(node).dryRun(ticket.id)
        #expect(seen.preview.lines.allSatisfy { $0.disclosed == .hidden(low: 0, high: 14, why: .small) })
        #expect(seen.preview.lines.map(\.place) == ["total", "attrition/0 entry"])
        let outcome = try JSONReader(JSONValue(parsing: seen.bytes)).required("payload").required("outcome").value.text()
        #expect(!outcome.contains("7") && outcome.contains("hidden"))
    }

    @Test(
        arguments: [
            ("1000\n", nil, 5, 1000), ("4294967295\n", "1001", 5, 1001), (nil, nil, 5, 5), ("x", "y", 5, 5),
        ] as [(String?, String?, UInt32, UInt32)])
    func `A person is whoever signed in, whatever user they work as`(login: String?, sudo: String?, process: UInt32, is: UInt32) {
        #expect(Operator.number(login: login, sudo: sudo, process: process) == `is`)
    }
}
