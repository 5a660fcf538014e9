import CanonicalJSON
public import Federation
import Foundation
import GRDB

/// What the hospitals' nodes have signed about their own audit logs, kept here so that none can rewrite its past unseen.
public struct AuditHeads: Sendable {
    let database: CoordinatorDatabase
    /// How many words of one node are kept in a day. A node signs one every twenty lines, and at most one a minute is asked for.
    static let headsPerDay = 3_000

    /// Keeps a node's word on its log, within a transaction.
    ///
    /// A word that contradicts an earlier one is kept too, with a line in the log: it is the evidence.
    static func keep(_ db: Database, _ document: SignedDocument, of node: NodeRecord, at now: Timestamp) throws {
        // A head that does not verify says nothing, and must not keep a report from being taken.
        guard let head = try? document.verified(as: AuditHead.self, by: node.signingKey), head.node == node.hospital else {
            return
        }
        let kept = try Int.fetchOne(
            db, sql: "SELECT count(*) FROM node_audit_head WHERE hospital = ? AND received_at > ?",
            arguments: [node.hospital.rawValue, now.seconds - 86_400])
        guard (kept ?? 0) < Self.headsPerDay else { return }
        let last = try Row.fetchOne(
            db, sql: "SELECT count, head FROM node_audit_head WHERE hospital = ? ORDER BY count DESC LIMIT 1",
            arguments: [node.hospital.rawValue])
        try db.execute(
            sql: """
                INSERT OR IGNORE INTO node_audit_head (hospital, count, head, document, received_at) VALUES (?, ?, ?, ?, ?)
                """,
            arguments: [
                node.hospital.rawValue, head.point.count, head.point.head.text, Data(document.bytes), now.seconds,
            ])
        guard db.changesCount > 0, let last else { return }
        // A file that was carried for days may be older than the last report: only a count that was said otherwise, or one below
        // it that was never said before, is a contradiction.
        let count: Int = last["count"]
        guard head.point.count <= count else { return }
        let other = try Int.fetchOne(
            db, sql: "SELECT count(*) FROM node_audit_head WHERE hospital = ? AND count = ?",
            arguments: [node.hospital.rawValue, head.point.count])
        if (other ?? 0) > 1 || head.at > Self.time(db, node.hospital, count) {
            try AuditLog.append(
                db, .auditConflict, by: .node(node.hospital), on: .hospital(node.hospital), at: now, outcome: "CHAIN_BROKEN",
                content: document.digest)
        }
    }

    /// When the node signed its word for `count` lines.
    private static func time(_ db: Database, _ hospital: HospitalID, _ count: Int) -> Timestamp {
        let document = try? Data.fetchOne(
            db, sql: "SELECT document FROM node_audit_head WHERE hospital = ? AND count = ? LIMIT 1",
            arguments: [hospital.rawValue, count])
        let head = document.flatMap { try? SignedDocument(parsing: $0) }
        return head.flatMap { try? AuditHead(from: JSONReader($0.payload)).at } ?? Timestamp(.max)
    }

    /// Every kept word of a hospital, in order of its lines.
    public func all(of hospital: HospitalID) async throws -> [SignedDocument] {
        try await database.read { db in
            try Data.fetchAll(
                db, sql: "SELECT document FROM node_audit_head WHERE hospital = ? ORDER BY count, head",
                arguments: [hospital.rawValue])
        }.map { try SignedDocument(parsing: $0) }
    }

    /// The last place of a hospital's log that was signed, within a transaction.
    static func last(_ db: Database, of hospital: HospitalID) throws -> AuditPoint? {
        let row = try Row.fetchOne(
            db, sql: "SELECT count, head FROM node_audit_head WHERE hospital = ? ORDER BY count DESC LIMIT 1",
            arguments: [hospital.rawValue])
        guard let row, let head = Digest256(row["head"] as String) else { return nil }
        return AuditPoint(count: row["count"], head: head)
    }
}
