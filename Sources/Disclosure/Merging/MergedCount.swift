import CanonicalJSON

/// One number of several hospitals: arithmetic on the bounds that each hospital stated. Nothing is rounded again.
///
/// A count is of distinct persons within one hospital; across hospitals it is "records at hospitals", and how many distinct
/// persons there can be is `distinctPersons`. Unavailable, refused, waiting and failed hospitals add nothing and are never zero.
public struct MergedCount: Sendable, Hashable {
    /// What the sum over the hospitals that answered can be; `nil` when none did (which is not zero).
    public let records: CountInterval?
    /// Sum of the values that hospitals show. Hidden counts add nothing to it: show it only beside `records`.
    public let shown: Int
    /// Distinct persons: at least the largest single hospital's low bound, at most the sum of the high bounds. Valid for
    /// questions that are decided within one hospital's data. `nil` when no hospital answered.
    public let distinctPersons: CountInterval?
    /// Who the number speaks for.
    public let facts: HonestyFacts

    /// The merged number of one count of each asked hospital.
    public init(_ counts: some Sequence<DisclosedCount>) {
        let counts = Array(counts)
        let intervals = counts.compactMap(\.interval)
        facts = HonestyFacts(counts)
        shown = counts.reduce(0) { sum, count in
            switch count {
            case .exact(let value), .rounded(let value, _, _, _):
                (CountInterval(low: sum, high: sum) + CountInterval(low: value, high: value)).low
            case .hidden, .masked, .unavailable, .refused, .waiting, .failed: sum
            }
        }
        guard !intervals.isEmpty else {
            records = nil
            distinctPersons = nil
            return
        }
        let sum = intervals.reduce(.zero, +)
        records = sum
        distinctPersons = CountInterval(low: intervals.map(\.low).max() ?? 0, high: sum.high)
    }
}

extension MergedCount: JSONEncodable {
    /// `{"records": {"low", "high"} or null, "shown": n, "distinctPersons": {"low", "high"} or null, "facts": {…}}`
    public var json: JSONValue {
        .object(
            JSONObject([
                ("records", records?.json ?? .null), ("shown", .int(shown)),
                ("distinctPersons", distinctPersons?.json ?? .null), ("facts", facts.json),
            ]))
    }
}
