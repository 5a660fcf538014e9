import Federation
import Foundation

@testable import Coordinator

/// A clock that stands still until a test moves it.
final class FakeClock: Sendable {
    private let seconds: Locked<Int64>

    init(_ text: String = "2026-11-22T01:00:00Z") {
        seconds = Locked(Int64(ISO8601DateFormatter().date(from: text)?.timeIntervalSince1970 ?? 0))
    }

    var now: Timestamp { Timestamp(seconds.withLock { $0 }) }
    var clock: CoordinatorClock { CoordinatorClock { self.now } }
    func advance(_ by: Int64) { seconds.withLock { $0 += by } }
}
