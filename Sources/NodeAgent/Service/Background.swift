import Foundation

/// Work of seconds or minutes, on a thread of its own and not on the cooperative pool, which has as many threads as the machine
/// has cores.
enum Background {
    /// Runs `body` and gives its value. A cancelled task gets nil at once, and does not wait for `body` to notice.
    /// - Parameter body: asks its argument now and then whether to go on.
    static func run<Value: Sendable>(
        _ body: @escaping @Sendable (_ isCalledOff: @escaping @Sendable () -> Bool) -> Value
    ) async -> Value? {
        let waiting = Locked<CheckedContinuation<Value?, Never>?>(nil)
        let calledOff = Locked(false)
        // Whoever comes first answers, and nobody twice.
        @Sendable func answer(_ value: Value?) {
            let continuation = waiting.withLock { waiting in
                defer { waiting = nil }
                return waiting
            }
            continuation?.resume(returning: value)
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: CheckedContinuation<Value?, Never>) in
                waiting.withLock { $0 = continuation }
                if calledOff.withLock({ $0 }) { return answer(nil) }
                DispatchQueue.global(qos: .utility).async {
                    answer(body { calledOff.withLock { $0 } })
                }
            }
        } onCancel: {
            calledOff.withLock { $0 = true }
            answer(nil)
        }
    }
}
