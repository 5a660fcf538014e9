import Foundation

/// A value behind a lock. `NSLock`, because ThreadSanitizer understands it.
final class Locked<Value>: @unchecked Sendable {
    // @unchecked: `value` is only ever touched while `lock` is held.
    private let lock = NSLock()
    private var value: Value

    init(_ value: sending Value) { self.value = value }

    func withLock<Result>(_ body: (inout Value) throws -> Result) rethrows -> Result {
        lock.lock()
        defer { lock.unlock() }
        return try body(&value)
    }
}
