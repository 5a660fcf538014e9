/// Whether the state can be written, asked of the disk at most every few seconds: whoever may ask must not be able to keep it busy.
final class Readiness: Sendable {
    private let database: CoordinatorDatabase
    private let last = Locked<(at: ContinuousClock.Instant, isWritable: Bool)?>(nil)

    init(database: CoordinatorDatabase) { self.database = database }

    /// Whether a write got through, now or within the last five seconds.
    func isWritable() async -> Bool {
        if let last = last.withLock({ $0 }), ContinuousClock.now - last.at < .seconds(5) { return last.isWritable }
        let isWritable = await database.isWritable()
        last.withLock { $0 = (.now, isWritable) }
        return isWritable
    }
}
