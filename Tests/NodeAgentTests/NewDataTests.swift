import Disclosure
import Federation
import Foundation
import Testing

@testable import NodeAgent

/// A running node when the data under it is loaded anew.
@Suite struct `New data in a running node` {
    private let person = Operator(uid: 4_000, name: "kim")

    private func total(_ node: TestNode, _ ticket: QueryTicket) async throws -> DisclosedCount {
        let answer = try #require(await node.coordinator.answers[ticket.id])
        guard case .answered(let disclosed) = answer.outcome else { throw TooLate() }
        return disclosed.total
    }

    @Test func `It takes up a new index by itself, and waits while a load is held`() async throws {
        var made = try TestNode()
        made.answersFromStore = true
        let node = made
        let path = node.folder.path + "/omop.sqlite"
        try SmallStore.write(to: path, persons: 40)
        let configuration = try Consortium.configuration(node.folder)
        let refresh = DataRefresh(configuration: configuration, state: try node.folder.state, clock: node.consortium.clock.clock)
        _ = try await refresh.finish(release: "2026-10", by: person)
        let tickets = try (0..<3).map { _ in try node.consortium.ticket(SmallStore.question) }
        try await node.running {
            try await node.coordinator.offer(node.consortium.signed(tickets[0]))
            try await node.coordinator.answered(1)
            // A tenth fewer: taken up at once, and nothing is restarted.
            try SmallStore.write(to: path, persons: 36)
            #expect(try await refresh.finish(release: "2026-11", by: person).isTaken)
            try await eventually { NodeStatus.read(in: try node.folder.state)?.provenance.dataRelease == "2026-11" }
            try await node.coordinator.offer(node.consortium.signed(tickets[1]))
            try await node.coordinator.answered(2)
            // Two thirds fewer: nothing is answered until a person has looked.
            try SmallStore.write(to: path, persons: 12)
            #expect(try await !refresh.finish(release: "2026-12", by: person).isTaken)
            try await node.coordinator.offer(node.consortium.signed(tickets[2]))
            try await eventually { await node.coordinator.acknowledged.contains(tickets[2].id) }
            try await eventually { node.logged.contains("answers are held") }
            #expect(await node.coordinator.answers.count == 2)
            #expect(try await StatusReport(state: node.folder.state).lines(korean: false).joined().contains("refresh status"))
            _ = try await refresh.confirm(by: person)
            try await node.coordinator.answered(3)
            try await eventually { try await node.spool().auditLines().contains { $0.contains("index/3") } }
        }
        let releases = await node.coordinator.answers.mapValues(\.provenance.dataRelease)
        // What was held is answered after the word of a person; the new index is there within a second of it.
        #expect(releases[tickets[0].id] == "2026-10" && releases[tickets[1].id] == "2026-11")
        let log = try await node.spool().auditLines().joined(separator: "\n")
        for number in 1...3 { #expect(log.contains("index/\(number)")) }
    }

    @Test func `A question that runs is finished on the data that it began with`() async throws {
        var node = try TestNode()
        let began = Locked(false)
        let mayEnd = Locked(false)
        node.source.instead = { isCancelled throws(EvaluationRefusal) in
            began.withLock { $0 = true }
            while !mayEnd.withLock({ $0 }) { if isCancelled() { throw .cancelled } else { usleep(5_000) } }
        }
        let running = try await RunningNode(try node.parts(), try NodeIdentity(in: node.folder.state))
        let task = Task { await running.run() }
        let old = try node.consortium.ticket(Consortium.question(64))
        try await node.coordinator.offer(node.consortium.signed(old))
        try await eventually { began.withLock { $0 } }
        var fresh = CountingSource()
        fresh.dataIdentity = "test/2026-11/2"
        fresh.dataRelease = "test/2026-11"
        fresh.provenance.dataRelease = "2026-11"
        // Another order, and new patients before the old ones.
        fresh.persons = (1...50).map { -$0 } + CountingSource().persons.reversed()
        try await running.answerer.take(fresh)
        let new = try node.consortium.ticket(Consortium.question(500))
        try await node.coordinator.offer(node.consortium.signed(new))
        try await node.coordinator.answered(1)
        mayEnd.withLock { $0 = true }
        try await node.coordinator.answered(2)
        running.stop.stop()
        await task.value
        let answers = await node.coordinator.answers
        #expect(answers[old.id]?.provenance.dataRelease == "2026-10")
        #expect(answers[new.id]?.provenance.dataRelease == "2026-11")
        #expect(try await total(node, old).interval?.contains(64) == true)
        #expect(try await total(node, new).interval?.contains(500) == true)
    }

    @Test func `A group that differs by three patients from one of the release before gets the number already known`()
        async throws
    {
        let node = try TestNode()
        let running = try await RunningNode(try node.parts(), try NodeIdentity(in: node.folder.state))
        let task = Task { await running.run() }
        let first = try node.consortium.ticket(Consortium.question(240))
        try await node.coordinator.offer(node.consortium.signed(first))
        try await node.coordinator.answered(1)
        var fresh = CountingSource()
        fresh.dataIdentity = "test/2026-11/2"
        fresh.dataRelease = "test/2026-11"
        // The 240 with the smallest numbers are now 237 of the former ones, and three who are new.
        fresh.persons = [0, 1, 2] + CountingSource().persons.reversed()
        try await running.answerer.take(fresh)
        let second = try node.consortium.ticket(Consortium.question(240))
        try await node.coordinator.offer(node.consortium.signed(second))
        try await node.coordinator.answered(2)
        running.stop.stop()
        await task.value
        #expect(node.source.evaluations.withLock { $0 } == 1)
        #expect(fresh.evaluations.withLock { $0 } == 1)
        #expect(try await total(node, first) == total(node, second))
        // The ledger on the disk knows both releases' patients.
        let mark = try await node.spool().setting(LedgerStore.registerName)
        #expect(mark != nil)
    }
}
