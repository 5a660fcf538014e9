import CanonicalJSON

/// Who a merged number speaks for: the facts of the honesty line ("3 of 5 hospitals answered, 1 hidden, 1 waiting").
///
/// Every asked hospital is in exactly one of answered, unavailable, declined, waiting and failed.
public struct HonestyFacts: Sendable, Hashable {
    /// Hospitals asked.
    public let asked: Int
    /// Hospitals that answered with a count, hidden and masked ones included.
    public let answered: Int
    /// Of the answered: hospitals whose count is hidden.
    public let hidden: Int
    /// What the hidden counts add together (0...0 when none is hidden).
    public let hiddenInterval: CountInterval
    /// Of the answered: hospitals whose count is in a consortium total only.
    public let masked: Int
    /// Hospitals that cannot know. They are not part of the number and never counted as answered.
    public let unavailable: Int
    /// Hospitals whose policy said no.
    public let declined: Int
    /// Hospitals whose answer may still come.
    public let waiting: Int
    /// Hospitals from which no answer will come.
    public let failed: Int

    /// Whether the number can still rise: answers are awaited.
    public var mayRise: Bool { waiting > 0 }
    /// Hospitals that can answer: asked without those that cannot know.
    public var canAnswer: Int { asked - unavailable }

    init(_ counts: [DisclosedCount]) {
        func number(_ kinds: DisclosedCount.Kind...) -> Int { counts.count { kinds.contains($0.kind) } }
        asked = counts.count
        answered = number(.exact, .rounded, .hidden, .masked)
        hidden = number(.hidden)
        hiddenInterval = counts.filter { $0.kind == .hidden }.compactMap(\.interval).reduce(.zero, +)
        masked = number(.masked)
        unavailable = number(.unavailable)
        declined = number(.refused)
        waiting = number(.waiting)
        failed = number(.failed)
    }
}

extension HonestyFacts: JSONEncodable {
    /// All facts by name.
    public var json: JSONValue {
        .object(
            JSONObject([
                ("asked", .int(asked)), ("answered", .int(answered)), ("hidden", .int(hidden)),
                ("hiddenInterval", hiddenInterval.json), ("masked", .int(masked)), ("unavailable", .int(unavailable)),
                ("declined", .int(declined)),
                ("waiting", .int(waiting)), ("failed", .int(failed)), ("mayRise", .bool(mayRise)),
            ]))
    }
}
