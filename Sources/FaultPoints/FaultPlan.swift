#if DEBUG
    import Foundation

    /// What a test asked for in the environment: `DURE_STOP_AT=node.delivered,node.ticket.stored` and `DURE_STOP_LOG=FILE`, to which
    /// the name of each reached step is added before the process stops.
    final class FaultPlan: Sendable {
        static let shared = FaultPlan(ProcessInfo.processInfo.environment)

        private let log: String
        private let left: LockedSteps

        init?(_ environment: [String: String]) {
            guard let steps = environment["DURE_STOP_AT"], let log = environment["DURE_STOP_LOG"] else { return nil }
            self.log = log
            left = LockedSteps(steps.split(separator: ",").compactMap { FaultPoint(rawValue: String($0)) })
        }

        func reach(_ point: FaultPoint) {
            guard left.take(point) else { return }
            let descriptor = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
            guard descriptor >= 0 else { return }
            let line = Array((point.rawValue + "\n").utf8)
            _ = line.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            close(descriptor)
            kill(getpid(), SIGSTOP)
        }
    }

    /// The steps that are still waited for.
    private final class LockedSteps: @unchecked Sendable {
        // @unchecked: `steps` is only ever touched while `lock` is held.
        private let lock = NSLock()
        private var steps: [FaultPoint]

        init(_ steps: [FaultPoint]) { self.steps = steps }

        func take(_ point: FaultPoint) -> Bool {
            lock.withLock {
                guard let index = steps.firstIndex(of: point) else { return false }
                steps.remove(at: index)
                return true
            }
        }
    }
#endif
