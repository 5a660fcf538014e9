/// The life of the long poll, as a value: events in, what to do out. `PollLoop` does it.
struct PollMachine: Sendable, Hashable {
    enum Event: Sendable, Hashable {
        /// The node has started, or a wait is over.
        case ready
        /// The poll brought something new, or nothing in its time.
        case answered
        /// The poll came back at once with nothing new. Asked again at once, a coordinator in trouble or of bad will would keep
        /// the node busy without end.
        case hurried
        /// The poll failed; `retryAfter` is what the coordinator asked us to wait, in seconds.
        case failed(retryAfter: Int?)
        /// The coordinator sees two agents with this identity.
        case conflict
        /// A person paused the node.
        case paused
        /// The program is told to end.
        case stop
    }

    enum Action: Sendable, Hashable {
        /// Poll, with this sequence number.
        case poll(sequence: Int)
        /// Do nothing for a while, then come back with `.ready`.
        case wait(Duration)
        /// End.
        case finish
    }

    /// What a person reads in `status`.
    enum Standing: String, Sendable, Hashable, CaseIterable {
        case starting, connected, paused, quarantined, courier
        case waiting = "not connected"
        case stopped
    }

    private(set) var standing: Standing = .starting
    private(set) var failures = 0
    private var hurries = 0
    private var sequence = 0
    private let backoff: Backoff

    /// While paused or quarantined the node looks again this often: a person may have put it right.
    static let pauseLook = Duration.seconds(2)
    static let conflictLook = Duration.seconds(300)
    /// Empty answers that come at once are asked for ever more slowly, down to one in this time.
    static let hurriedLimit = Duration.seconds(30)
    /// A poll that came back sooner than this with nothing new came back at once.
    static let hurriedBelow = Duration.seconds(1)

    init(backoff: Backoff = Backoff()) { self.backoff = backoff }

    /// - Parameter fraction: random, in 0..<1, for the back-off.
    mutating func on(_ event: Event, fraction: Double = 0) -> Action {
        guard standing != .stopped else { return .finish }
        switch event {
        case .ready:
            return poll()
        case .answered:
            standing = .connected
            failures = 0
            hurries = 0
            return poll()
        case .hurried:
            standing = .connected
            failures = 0
            hurries += 1
            return .wait(min(backoff.delay(failures: hurries, fraction: fraction), Self.hurriedLimit))
        case .failed(let retryAfter):
            standing = .waiting
            failures += 1
            let own = backoff.delay(failures: failures, fraction: fraction)
            return .wait(max(own, .seconds(retryAfter ?? 0)))
        case .conflict:
            standing = .quarantined
            return .wait(Self.conflictLook)
        case .paused:
            standing = .paused
            return .wait(Self.pauseLook)
        case .stop:
            standing = .stopped
            return .finish
        }
    }

    private mutating func poll() -> Action {
        sequence += 1
        return .poll(sequence: sequence)
    }
}
