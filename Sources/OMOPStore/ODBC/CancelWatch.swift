import CODBC
import Dispatch
import Synchronization

/// Asks now and then whether to stop while a driver is busy, and tells the driver to stop if so.
///
/// ODBC allows `SQLCancel` from another thread while a function runs on the statement.
final class CancelWatch {
    private let timer: any DispatchSourceTimer
    private let isOver: SharedFlag

    init(_ statement: SQLHANDLE, _ isCancelled: @escaping @Sendable () -> Bool) {
        let flag = SharedFlag()
        let statement = StatementReference(handle: statement)
        timer = DispatchSource.makeTimerSource(queue: .global())
        isOver = flag
        timer.schedule(deadline: .now() + .milliseconds(250), repeating: .milliseconds(250))
        timer.setEventHandler {
            // Under the lock that `end` takes: the statement cannot go away in between.
            flag.ifNotOver { if isCancelled() { SQLCancel(statement.handle) } }
        }
        timer.activate()
    }

    /// Stops watching; afterwards the statement is not touched any more.
    func end() {
        isOver.set()
        timer.cancel()
    }

    deinit {
        end()
    }

    /// Whether the watching is over.
    private final class SharedFlag: Sendable {
        private let value = Mutex(false)

        func set() { value.withLock { $0 = true } }
        func ifNotOver(_ body: () -> Void) { value.withLock { if !$0 { body() } } }
    }

    /// A statement that another thread may cancel.
    private struct StatementReference: @unchecked Sendable {
        // @unchecked because `SQLCancel` is the one function that ODBC allows from another thread.
        let handle: SQLHANDLE
    }
}
