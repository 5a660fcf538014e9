#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Values by number, made once and kept; safe to use from many threads.
final class KeptValues<Value: Sendable>: @unchecked Sendable {
    // @unchecked because the lock guards the dictionary. A pthread mutex, because the thread sanitizer understands it.
    private let lock: UnsafeMutablePointer<pthread_mutex_t>
    private var values: [Int: Value] = [:]

    init() {
        lock = .allocate(capacity: 1)
        pthread_mutex_init(lock, nil)
    }

    deinit {
        pthread_mutex_destroy(lock)
        lock.deallocate()
    }

    func value(_ number: Int) -> Value? {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        return values[number]
    }

    func keep(_ number: Int, _ value: Value) {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        values[number] = value
    }
}
