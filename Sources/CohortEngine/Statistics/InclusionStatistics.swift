@_spi(Hospital) import Disclosure

/// Rules against events, or against each person's best event.
public struct InclusionStatistics: Sendable {
    /// How many have each mask; bit i says that rule i is satisfied.
    public let masks: [UInt64: ExactCount]
    /// One entry for each rule, in order.
    public let rules: [RuleStatistics]
    /// Qualified events, or persons with one.
    public let base: ExactCount
    /// How many satisfy every rule.
    public let final: ExactCount

    init(_ counts: [UInt64: Int], names: [String]) {
        masks = counts.mapValues { ExactCount($0) }
        base = ExactCount(counts.values.reduce(0, +))
        let full = RuleMask.first(names.count)
        final = ExactCount(counts[full, default: 0])
        rules = names.enumerated().map { rule, name in
            let bit: UInt64 = 1 << UInt64(rule)
            let satisfying = counts.reduce(0) { $0 + ($1.key & bit != 0 ? $1.value : 0) }
            return RuleStatistics(
                name: name, satisfying: ExactCount(satisfying), gain: ExactCount(counts[full & ~bit, default: 0]))
        }
    }
}
