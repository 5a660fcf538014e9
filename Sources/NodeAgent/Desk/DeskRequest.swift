import Federation

/// A ticket whose answer waits, or waited, for a person or for hours to pass.
public struct DeskRequest: Sendable, Hashable {
    /// Where it stands.
    public enum State: String, Sendable, Hashable, CaseIterable {
        /// Waits.
        case held
        /// Enough persons approved.
        case approved
        /// A person declined.
        case declined
        /// The hours of a hold passed and nobody declined.
        case overdue
        /// The ticket's time ran out before enough persons approved.
        case expired
        /// Everything was stopped while it was open.
        case stopped
    }

    /// One person's yes, to exactly these bytes.
    public struct Approval: Sendable, Hashable {
        /// Who.
        public var person: Operator
        /// When.
        public var at: Timestamp
        /// The digest of the answer's payload.
        public var payload: Digest256
    }

    /// The ticket.
    public var ticket: TicketID
    /// Where it stands.
    public var state: State
    /// What the policy asked for when it was held: `manual-2`.
    public var decision: String
    /// Which parts of the policy asked for it.
    public var why: [String]
    /// Since when it is held.
    public var held: Timestamp
    /// The time that stands in the answer that persons are shown; nil while nobody has looked.
    public var prepared: Timestamp?
    /// When it leaves without a person; nil where it does not.
    public var due: Timestamp?
    /// From when on nobody waits for it any more.
    public var expires: Timestamp
    /// The code that a person declined it with.
    public var decline: DeclineCode?
    /// Who approved, in order.
    public var approvals: [Approval]

    /// What persons approved: an answer with this time and this digest, and no other.
    struct Approved: Sendable, Hashable {
        var answered: Timestamp
        var payload: Digest256
    }

    private var approved: Approved? {
        guard let prepared, let payload = approvals.last?.payload else { return nil }
        return Approved(answered: prepared, payload: payload)
    }

    /// What may happen with the ticket now.
    enum Clearance: Sendable, Hashable {
        /// Evaluate and answer; where persons approved, exactly what they approved.
        case go(Approved?)
        /// Answer with this code.
        case decline(DeclineCode)
        /// Wait.
        case wait
    }

    /// What may happen at `now`, where the policy in force asks for `needed`.
    func clearance(_ needed: ReleaseDecision, now: Timestamp) -> Clearance {
        if state == .stopped { return .decline(.stopped) }
        if state == .declined { return .decline(decline ?? .declinedByPerson) }
        if needed.mode == .auto { return .go(nil) }
        if approvals.count >= needed.approvers, let approved { return .go(approved) }
        if now >= expires { return .decline(.approvalExpired) }
        if needed.mode == .hold, now >= held.adding(Int64(needed.holdHours) * 3_600) { return .go(nil) }
        return .wait
    }
}
