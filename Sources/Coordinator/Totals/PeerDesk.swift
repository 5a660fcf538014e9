import CanonicalJSON
import Disclosure
import Federation
import Foundation
import GRDB

/// Deals with the hospitals of a total without a guardian: fixes the set once nobody can answer any more, has enough of them agree
/// to it, and opens it with their shares. Nodes fetch what they are asked with their polls.
struct PeerDesk: Sendable {
    let database: CoordinatorDatabase
    let clock: CoordinatorClock
    let keys: ConsortiumKeys
    let nodesWaiting: WaitingRoom<HospitalID>
    let readersWaiting: WaitingRoom<QueryID>

    /// The coordinator comes up: what hospitals were asked is asked again at once.
    func comeUp() async throws {
        try await database.write { db in try PeerQueue.offerAgain(db, to: nil) }
    }

    /// Fixes the sets of totals that nobody can answer to any more.
    func fixDue() async throws {
        let due = try await database.read { db in try TotalDesk.due(db, guardian: nil) }
        guard !due.isEmpty else { return }
        let now = clock.now
        let hospitals = try await database.write { [keys] db -> Set<HospitalID> in
            var hospitals = Set<HospitalID>()
            for query in try TotalDesk.due(db, guardian: nil) {
                guard try TotalDesk.request(db, query, keys: keys, now) != nil, let open = try PeerQueue.find(db, query) else {
                    continue
                }
                try PeerQueue.schedule(db, open)
                hospitals.formUnion(open.hospitals)
            }
            return hospitals
        }
        for hospital in hospitals { await nodesWaiting.ring(hospital) }
    }

    /// Keeps what a hospital says about a total, an `Agreement` or a `Reveal`. Saying the same again changes nothing.
    ///
    /// - Throws: `CoordinatorError` (`NOT_FOUND`, `ANSWER_CONFLICT`, `BAD_REQUEST`), `FederationError`.
    func accept(_ document: SignedDocument, from peer: NodePeer) async throws {
        let claimed: QueryID
        do throws(JSONError) {
            claimed = try JSONReader(document.payload).required("query").decode(QueryID.self)
        } catch {
            throw CoordinatorError(error)
        }
        let now = clock.now
        let (ring, hasEnded) = try await database.write { [self] db -> ([HospitalID], Bool) in
            try NodeGuard.requireUndisputed(db, peer.hospital)
            guard let open = try PeerQueue.find(db, claimed), open.hospitals.contains(peer.hospital) else {
                // Opened meanwhile, or never this hospital's: either way nobody needs its word.
                guard try TotalRecord.find(db, claimed)?.opening != nil else {
                    throw CoordinatorError.notFound("total", claimed.rawValue)
                }
                return ([], false)
            }
            let step = try check(document, from: peer.hospital, open)
            guard try PeerQueue.keep(db, document, step, of: peer.hospital, open) else { return ([], false) }
            try AuditLog.append(
                db, step == .agree ? .totalAgreed : .totalRevealed, by: .node(peer.hospital), on: .query(claimed), at: now,
                content: document.digest)
            guard let after = try PeerQueue.find(db, claimed) else { return ([], false) }
            try PeerQueue.schedule(db, after)
            return (after.hospitals, try settle(db, after, now))
        }
        for hospital in ring { await nodesWaiting.ring(hospital) }
        if hasEnded { await readersWaiting.ring(claimed) }
    }

    private func check(
        _ document: SignedDocument, from hospital: HospitalID, _ open: PeerQueue.Open
    ) throws -> PeerRounds.Step {
        let key = open.roster.key(of: hospital)
        guard let key else { throw FederationError(.totalsRoster, "\(hospital) is not on the totals roster.") }
        switch document.type {
        case Agreement.schema:
            let word = try document.verified(as: Agreement.self, by: key)
            guard word.node == hospital, word.subject == open.request.subject.digest, word.request == open.document.digest,
                word.refused != nil || word.hospitals == open.hospitals
            else { throw FederationError(.totalMismatch, "The word of \(hospital) is on another request.") }
            return .agree
        case Reveal.schema:
            let reveal = try document.verified(as: Reveal.self, by: key)
            guard reveal.node == hospital, reveal.subject == open.request.subject.digest,
                reveal.request == open.document.digest
            else { throw FederationError(.totalMismatch, "The shares of \(hospital) are for another request.") }
            return .reveal
        default:
            throw CoordinatorError(.badRequest, "A \(document.type.prefix(64)) is no word on a total.", pointer: "/type")
        }
    }

    /// Opens the total where enough hospitals gave their shares, or closes it where it cannot be opened any more.
    ///
    /// - Returns: whether it has ended.
    private func settle(_ db: Database, _ open: PeerQueue.Open, _ now: Timestamp) throws -> Bool {
        switch open.rounds.standing {
        case .waiting: return false
        case .closed(let code): try end(db, open, refused: code, now)
        case .openable(let isLast):
            let answer = try? TotalOpener.answer(
                open.answers, opening: opening(open, refused: nil), request: open.document, subject: open.request.subject,
                roster: open.roster)
            // With the shares of one hospital more, those that do not fit can be told.
            guard answer != nil || isLast else { return false }
            try end(db, open, refused: answer == nil ? .mismatch : nil, now)
        }
        return true
    }

    private func opening(_ open: PeerQueue.Open, refused: OpeningRefusal?) -> PeerOpening {
        PeerOpening(
            query: open.query, request: open.document.digest,
            agreements: refused == nil ? open.agreed : open.hospitals.compactMap { open.agreements[$0] },
            reveals: open.hospitals.compactMap { open.reveals[$0] }, refused: refused)
    }

    private func end(_ db: Database, _ open: PeerQueue.Open, refused: OpeningRefusal?, _ now: Timestamp) throws {
        let document = try SignedDocument(signing: opening(open, refused: refused), with: keys.signing)
        try db.execute(
            sql: "UPDATE total SET opening = ?, opened_at = ? WHERE query = ?",
            arguments: [Data(document.bytes), now.seconds, open.query.rawValue])
        try PeerQueue.end(db, open.query)
        try TicketQueue.touch(db, open.query)
        try AuditLog.append(
            db, .totalOpened, by: .system, on: .query(open.query), at: now, outcome: refused?.rawValue ?? "ok",
            content: document.digest)
    }
}
