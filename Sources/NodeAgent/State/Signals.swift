import Foundation

/// Wakes loops that wait for work. A ring while nobody waits is not lost.
final class Bell: Sendable {
    private struct State {
        var rings = 0
        var waiting: [Int: CheckedContinuation<Void, Never>] = [:]
        var next = 0
    }
    private let state = Locked(State())

    /// Wakes everybody who waits, and whoever comes to wait with an older count of rings.
    func ring() {
        let woken = state.withLock { state in
            state.rings += 1
            defer { state.waiting = [:] }
            return Array(state.waiting.values)
        }
        for continuation in woken { continuation.resume() }
    }

    /// How often it rang: take it before looking for work, give it to `wait` after.
    var rings: Int { state.withLock { $0.rings } }

    /// Returns when the bell rang after `seen` was taken, when `limit` has passed, or when the task is cancelled.
    func wait(after seen: Int, atMost limit: Duration) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.rung(after: seen) }
            group.addTask { try? await Task.sleep(for: limit) }
            await group.next()
            group.cancelAll()
        }
    }

    private func rung(after seen: Int) async {
        let number = state.withLock { state in
            state.next += 1
            return state.next
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if state.rings != seen || Task.isCancelled { return true }
                    state.waiting[number] = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiting.removeValue(forKey: number) }?.resume()
        }
    }
}

/// Said once: end. Loops finish what they are at; polls and pauses end at once.
final class StopSignal: Sendable {
    private let stopped = Locked(false)
    private let bell = Bell()

    var isStopping: Bool { stopped.withLock { $0 } || Task.isCancelled }

    func stop() {
        stopped.withLock { $0 = true }
        bell.ring()
    }

    /// Returns when it was said.
    func wait() async {
        while !isStopping {
            let seen = bell.rings
            if isStopping { return }
            await bell.wait(after: seen, atMost: .seconds(3_600))
        }
    }

    /// Sleeps, unless it is said before.
    func sleep(_ duration: Duration) async {
        let seen = bell.rings
        if isStopping { return }
        await bell.wait(after: seen, atMost: duration)
    }

    /// Runs `operation` and cancels it when it is said.
    func cancelling<Value: Sendable>(_ operation: @escaping @Sendable () async -> Value) async -> Value? {
        await withTaskGroup(of: Value?.self) { group in
            group.addTask { await operation() }
            group.addTask {
                await self.wait()
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
    }
}

/// One at a time, in order.
actor Turn {
    private var isTaken = false
    private var queue: [CheckedContinuation<Void, Never>] = []

    func take() async {
        guard isTaken else {
            isTaken = true
            return
        }
        await withCheckedContinuation { queue.append($0) }
    }

    func giveBack() {
        if queue.isEmpty { isTaken = false } else { queue.removeFirst().resume() }
    }
}

/// The node's clock, given so that tests own the time.
public struct NodeClock: Sendable {
    /// The present moment.
    public var now: @Sendable () -> Int64

    /// A clock from its one function: seconds since 1970.
    public init(now: @escaping @Sendable () -> Int64) { self.now = now }

    /// The machine's clock.
    public static let system = NodeClock { Int64(Date().timeIntervalSince1970) }
}
