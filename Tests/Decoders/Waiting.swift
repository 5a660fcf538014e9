import Dispatch
import Synchronization

/// Waits for what is asynchronous, for readers that are not: on a queue of its own, so that no thread of the concurrency pool is
/// needed while one waits.
enum Waiting {
    static func result<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) throws -> Value {
        let (answer, done) = (Answer<Value>(), DispatchSemaphore(value: 0))
        Task.detached(executorPreference: QueueTasks.shared) {
            let result: Result<Value, any Error>
            do { result = .success(try await body()) } catch { result = .failure(error) }
            answer.put(result)
            done.signal()
        }
        done.wait()
        return try answer.take()
    }

    private final class Answer<Value: Sendable>: Sendable {
        private let result = Mutex<Result<Value, any Error>?>(nil)

        func put(_ found: Result<Value, any Error>) { result.withLock { $0 = found } }

        func take() throws -> Value {
            guard let result = result.withLock({ $0 }) else { throw CancellationError() }
            return try result.get()
        }
    }

    private final class QueueTasks: TaskExecutor {
        static let shared = QueueTasks()
        private let queue = DispatchQueue(label: "dure.decoders.waiting")

        func enqueue(_ job: consuming ExecutorJob) {
            let job = UnownedJob(job)
            queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
        }
    }
}
