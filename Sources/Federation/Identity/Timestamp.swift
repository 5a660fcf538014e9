import CanonicalJSON

/// A moment in whole seconds since 1970-01-01T00:00:00Z, written as RFC 3339 in UTC: `2026-11-22T01:02:03Z`.
public struct Timestamp: Sendable, Hashable, Comparable, CustomStringConvertible, JSONEncodable, JSONDecodable {
    /// Seconds since 1970, leap seconds not counted.
    public var seconds: Int64

    /// Creates a moment.
    public init(_ seconds: Int64) { self.seconds = seconds }

    /// A moment from its written form, or nil where it is not one.
    public init?(_ text: String) {
        guard let seconds = UTCTimestamp.seconds(text) else { return nil }
        self.seconds = seconds
    }

    public init(from json: JSONReader) throws(JSONError) { seconds = try json.timestamp() }

    public var json: JSONValue { .timestamp(seconds) }

    /// The moment `seconds` later (earlier where negative).
    public func adding(_ seconds: Int64) -> Timestamp { Timestamp(self.seconds + seconds) }

    /// The calendar day in UTC: `2026-11-22`.
    public var day: String { String(description.prefix(10)) }

    public var description: String { UTCTimestamp.text(seconds) }

    public static func < (left: Self, right: Self) -> Bool { left.seconds < right.seconds }
}
