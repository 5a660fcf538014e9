/// Polls that wait for something to happen to a key: a node for tickets, a person for answers.
///
/// It carries no news itself, only the fact that there is some: who wakes reads the database. A waiter names the *bell count* it
/// knew before it looked there, so that a bell between looking and waiting is never missed.
actor WaitingRoom<Key: Hashable & Sendable> {
    /// Why a wait ended.
    enum Wake: Sendable, Hashable {
        /// Something happened.
        case bell
        /// The time was up, or the caller went away.
        case timeout
        /// Another poll for the same key took its place.
        case superseded
        /// The service stops.
        case closed
    }

    private struct Waiter {
        let token: UInt64
        let continuation: CheckedContinuation<Wake, Never>
    }

    private let isExclusive: Bool
    private var bells: [Key: UInt64] = [:]
    private var waiters: [Key: [Waiter]] = [:]
    private var nextToken: UInt64 = 0
    private var isClosed = false

    /// - Parameter isExclusive: whether a new waiter takes the place of the one before (a node that reconnects).
    init(isExclusive: Bool) { self.isExclusive = isExclusive }

    /// How often the bell of `key` has rung.
    func bellCount(_ key: Key) -> UInt64 { bells[key] ?? 0 }

    /// How many wait, for the tests and the log.
    var waiting: Int { waiters.values.reduce(0) { $0 + $1.count } }

    /// Wakes whoever waits for `key`.
    func ring(_ key: Key) {
        bells[key, default: 0] += 1
        wake(waiters.removeValue(forKey: key) ?? [], .bell)
    }

    /// Waits until the bell of `key` has rung more than `known` times.
    func wait(for key: Key, known: UInt64, atMost most: Duration) async -> Wake {
        if isClosed { return .closed }
        if isExclusive { wake(waiters.removeValue(forKey: key) ?? [], .superseded) }
        if bellCount(key) != known { return .bell }
        nextToken += 1
        let token = nextToken
        let timer = Task {
            try await Task.sleep(for: most)
            self.leave(key, token)
        }
        defer { timer.cancel() }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if Task.isCancelled {
                    continuation.resume(returning: .timeout)
                } else {
                    waiters[key, default: []].append(Waiter(token: token, continuation: continuation))
                }
            }
        } onCancel: {
            Task { await self.leave(key, token) }
        }
    }

    /// Answers every wait, now and later, with `closed`, so that connections can close cleanly.
    func close() {
        isClosed = true
        for list in waiters.values { wake(list, .closed) }
        waiters = [:]
    }

    private func leave(_ key: Key, _ token: UInt64) {
        guard var list = waiters[key], let index = list.firstIndex(where: { $0.token == token }) else { return }
        let waiter = list.remove(at: index)
        waiters[key] = list.isEmpty ? nil : list
        waiter.continuation.resume(returning: .timeout)
    }

    private func wake(_ list: [Waiter], _ reason: Wake) {
        for waiter in list { waiter.continuation.resume(returning: reason) }
    }
}
