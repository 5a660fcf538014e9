import CanonicalJSON
import Disclosure
import FaultPoints
import Federation
import Foundation
import GRDB

/// Takes a hospital's signed answer in: verified, stored and receipted in one transaction, or refused with a code and kept as
/// refused. Sending the same answer again gets the same receipt; another one for the same ticket never replaces the first.
struct AcceptAnswer: Sendable {
    let database: CoordinatorDatabase
    let clock: CoordinatorClock
    let keys: ConsortiumKeys
    let readersWaiting: WaitingRoom<QueryID>
    let totalsWaiting: WaitingRoom<TotalsBell>

    /// What became of an answer, decided inside the transaction and told after it is committed.
    private enum Verdict: Sendable {
        case accepted(SignedDocument, QueryID)
        case known(SignedDocument)
        case refused(CoordinatorError, QueryID?)
    }

    /// Accepts an answer from the node of `peer`.
    ///
    /// - Returns: the signed `AnswerReceipt`.
    /// - Throws: `CoordinatorError`. The node drops the answer on `TICKET_UNKNOWN`, `TICKET_EXPIRED`, `TICKET_CANCELLED`,
    ///   `ANSWER_CONFLICT` and `ANSWER_REFUSED`, and tries again on everything else.
    func accept(_ document: SignedDocument, from peer: NodePeer) async throws -> SignedDocument {
        let claimed = try claimedTicket(document)
        let now = clock.now
        let verdict = try await database.write { [self] db in
            try NodeGuard.requireUndisputed(db, peer.hospital)
            return try decide(db, document, claimed, peer, now)
        }
        switch verdict {
        case .known(let receipt):
            return receipt
        case .accepted(let receipt, let query):
            FaultPoint.reach(.coordinatorAnswerStored)
            await readersWaiting.ring(query)
            await totalsWaiting.ring(TotalsBell())
            return receipt
        case .refused(let error, let query):
            if let query {
                await readersWaiting.ring(query)
                await totalsWaiting.ring(TotalsBell())
            }
            throw error
        }
    }

    /// Which ticket the document says it answers: only a key to look up by, believed once the signature holds.
    private func claimedTicket(_ document: SignedDocument) throws(CoordinatorError) -> TicketID {
        guard document.type == NodeAnswer.schema else {
            throw CoordinatorError(
                .badRequest, "The document is a \(document.type.prefix(64)), not a \(NodeAnswer.schema).", pointer: "/type",
                detailCode: FederationError.Code.wrongSchema.rawValue)
        }
        do throws(JSONError) {
            return try JSONReader(document.payload).required("ticket").decode(TicketID.self)
        } catch {
            throw CoordinatorError(error)
        }
    }

    private func decide(
        _ db: Database, _ document: SignedDocument, _ id: TicketID, _ peer: NodePeer, _ now: Timestamp
    ) throws -> Verdict {
        guard var ticket = try TicketQueue.find(db, id), ticket.hospital == peer.hospital else {
            let error = TicketDesk.refusal(.ticketUnknown, id)
            try keepRefused(db, document, nil, error.wireCode, peer, now)
            return .refused(error, nil)
        }
        if let stored = try Row.fetchOne(db, sql: "SELECT digest, receipt FROM answer WHERE ticket = ?", arguments: [id.rawValue])
        {
            if stored["digest"] as String == document.digest.text {
                return .known(try SignedDocument(parsing: stored["receipt"] as Data))
            }
            let error = TicketDesk.refusal(.answerConflict, id)
            try keepRefused(db, document, id, error.wireCode, peer, now)
            return .refused(error, nil)
        }
        let answer: NodeAnswer
        do throws(FederationError) {
            answer = try verify(db, document, ticket)
        } catch {
            return try refuse(db, document, &ticket, error, peer, now)
        }
        FaultPoint.reach(.coordinatorAnswerVerified)
        return try store(db, document, answer, &ticket, peer, now)
    }

    private func verify(
        _ db: Database, _ document: SignedDocument, _ ticket: TicketQueue.Stored
    ) throws(FederationError) -> NodeAnswer {
        // Our own signature is checked again: a ticket changed in the state file must not make a wrong answer right.
        let asked = try SignedDocument(parsing: ticket.document).verified(
            as: QueryTicket.self, by: keys.signing.verificationKey)
        guard let node = try? NodeRegister.find(db, ticket.hospital) else {
            throw FederationError(.keyUnknown, "No key of \(ticket.hospital) is enrolled.")
        }
        let key = Self.formerKey(db, of: node, named: document.keyName, for: asked) ?? node.signingKey
        return try AnswerVerifier(nodeKey: key).verify(document, for: asked)
    }

    /// The key that the node had before it was enrolled anew, for an answer that has waited in its spool since: good for tickets
    /// of that time alone, and never once it was revoked. It came over the new certificate, so the hospital stands behind it.
    private static func formerKey(
        _ db: Database, of node: NodeRecord, named name: String, for asked: QueryTicket
    ) -> VerificationKey? {
        guard name != node.signingKey.name, asked.issued <= node.enrolledAt else { return nil }
        let text = try? String.fetchOne(
            db, sql: "SELECT signing_key FROM node_key WHERE hospital = ? AND name = ? AND revoked_at IS NULL",
            arguments: [node.hospital.rawValue, name])
        return text.flatMap(Hex.decode).flatMap(VerificationKey.init(bytes:))
    }

    private func refuse(
        _ db: Database, _ document: SignedDocument, _ ticket: inout TicketQueue.Stored, _ cause: FederationError,
        _ peer: NodePeer,
        _ now: Timestamp
    ) throws -> Verdict {
        try TicketQueue.give(db, &ticket, .answerRefused(code: cause.code.rawValue), now: now)
        try keepRefused(db, document, ticket.id, cause.code.rawValue, peer, now)
        let error = CoordinatorError(
            .answerRefused, "The answer to ticket \(ticket.id) was not accepted: \(cause.message)", advice: cause.advice,
            detailCode: cause.code.rawValue)
        return .refused(error, ticket.query)
    }

    private func store(
        _ db: Database, _ document: SignedDocument, _ answer: NodeAnswer, _ ticket: inout TicketQueue.Stored, _ peer: NodePeer,
        _ now: Timestamp
    ) throws -> Verdict {
        if case .refuse(let code) = try TicketQueue.give(db, &ticket, .answer(Self.outcome(answer.outcome)), now: now) {
            let error = TicketDesk.refusal(code, ticket.id)
            try keepRefused(db, document, ticket.id, error.wireCode, peer, now)
            return .refused(error, ticket.query)
        }
        let receipt = try SignedDocument(
            signing: AnswerReceipt(ticket: ticket.id, answer: document.digest, received: now), with: keys.signing)
        try db.execute(
            sql: "INSERT INTO answer (ticket, hospital, digest, document, received_at, receipt) VALUES (?, ?, ?, ?, ?, ?)",
            arguments: [
                ticket.id.rawValue, peer.hospital.rawValue, document.digest.text, Data(document.bytes), now.seconds,
                Data(receipt.bytes),
            ])
        try db.execute(
            sql: "UPDATE ticket SET has_counts = ? WHERE id = ?",
            arguments: [answer.outcome.total.isAnswer, ticket.id.rawValue])
        try db.execute(
            sql: "UPDATE node SET last_answer = ?1, last_contact = ?1 WHERE hospital = ?2",
            arguments: [now.seconds, peer.hospital.rawValue])
        try AuditLog.append(
            db, .answerAccepted, by: .node(peer.hospital), on: .ticket(ticket.id), at: now,
            outcome: ticket.life.state.rawValue, content: document.digest)
        FaultPoint.reach(.coordinatorAnswerStoring)
        return .accepted(receipt, ticket.query)
    }

    /// A hospital that says that it cannot know has answered; one that failed has not.
    private static func outcome(_ outcome: AnswerOutcome) -> TicketLifecycle.Outcome {
        switch outcome {
        case .answered, .masked, .unavailable: .answered
        case .declined: .declined
        case .failed: .failed
        }
    }

    /// How many refused answers of one hospital are kept in a day: enough to find out what is wrong, and no more.
    static let refusalsPerDay = 500

    private func keepRefused(
        _ db: Database, _ document: SignedDocument, _ ticket: TicketID?, _ code: String, _ peer: NodePeer, _ now: Timestamp
    ) throws {
        let kept = try Int.fetchOne(
            db, sql: "SELECT count(*) FROM refused_answer WHERE hospital = ? AND received_at > ?",
            arguments: [peer.hospital.rawValue, now.seconds - 86_400])
        guard (kept ?? 0) < Self.refusalsPerDay else { return }
        try db.execute(
            sql: """
                INSERT OR IGNORE INTO refused_answer (hospital, ticket, code, digest, received_at) VALUES (?, ?, ?, ?, ?)
                """, arguments: [peer.hospital.rawValue, ticket?.rawValue, code, document.digest.text, now.seconds])
        // The same refused bytes sent again and again fill neither the table nor the log.
        guard db.changesCount > 0 else { return }
        try AuditLog.append(
            db, .answerRefused, by: .node(peer.hospital), on: ticket.map(AuditObject.ticket) ?? .none, at: now, outcome: code,
            content: document.digest)
    }
}
