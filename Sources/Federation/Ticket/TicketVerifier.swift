import CanonicalJSON

/// Decides whether a signed ticket may be worked on: signature, audience, question hash, time. A pure value; what was seen
/// before is asked of the caller, who remembers ticket ids durably.
public struct TicketVerifier: Sendable {
    /// The hospital that tickets must be addressed to.
    public var audience: HospitalID
    /// The coordinator's key.
    public var coordinatorKey: VerificationKey
    /// By how many seconds the clocks may differ.
    public var clockTolerance: Int64

    /// Creates a verifier.
    public init(
        audience: HospitalID, coordinatorKey: VerificationKey, clockTolerance: Int64 = FederationProtocol.clockTolerance
    ) {
        self.audience = audience
        self.coordinatorKey = coordinatorKey
        self.clockTolerance = clockTolerance
    }

    /// The ticket in `document`, if it is the coordinator's, for this hospital, unchanged, and valid at `now`.
    ///
    /// - Parameters:
    ///   - document: what came from the coordinator, a file or a backup.
    ///   - now: the node's own clock.
    ///   - isKnown: whether a ticket id was already accepted once.
    /// - Throws: `FederationError`, with `KEY_UNKNOWN`, `SIGNATURE_INVALID`, `WRONG_SCHEMA`, `MALFORMED`, `AUDIENCE_WRONG`,
    ///   `QUESTION_HASH_WRONG`, `TICKET_NOT_YET_VALID`, `TICKET_EXPIRED` or `TICKET_REPLAYED`.
    public func verify(
        _ document: SignedDocument, now: Timestamp, isKnown: (TicketID) throws -> Bool = { _ in false }
    ) throws -> QueryTicket {
        let ticket = try verifyContent(document)
        guard ticket.issued.seconds <= now.seconds + clockTolerance else {
            throw FederationError(
                .ticketNotYetValid,
                "Ticket \(ticket.id) was issued at \(ticket.issued), which this clock (\(now)) has not reached.",
                advice: "Set this machine's clock, by NTP where there is one; \(clockTolerance / 60) minutes are tolerated.")
        }
        guard now.seconds < ticket.expires.seconds + clockTolerance else {
            throw FederationError(
                .ticketExpired, "Ticket \(ticket.id) expired at \(ticket.expires); it is \(now).",
                advice: "If it is not, set this machine's clock. Otherwise the researcher asks again.")
        }
        guard try !isKnown(ticket.id) else {
            throw FederationError(.ticketReplayed, "Ticket \(ticket.id) was accepted before; it is not worked on twice.")
        }
        return ticket
    }

    private func verifyContent(_ document: SignedDocument) throws(FederationError) -> QueryTicket {
        guard document.keyName == coordinatorKey.name else {
            throw FederationError(
                .keyUnknown,
                "The ticket names the key \(document.keyName.prefix(32)), but this node was enrolled with \(coordinatorKey.name).",
                advice: "If the coordinator changed its key, enrol again after comparing fingerprints by telephone.")
        }
        let ticket = try document.verified(as: QueryTicket.self, by: coordinatorKey)
        guard ticket.audience == audience else {
            throw FederationError(.audienceWrong, "Ticket \(ticket.id) is for \(ticket.audience), and this is \(audience).")
        }
        guard ticket.question.digest == ticket.questionHash else {
            throw FederationError(
                .questionHashWrong, "Ticket \(ticket.id) names the question \(ticket.questionHash.short) but carries another.")
        }
        return ticket
    }
}
