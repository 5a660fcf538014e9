import CanonicalJSON
import Disclosure
import Federation
import Foundation
import Outbound
import Testing

@testable import NodeAgent

@Suite struct `The kill switch` {
    private let kim = Operator(uid: 2001, name: "kim")
    private let lee = Operator(uid: 2002, name: "lee")

    private func emergency(_ node: TestNode) throws -> EmergencyStop {
        EmergencyStop(try node.folder.state, clock: node.consortium.clock.clock)
    }

    private func standsStill(_ node: TestNode) async throws {
        try await eventually { NodeStatus.read(in: try node.folder.state)?.connection == StandStill.word }
    }

    @Test func `Stopped while a question runs and an answer is unsent, nothing more leaves, not even after a restart`()
        async throws
    {
        var node = try TestNode()
        let began = Locked(false)
        node.source.instead = { isCancelled throws(EvaluationRefusal) in
            guard began.withLock({ $0 }) else { return began.withLock { $0 = true } }
            while !isCancelled() { usleep(10_000) }
            throw .cancelled
        }
        let running = node
        await node.coordinator.makeTrouble("answers", .unreachable)
        let (unsent, open) = (
            try node.consortium.ticket(Consortium.question(100)), try node.consortium.ticket(Consortium.question(200))
        )
        var parts = try node.parts()
        parts.backoff = .init(base: .seconds(3_600), limit: .seconds(3_600))
        try await withThrowingTaskGroup(of: Void.self) { [parts] group in
            // Made in its task, so that its lock goes with it.
            group.addTask { try await NodeService(parts).run() }
            await running.coordinator.offer(try running.consortium.signed(unsent))
            try await running.settles([.answered: 1])
            await running.coordinator.offer(try running.consortium.signed(open))
            try await running.settles([.answered: 1, .evaluating: 1])
            let report = try await emergency(running).run(by: kim, reason: "a rehearsal")
            #expect(report.killed == nil && !report.mayStillRun && report.problem == nil)
            group.cancelAll()
        }
        #expect(try await node.spool().counts() == [.acknowledged: 2])
        let polls = await node.coordinator.polls.count
        try await running.running { try await standsStill(running) }
        #expect(await node.coordinator.posted.isEmpty)
        #expect(await node.coordinator.polls.count == polls)
        let entries = try await node.spool().auditLines().map { try AuditEntry(from: .init(.init(parsing: $0))) }
        #expect(entries.filter { $0.action == "everything.stopped" }.map(\.actor) == ["person:uid-2001"])
        #expect(entries.filter { $0.action == "answer.dropped" }.map(\.outcome) == ["tried"])
    }

    @Test func `Lifting takes two persons; what was open is then declined as stopped, and new questions are answered`()
        async throws
    {
        let node = try TestNode()
        let ticket = try node.consortium.ticket(Consortium.question(100))
        try node.folder.state.pause("")
        try await node.running { try await eventually { await !node.coordinator.health.isEmpty } }
        let spool = try Spool(try node.folder.state, hospital: Consortium.hospital)
        _ = try await spool.accept(ticket, node.consortium.signed(ticket), at: node.consortium.clock.now)
        _ = try node.folder.state.resume()
        _ = try await emergency(node).run(by: kim, reason: "x")
        #expect(try await emergency(node).lift(by: kim) == .needsSecondPerson)
        await #expect(throws: NodeError.self) { try await emergency(node).lift(by: kim) }
        #expect(StopSwitch(try node.folder.state).isStopped)
        let next = try node.consortium.ticket(Consortium.question(100))
        try await node.running {
            try await standsStill(node)
            #expect(try await emergency(node).lift(by: lee) == .lifted)
            try await node.coordinator.answered()
            try await node.coordinator.offer(node.consortium.signed(next))
            try await node.coordinator.answered(2)
        }
        #expect(await node.coordinator.answers[ticket.id]?.outcome == .declined(.stopped, at: []))
        #expect(await node.coordinator.answers[next.id]?.outcome.word == "answered")
        let entries = try await node.spool().auditLines().map { try AuditEntry(from: .init(.init(parsing: $0))) }
        let lifted = try #require(entries.first { $0.action == "everything.lifted" })
        #expect(lifted.actor == "person:uid-2002" && lifted.object == "person:uid-2001")
    }

    @Test func `In the middle of traffic, the last byte leaves before the command ends`() async throws {
        let node = try TestNode()
        let events = Locked<[String]>([])
        var parts = try node.parts()
        let through = node.coordinator.transport
        parts.transport = NodeTransport { request async throws(OutboundError) in
            events.withLock { $0.append("out") }
            return try await through.send(request)
        }
        // Questions without end, so that something is always on its way.
        let asking = Task {
            for number in 0..<10_000 where !Task.isCancelled {
                await node.coordinator.offer(
                    try node.consortium.signed(node.consortium.ticket(Consortium.question(20 + number % 900))))
                try await Task.sleep(for: .milliseconds(2))
            }
        }
        try await withThrowingTaskGroup(of: Void.self) { [parts] group in
            group.addTask { try await NodeService(parts).run() }
            try await node.coordinator.answered(5)
            let report = try await emergency(node).run(by: kim, reason: "a rehearsal")
            events.withLock { $0.append("ended") }
            #expect(report.killed == nil && !report.mayStillRun)
            // More questions come in the meantime; nobody fetches them.
            try await Task.sleep(for: .milliseconds(300))
            group.cancelAll()
        }
        asking.cancel()
        _ = try? await asking.value
        #expect(events.withLock { $0.filter { $0 == "out" }.count } > 5)
        #expect(events.withLock { $0.last } == "ended")
    }

    @Test func `Anything of that name stops: an empty file, a folder, a link to nowhere`() throws {
        for make in [
            { FileManager.default.createFile(atPath: $0, contents: nil) }, { mkdir($0, 0o700) == 0 },
            { symlink("/nowhere", $0) == 0 },
        ] as [(String) -> Bool] {
            let folder = try TemporaryFolder()
            let stop = StopSwitch(try folder.state)
            #expect(!stop.isStopped)
            #expect(make(try folder.state.file("STOP")))
            #expect(stop.isStopped)
            #expect(throws: NodeError.self) { try stop.requireRunning() }
        }
    }

    @Test func `A yes to lifting an earlier stop does not count for a new one`() async throws {
        let folder = try TemporaryFolder()
        let (stop, now) = (StopSwitch(try folder.state), Timestamp(1_800_000_000))
        try stop.stop(by: kim, reason: "one", at: now)
        #expect(try await stop.lift(by: kim, at: now) { _ in } == .needsSecondPerson)
        unlink(try folder.state.file("STOP"))
        try stop.stop(by: kim, reason: "two", at: now)
        #expect(try await stop.lift(by: lee, at: now) { _ in } == .needsSecondPerson)
        #expect(try await stop.lift(by: kim, at: now) { _ in } == .lifted)
        #expect(!stop.isStopped)
    }

    @Test func `A stop keeps its first order, and its reason stays in its file`() async throws {
        let node = try TestNode()
        try await node.running { try await eventually { await !node.coordinator.health.isEmpty } }
        _ = try await emergency(node).run(by: kim, reason: "confidential words")
        _ = try await emergency(node).run(by: lee, reason: "others")
        #expect(StopSwitch(try node.folder.state).order?.reason == "confidential words")
        #expect(try await !node.spool().auditLines().joined().contains("confidential"))
    }
}
