import Federation

/// The life of one ticket, as a pure value: an event goes in, the change and what to do about it come out.
///
/// ```text
/// queued ──lease──▶ leased ──acknowledge──▶ acknowledged ──outcome──▶ answered | declined | failed
///   ▲                 │ lease ran out            │ the node started anew
///   └─────────────────┴──────────────────────────┘
/// queued | leased | acknowledged ──time──▶ expired      ──stop──▶ cancelled
/// ```
///
/// The last five states are final: whatever arrives later changes nothing, so that nothing is doubled. A ticket leaves
/// `queued` only by a lease that the node must acknowledge, so that nothing is lost by a crash on either side.
struct TicketLifecycle: Sendable, Hashable {
    /// Where a ticket stands.
    enum State: String, Sendable, Hashable, CaseIterable {
        case queued, leased, acknowledged, answered, declined, failed, expired, cancelled

        /// Whether nothing changes any more.
        var isFinal: Bool {
            switch self {
            case .queued, .leased, .acknowledged: false
            case .answered, .declined, .failed, .expired, .cancelled: true
            }
        }
    }

    /// What an accepted answer says.
    enum Outcome: String, Sendable, Hashable, CaseIterable { case answered, declined, failed }

    /// What happens to a ticket.
    enum Event: Sendable, Hashable {
        /// The node's poll takes it for so many seconds.
        case lease(seconds: Int64)
        /// The node says that it has the ticket on its own disk.
        case acknowledge
        /// The node that had it came up anew and may have lost its disk.
        case nodeRestarted
        /// A verified, signed answer arrived.
        case answer(Outcome)
        /// A signed answer for it arrived that does not hold.
        case answerRefused(code: String)
        /// Somebody entitled stops the question.
        case cancel
        /// Time passes.
        case tick
    }

    /// What the driver has to do about it.
    enum Action: Sendable, Hashable {
        /// Nothing changed, nothing to do.
        case nothing
        /// Hand the document to the node that polls.
        case deliver
        /// Keep the change; a person who watches may see it.
        case record
        /// Keep the change and wake the node's parked poll.
        case wakeNode
        /// Keep the change; the node has seen the ticket and must be told that it is over.
        case tellNode
        /// Refuse the event with a code; nothing changed.
        case refuse(CoordinatorError.Code)
    }

    /// Where the ticket stands now.
    var state: State
    /// While leased: until when.
    var leaseUntil: Timestamp?
    /// How often it was handed out.
    var leases: Int
    /// From when on it must not be answered.
    let expires: Timestamp

    /// A ticket as it begins.
    init(expires: Timestamp) {
        self.init(state: .queued, leaseUntil: nil, leases: 0, expires: expires)
    }

    /// A ticket as it was stored.
    init(state: State, leaseUntil: Timestamp?, leases: Int, expires: Timestamp) {
        self.state = state
        self.leaseUntil = leaseUntil
        self.leases = leases
        self.expires = expires
    }

    /// Takes one event at `now`.
    mutating func take(_ event: Event, now: Timestamp) -> Action {
        if !state.isFinal, case .tick = event { return tick(now) }
        switch event {
        case .lease(let seconds): return lease(seconds, now)
        case .acknowledge: return acknowledge()
        case .nodeRestarted: return nodeRestarted(now)
        case .answer(let outcome): return answer(outcome, now)
        case .answerRefused: return answerRefused()
        case .cancel: return cancel()
        case .tick: return .nothing
        }
    }

    private mutating func lease(_ seconds: Int64, _ now: Timestamp) -> Action {
        guard state == .queued, now < expires else { return .nothing }
        state = .leased
        leases += 1
        leaseUntil = now.adding(seconds)
        return .deliver
    }

    private mutating func acknowledge() -> Action {
        switch state {
        // A late acknowledgement of a lease that ran out is as good as one in time: the node has the ticket.
        case .queued where leases > 0, .leased:
            state = .acknowledged
            leaseUntil = nil
            return .record
        case .queued: return .refuse(.ticketUnknown)
        case .acknowledged, .answered, .declined, .failed: return .nothing
        case .expired: return .refuse(.ticketExpired)
        case .cancelled: return .refuse(.ticketCancelled)
        }
    }

    private mutating func nodeRestarted(_ now: Timestamp) -> Action {
        // The node remembers ticket ids durably and ignores what it already has; one that lost its disk gets it again.
        guard state == .leased || state == .acknowledged, now < expires else { return .nothing }
        state = .queued
        leaseUntil = nil
        return .wakeNode
    }

    private mutating func answer(_ outcome: Outcome, _ now: Timestamp) -> Action {
        switch state {
        case .queued, .leased, .acknowledged:
            // The sweeper may not have come by yet; the clock decides, not the sweeper.
            guard now < expires.adding(FederationProtocol.clockTolerance) else {
                state = .expired
                leaseUntil = nil
                return .refuse(.ticketExpired)
            }
            state =
                switch outcome {
                case .answered: .answered
                case .declined: .declined
                case .failed: .failed
                }
            leaseUntil = nil
            return .record
        case .answered, .declined, .failed: return .refuse(.answerConflict)
        case .expired: return .refuse(.ticketExpired)
        case .cancelled: return .refuse(.ticketCancelled)
        }
    }

    private mutating func answerRefused() -> Action {
        guard !state.isFinal else { return .nothing }
        state = .failed
        leaseUntil = nil
        return .record
    }

    private mutating func cancel() -> Action {
        guard !state.isFinal else { return .nothing }
        let wasSeen = leases > 0
        state = .cancelled
        leaseUntil = nil
        return wasSeen ? .tellNode : .record
    }

    private mutating func tick(_ now: Timestamp) -> Action {
        // An answer signed in time may be on its way: it has until the tolerance of the clocks is over.
        if now >= expires.adding(FederationProtocol.clockTolerance) {
            state = .expired
            leaseUntil = nil
            return .record
        }
        if state == .leased, let leaseUntil, now >= leaseUntil {
            state = .queued
            self.leaseUntil = nil
            return .wakeNode
        }
        return .nothing
    }
}
