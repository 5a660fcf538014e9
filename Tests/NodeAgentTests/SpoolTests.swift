import Disclosure
import Federation
import Foundation
import Testing

@testable import NodeAgent

/// What survives the end of the process at each step. A spool that is opened again is what a restart finds after kill -9:
/// every method returns only when its transaction is on disk.
@Suite struct `The spool` {
    private let folder: TemporaryFolder
    private let consortium: Consortium

    init() throws {
        folder = try TemporaryFolder()
        consortium = try Consortium()
    }

    private func open() throws -> Spool { try Spool(try folder.state, hospital: Consortium.hospital) }

    private let ledger = LedgerAppend(sequence: 0, record: [3], head: [4])

    private func answer(_ ticket: QueryTicket, _ outcome: AnswerOutcome = .failed(.error)) throws -> SignedDocument {
        let answer = NodeAnswer(
            to: ticket, at: consortium.clock.now, provenance: CountingSource().provenance, policy: Digest256(of: []),
            outcome: outcome)
        return try SignedDocument(signing: answer, with: consortium.keys.signing)
    }

    private func accept(_ ticket: QueryTicket) async throws -> Spool.Acceptance {
        try await open().accept(ticket, consortium.signed(ticket), at: consortium.clock.now)
    }

    @Test func `A stored ticket is found again, with its duty`() async throws {
        let ticket = try consortium.ticket()
        #expect(try await accept(ticket) == .new)
        #expect(try await open().next(.acknowledge)?.id == ticket.id)
        #expect(try await accept(ticket) == .known(.received))
    }

    @Test func `Killed while evaluating, the ticket is taken up again`() async throws {
        let ticket = try consortium.ticket()
        _ = try await accept(ticket)
        #expect(try await open().move(ticket.id, .acknowledged, at: consortium.clock.now) == .acknowledged)
        #expect(try await open().move(ticket.id, .takenUp, at: consortium.clock.now) == .evaluating)
        #expect(try await open().next(.evaluate)?.state == .evaluating)
    }

    @Test func `Killed between storing and sending, the same bytes are sent`() async throws {
        let ticket = try consortium.ticket()
        let document = try answer(ticket)
        _ = try await accept(ticket)
        try await open().move(ticket.id, .acknowledged, at: consortium.clock.now)
        try await open().move(ticket.id, .takenUp, at: consortium.clock.now)
        #expect(try await open().store(document, to: ticket.id, release: nil, outcome: "x", at: consortium.clock.now))
        #expect(try await open().next(.send)?.answer == document.bytes)
    }

    @Test func `A second answer to one ticket is not stored`() async throws {
        let ticket = try consortium.ticket()
        let (first, second) = (try answer(ticket), try answer(ticket, .failed(.timeout)))
        _ = try await accept(ticket)
        let spool = try open()
        try await spool.move(ticket.id, .acknowledged, at: consortium.clock.now)
        try await spool.move(ticket.id, .takenUp, at: consortium.clock.now)
        #expect(try await spool.store(first, to: ticket.id, release: nil, outcome: "x", at: consortium.clock.now))
        #expect(try await !spool.store(second, to: ticket.id, release: nil, outcome: "x", at: consortium.clock.now))
        #expect(try await spool.next(.send)?.answer == first.bytes)
    }

    @Test func `A ticket that was withdrawn takes no answer, and none of its release`() async throws {
        let ticket = try consortium.ticket()
        _ = try await accept(ticket)
        let spool = try open()
        try await spool.move(ticket.id, .withdrawn, at: consortium.clock.now)
        let release = Spool.Release(key: Digest256(of: [1]), disclosed: [2], ledger: ledger)
        #expect(try await !spool.store(answer(ticket), to: ticket.id, release: release, outcome: "x", at: consortium.clock.now))
        #expect(try await spool.released(release.key) == nil)
    }

    @Test func `An answer, what it releases, the ledger and the audit line are stored together`() async throws {
        let ticket = try consortium.ticket()
        _ = try await accept(ticket)
        let spool = try open()
        try await spool.move(ticket.id, .acknowledged, at: consortium.clock.now)
        try await spool.move(ticket.id, .takenUp, at: consortium.clock.now)
        let release = Spool.Release(key: Digest256(of: [1]), disclosed: [2], ledger: ledger)
        #expect(try await spool.store(answer(ticket), to: ticket.id, release: release, outcome: "x", at: consortium.clock.now))
        let again = try open()
        #expect(try await again.released(release.key) == [2])
        #expect(try await again.ledgerRecord(0) == [3])
        #expect(try await again.ledgerHead().head == [4])
        #expect(try await again.verifyAudit().count == 2)
    }

    @Test func `With a full disk a ticket is refused whole, and taken once there is room`() async throws {
        let spool = try open()
        let first = try consortium.ticket()
        _ = try await spool.accept(first, consortium.signed(first), at: consortium.clock.now)
        try await spool.limitGrowth(pages: 0)
        var accepted = 1
        var refusal: NodeError?
        while refusal == nil, accepted < 200 {
            let ticket = try consortium.ticket()
            let document = try consortium.signed(ticket)
            do throws(NodeError) {
                _ = try await spool.accept(ticket, document, at: consortium.clock.now)
                accepted += 1
            } catch {
                refusal = error
            }
        }
        #expect(refusal?.code == .diskFull)
        #expect(refusal?.advice.contains("Nothing was lost") == true)
        // What is stored is still all there, and the chain knows nothing of what was not.
        #expect(try await spool.counts() == [.received: accepted])
        #expect(try await spool.verifyAudit().count == accepted)
        try await spool.limitGrowth(pages: 1_000)
        let ticket = try consortium.ticket()
        #expect(try await spool.accept(ticket, consortium.signed(ticket), at: consortium.clock.now) == .new)
        #expect(try await spool.verifyAudit().count == accepted + 1)
    }

    @Test func `The audit log cannot be rewritten through its table, and a change of the file is found`() async throws {
        for _ in 0..<3 { _ = try await accept(consortium.ticket()) }
        let path = try folder.state.database
        #expect(sqlite(path, "UPDATE audit SET line = 'x' WHERE sequence = 1") != 0)
        #expect(sqlite(path, "DELETE FROM audit WHERE sequence = 2") != 0)
        #expect(
            sqlite(
                path, "DROP TRIGGER audit_is_append_only_1; UPDATE audit SET line = replace(line, 'ok', 'no') WHERE sequence = 1")
                == 0)
        let error = await #expect(throws: NodeError.self) { try await open().verifyAudit() }
        #expect(error?.code == .integrity)
        #expect(error?.message.contains("Line 2") == true)
    }

    @Test func `A damaged database is said to be damaged`() throws {
        _ = try open()
        let path = try folder.state.database
        try? FileManager.default.removeItem(atPath: path + "-wal")
        try Data(repeating: 0x5A, count: 8_192).write(to: URL(fileURLWithPath: path))
        let error = #expect(throws: NodeError.self) { try open() }
        #expect(error?.code == .integrity)
    }

    /// Another program at the same file: the sqlite3 module of Python.
    private func sqlite(_ path: String, _ sql: String) -> Int32 {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "python3", "-c", "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.executescript(sys.argv[2]); c.commit()",
            path, sql,
        ]
        process.standardError = FileHandle.nullDevice
        try? process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }
}

@Suite struct `A ticket's states` {
    @Test func `From the door to the receipt`() {
        var state = TicketState.received
        var transcript: [String] = []
        for event in [TicketState.Event.acknowledged, .takenUp, .takenUp, .answerStored, .receiptStored] {
            transcript.append("\(state) \(state.duty) | \(event)")
            state = state.after(event) ?? state
        }
        #expect(
            transcript == [
                "received acknowledge | acknowledged", "acknowledged evaluate | takenUp", "evaluating evaluate | takenUp",
                "evaluating evaluate | answerStored", "answered send | receiptStored",
            ])
        #expect(state == .sent && state.duty == .nothing)
    }

    @Test func `Once an answer is stored nothing but a receipt or a refusal changes it`() {
        let moving = TicketState.Event.allCases.filter { TicketState.answered.after($0) != nil }
        #expect(moving == [.receiptStored, .answerRefused])
    }

    @Test(arguments: [TicketState.sent, .cancelled, .refused]) func `A settled ticket stays settled`(state: TicketState) {
        #expect(TicketState.Event.allCases.allSatisfy { state.after($0) == nil })
    }

    @Test func `No event leads backwards, but a person's decision, after which a held ticket is taken up again`() {
        #expect(TicketState.held.after(.decided) == .acknowledged)
        #expect(TicketState.allCases.filter { $0 != .held }.allSatisfy { $0.after(.decided) == nil })
        let order: [TicketState] = [.received, .acknowledged, .evaluating, .held, .answered, .sent, .cancelled, .refused]
        for state in order {
            for event in TicketState.Event.allCases where event != .decided {
                guard let next = state.after(event) else { continue }
                #expect(order.firstIndex(of: next) ?? 0 >= order.firstIndex(of: state) ?? 0)
            }
        }
    }
}
