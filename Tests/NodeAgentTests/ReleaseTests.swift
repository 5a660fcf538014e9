import CanonicalJSON
import Cohorts
@_spi(Hospital) import Disclosure
import Federation
import Foundation
import Testing

@testable import NodeAgent

/// What the node remembers of what it let out.
@Suite struct `The release ledger on the disk` {
    private func total(_ node: TestNode, _ ticket: QueryTicket) async throws -> DisclosedCount {
        try await node.running {
            try await node.coordinator.offer(node.consortium.signed(ticket))
            try await eventually { await node.coordinator.answers[ticket.id] != nil }
        }
        return try #require(await node.coordinator.answers[ticket.id]).outcome.total
    }

    @Test func `After a restart a group that differs by three patients still gets the number already known`() async throws {
        let node = try TestNode()
        let first = try await total(node, node.consortium.ticket(Consortium.question(200, attrition: false)))
        let second = try await total(node, node.consortium.ticket(Consortium.question(203, attrition: false)))
        #expect(first == second)
        #expect(node.source.evaluations.withLock { $0 } == 2)
    }

    @Test func `Also after the store was loaded anew in another order, with new patients`() async throws {
        var node = try TestNode()
        let first = try await total(node, node.consortium.ticket(Consortium.question(200, attrition: false)))
        node.source.persons = (node.source.persons + [900_001, 900_002]).reversed()
        node.source.dataRelease = "test/2026-11"
        node.source.dataIdentity = "test/2026-11/2"
        let second = try await total(node, node.consortium.ticket(Consortium.question(203, attrition: false)))
        #expect(first == second)
    }

    @Test func `What is kept of patients is sealed: no number of a person stands in the file`() async throws {
        var node = try TestNode()
        let marks = (0..<1_000).map { Int64(0x5A5A_5A5A_0000_0000) + Int64($0) }
        node.source.persons = marks
        _ = try await total(node, node.consortium.ticket(Consortium.question(200, attrition: false)))
        let state = try node.folder.state
        for name in ["state.sqlite", "state.sqlite-wal"] {
            guard let data = FileManager.default.contents(atPath: state.file(name)) else { continue }
            let mark = withUnsafeBytes(of: Int64(0x5A5A_5A5A_0000_0007).littleEndian) { Data($0) }
            #expect(data.range(of: mark) == nil)
        }
    }

    @Test func `With another secret the ledger does not open, and the node says so instead of forgetting`() async throws {
        let node = try TestNode()
        _ = try await total(node, node.consortium.ticket(Consortium.question(200, attrition: false)))
        try Files.write(String(repeating: "ab", count: 32), to: try node.folder.state.file("node-secret"))
        let error = await #expect(throws: NodeError.self) {
            _ = try await RunningNode(try node.parts(), try NodeIdentity(in: node.folder.state))
        }
        #expect(error?.code == .integrity)
        #expect(error?.advice.contains("backup") == true)
    }

    @Test func `Without its database, or with an older one, a node does not start over in silence`() async throws {
        let node = try TestNode()
        _ = try await total(node, node.consortium.ticket(Consortium.question(200, attrition: false)))
        let state = try node.folder.state
        let old = try #require(FileManager.default.contents(atPath: state.database))
        for round in 0..<2 {
            _ = try await total(node, node.consortium.ticket(Consortium.question(400 + 100 * round, attrition: false)))
        }
        for name in ["state.sqlite", "state.sqlite-wal", "state.sqlite-shm"] {
            try? FileManager.default.removeItem(atPath: state.file(name))
        }
        for lost in [true, false] {
            if !lost { try old.write(to: URL(filePath: state.database)) }
            let error = await #expect(throws: NodeError.self) {
                _ = try await RunningNode(try node.parts(), try NodeIdentity(in: state))
            }
            #expect(error?.code == .integrity)
            #expect(error?.advice.contains("backup") == true)
        }
        // The security officer's decision: begin anew.
        try FileManager.default.removeItem(atPath: state.file("ledger-mark"))
        _ = try await RunningNode(try node.parts(), try NodeIdentity(in: state))
    }

    @Test func `A data release under another name begins no new epoch before a quarter is over`() async throws {
        let folder = try TemporaryFolder()
        let clock = HandClock()
        let policy = try Consortium.policy(
            Consortium.policyYAML + "\ndefaults: { releases_per_project: 1, unlisted_projects: answer }")
        var source = CountingSource()
        func ask(_ concept: Int) async throws -> AnswerOutcome {
            let node = try await LocalNode(policy: policy, source: source, state: try folder.state, clock: clock.clock)
            return try await node.ask(Consortium.question(concept, attrition: false), project: "P-0099").answer.outcome
        }
        guard case .answered = try await ask(200) else {
            Issue.record("the first question was not answered")
            return
        }
        source.dataRelease = "test/2026-11"
        source.dataIdentity = "test/2026-11/1"
        #expect(try await ask(500) == .declined(.quota, at: []))
        clock.move(90 * 86_400)
        guard case .answered = try await ask(500) else {
            Issue.record("the new epoch gave the project no new numbers")
            return
        }
    }

    @Test func `A project that has asked all its questions of a release is told so by a code`() async throws {
        var node = try TestNode()
        node.policy = Consortium.policyYAML + "\ndefaults: { releases_per_project: 1 }"
        _ = try await total(node, node.consortium.ticket(Consortium.question(200, attrition: false)))
        let second = try node.consortium.ticket(Consortium.question(400, attrition: false))
        #expect(try await total(node, second) == .refused(code: "QUOTA"))
        // What was asked before is still answered.
        let again = try node.consortium.ticket(Consortium.question(200, attrition: false))
        guard case .rounded = try await total(node, again) else {
            Issue.record("not repeated")
            return
        }
    }

    @Test func `Two wishes under two tickets are one release: one evaluation, and every answer a coarser view of the first`()
        async throws
    {
        let node = try TestNode()
        let question = try Consortium.question(240, attrition: false)
        let plain = try node.consortium.ticket(question)
        let large = try node.consortium.ticket(question, wish: .init(threshold: 300))
        let coarse = try node.consortium.ticket(question, wish: .init(roundTo: 25))
        // The strict one first: what is kept must be the answer of the hospital's own rules.
        let hidden = try await total(node, large)
        let shown = try await total(node, plain)
        let rounded = try await total(node, coarse)
        #expect(node.source.evaluations.withLock { $0 } == 1)
        // By hand: 240 is stated with 4 + 14; below 300 at most 299 is hidden, with 18 more.
        #expect(shown == .rounded(240, base: 5, low: 222, high: 258))
        #expect(hidden == .hidden(low: 0, high: 317, why: .small))
        #expect(rounded == .rounded(250, base: 25, low: 220, high: 280))
    }

    @Test func `Halving over wished thresholds does not find the size of a group`() async throws {
        // Sizes that the hospital's own answer shows alike must be alike under every wish.
        var answers: [DisclosedCount: Set<[DisclosedCount]>] = [:]
        for size in 216...224 {
            let node = try TestNode()
            let question = try Consortium.question(size, attrition: false)
            let wishes = [nil] + (212...228).map { Optional($0) }
            let tickets = try wishes.map { try node.consortium.ticket(question, wish: .init(threshold: $0)) }
            try await node.running {
                for ticket in tickets { try await node.coordinator.offer(node.consortium.signed(ticket)) }
                try await node.coordinator.answered(tickets.count)
            }
            let given = await node.coordinator.answers
            let totals = try tickets.map { try #require(given[$0.id]).outcome.total }
            answers[totals[0], default: []].insert(totals)
        }
        #expect(answers.count < 9)
        #expect(answers.values.allSatisfy { $0.count == 1 })
    }
}
