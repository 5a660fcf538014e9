import CanonicalJSON
import FaultPoints
import Federation

/// Answers what the coordinator asks about totals without a guardian: whether this hospital agrees to a set of hospitals, and for
/// its shares. `PeerMember` decides; this reads and keeps.
struct PeerTotals: Sendable {
    let policy: Policy
    let spool: Spool
    let signing: SigningKey
    let coordinatorKey: VerificationKey
    let clock: NodeClock
    let log: NodeLog

    /// The signed answer to a signed `OpeningRequest` or `RevealRequest`; nil where nothing is said.
    func answer(_ document: SignedDocument) async throws(NodeError) -> SignedDocument? {
        do throws(FederationError) {
            switch document.type {
            case OpeningRequest.schema:
                let request = try document.verified(as: OpeningRequest.self, by: coordinatorKey)
                return try await agreement(to: document, request)
            case RevealRequest.schema:
                let request = try document.verified(as: RevealRequest.self, by: coordinatorKey).request
                return try await reveal(
                    document, request.verified(as: OpeningRequest.self, by: coordinatorKey))
            default:
                throw FederationError(.wrongSchema, "A \(document.type.prefix(64)) is no request about a total.")
            }
        } catch {
            log.error("a request about a total was not answered", [.code: error.code.rawValue, .advice: error.message])
            return nil
        }
    }

    private func agreement(
        to document: SignedDocument, _ request: OpeningRequest
    ) async throws(FederationError) -> SignedDocument? {
        let part = try await part(in: request)
        let (signing, log) = (signing, log)
        guard let roster = try await accepted(part.ticket) else {
            return try SignedDocument(
                signing: Agreement(
                    subject: part.subject, node: part.ticket.audience, request: document.digest, hospitals: [], refused: .roster),
                with: signing)
        }
        let member = member(part, roster)
        let word = try await kept { () async throws(NodeError) in
            try await spool.settlePeerTotal(request.subject, at: Timestamp(clock.now())) { kept in
                switch try member.decide(document, kept.memory) {
                case .again: return (try SignedDocument(parsing: kept.agreement ?? []), nil)
                case .agree(let word): return (try SignedDocument(signing: word, with: signing), word)
                case .refuse(let word):
                    log.warning(
                        "did not agree to a total",
                        [.query: request.subject.query.rawValue, .code: word.refused?.rawValue ?? ""])
                    return (try SignedDocument(signing: word, with: signing), nil)
                }
            }
        }
        FaultPoint.reach(.totalsAgreementStored)
        return word
    }

    private func reveal(
        _ document: SignedDocument, _ request: OpeningRequest
    ) async throws(FederationError) -> SignedDocument? {
        let part = try await part(in: request)
        guard let roster = try await accepted(part.ticket) else { return nil }
        let member = member(part, roster)
        let kept = try await kept { () async throws(NodeError) in try await spool.peerTotal(request.subject) }
        let reveal = try member.reveal(document, kept.memory, sealing: try SealingKey(of: signing))
        // Checked again each time, said again byte for byte.
        if let known = kept.reveal { return try SignedDocument(parsing: known) }
        let signed = try SignedDocument(signing: reveal, with: signing)
        try await self.kept { () async throws(NodeError) in
            try await spool.keepReveal(signed, request.subject, at: Timestamp(clock.now()))
        }
        FaultPoint.reach(.totalsRevealStored)
        return signed
    }

    /// What this hospital has in a total: the ticket that it answered, what that is of, and its signed share.
    private struct Part {
        let ticket: QueryTicket
        let subject: TotalSubject
        let share: SignedDocument
    }

    private func member(_ part: Part, _ roster: TotalsRoster) -> PeerMember {
        PeerMember(
            part.ticket.audience, roster: roster, subject: part.subject, share: part.share, coordinatorKey: coordinatorKey)
    }

    /// This hospital's part in the total that `request` is about, from the ticket and the answer in the spool.
    private func part(in request: OpeningRequest) async throws(FederationError) -> Part {
        let stored = try await kept { () async throws(NodeError) in try await spool.answeredTotal(request.subject.query) }
        guard let stored else {
            throw FederationError(.totalMismatch, "This hospital answered no total of query \(request.subject.query).")
        }
        let ticket = try SignedDocument(parsing: stored.ticket).verified(as: QueryTicket.self, by: coordinatorKey)
        let answer = try SignedDocument(parsing: stored.answer).verified(
            as: NodeAnswer.self, by: signing.verificationKey)
        guard case .masked(let masked) = answer.outcome, let subject = try ticket.totalSubject() else {
            throw FederationError(.totalMismatch, "This hospital is in no total of query \(ticket.query).")
        }
        return Part(ticket: ticket, subject: subject, share: masked.share)
    }

    /// The roster of a ticket, if the policy accepts it today; nil where it does not.
    private func accepted(_ ticket: QueryTicket) async throws(FederationError) -> TotalsRoster? {
        let newest = try await kept { () async throws(NodeError) in
            try await spool.setting(AcceptedRoster.name).flatMap(AcceptedRoster.init(bytes:))
        }
        let sealing = try SealingKey(of: signing).sealingKey
        guard let totals = policy.totals,
            let roster = try? totals.roster(of: ticket, key: signing.verificationKey, sealingKey: sealing, newest: newest),
            totals.kinds.contains(roster.kind)
        else {
            log.warning("the totals roster is not accepted any more", [.query: ticket.query.rawValue])
            return nil
        }
        return roster
    }

    /// A full disk is not the coordinator's fault; either way nothing is said, and it is asked again.
    private func kept<Value>(_ body: () async throws(NodeError) -> Value) async throws(FederationError) -> Value {
        do throws(NodeError) {
            return try await body()
        } catch {
            throw FederationError(.malformed, error.message, advice: error.advice)
        }
    }
}
