import Federation
import Foundation
import GRDB

// What the kill switch does to what is stored.
extension Spool {
    static let stopName = "stopped"

    /// Writes that an answer is given to the network now: whether it arrived is not known from here on.
    func markTried(_ id: TicketID, at now: Timestamp) throws(NodeError) {
        try write { database, _ in
            try database.execute(
                sql: "UPDATE ticket SET tried = ? WHERE id = ? AND tried IS NULL", arguments: [now.seconds, id.rawValue])
        }
    }

    /// Drops every answer that has no receipt, and marks every open ticket so that it will be declined with STOPPED once
    /// something may leave again. Doing it twice changes nothing.
    /// - Parameter order: what names the stop, and who did it.
    func stopEverything(_ order: StopSwitch.Order?, at now: Timestamp) throws(NodeError) {
        let actor = order.map { Operator(uid: $0.person, name: nil).actor }
        let name = Array((order.map { "\($0.at)" } ?? "unknown").utf8)
        try write(by: actor) { database, audit in
            let known = try Data.fetchOne(database, sql: "SELECT value FROM setting WHERE name = ?", arguments: [Self.stopName])
            if known.map(Array.init) != name {
                // The reason is for the file and its reader; here stands its digest.
                let reason = order.map { Digest256(of: Array($0.reason.utf8)) }
                try audit(now, "everything.stopped", "\(hospital)", "ok", reason)
                try database.execute(
                    sql: """
                        INSERT INTO setting (name, value) VALUES (?, ?)
                        ON CONFLICT (name) DO UPDATE SET value = excluded.value
                        """, arguments: [Self.stopName, Data(name)])
            }
            try Self.dropAnswers(database, audit, now)
            try Self.markOpen(database, now)
        }
    }

    /// Writes that two persons lifted the stop.
    func lifted(by second: Operator, after first: UInt32, at now: Timestamp) throws(NodeError) {
        try write(by: second.actor) { database, audit in
            try database.execute(sql: "DELETE FROM setting WHERE name = ?", arguments: [Self.stopName])
            try audit(now, "everything.lifted", Operator(uid: first, name: nil).actor, "ok", nil)
        }
    }

    private static func dropAnswers(_ database: Database, _ audit: Audit, _ now: Timestamp) throws {
        for row in try Row.fetchAll(database, sql: "SELECT id, answer, tried FROM ticket WHERE state = 'answered' ORDER BY id") {
            let digest = (row["answer"] as Data?).map { Digest256(of: $0) }
            // Tried: it may have arrived, and the receipt was lost.
            try audit(now, "answer.dropped", row["id"], (row["tried"] as Int64?) == nil ? "unsent" : "tried", digest)
        }
        try database.execute(
            sql: "UPDATE ticket SET state = 'acknowledged', answer = NULL, answered = NULL WHERE state = 'answered'")
    }

    private static func markOpen(_ database: Database, _ now: Timestamp) throws {
        try database.execute(sql: "UPDATE ticket SET state = 'acknowledged' WHERE state IN ('evaluating', 'held')")
        try database.execute(
            sql: """
                INSERT INTO request (ticket, state, decision, why, held, settled)
                SELECT id, 'stopped', 'stopped', 'stop', ?1, ?1 FROM ticket WHERE state IN ('received', 'acknowledged')
                ON CONFLICT (ticket) DO UPDATE SET state = 'stopped', settled = ?1 WHERE request.state <> 'stopped'
                """, arguments: [now.seconds])
    }
}
