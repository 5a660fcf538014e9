import CanonicalJSON
import Disclosure
import Federation
import Foundation
import Outbound
import Testing

@testable import NodeAgent

/// One ticket's way through the node, with a coordinator that lives in this process.
@Suite struct `A ticket's way` {
    @Test func `A ticket is stored, acknowledged, answered, and its receipt kept`() async throws {
        let node = try TestNode()
        let ticket = try node.consortium.ticket(Consortium.question(240))
        try await node.running {
            try await node.coordinator.offer(node.consortium.signed(ticket))
            try await node.coordinator.answered()
            try await node.settles([.sent: 1])
        }
        #expect(await node.coordinator.acknowledged == [ticket.id])
        let answer = try #require(await node.coordinator.answers[ticket.id])
        #expect(answer.questionHash == ticket.questionHash)
        #expect(answer.policy == (try Consortium.policy()).hash)
        guard case .answered(let disclosed) = answer.outcome,
            case .rounded(let value, let base, let low, let high) = disclosed.total
        else {
            Issue.record("not answered: \(answer.outcome)")
            return
        }
        // 240 is a multiple of 5, so rounding leaves it.
        #expect(value == 240 && base == 5 && low <= 240 && high >= 240)
    }

    @Test func `A small count leaves as the one symbol for small counts, and its number is nowhere in the bytes`() async throws {
        let node = try TestNode()
        let small = try node.consortium.ticket(Consortium.question(7, attrition: false))
        let none = try node.consortium.ticket(Consortium.question(0, attrition: false))
        try await node.running {
            try await node.coordinator.offer(node.consortium.signed(small), node.consortium.signed(none))
            try await node.coordinator.answered(2)
        }
        let first = try #require(await node.coordinator.answers[small.id])
        let second = try #require(await node.coordinator.answers[none.id])
        #expect(first.outcome == second.outcome)
        #expect(first.outcome.total == .hidden(low: 0, high: 14, why: .small))
        #expect(!first.outcome.json.text().contains("7"))
    }

    @Test func `The audit log holds a line for each step, before the answer left, and its chain holds`() async throws {
        let node = try TestNode()
        let ticket = try node.consortium.ticket(Consortium.question(100))
        try await node.running {
            try await node.coordinator.offer(node.consortium.signed(ticket))
            try await node.settles([.sent: 1])
        }
        let lines = try await node.spool().auditLines()
        let actions = try lines.map { try AuditEntry(from: .init(.init(parsing: $0))).action }
        #expect(actions == ["ticket.received", "answer.stored", "answer.sent"])
        #expect(try await node.spool().verifyAudit().count == 3)
    }

    @Test func `An answer that was lost on the way is sent again, byte for byte, until the receipt is here`() async throws {
        let node = try TestNode()
        await node.coordinator.makeTrouble("answers", .unreachable, .lose, .refuse(503, code: "BUSY"))
        let ticket = try node.consortium.ticket(Consortium.question(100))
        try await node.running {
            try await node.coordinator.offer(node.consortium.signed(ticket))
            try await node.settles([.sent: 1])
        }
        let posted = await node.coordinator.posted
        #expect(posted.count == 2)
        #expect(Set(posted).count == 1)
        #expect(node.source.evaluations.withLock { $0 } == 1)
    }

    @Test func `A ticket that is offered again because our word was lost is not evaluated twice`() async throws {
        let node = try TestNode()
        await node.coordinator.makeTrouble("ack", .unreachable)
        let document = try node.consortium.signed(node.consortium.ticket(Consortium.question(100)))
        try await node.running {
            await node.coordinator.offer(document)
            try await node.coordinator.answered()
            await node.coordinator.offer(document)
            try await eventually { await node.coordinator.posted.count == 2 }
        }
        #expect(Set(await node.coordinator.posted).count == 1)
        #expect(node.source.evaluations.withLock { $0 } == 1)
    }

    @Test func `The same question under another ticket repeats the stored answer without counting again`() async throws {
        let node = try TestNode()
        let tickets = try [node.consortium.ticket(Consortium.question(123)), node.consortium.ticket(Consortium.question(123))]
        try await node.running {
            for (number, ticket) in tickets.enumerated() {
                try await node.coordinator.offer(node.consortium.signed(ticket))
                try await node.coordinator.answered(number + 1)
            }
        }
        let answers = await node.coordinator.answers
        #expect(answers[tickets[0].id]?.outcome == answers[tickets[1].id]?.outcome)
        #expect(node.source.evaluations.withLock { $0 } == 1)
    }

    @Test func `A repeated answer is the same after a restart`() async throws {
        let node = try TestNode()
        let tickets = try [node.consortium.ticket(Consortium.question(123)), node.consortium.ticket(Consortium.question(123))]
        for (number, ticket) in tickets.enumerated() {
            try await node.running {
                try await node.coordinator.offer(node.consortium.signed(ticket))
                try await node.coordinator.answered(number + 1)
            }
        }
        let answers = await node.coordinator.answers
        #expect(answers[tickets[0].id]?.outcome == answers[tickets[1].id]?.outcome)
        #expect(node.source.evaluations.withLock { $0 } == 1)
    }

    @Test func `What the policy forbids is declined with a code and never evaluated`() async throws {
        let node = try TestNode()
        let ticket = try node.consortium.ticket(Consortium.question(100), project: "P-0099")
        try await node.running {
            try await node.coordinator.offer(node.consortium.signed(ticket))
            try await node.coordinator.answered()
        }
        #expect(await node.coordinator.answers[ticket.id]?.outcome == .declined(.projectUnknown, at: []))
        #expect(node.source.evaluations.withLock { $0 } == 0)
    }

    @Test(arguments: [
        (
            EvaluationRefusal.unsupported(["/cohort/PrimaryCriteria"]),
            AnswerOutcome.declined(.notSupported, at: ["/cohort/PrimaryCriteria"])
        ),
        (.unavailable(.domain, detail: "procedure"), .unavailable(.domain, detail: "procedure")),
        (.failed(code: "INDEX"), .failed(.error)),
    ])
    func `What cannot be counted is said in words and never as zero`(refusal: EvaluationRefusal, outcome: AnswerOutcome)
        async throws
    {
        var node = try TestNode()
        node.source.instead = { _ throws(EvaluationRefusal) in throw refusal }
        let running = node
        let ticket = try node.consortium.ticket()
        try await running.running {
            try await running.coordinator.offer(running.consortium.signed(ticket))
            try await running.coordinator.answered()
        }
        #expect(await node.coordinator.answers[ticket.id]?.outcome == outcome)
    }

    @Test func `A question over its time is called off and reported`() async throws {
        var node = try TestNode()
        node.yaml.replace("seconds_per_query: 300", with: "seconds_per_query: 1")
        node.source.instead = { isCancelled throws(EvaluationRefusal) in
            while !isCancelled() { usleep(10_000) }
            throw .cancelled
        }
        let running = node
        let ticket = try node.consortium.ticket()
        try await running.running {
            try await running.coordinator.offer(running.consortium.signed(ticket))
            try await running.coordinator.answered()
        }
        #expect(await node.coordinator.answers[ticket.id]?.outcome == .failed(.timeout))
        #expect(node.logged.contains("a question was over its time or memory"))
        let lines = try await node.spool().auditLines()
        #expect(lines.contains { $0.contains("answer.stored") && $0.contains("failed-timeout") })
    }

    @Test func `A withdrawn ticket is called off and nothing leaves`() async throws {
        var node = try TestNode()
        let began = Locked(false)
        node.source.instead = { isCancelled throws(EvaluationRefusal) in
            began.withLock { $0 = true }
            while !isCancelled() { usleep(10_000) }
            throw .cancelled
        }
        let running = node
        let ticket = try node.consortium.ticket()
        try await running.running {
            try await running.coordinator.offer(running.consortium.signed(ticket))
            try await eventually { began.withLock { $0 } }
            await running.coordinator.cancel(ticket.id)
            try await running.settles([.cancelled: 1])
        }
        #expect(await node.coordinator.posted.isEmpty)
    }

    @Test func `An answer that the coordinator does not want any more is laid aside`() async throws {
        let node = try TestNode()
        await node.coordinator.makeTrouble("answers", .refuse(410, code: "TICKET_EXPIRED"))
        try await node.running {
            try await node.coordinator.offer(node.consortium.signed(node.consortium.ticket(Consortium.question(50))))
            try await node.settles([.refused: 1])
        }
        #expect(await node.coordinator.posted.isEmpty)
    }

    @Test func `A looser wish is ignored, logged, and a stricter one obeyed`() async throws {
        let node = try TestNode()
        let loose = try node.consortium.ticket(Consortium.question(12, attrition: false), wish: .init(threshold: 1, roundTo: 1))
        let strict = try node.consortium.ticket(Consortium.question(90, attrition: false), wish: .init(threshold: 100))
        try await node.running {
            try await node.coordinator.offer(node.consortium.signed(loose), node.consortium.signed(strict))
            try await node.coordinator.answered(2)
        }
        let answers = await node.coordinator.answers
        #expect(answers[loose.id]?.outcome.total != .exact(12))
        #expect(node.logged.contains("a looser wish was ignored"))
        guard case .hidden(_, let high, _)? = answers[strict.id]?.outcome.total else {
            Issue.record("not hidden: \(String(describing: answers[strict.id]?.outcome))")
            return
        }
        #expect(high >= 99)
    }

    @Test func `Health says who we are, under which policy, and nothing of patients`() async throws {
        let node = try TestNode()
        try await node.running { try await eventually { await !node.coordinator.health.isEmpty } }
        let health = try #require(await node.coordinator.health.first)
        #expect(health.node == Consortium.hospital)
        #expect(health.policy == (try Consortium.policy()).hash)
    }

    @Test func `A paused node takes nothing new and says so`() async throws {
        let node = try TestNode()
        try node.folder.state.pause("maintenance")
        try await node.running {
            try await node.coordinator.offer(node.consortium.signed(node.consortium.ticket()))
            try await eventually { await node.coordinator.health.contains { $0.state == .paused } }
            #expect(await node.coordinator.polls.isEmpty)
            #expect(try node.folder.state.resume())
            try await node.coordinator.answered()
        }
    }

    @Test func `Nothing that is logged holds a count, a question or a secret`() async throws {
        let node = try TestNode()
        try await node.running {
            try await node.coordinator.offer(node.consortium.signed(node.consortium.ticket(Consortium.question(777))))
            try await node.settles([.sent: 1])
        }
        let secret = try String(contentsOfFile: node.folder.state.file("node-secret"), encoding: .utf8)
        let audit = try await node.spool().auditLines().joined()
        for text in [node.logged, audit] {
            #expect(!text.isEmpty)
            #expect(Set(["775", "777", "780"]).isDisjoint(with: text.split { !$0.isLetter && !$0.isNumber }.map(String.init)))
            #expect(!text.contains(secret) && !text.contains("CriteriaList"))
        }
    }
}
