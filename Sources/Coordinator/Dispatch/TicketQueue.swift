import Federation
import Foundation
import GRDB

/// The SQL under `TicketLifecycle`: loads a ticket, gives it one event, stores what changed. Always within a transaction of the
/// caller's, so that a ticket's change, its audit line and what goes with it happen together or not at all.
enum TicketQueue {
    /// A stored ticket.
    struct Stored {
        let id: TicketID
        let query: QueryID
        let hospital: HospitalID
        let document: Data
        var life: TicketLifecycle

        init(_ row: Row) throws {
            guard let state = TicketLifecycle.State(rawValue: row["state"]) else {
                throw CoordinatorError(.integrity, "A stored ticket is not readable.", advice: "Restore the state's backup.")
            }
            id = TicketID(unchecked: row["id"])
            query = QueryID(unchecked: row["query"])
            hospital = HospitalID(unchecked: row["hospital"])
            document = row["document"]
            life = TicketLifecycle(
                state: state, leaseUntil: row.optionalTimestamp("lease_until"), leases: row["leases"],
                expires: row.timestamp("expires_at"))
        }
    }

    /// Puts a new ticket into the queue.
    static func insert(_ db: Database, _ ticket: QueryTicket, _ document: SignedDocument) throws {
        try db.execute(
            sql: """
                INSERT INTO ticket (id, query, hospital, document, expires_at, state, state_since)
                VALUES (?, ?, ?, ?, ?, 'queued', ?)
                """,
            arguments: [
                ticket.id.rawValue, ticket.query.rawValue, ticket.audience.rawValue, Data(document.bytes),
                ticket.expires.seconds, ticket.issued.seconds,
            ])
    }

    /// One ticket, or nil.
    static func find(_ db: Database, _ id: TicketID) throws -> Stored? {
        try Row.fetchOne(db, sql: "SELECT * FROM ticket WHERE id = ?", arguments: [id.rawValue]).map(Stored.init)
    }

    /// Gives a ticket one event and stores the change.
    ///
    /// - Returns: what `TicketLifecycle` wants done.
    @discardableResult
    static func give(
        _ db: Database, _ ticket: inout Stored, _ event: TicketLifecycle.Event, now: Timestamp
    ) throws -> TicketLifecycle.Action {
        let before = ticket.life
        let action = ticket.life.take(event, now: now)
        guard ticket.life != before else { return action }
        let hasMoved = ticket.life.state != before.state
        try db.execute(
            sql: """
                UPDATE ticket SET state = ?1, state_since = CASE WHEN ?2 THEN ?3 ELSE state_since END, lease_until = ?4, leases = ?5,
                    reason = coalesce(?6, reason), untold = CASE WHEN ?7 THEN 1 ELSE untold END
                WHERE id = ?8
                """,
            arguments: [
                ticket.life.state.rawValue, hasMoved, now.seconds, ticket.life.leaseUntil?.seconds, ticket.life.leases,
                reason(event), action == .tellNode, ticket.id.rawValue,
            ])
        if isVisible(from: before.state, to: ticket.life.state) { try touch(db, ticket.query) }
        return action
    }

    private static func reason(_ event: TicketLifecycle.Event) -> String? {
        if case .answerRefused(let code) = event { code } else { nil }
    }

    /// Leasing and its running out are the queue's own business; everything else a person may see.
    private static func isVisible(from before: TicketLifecycle.State, to after: TicketLifecycle.State) -> Bool {
        let inner: Set<TicketLifecycle.State> = [.queued, .leased]
        return before != after && !(inner.contains(before) && inner.contains(after))
    }

    /// Counts a change that readers of the query's result may see.
    static func touch(_ db: Database, _ query: QueryID) throws {
        try db.execute(sql: "UPDATE query SET version = version + 1 WHERE id = ?", arguments: [query.rawValue])
    }

    /// Leases the oldest queued tickets of a hospital.
    static func lease(
        _ db: Database, _ hospital: HospitalID, atMost limit: Int, seconds: Int64, now: Timestamp
    ) throws -> [Stored] {
        let rows = try Row.fetchAll(
            db, sql: "SELECT * FROM ticket WHERE hospital = ? AND state = 'queued' ORDER BY sequence LIMIT ?",
            arguments: [hospital.rawValue, limit])
        var leased: [Stored] = []
        for row in rows {
            var ticket = try Stored(row)
            guard try give(db, &ticket, .lease(seconds: seconds), now: now) == .deliver else { continue }
            // Where it was carried as a file before, it is not any more.
            try db.execute(sql: "UPDATE ticket SET carried = NULL WHERE id = ?", arguments: [ticket.id.rawValue])
            leased.append(ticket)
        }
        return leased
    }

    /// The cancellations that a hospital's node has not been told of; they count as told from here on.
    static func takeCancellations(_ db: Database, _ hospital: HospitalID) throws -> [TicketID] {
        let ids = try String.fetchAll(
            db, sql: "SELECT id FROM ticket WHERE hospital = ? AND untold = 1 ORDER BY sequence LIMIT 1000",
            arguments: [hospital.rawValue])
        for id in ids { try db.execute(sql: "UPDATE ticket SET untold = 0 WHERE id = ?", arguments: [id]) }
        return ids.map(TicketID.init(unchecked:))
    }

    /// Offers a hospital's handed-out tickets again: its node came up anew and may have lost them.
    static func requeueAfterRestart(_ db: Database, _ hospital: HospitalID, now: Timestamp) throws {
        let rows = try Row.fetchAll(
            db, sql: "SELECT * FROM ticket WHERE hospital = ? AND state IN ('leased', 'acknowledged') ORDER BY sequence",
            arguments: [hospital.rawValue])
        for row in rows {
            var ticket = try Stored(row)
            try give(db, &ticket, .nodeRestarted, now: now)
        }
        try PeerQueue.offerAgain(db, to: hospital)
        // A cancellation told to the old process may have died with it.
        try db.execute(
            sql: "UPDATE ticket SET untold = 1 WHERE hospital = ? AND state = 'cancelled' AND leases > 0 AND expires_at > ?",
            arguments: [hospital.rawValue, now.seconds])
    }

    /// Stops what is still open of a query.
    ///
    /// - Returns: the hospitals whose nodes have something to be told.
    @discardableResult
    static func cancel(_ db: Database, _ query: QueryID, by actor: AuditActor, now: Timestamp) throws -> [HospitalID] {
        try db.execute(
            sql: "UPDATE query SET cancelled_at = ? WHERE id = ? AND cancelled_at IS NULL",
            arguments: [now.seconds, query.rawValue])
        var hospitals: [HospitalID] = []
        for row in try Row.fetchAll(db, sql: "SELECT * FROM ticket WHERE query = ?", arguments: [query.rawValue]) {
            var ticket = try Stored(row)
            if try give(db, &ticket, .cancel, now: now) == .tellNode { hospitals.append(ticket.hospital) }
        }
        try touch(db, query)
        try AuditLog.append(db, .queryCancelled, by: actor, on: .query(query), at: now)
        return hospitals
    }

    /// What passing time did.
    struct Swept: Sendable, Hashable {
        var hospitals: Set<HospitalID> = []
        var queries: Set<QueryID> = []
    }

    /// Lets time pass for open tickets: leases that ran out are offered again, tickets past their time expire.
    static func sweep(_ db: Database, now: Timestamp) throws -> Swept {
        var swept = Swept()
        let due = try Row.fetchAll(
            db,
            sql: """
                SELECT * FROM ticket WHERE state IN ('queued', 'leased', 'acknowledged')
                AND (expires_at <= ?1 OR (state = 'leased' AND lease_until <= ?2)) ORDER BY sequence LIMIT 500
                """, arguments: [now.seconds - FederationProtocol.clockTolerance, now.seconds])
        for row in due {
            var ticket = try Stored(row)
            switch try give(db, &ticket, .tick, now: now) {
            case .wakeNode:
                swept.hospitals.insert(ticket.hospital)
            case .record:
                swept.queries.insert(ticket.query)
                try AuditLog.append(db, .ticketExpired, by: .system, on: .ticket(ticket.id), at: now)
            case .nothing, .deliver, .tellNode, .refuse:
                break
            }
        }
        return swept
    }

    /// Whether `sweep` would find something, to be asked without a write lock.
    static func isSweepDue(_ db: Database, now: Timestamp) throws -> Bool {
        try Bool.fetchOne(
            db,
            sql: """
                SELECT EXISTS (SELECT 1 FROM ticket WHERE state IN ('queued', 'leased', 'acknowledged')
                AND (expires_at <= ?1 OR (state = 'leased' AND lease_until <= ?2)))
                """, arguments: [now.seconds - FederationProtocol.clockTolerance, now.seconds]) ?? false
    }

    /// The hospitals for which something waits to be fetched.
    static func hospitalsWithWork(_ db: Database, now: Timestamp) throws -> [HospitalID] {
        try String.fetchAll(
            db,
            sql: """
                SELECT DISTINCT hospital FROM ticket WHERE state = 'queued' AND expires_at > ?
                UNION SELECT DISTINCT hospital FROM ticket WHERE untold = 1
                """, arguments: [now.seconds]
        ).map(HospitalID.init(unchecked:))
    }
}
