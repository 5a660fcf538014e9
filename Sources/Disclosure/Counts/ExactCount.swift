import CanonicalJSON

/// A number of patients as it was read from the hospital's store.
///
/// It lives inside the node's process only. It has no encoding of any kind: `Encodable` and `JSONEncodable` are declared
/// unavailable, its description and mirror show a notice, and the integer itself is reachable only by rooms that write
/// `@_spi(Hospital) import Disclosure`. So a leak is a compile error, not a review finding.
public struct ExactCount: Sendable, Hashable, Comparable {
    /// The number of patients. Only hospital-side code sees it.
    @_spi(Hospital) public let value: Int

    /// A count read from patients.
    /// - Parameter value: number of patients, at least 0.
    @_spi(Hospital) public init(_ value: Int) {
        precondition(value >= 0, "a count of patients is never negative")
        self.value = value
    }

    /// The count of an empty set.
    public static let zero = ExactCount(0)

    /// Compares two counts inside the hospital.
    public static func < (left: ExactCount, right: ExactCount) -> Bool { left.value < right.value }

    /// The sum of two counts of disjoint sets.
    public static func + (left: ExactCount, right: ExactCount) -> ExactCount { ExactCount(left.value + right.value) }
}

extension ExactCount: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// A notice instead of the number, so that a log line cannot leak it.
    public var description: String { "exact count (stays in the hospital)" }
    /// A notice instead of the number.
    public var debugDescription: String { description }
    /// A mirror without children, so that `dump` shows nothing.
    public var customMirror: Mirror { Mirror(self, children: [] as [Mirror.Child]) }
}

@available(*, unavailable, message: "an exact count never leaves the hospital: release it through ReleaseGate")
extension ExactCount: Encodable {
    /// Unavailable on purpose.
    public func encode(to encoder: any Encoder) throws { fatalError("unavailable") }
}

@available(*, unavailable, message: "an exact count never leaves the hospital: release it through ReleaseGate")
extension ExactCount: JSONEncodable {
    /// Unavailable on purpose.
    public var json: JSONValue { fatalError("unavailable") }
}
