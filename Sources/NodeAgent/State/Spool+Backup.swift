import Federation
import Foundation
import GRDB

// What a backup needs of the spool, and what a restored one must not do.
extension Spool {
    /// Copies the whole database, as it stands at one moment, into a new file; the daemon may go on meanwhile.
    func copy(to path: String) throws(NodeError) {
        try outsideTransaction { try $0.execute(sql: "VACUUM INTO ?", arguments: [path]) }
        _ = chmod(path, 0o600)
    }

    /// Brings everything into the one file, so that it can be moved.
    func fold() throws(NodeError) {
        try outsideTransaction { try $0.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode = DELETE") }
    }

    /// Reads every page of the database.
    /// - Throws: `INTEGRITY` where SQLite finds damage.
    func verifyPages() throws(NodeError) {
        let words = try read { try String.fetchOne($0, sql: "PRAGMA integrity_check(1)") }
        guard words == "ok" else {
            throw NodeError(.integrity, "The database in the backup is damaged.", advice: "Use another backup.")
        }
    }

    /// Settles what a restored node must not answer: tickets that were open when the backup was made may have been answered since,
    /// by the node that is restored here, so none of them is answered a second time. Stored answers stay: what is sent again is the
    /// same bytes.
    /// - Parameters:
    ///   - archive: the digest of the file.
    ///   - outcome: what went back in time, or `ok`.
    func settleRestored(
        _ archive: Digest256, outcome: String, by person: Operator, after first: UInt32?, at now: Timestamp
    ) throws(NodeError) {
        try write(by: person.actor) { database, audit in
            let object = first.map { Operator(uid: $0, name: nil).actor } ?? "\(hospital)"
            try audit(now, "backup.restored", object, outcome, archive)
            let open = TicketState.allCases.filter { [.acknowledge, .evaluate, .decide].contains($0.duty) }.map(\.rawValue)
            let marks = open.map { _ in "?" }.joined(separator: ",")
            let tickets = try String.fetchAll(
                database, sql: "SELECT id FROM ticket WHERE state IN (\(marks)) ORDER BY id", arguments: StatementArguments(open))
            for ticket in tickets {
                try database.execute(
                    sql: "UPDATE ticket SET state = ?, settled = ? WHERE id = ?",
                    arguments: [TicketState.cancelled.rawValue, now.seconds, ticket])
                try database.execute(
                    sql: "UPDATE request SET state = 'expired', settled = ? WHERE ticket = ? AND settled IS NULL",
                    arguments: [now.seconds, ticket])
                try audit(now, "ticket.cancelled", ticket, "RESTORED", nil)
            }
        }
    }
}
