/// What the loops of a daemon have promised: by when each will be heard of again.
///
/// A loop says it before each thing that takes time: how long that may take at most. One that is not heard of by then hangs,
/// and `feedWatchdog` no longer tells the service manager that the service is alive; the manager then restarts it.
public actor Pulse {
    private var promises: [String: ContinuousClock.Instant] = [:]

    /// Nobody has promised anything.
    public init() {}

    /// `loop` is alive, and will be heard of again within `time`.
    public func promise(_ loop: String, within time: Duration) { promises[loop] = .now + time }

    /// `loop` has ended, as it should.
    public func ended(_ loop: String) { promises[loop] = nil }

    /// The loops that are not heard of any more, in order.
    public func overdue(at now: ContinuousClock.Instant = .now) -> [String] {
        promises.filter { $0.value < now }.map(\.key).sorted()
    }

    /// Feeds the service manager's watchdog for as long as this task runs and every promise is kept.
    ///
    /// - Parameters:
    ///   - interval: how often; nil where nobody watches.
    ///   - isSound: asked each time as well: whether what the loops stand on still answers.
    ///   - feed: tells the manager.
    ///   - hanging: told which loops are overdue, once each time that others are.
    public func feedWatchdog(
        every interval: Duration? = ServiceManager.watchdogInterval(), isSound: @Sendable () async -> Bool = { true },
        feed: @Sendable () -> Void = { ServiceManager.alive() }, hanging: @Sendable ([String]) -> Void
    ) async {
        guard let interval else { return }
        var told: [String] = []
        while !Task.isCancelled {
            let late = overdue()
            if late.isEmpty, await isSound() { feed() }
            if late != told, !late.isEmpty { hanging(late) }
            told = late
            try? await Task.sleep(for: interval)
        }
    }
}
