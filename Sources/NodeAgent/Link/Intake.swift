import CanonicalJSON
import FaultPoints
import Federation

/// Takes in what a poll brought: verify, store, and only then let it be acknowledged.
struct Intake: Sendable {
    let verifier: TicketVerifier
    let spool: Spool
    let answerer: Answerer
    let board: StatusBoard
    let clock: NodeClock
    let log: NodeLog
    /// Rung when there is something to acknowledge, to do, or to send again.
    let bells: Bells
    /// Answers what is asked about totals without a guardian, and the way to say it; nil where there is none.
    let totals: (desk: PeerTotals, link: CoordinatorLink)?
    /// Complaints already made, so that an offer that comes back with every lease fills no log.
    private let complaints = Locked<Set<Digest256>>([])
    /// How much a coordinator may put on this node's disk.
    private let allowance: Locked<IntakeAllowance>

    init(
        verifier: TicketVerifier, spool: Spool, answerer: Answerer, board: StatusBoard, clock: NodeClock, log: NodeLog,
        bells: Bells, totals: (desk: PeerTotals, link: CoordinatorLink)? = nil, allowance: IntakeAllowance = .standard
    ) {
        self.allowance = Locked(allowance)
        self.verifier = verifier
        self.spool = spool
        self.answerer = answerer
        self.board = board
        self.clock = clock
        self.log = log
        self.bells = bells
        self.totals = totals
    }

    /// - Returns: how many tickets of it are new here.
    /// - Throws: `DISK_FULL` and the like: what was not stored is not acknowledged, so the coordinator offers it again.
    func take(_ delivery: TicketDelivery) async throws(NodeError) -> Int {
        await board.clockOffset(delivery.time.seconds - clock.now())
        for ticket in delivery.cancelled { try await withdraw(ticket) }
        var new = 0
        for document in delivery.tickets where try await take(document) { new += 1 }
        for document in delivery.totals { try await answer(document) }
        return new
    }

    /// What does not arrive is asked for again, and said again.
    private func answer(_ document: SignedDocument) async throws(NodeError) {
        guard let totals, let said = try await totals.desk.answer(document) else { return }
        do throws(LinkFailure) {
            try await totals.link.total(said)
            log.info("spoke about a total", [.code: said.type])
        } catch {
            log.warning("the word on a total could not be sent yet", [.code: error.code])
        }
    }

    private func withdraw(_ ticket: TicketID) async throws(NodeError) {
        let state = try await spool.move(ticket, .withdrawn, at: Timestamp(clock.now()), outcome: "withdrawn")
        guard state == .cancelled else { return }
        await answerer.callOff(ticket)
        log.info("ticket withdrawn", [.ticket: ticket.rawValue])
    }

    /// Whether it is a new ticket, stored now.
    private func take(_ document: SignedDocument) async throws(NodeError) -> Bool {
        let now = Timestamp(clock.now())
        let ticket: QueryTicket
        do {
            ticket = try verifier.verify(document, now: now)
        } catch let error as FederationError {
            try await complain(document, error, now)
            return false
        } catch {
            return false
        }
        guard try await isWithinAllowance(ticket, document, now) else { return false }
        switch try await spool.accept(ticket, document, at: now) {
        case .new:
            FaultPoint.reach(.nodeTicketStored)
            log.info(
                "ticket stored",
                [.ticket: ticket.id.rawValue, .query: ticket.query.rawValue, .project: ticket.project.id.rawValue])
            bells.acknowledge.ring()
            return true
        case .known(let state):
            // Our acknowledgement or our answer did not arrive; say it again.
            bells.again(ticket.id, state)
        case .differs:
            log.error("another ticket with a known id was refused", [.ticket: ticket.id.rawValue, .code: "TICKET_REPLAYED"])
        }
        return false
    }

    /// Whether there is room today for a ticket. One that has to wait is not acknowledged, so it is offered again.
    private func isWithinAllowance(
        _ ticket: QueryTicket, _ document: SignedDocument, _ now: Timestamp
    ) async throws(NodeError) -> Bool {
        // What is stored already takes no new room.
        if try await spool.entry(ticket.id)?.document == document.bytes { return true }
        switch allowance.withLock({ $0.ticket(bytes: document.bytes.count, at: now) }) {
        case .within: return true
        case .beyond: return false
        case .firstBeyond:
            let error = allowance.withLock { $0.words }
            log.error("more tickets came in a day than are taken", [.code: error.code.rawValue, .advice: error.advice])
            await board.problem(error)
            try await spool.record("ticket.refused", "more", outcome: "TOO_MANY", at: now)
            return false
        }
    }

    private func complain(_ document: SignedDocument, _ error: FederationError, _ now: Timestamp) async throws(NodeError) {
        let digest = document.digest
        let isFirst = complaints.withLock { seen in
            if seen.count > 10_000 { seen = [] }
            return seen.insert(digest).inserted
        }
        guard isFirst else { return }
        switch allowance.withLock({ $0.complaint(at: now) }) {
        case .within: break
        case .beyond: return
        case .firstBeyond: return try await spool.record("ticket.refused", "more", outcome: "TOO_MANY", at: now)
        }
        let isClock = error.code == .ticketNotYetValid
        log.error(
            "ticket refused", [.code: error.code.rawValue, .advice: isClock ? "check this machine's clock" : "see the audit log"])
        await board.problem(NodeError(.integrity, error.message, advice: error.advice))
        // The id inside an unverified document is not believed; its digest names it.
        try await spool.record("ticket.refused", digest.short, outcome: error.code.rawValue, content: digest, at: now)
    }
}

/// What wakes the node's loops.
struct Bells: Sendable {
    let acknowledge = Bell()
    let evaluate = Bell()
    let send = Bell()
    let health = Bell()
    private let repeats = Locked<(acknowledge: Set<TicketID>, send: Set<TicketID>)>(([], []))

    /// The coordinator offered a ticket again that was stored before.
    func again(_ ticket: TicketID, _ state: TicketState) {
        repeats.withLock { sets in
            switch state {
            case .acknowledged, .evaluating, .held: sets.acknowledge.insert(ticket)
            case .sent: sets.send.insert(ticket)
            case .received, .answered, .cancelled, .refused: break
            }
        }
        acknowledge.ring()
        send.ring()
    }

    /// Tickets to acknowledge once more.
    func takeAcknowledgements() -> Set<TicketID> {
        repeats.withLock { sets in
            defer { sets.acknowledge = [] }
            return sets.acknowledge
        }
    }

    /// Tickets whose answer is to be sent once more.
    func takeAnswers() -> Set<TicketID> {
        repeats.withLock { sets in
            defer { sets.send = [] }
            return sets.send
        }
    }

    func ringAll() {
        for bell in [acknowledge, evaluate, send, health] { bell.ring() }
    }
}
