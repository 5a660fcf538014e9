import CanonicalJSON
import FaultPoints
import Federation
import Foundation
import GRDB

/// What this hospital has said about totals that are opened without a guardian, in the spool: its agreement and its shares, kept
/// before they are said and said again byte for byte. The sets stay for ever: they are what keeps a cohort from being opened over
/// two sets of hospitals.
extension Spool {
    /// What is kept about one total.
    struct PeerTotal: Sendable, Hashable {
        var memory: PeerMember.Memory
        var agreement: [UInt8]?
        var reveal: [UInt8]?
    }

    /// The ticket that asked for the total of `query`, with the answer that was stored; nil where there is none.
    func answeredTotal(_ query: QueryID) throws(NodeError) -> (ticket: [UInt8], answer: [UInt8])? {
        try read { database in
            try Row.fetchOne(
                database,
                sql: "SELECT document, answer FROM ticket WHERE query = ? AND answer IS NOT NULL ORDER BY received, id LIMIT 1",
                arguments: [query.rawValue]
            ).map { (ticket: Array($0["document"] as Data), answer: Array($0["answer"] as Data)) }
        }
    }

    /// What is kept about a total, and about its cohort.
    func peerTotal(_ subject: TotalSubject) throws(NodeError) -> PeerTotal {
        try read { database in try Self.peerTotal(subject, database) }
    }

    private static func peerTotal(_ subject: TotalSubject, _ database: Database) throws -> PeerTotal {
        let row = try Row.fetchOne(
            database, sql: "SELECT request, agreement, reveal FROM peer_total WHERE subject = ?",
            arguments: [subject.digest.text])
        let sets = try String.fetchAll(
            database, sql: "SELECT hospitals FROM peer_total WHERE cohort = ?", arguments: [subject.cohort.text]
        ).map { Set($0.split(separator: ",").map(String.init)) }
        return PeerTotal(
            memory: PeerMember.Memory(agreed: (row?["request"] as String?).flatMap { Digest256($0) }, sets: sets),
            agreement: (row?["agreement"] as Data?).map(Array.init), reveal: (row?["reveal"] as Data?).map(Array.init))
    }

    /// Decides about a request in one transaction with keeping what is decided, so that two requests never both find nothing.
    ///
    /// - Parameter decide: gives the signed word, and the agreement where it binds.
    func settlePeerTotal(
        _ subject: TotalSubject, at now: Timestamp, _ decide: @Sendable (PeerTotal) throws -> (SignedDocument, Agreement?)
    ) throws(NodeError) -> SignedDocument {
        try write { database, audit in
            let (document, agreement) = try decide(try Self.peerTotal(subject, database))
            guard let agreement else { return document }
            try database.execute(
                sql: "INSERT INTO peer_total (subject, cohort, request, hospitals, agreement) VALUES (?, ?, ?, ?, ?)",
                arguments: [
                    subject.digest.text, subject.cohort.text, agreement.request.text,
                    agreement.hospitals.map(\.rawValue).sorted().joined(separator: ","), Data(document.bytes),
                ])
            try audit(now, "total.agree", subject.query.rawValue, "ok", document.digest)
            FaultPoint.reach(.totalsAgreementStoring)
            return document
        }
    }

    /// Keeps the shares that are about to be given.
    func keepReveal(_ reveal: SignedDocument, _ subject: TotalSubject, at now: Timestamp) throws(NodeError) {
        try write { database, audit in
            try database.execute(
                sql: "UPDATE peer_total SET reveal = ? WHERE subject = ? AND reveal IS NULL",
                arguments: [Data(reveal.bytes), subject.digest.text])
            guard database.changesCount > 0 else { return }
            try audit(now, "total.reveal", subject.query.rawValue, "ok", reveal.digest)
            FaultPoint.reach(.totalsRevealStoring)
        }
    }
}
