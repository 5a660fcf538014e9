import CanonicalJSON

/// A count as it may leave a hospital: always tagged with what it is, never a bare integer.
///
/// Hidden, unavailable, refused, waiting and failed are five different things, and none of them is zero.
public enum DisclosedCount: Sendable, Hashable {
    /// The count itself (rounding is off at this hospital, or a zero that its policy shows).
    case exact(Int)
    /// A count rounded to a multiple of `base` (1: not rounded, but it may be that of a slightly different group). `low...high`
    /// is what it can stand for, computed at the node.
    case rounded(Int, base: Int, low: Int, high: Int)
    /// A count that is not shown; it lies in `low...high`.
    case hidden(low: Int, high: Int, why: HiddenReason)
    /// The hospital's count is in a consortium total only; on its own it says nothing.
    case masked
    /// The hospital cannot know: it has no such data.
    case unavailable(UnavailableReason, detail: String?)
    /// The hospital's policy said no, with a stable code such as `PURPOSE_SCOPE`.
    case refused(code: String)
    /// No answer yet. `since` is in seconds since 1970 (UTC).
    case waiting(WaitingReason, since: Int64?)
    /// No answer will come.
    case failed(FailureReason)

    /// The tag that stands in JSON as `kind` and in CSV as `status`.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// See the cases of `DisclosedCount`.
        case exact, rounded, hidden, masked, unavailable, refused, waiting, failed
    }

    /// The tag.
    public var kind: Kind {
        switch self {
        case .exact: .exact
        case .rounded: .rounded
        case .hidden: .hidden
        case .masked: .masked
        case .unavailable: .unavailable
        case .refused: .refused
        case .waiting: .waiting
        case .failed: .failed
        }
    }

    /// What the count can be, where the hospital answered; `nil` where it did not (unavailable, refused, waiting, failed), or
    /// answered with a masked one.
    public var interval: CountInterval? {
        switch self {
        case .exact(let value): CountInterval(low: value, high: value)
        case .rounded(_, _, let low, let high), .hidden(let low, let high, _): CountInterval(low: low, high: high)
        case .masked, .unavailable, .refused, .waiting, .failed: nil
        }
    }

    /// Whether the hospital answered (a hidden or a masked count is an answer).
    public var isAnswer: Bool { interval != nil || self == .masked }
}

extension DisclosedCount: JSONEncodable {
    /// The wire form: an object that always carries `kind`.
    public var json: JSONValue {
        var object = JSONObject([("kind", .string(kind.rawValue))])
        switch self {
        case .exact(let value):
            object["value"] = .number(JSONNumber(value))
        case .rounded(let value, let base, let low, let high):
            object["value"] = .number(JSONNumber(value))
            object["base"] = .number(JSONNumber(base))
            object["low"] = .number(JSONNumber(low))
            object["high"] = .number(JSONNumber(high))
        case .hidden(let low, let high, let why):
            object["low"] = .number(JSONNumber(low))
            object["high"] = .number(JSONNumber(high))
            object["why"] = .string(why.rawValue)
        case .masked:
            break
        case .unavailable(let why, let detail):
            object["why"] = .string(why.rawValue)
            if let detail { object["detail"] = .string(detail) }
        case .refused(let code):
            object["code"] = .string(code)
        case .waiting(let reason, let since):
            object["for"] = .string(reason.rawValue)
            if let since { object["since"] = .string(UTCTimestamp.text(since)) }
        case .failed(let why):
            object["why"] = .string(why.rawValue)
        }
        return .object(object)
    }
}

extension DisclosedCount: JSONDecodable {
    /// No hospital has more patients than this; a larger number is a mistake or an attack on a sum.
    public static let largest = 1_000_000_000

    /// Reads the wire form. Unknown members, an interval the wrong way round or a value outside its own interval are errors.
    public init(from json: JSONReader) throws(JSONError) {
        let numbers = 0...Self.largest
        switch try json.required("kind").choice(Kind.self) {
        case .exact:
            let object = try json.object(allowing: ["kind", "value"])
            self = .exact(try object.required("value").int(in: numbers))
        case .rounded:
            let object = try json.object(allowing: ["kind", "value", "base", "low", "high"])
            let interval = try CountInterval(from: object)
            let base = try object.required("base").int(in: 1...1_000_000)
            let reader = try object.required("value")
            let value = try reader.int(in: numbers)
            guard value % base == 0 else { throw reader.fail(.badValue, "\(value) is not a multiple of the base \(base)") }
            self = .rounded(value, base: base, low: interval.low, high: interval.high)
        case .hidden:
            let object = try json.object(allowing: ["kind", "low", "high", "why"])
            let interval = try CountInterval(from: object)
            self = .hidden(
                low: interval.low, high: interval.high, why: try object.required("why").choice(HiddenReason.self))
        case .masked:
            _ = try json.object(allowing: ["kind"])
            self = .masked
        case .unavailable:
            let object = try json.object(allowing: ["kind", "why", "detail"])
            self = .unavailable(
                try object.required("why").choice(UnavailableReason.self),
                detail: try object.optional("detail")?.string(maxLength: 200))
        case .refused:
            let object = try json.object(allowing: ["kind", "code"])
            self = .refused(code: try object.required("code").string(maxLength: 64))
        case .waiting:
            let object = try json.object(allowing: ["kind", "for", "since"])
            self = .waiting(
                try object.required("for").choice(WaitingReason.self), since: try object.optional("since")?.timestamp())
        case .failed:
            let object = try json.object(allowing: ["kind", "why"])
            self = .failed(try object.required("why").choice(FailureReason.self))
        }
    }
}
