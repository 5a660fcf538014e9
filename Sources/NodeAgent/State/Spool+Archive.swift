import CanonicalJSON
import Federation
import Foundation
import GRDB

/// Putting old lines of the audit log away: the log then begins at a place that was signed, and goes on unbroken.
extension Spool {
    private static let startName = "audit-start"

    /// Where the log begins: nil while it has its first line.
    func auditStart() throws(NodeError) -> AuditPoint? { try read(Self.auditStart) }

    static func auditStart(_ database: Database) throws -> AuditPoint? {
        guard try database.tableExists("setting"),
            let value = try Data.fetchOne(database, sql: "SELECT value FROM setting WHERE name = ?", arguments: [startName])
        else { return nil }
        return try AuditPoint(parsing: Array(value))
    }

    /// Removes the lines before `point`, which stand in an archive by now, and the settled tickets that they speak of.
    ///
    /// What was released stays: a question asked again is still answered with what was said before.
    /// - Parameters:
    ///   - archive: the digest of the file that has the lines.
    ///   - cutoff: tickets settled and expired before this moment go, too.
    func removeArchived(
        before point: AuditPoint, archive: Digest256, settledBefore cutoff: Timestamp, at now: Timestamp, by person: Operator
    ) throws(NodeError) {
        try write(by: person.actor) { database, audit in
            try database.execute(
                sql: "INSERT OR REPLACE INTO setting (name, value) VALUES (?, ?)",
                arguments: [Self.startName, Data(point.json.canonicalBytes())])
            try audit(now, "log.archived", "lines-before-\(point.count)", "ok", archive)
            // The schema lets lines go only below the start that was just written.
            try database.execute(sql: "DELETE FROM audit WHERE sequence < ?", arguments: [point.count])
            try Self.removeSettled(before: cutoff, database)
        }
    }

    private static func removeSettled(before cutoff: Timestamp, _ database: Database) throws {
        let old = "SELECT id FROM ticket WHERE settled < ?1 AND expires < ?1 AND id NOT IN (SELECT ticket FROM bundle_ticket)"
        for sql in [
            "DELETE FROM approval WHERE ticket IN (\(old))", "DELETE FROM request WHERE ticket IN (\(old))",
            "DELETE FROM ticket WHERE id IN (\(old))",
        ] { try database.execute(sql: sql, arguments: [cutoff.seconds]) }
    }
}
