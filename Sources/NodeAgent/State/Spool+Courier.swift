import Federation
import Foundation
import GRDB

// What was carried in and out as files, and what the node has signed about its own log.
extension Spool {
    /// A carried file as it is kept.
    struct Bundle: Sendable, Hashable {
        var id: BundleID
        var isOutgoing: Bool
        /// `imported`; `prepared`, `released`, `returned`.
        var state: String
        var digest: Digest256
        var document: [UInt8]
        var created: Timestamp
        /// Who approved its leaving.
        var persons: [UInt32]
        /// The tickets whose answers are in it.
        var tickets: [TicketID]
        /// Made to leave, and nobody has said yes: the command that made it was interrupted.
        var isWithoutWord: Bool { isOutgoing && state == "prepared" && persons.isEmpty }
    }

    /// One carried file.
    func bundle(_ id: BundleID) throws(NodeError) -> Bundle? { try read { try Self.bundle(id, $0) } }

    /// Every carried file, the newest first.
    func bundles() throws(NodeError) -> [Bundle] {
        try read { database in
            guard try database.tableExists("bundle") else { return [] }
            return try String.fetchAll(database, sql: "SELECT id FROM bundle ORDER BY created DESC, id")
                .compactMap { try Self.bundle(BundleID(unchecked: $0), database) }
        }
    }

    /// Writes down that a file was taken in, by whom.
    func imported(_ bundle: CourierBundle, _ document: SignedDocument, by person: Operator, at now: Timestamp) throws(NodeError) {
        try write(by: person.actor) { database, audit in
            try database.execute(
                sql: """
                    INSERT INTO bundle (id, direction, state, digest, document, created) VALUES (?, 'in', 'imported', ?, ?, ?)
                    ON CONFLICT (id) DO NOTHING
                    """, arguments: [bundle.id.rawValue, document.digest.text, Data(document.bytes), now.seconds])
            if database.changesCount > 0 { try audit(now, "courier.imported", bundle.id.rawValue, "ok", document.digest) }
        }
    }

    /// Answers that no file holds yet, the oldest first.
    func answersToCarry() throws(NodeError) -> [Entry] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT id, state, received, document, answer FROM ticket
                    WHERE state = 'answered' AND id NOT IN (SELECT ticket FROM bundle_ticket) ORDER BY received, id
                    """
            ).map(Self.entry)
        }
    }

    /// Keeps a file that is to leave, with the first person's yes.
    func prepare(
        _ bundle: CourierBundle, _ document: SignedDocument, tickets: [TicketID], by person: Operator, at now: Timestamp
    ) throws(NodeError) {
        try write(by: person.actor) { database, audit in
            try database.execute(
                sql:
                    "INSERT INTO bundle (id, direction, state, digest, document, created) VALUES (?, 'out', 'prepared', ?, ?, ?)",
                arguments: [bundle.id.rawValue, document.digest.text, Data(document.bytes), now.seconds])
            for ticket in tickets {
                try database.execute(
                    sql: "INSERT INTO bundle_ticket (ticket, bundle) VALUES (?, ?)",
                    arguments: [ticket.rawValue, bundle.id.rawValue])
            }
            try audit(now, "courier.prepared", bundle.id.rawValue, "ok", document.digest)
        }
    }

    /// A person says yes to the leaving of a file. True once enough have.
    func release(_ id: BundleID, by person: Operator, needed: Int, at now: Timestamp) throws(NodeError) -> Bool {
        try write(by: person.actor) { database, audit in
            guard let bundle = try Self.bundle(id, database), bundle.isOutgoing else {
                throw NodeError(.desk, "There is no file \(id) to leave.", advice: "`dure-node courier list` shows them.")
            }
            guard bundle.state == "prepared" else { return true }
            if !bundle.persons.contains(person.uid) {
                try database.execute(
                    sql: "INSERT INTO bundle_approval (bundle, person, at) VALUES (?, ?, ?)",
                    arguments: [id.rawValue, Int64(person.uid), now.seconds])
                try audit(now, "courier.approved", id.rawValue, "\(bundle.persons.count + 1)-of-\(needed)", bundle.digest)
            }
            let count = bundle.persons.count + (bundle.persons.contains(person.uid) ? 0 : 1)
            guard count >= needed else { return false }
            try database.execute(
                sql: "UPDATE bundle SET state = 'released', released = ? WHERE id = ?", arguments: [now.seconds, id.rawValue])
            try database.execute(
                sql:
                    "UPDATE ticket SET tried = coalesce(tried, ?) WHERE id IN (SELECT ticket FROM bundle_ticket WHERE bundle = ?)",
                arguments: [now.seconds, id.rawValue])
            try audit(now, "courier.released", id.rawValue, "ok", bundle.digest)
            return true
        }
    }

    // MARK: signed heads

    /// Where the log stands.
    func auditPoint() throws(NodeError) -> AuditPoint {
        let chain = try read(Self.chain)
        return AuditPoint(count: chain.count, head: chain.head)
    }

    /// The last word that was signed about the log.
    func lastHead() throws(NodeError) -> (count: Int, document: SignedDocument)? {
        let row = try read { database -> (count: Int, document: Data)? in
            guard try database.tableExists("audit_head"),
                let row = try Row.fetchOne(database, sql: "SELECT count, document FROM audit_head ORDER BY count DESC LIMIT 1")
            else { return nil }
            return (row["count"], row["document"])
        }
        guard let row, let document = try? SignedDocument(parsing: row.document) else { return nil }
        return (row.count, document)
    }

    /// Every word that was signed about the log, in order.
    func heads() throws(NodeError) -> [SignedDocument] {
        let stored: [Data] = try read { database in
            guard try database.tableExists("audit_head") else { return [] }
            return try Data.fetchAll(database, sql: "SELECT document FROM audit_head ORDER BY count")
        }
        return stored.compactMap { try? SignedDocument(parsing: $0) }
    }

    /// Keeps a word on the log.
    func keep(head: SignedDocument, count: Int) throws(NodeError) {
        try write { database, _ in
            try database.execute(
                sql: "INSERT OR IGNORE INTO audit_head (count, document) VALUES (?, ?)", arguments: [count, Data(head.bytes)])
        }
    }

    private static func bundle(_ id: BundleID, _ database: Database) throws -> Bundle? {
        guard let row = try Row.fetchOne(database, sql: "SELECT * FROM bundle WHERE id = ?", arguments: [id.rawValue]),
            let digest = Digest256(row["digest"])
        else { return nil }
        let persons = try Int64.fetchAll(
            database, sql: "SELECT person FROM bundle_approval WHERE bundle = ? ORDER BY at", arguments: [id.rawValue])
        let tickets = try String.fetchAll(
            database, sql: "SELECT ticket FROM bundle_ticket WHERE bundle = ? ORDER BY ticket", arguments: [id.rawValue])
        return Bundle(
            id: id, isOutgoing: row["direction"] as String == "out", state: row["state"], digest: digest,
            document: Array(row["document"] as Data), created: Timestamp(row["created"]),
            persons: persons.map { UInt32(truncatingIfNeeded: $0) }, tickets: tickets.map(TicketID.init(unchecked:)))
    }
}
