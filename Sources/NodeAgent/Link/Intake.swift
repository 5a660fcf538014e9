import CanonicalJSON
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

    init(
        verifier: TicketVerifier, spool: Spool, answerer: Answerer, board: StatusBoard, clock: NodeClock, log: NodeLog,
        bells: Bells, totals: (desk: PeerTotals, link: CoordinatorLink)? = nil
    ) {
        self.verifier = verifier
        self.spool = spool
        self.answerer = answerer
        self.board = board
        self.clock = clock
        self.log = log
        self.bells = bells
        self.totals = totals
    }

    /// - Throws: `DISK_FULL` and the like: what was not stored is not acknowledged, so the coordinator offers it again.
    func take(_ delivery: TicketDelivery) async throws(NodeError) {
        await board.clockOffset(delivery.time.seconds - clock.now())
        for ticket in delivery.cancelled { try await withdraw(ticket) }
        for document in delivery.tickets { try await take(document) }
        for document in delivery.totals { try await answer(document) }
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

    private func take(_ document: SignedDocument) async throws(NodeError) {
        let now = Timestamp(clock.now())
        let ticket: QueryTicket
        do {
            ticket = try verifier.verify(document, now: now)
        } catch let error as FederationError {
            return try await complain(document, error, now)
        } catch {
            return
        }
        switch try await spool.accept(ticket, document, at: now) {
        case .new:
            log.info(
                "ticket stored",
                [.ticket: ticket.id.rawValue, .query: ticket.query.rawValue, .project: ticket.project.id.rawValue])
            bells.acknowledge.ring()
        case .known(let state):
            // Our acknowledgement or our answer did not arrive; say it again.
            bells.again(ticket.id, state)
        case .differs:
            log.error("another ticket with a known id was refused", [.ticket: ticket.id.rawValue, .code: "TICKET_REPLAYED"])
        }
    }

    private func complain(_ document: SignedDocument, _ error: FederationError, _ now: Timestamp) async throws(NodeError) {
        let digest = document.digest
        let isFirst = complaints.withLock { seen in
            if seen.count > 10_000 { seen = [] }
            return seen.insert(digest).inserted
        }
        guard isFirst else { return }
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
