import Dispatch

/// Runs one actor's jobs on a dispatch queue of its own, so that an fsync blocks nobody else's task. (Dispatch's own
/// serial executor is not on Linux.)
final class QueueExecutor: SerialExecutor {
    private let queue: DispatchQueue

    init(label: String) { queue = DispatchQueue(label: label) }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }
}
