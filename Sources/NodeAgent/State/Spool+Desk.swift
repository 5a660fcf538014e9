import Federation
import Foundation
import GRDB

// What the desk keeps: who has to decide about which ticket, and who decided what. A person's command beside the running
// daemon writes here too; the daemon finds it when it looks for work.
extension Spool {
    /// Lays a ticket on the desk, or leaves it there. What was approved before stays approved.
    func hold(
        _ ticket: QueryTicket, _ decision: ReleaseDecision, why: [String], at now: Timestamp
    ) throws(NodeError) -> DeskRequest? {
        let id = ticket.id
        let due = decision.mode == .hold ? now.adding(Int64(decision.holdHours) * 3_600) : nil
        return try write { database, audit in
            guard let state = try Self.state(of: id, database), let next = state.after(.held) else { return nil }
            try database.execute(
                sql: "UPDATE ticket SET state = ? WHERE id = ?", arguments: [next.rawValue, id.rawValue])
            try database.execute(
                sql: """
                    INSERT INTO request (ticket, state, decision, why, held, due) VALUES (?, 'held', ?, ?, ?, ?)
                    ON CONFLICT (ticket) DO NOTHING
                    """,
                arguments: [id.rawValue, decision.word, why.joined(separator: " "), now.seconds, due?.seconds])
            if database.changesCount > 0 { try audit(now, "request.held", id.rawValue, decision.word, nil) }
            return try Self.request(id, database)
        }
    }

    /// Forgets approvals of something that would not leave like that any more.
    func voidApprovals(of id: TicketID, at now: Timestamp) throws(NodeError) {
        try write { database, audit in
            guard try Self.state(of: id, database)?.after(.held) != nil else { return }
            try database.execute(sql: "DELETE FROM approval WHERE ticket = ?", arguments: [id.rawValue])
            try database.execute(
                sql: "UPDATE request SET state = 'held', prepared = NULL, settled = NULL WHERE ticket = ?",
                arguments: [id.rawValue])
            try database.execute(
                sql: "UPDATE ticket SET state = ? WHERE id = ?", arguments: [TicketState.held.rawValue, id.rawValue])
            try audit(now, "request.changed", id.rawValue, "ANSWER_CHANGED", nil)
        }
    }

    /// What the desk has on a ticket.
    func request(_ id: TicketID) throws(NodeError) -> DeskRequest? { try read { try Self.request(id, $0) } }

    /// Everything on the desk, the most urgent first.
    /// - Parameter all: also what was decided.
    func requests(all: Bool = false) throws(NodeError) -> [DeskRequest] {
        try read { database in
            guard try database.tableExists("request") else { return [] }
            let open = all ? "" : "WHERE ticket.state = 'held'"
            return try String.fetchAll(
                database,
                sql: """
                    SELECT ticket FROM request JOIN ticket ON ticket.id = request.ticket \(open)
                    ORDER BY coalesce(due, expires), ticket
                    """
            ).compactMap { try Self.request(TicketID(unchecked: $0), database) }
        }
    }

    /// The time that stands in the answer to a request, from the first time on that a person looks at it: so that all of them
    /// see the same bytes, and those are the ones that leave.
    func prepare(_ id: TicketID, at now: Timestamp) throws(NodeError) -> Timestamp {
        try write { database, _ in
            let request = try Self.open(id, database)
            if let prepared = request.prepared { return prepared }
            try database.execute(sql: "UPDATE request SET prepared = ? WHERE ticket = ?", arguments: [now.seconds, id.rawValue])
            return now
        }
    }

    /// Writes down that a person approved what would leave, byte for byte.
    ///
    /// - Parameters:
    ///   - payload: the digest of the answer's payload that the person saw.
    ///   - needed: what the policy in force asks for.
    /// - Returns: the request after it.
    /// - Throws: `DESK` where it waits for nobody, or this person approved it before.
    func approve(
        _ id: TicketID, by person: Operator, payload: Digest256, needed: ReleaseDecision, at now: Timestamp
    ) throws(NodeError) -> DeskRequest {
        try write(by: person.actor) { database, audit in
            let request = try Self.open(id, database)
            guard !request.approvals.contains(where: { $0.person.uid == person.uid }) else {
                throw NodeError(
                    .desk, "\(person.words) has approved \(id) already.", advice: "The second approval is another person's.")
            }
            // What an earlier person approved would not leave like that any more: their yes was to something else.
            if request.approvals.contains(where: { $0.payload != payload }) {
                try database.execute(sql: "DELETE FROM approval WHERE ticket = ?", arguments: [id.rawValue])
                try audit(now, "request.changed", id.rawValue, "ANSWER_CHANGED", nil)
            }
            try database.execute(
                sql: "INSERT INTO approval (ticket, person, at, payload) VALUES (?, ?, ?, ?)",
                arguments: [id.rawValue, Int64(person.uid), now.seconds, payload.text])
            let count =
                try Int.fetchOne(database, sql: "SELECT count(*) FROM approval WHERE ticket = ?", arguments: [id.rawValue]) ?? 0
            try audit(now, "request.approved", id.rawValue, "\(count)-of-\(needed.approvers)", payload)
            if count >= needed.approvers { try Self.decide(id, .approved, database, now) }
            guard let after = try Self.request(id, database) else { throw Self.gone(id) }
            return after
        }
    }

    /// Writes down that a person declined, and with which code.
    func decline(_ id: TicketID, by person: Operator, code: DeclineCode, at now: Timestamp) throws(NodeError) {
        try write(by: person.actor) { database, audit in
            _ = try Self.open(id, database)
            try database.execute(
                sql: "UPDATE request SET decline = ? WHERE ticket = ?", arguments: [code.rawValue, id.rawValue])
            try Self.decide(id, .declined, database, now)
            try audit(now, "request.declined", id.rawValue, code.rawValue, nil)
        }
    }

    /// Takes up again what has waited long enough: holds that are over, and requests whose ticket runs out.
    /// - Returns: whether there was any.
    func takeUpDue(at now: Timestamp) throws(NodeError) -> Bool {
        let due = try read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT ticket.id, due <= ?1 AS over FROM ticket JOIN request ON request.ticket = ticket.id
                    WHERE ticket.state = 'held' AND (due <= ?1 OR expires <= ?1)
                    """, arguments: [now.seconds]
            ).map { (id: TicketID(unchecked: $0["id"]), isOver: ($0["over"] as Bool?) ?? false) }
        }
        guard !due.isEmpty else { return false }
        try write { database, audit in
            for (id, isOver) in due where try Self.state(of: id, database) == .held {
                try Self.decide(id, isOver ? .overdue : .expired, database, now)
                try audit(now, "request.\(isOver ? "overdue" : "expired")", id.rawValue, "ok", nil)
            }
        }
        return true
    }

    /// How many different questions of a project were answered in the last day and week before `now`.
    func answered(_ project: ProjectID, before now: Timestamp) throws(NodeError) -> PolicyRequest.Answered {
        try read { database in
            // A preview beside a daemon of the version before: nothing was counted yet.
            guard try database.columns(in: "ticket").contains(where: { $0.name == "project" }) else { return .init() }
            func count(_ seconds: Int64) throws -> Int {
                try Int.fetchOne(
                    database,
                    sql: """
                        SELECT count(*) FROM release JOIN ticket ON ticket.id = release.ticket
                        WHERE ticket.project = ? AND release.created > ?
                        """, arguments: [project.rawValue, now.seconds - seconds]) ?? 0
            }
            return PolicyRequest.Answered(today: try count(86_400), thisWeek: try count(7 * 86_400))
        }
    }

    /// The tickets that came last, the newest first.
    func latest(_ count: Int, only id: TicketID? = nil) throws(NodeError) -> [Entry] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT id, state, received, document, answer FROM ticket WHERE ?1 IS NULL OR id = ?1
                    ORDER BY received DESC, id LIMIT ?2
                    """, arguments: [id?.rawValue, count]
            ).map(Self.entry)
        }
    }

    // MARK: -

    private static func decide(_ id: TicketID, _ state: DeskRequest.State, _ database: Database, _ now: Timestamp) throws {
        guard let next = try Self.state(of: id, database)?.after(.decided) else { return }
        try database.execute(
            sql: "UPDATE request SET state = ?, settled = ? WHERE ticket = ?",
            arguments: [state.rawValue, now.seconds, id.rawValue])
        try database.execute(sql: "UPDATE ticket SET state = ? WHERE id = ?", arguments: [next.rawValue, id.rawValue])
    }

    private static func open(_ id: TicketID, _ database: Database) throws -> DeskRequest {
        guard let request = try request(id, database), let state = try Self.state(of: id, database) else { throw gone(id) }
        guard state == .held else {
            throw NodeError(
                .desk, "\(id) waits for nobody: it is \(state.rawValue) (\(request.state.rawValue)).",
                advice: "`dure-node requests list` shows what waits.")
        }
        return request
    }

    private static func gone(_ id: TicketID) -> NodeError {
        NodeError(.desk, "There is no request \(id) on the desk.", advice: "`dure-node requests list` shows what waits.")
    }

    static func request(_ id: TicketID, _ database: Database) throws -> DeskRequest? {
        guard try database.tableExists("request"),
            let row = try Row.fetchOne(
                database,
                sql: "SELECT request.*, expires FROM request JOIN ticket ON ticket.id = request.ticket WHERE request.ticket = ?",
                arguments: [id.rawValue])
        else { return nil }
        let approvals = try Row.fetchAll(
            database, sql: "SELECT * FROM approval WHERE ticket = ? ORDER BY at, person", arguments: [id.rawValue]
        ).compactMap { row -> DeskRequest.Approval? in
            guard let payload = Digest256(row["payload"]) else { return nil }
            return DeskRequest.Approval(
                person: Operator(uid: UInt32(truncatingIfNeeded: row["person"] as Int64)), at: Timestamp(row["at"]),
                payload: payload)
        }
        return DeskRequest(
            ticket: id, state: DeskRequest.State(rawValue: row["state"]) ?? .held, decision: row["decision"],
            why: (row["why"] as String).split(separator: " ").map(String.init), held: Timestamp(row["held"]),
            prepared: (row["prepared"] as Int64?).map(Timestamp.init),
            due: (row["due"] as Int64?).map(Timestamp.init), expires: Timestamp(row["expires"]),
            decline: (row["decline"] as String?).flatMap(DeclineCode.init(rawValue:)), approvals: approvals)
    }
}
