public import Federation
import Foundation

/// The time, as a parameter: tests own it.
public struct CoordinatorClock: Sendable {
    private let read: @Sendable () -> Timestamp

    /// A clock that reads `now` each time it is asked.
    public init(_ now: @escaping @Sendable () -> Timestamp) { read = now }

    /// The machine's clock.
    public static let system = CoordinatorClock { Timestamp(Int64(Date().timeIntervalSince1970)) }

    /// The present moment.
    public var now: Timestamp { read() }
}
