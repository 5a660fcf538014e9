import FaultPoints
import Federation
import GRDB

/// Hands tickets to nodes: the long poll, the acknowledgement, and what a node says about its progress.
struct TicketDesk: Sendable {
    let database: CoordinatorDatabase
    let clock: CoordinatorClock
    let guardian: NodeGuard
    let nodesWaiting: WaitingRoom<HospitalID>
    let readersWaiting: WaitingRoom<QueryID>
    let polls: PollOrder
    /// How many tickets one poll brings.
    let ticketsPerPoll: Int
    /// How long a node has to acknowledge.
    let leaseSeconds: Int
    let keys: ConsortiumKeys

    /// Waits until there is something for the node of `hospital`, at most `wait`.
    ///
    /// - Parameters:
    ///   - boot: the process that asks.
    ///   - sequence: its poll's number. A late duplicate of an earlier poll must not take the place of the newer one.
    /// - Returns: nil where there was nothing, or another poll took this one's place.
    func poll(_ hospital: HospitalID, boot: BootID, sequence: Int, wait: Duration) async throws -> TicketDelivery? {
        _ = try await guardian.arrive(hospital, boot: boot)
        guard await polls.isNewest(hospital, boot, sequence) else { return nil }
        let deadline = ContinuousClock.now + wait
        while true {
            let known = await nodesWaiting.bellCount(hospital)
            if let delivery = try await take(hospital) { return delivery }
            let left = deadline - ContinuousClock.now
            guard left > .zero else { return nil }
            switch await nodesWaiting.wait(for: hospital, known: known, atMost: left) {
            case .bell: continue
            case .timeout, .superseded, .closed: return nil
            }
        }
    }

    private func take(_ hospital: HospitalID) async throws -> TicketDelivery? {
        let now = clock.now
        let hasWork = try await database.read { db in
            try Bool.fetchOne(
                db,
                sql: """
                    SELECT EXISTS (SELECT 1 FROM ticket WHERE hospital = ?1 AND state = 'queued' AND expires_at > ?2)
                        OR EXISTS (SELECT 1 FROM ticket WHERE hospital = ?1 AND untold = 1)
                    """, arguments: [hospital.rawValue, now.seconds]) == true
                || (try PeerQueue.hasWork(db, hospital, now: now))
        }
        guard hasWork else { return nil }
        let (documents, cancelled, totals) = try await database.write { [ticketsPerPoll, leaseSeconds, keys] db in
            // Looked up again: the node may have been quarantined while this poll was parked.
            try NodeGuard.requireUndisputed(db, hospital)
            let cancelled = try TicketQueue.takeCancellations(db, hospital)
            let leased = try TicketQueue.lease(
                db, hospital, atMost: ticketsPerPoll, seconds: Int64(leaseSeconds), now: now)
            if !leased.isEmpty { FaultPoint.reach(.coordinatorTicketLeasing) }
            let totals = try PeerQueue.take(
                db, hospital, atMost: Self.totalsPerPoll, seconds: leaseSeconds, keys: keys, now: now)
            return (leased.map(\.document), cancelled, totals)
        }
        guard !documents.isEmpty || !cancelled.isEmpty || !totals.isEmpty else { return nil }
        if !documents.isEmpty { FaultPoint.reach(.coordinatorTicketLeased) }
        return TicketDelivery(
            tickets: try documents.map { try SignedDocument(parsing: $0) }, cancelled: cancelled, totals: totals,
            leaseSeconds: leaseSeconds, time: now)
    }

    /// So few, because one holds a signed share of every hospital in its total.
    private static let totalsPerPoll = 3

    /// Takes note that the node has a ticket on its own disk. Repeating changes nothing.
    func acknowledge(_ id: TicketID, from peer: NodePeer) async throws {
        let now = clock.now
        let query = try await database.write { db -> QueryID? in
            var ticket = try Self.ticket(db, id, of: peer)
            switch try TicketQueue.give(db, &ticket, .acknowledge, now: now) {
            case .record:
                try AuditLog.append(db, .ticketAcknowledged, by: .node(peer.hospital), on: .ticket(id), at: now)
                FaultPoint.reach(.coordinatorAcknowledging)
                return ticket.query
            case .refuse(let code):
                throw Self.refusal(code, id)
            case .nothing, .deliver, .wakeNode, .tellNode:
                return nil
            }
        }
        guard let query else { return }
        FaultPoint.reach(.coordinatorAcknowledged)
        await readersWaiting.ring(query)
    }

    /// Takes note of what the node is doing with a ticket. What arrives after the end is ignored.
    func progress(_ progress: NodeProgress, from peer: NodePeer) async throws {
        let now = clock.now
        let query = try await database.write { db -> QueryID? in
            let ticket = try Self.ticket(db, progress.ticket, of: peer)
            guard !ticket.life.state.isFinal else { return nil }
            try db.execute(
                sql: """
                    UPDATE ticket SET progress = ?1, progress_since = ?2
                    WHERE id = ?3 AND (progress IS NOT ?1 OR progress_since IS NOT ?2)
                    """,
                arguments: [progress.stage.rawValue, min(progress.since, now).seconds, progress.ticket.rawValue])
            guard db.changesCount > 0 else { return nil }
            try TicketQueue.touch(db, ticket.query)
            return ticket.query
        }
        if let query { await readersWaiting.ring(query) }
    }

    /// The ticket, if it is one of the peer's. Another hospital's is as unknown as none, so that nothing can be probed.
    private static func ticket(_ db: Database, _ id: TicketID, of peer: NodePeer) throws -> TicketQueue.Stored {
        try NodeGuard.requireUndisputed(db, peer.hospital)
        guard let ticket = try TicketQueue.find(db, id), ticket.hospital == peer.hospital else {
            throw refusal(.ticketUnknown, id)
        }
        return ticket
    }

    /// What a node is told about a ticket that is not open.
    static func refusal(_ code: CoordinatorError.Code, _ id: TicketID) -> CoordinatorError {
        switch code {
        case .ticketExpired:
            CoordinatorError(code, "Ticket \(id) has expired.", advice: "Drop it; the researcher asks again if need be.")
        case .ticketCancelled:
            CoordinatorError(code, "The question of ticket \(id) was stopped.", advice: "Drop it.")
        case .answerConflict:
            CoordinatorError(
                code, "Ticket \(id) was answered before, with another answer. The first one stands.",
                advice: "Find out why the node answered twice: was its state restored from a backup?")
        default:
            CoordinatorError(.ticketUnknown, "There is no ticket \(id) for this hospital.", advice: "Drop it.")
        }
    }
}

/// Which poll of each node is the newest. In memory: after a restart the first to come is.
actor PollOrder {
    private var newest: [HospitalID: (boot: BootID, sequence: Int)] = [:]

    func isNewest(_ hospital: HospitalID, _ boot: BootID, _ sequence: Int) -> Bool {
        if let known = newest[hospital], known.boot == boot, sequence < known.sequence { return false }
        newest[hospital] = (boot, sequence)
        return true
    }
}
