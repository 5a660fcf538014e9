import CanonicalJSON
public import Federation
import Foundation
import GRDB

/// The catalogues that hospitals have published: the last of each, as it was signed.
public struct CatalogueRegister: Sendable {
    let database: CoordinatorDatabase
    let clock: CoordinatorClock

    /// Keeps a hospital's catalogue in place of the one before. The same bytes again change nothing.
    ///
    /// - Throws: `CoordinatorError` where it is not signed by this node, is about another one, or is older than the one that is
    ///   kept.
    func accept(_ document: SignedDocument, from peer: NodePeer) async throws {
        let now = clock.now
        try await database.write { db in
            try NodeGuard.requireUndisputed(db, peer.hospital)
            let catalogue = try Self.verified(db, document, peer, at: now)
            let bytes = Data(document.bytes)
            guard try Self.isNew(db, catalogue, bytes) else { return }
            try db.execute(
                sql: """
                    INSERT INTO catalogue (hospital, document, issued_at, received_at) VALUES (?, ?, ?, ?)
                    ON CONFLICT (hospital) DO UPDATE SET document = excluded.document, issued_at = excluded.issued_at,
                        received_at = excluded.received_at
                    """, arguments: [peer.hospital.rawValue, bytes, catalogue.issued.seconds, now.seconds])
            try AuditLog.append(
                db, .cataloguePublished, by: .node(peer.hospital), on: .hospital(peer.hospital), at: now,
                content: document.digest)
        }
    }

    private static func verified(
        _ db: Database, _ document: SignedDocument, _ peer: NodePeer, at now: Timestamp
    ) throws -> Catalogue {
        guard let node = try NodeRegister.find(db, peer.hospital) else {
            throw CoordinatorError(.nodeUnknown, "There is no node of \(peer.hospital).")
        }
        let catalogue: Catalogue
        do throws(FederationError) {
            catalogue = try document.verified(as: Catalogue.self, by: node.signingKey)
        } catch {
            throw CoordinatorError(.badRequest, error.message, advice: error.advice, detailCode: error.code.rawValue)
        }
        guard catalogue.node == peer.hospital else {
            throw CoordinatorError(
                .badRequest, "The catalogue is about \(catalogue.node), and the certificate is of \(peer.hospital).",
                pointer: "/payload/node", detailCode: FederationError.Code.audienceWrong.rawValue)
        }
        guard catalogue.issued <= now.adding(FederationProtocol.clockTolerance) else {
            throw CoordinatorError(
                .badRequest, "The catalogue was made at \(catalogue.issued), which is still to come.", advice: "Set the clock.",
                pointer: "/payload/issued")
        }
        return catalogue
    }

    /// Whether it is another one than the one that is kept.
    private static func isNew(_ db: Database, _ catalogue: Catalogue, _ bytes: Data) throws -> Bool {
        let kept = try Row.fetchOne(
            db, sql: "SELECT document, issued_at FROM catalogue WHERE hospital = ?", arguments: [catalogue.node.rawValue])
        guard let kept else { return true }
        let (document, issued): (Data, Int64) = (kept["document"], kept["issued_at"])
        if document == bytes { return false }
        guard issued <= catalogue.issued.seconds else {
            throw CoordinatorError(
                .badRequest, "A newer catalogue of \(catalogue.node) is kept already.", pointer: "/payload/issued")
        }
        return true
    }

    /// Which hospitals have published one, and when.
    func entries() async throws -> [(hospital: HospitalID, issued: Timestamp, digest: Digest256)] {
        try await database.read { db in
            try Row.fetchAll(db, sql: "SELECT hospital, issued_at, document FROM catalogue ORDER BY hospital").map { row in
                (
                    HospitalID(unchecked: row["hospital"]), Timestamp(row["issued_at"]),
                    Digest256(of: Array(row["document"] as Data))
                )
            }
        }
    }

    /// The last catalogue of a hospital, as it was signed.
    public func last(of hospital: HospitalID) async throws -> SignedDocument? {
        let bytes = try await database.read { db in
            try Data.fetchOne(
                db, sql: "SELECT document FROM catalogue WHERE hospital = ?", arguments: [hospital.rawValue])
        }
        return try bytes.map { try SignedDocument(parsing: $0) }
    }
}
