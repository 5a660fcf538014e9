public import Federation
import GRDB

/// The coordinator's audit log: who did what to what, hash-chained, append-only.
///
/// A line is written in the same transaction as what it tells of: there is no deed without its line, and no line without its
/// deed. The database refuses to change or delete a line; the chain shows it where somebody did so around the database.
public struct AuditLog: Sendable {
    let database: CoordinatorDatabase

    /// What a check of the whole chain found.
    public struct Verification: Sendable, Hashable {
        /// How many lines there are.
        public let count: Int
        /// The digest of the last line: keep it elsewhere, to notice that the end was cut off.
        public let head: Digest256
    }

    /// Adds a line within a transaction.
    static func append(
        _ db: Database, _ action: AuditAction, by actor: AuditActor, on object: AuditObject, at now: Timestamp,
        outcome: String = "ok", content: Digest256? = nil
    ) throws {
        var chain = AuditChain()
        if let last = try Row.fetchOne(db, sql: "SELECT sequence, hash FROM audit ORDER BY sequence DESC LIMIT 1") {
            guard let head = Digest256(last["hash"] as String) else {
                throw CoordinatorError(
                    .integrity, "The last line of the audit log carries no digest.",
                    advice: "Stop the coordinator, keep the state file, and run `dure-coordinator audit verify`.")
            }
            chain = AuditChain(count: (last["sequence"] as Int) + 1, head: head)
        }
        let entry = chain.append(
            at: now, actor: actor.text, action: action.rawValue, object: object.text, outcome: outcome, content: content)
        try db.execute(
            sql: "INSERT INTO audit (sequence, at, action, entry, hash) VALUES (?, ?, ?, CAST(? AS BLOB), ?)",
            arguments: [entry.sequence, now.seconds, action.rawValue, entry.line, chain.head.text])
    }

    /// Follows the whole chain.
    ///
    /// - Throws: `CoordinatorError` (`INTEGRITY`) that names the first line that does not follow.
    public func verify() async throws -> Verification {
        try await database.read { db in
            var chain = AuditChain()
            let rows = try Row.fetchCursor(db, sql: "SELECT CAST(entry AS TEXT) AS entry, hash FROM audit ORDER BY sequence")
            while let row = try rows.next() {
                do throws(FederationError) {
                    try chain.follow(row["entry"])
                } catch {
                    throw CoordinatorError(.integrity, error.message, advice: error.advice, detailCode: error.code.rawValue)
                }
                guard chain.head.text == row["hash"] as String else {
                    throw CoordinatorError(.integrity, "The stored digest of line \(chain.count - 1) is not the line's own.")
                }
            }
            return Verification(count: chain.count, head: chain.head)
        }
    }

    /// The last `limit` lines, oldest first, of one action where asked.
    public func entries(action: String? = nil, limit: Int = 100) async throws -> [String] {
        try await database.read { db in
            try String.fetchAll(
                db,
                sql: """
                    SELECT CAST(entry AS TEXT) FROM audit WHERE ?1 IS NULL OR action = ?1 ORDER BY sequence DESC LIMIT ?2
                    """, arguments: [action, limit]
            ).reversed()
        }
    }
}
