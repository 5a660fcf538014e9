import CanonicalJSON

/// What a count can be: every whole number from `low` to `high`.
public struct CountInterval: Sendable, Hashable {
    /// The smallest value it can have, at least 0.
    public let low: Int
    /// The largest value it can have, at least `low`.
    public let high: Int

    /// An interval.
    public init(low: Int, high: Int) {
        precondition(low >= 0 && low <= high, "an interval runs from a smaller to a larger count")
        self.low = low
        self.high = high
    }

    /// The interval of one number.
    public static let zero = CountInterval(low: 0, high: 0)

    /// Whether the number is possible.
    public func contains(_ value: Int) -> Bool { low <= value && value <= high }

    /// Interval of the sum of two counts. Saturates at `Int.max`, so that hostile input cannot trap.
    public static func + (left: CountInterval, right: CountInterval) -> CountInterval {
        CountInterval(low: saturated(left.low, right.low), high: saturated(left.high, right.high))
    }

    private static func saturated(_ left: Int, _ right: Int) -> Int {
        let (sum, overflow) = left.addingReportingOverflow(right)
        return overflow ? .max : sum
    }
}

extension CountInterval: JSONEncodable, JSONDecodable {
    /// `{"low": 2096, "high": 2113}`
    public var json: JSONValue {
        .object(JSONObject([("low", .number(JSONNumber(low))), ("high", .number(JSONNumber(high)))]))
    }

    /// Reads `low` and `high` of an object; other members are the caller's.
    public init(from json: JSONReader) throws(JSONError) {
        let low = try json.required("low").int(in: 0...Int.max)
        let reader = try json.required("high")
        let high = try reader.int(in: 0...Int.max)
        guard low <= high else { throw reader.fail(.badValue, "high (\(high)) is below low (\(low))") }
        self.init(low: low, high: high)
    }
}
