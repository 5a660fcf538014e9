/// The one place where exact counts become disclosed counts.
///
/// "Can a small count leave here?" is answered by reading `plan`: the steps stand in the one order of A.2, and nothing else in
/// the house makes a `DisclosedAnswer` out of patients.
public struct ReleaseGate: Sendable {
    /// The hospital's rules, already tightened by what the ticket asks.
    public let rules: DisclosureRules
    let key: any StickyKey
    let patients: PatientKeys

    /// A gate.
    /// - Parameters:
    ///   - rules: the hospital's rules.
    ///   - key: the node's keyed randomness of the epoch.
    ///   - patients: the patients' secret keys, over the universe of the answers.
    public init(rules: DisclosureRules, key: any StickyKey, patients: PatientKeys) {
        self.rules = rules
        self.key = key
        self.patients = patients
    }

    /// What would leave for this answer, given what has left before.
    /// - Throws: `badAnswer` when the answer is not well formed.
    public func plan(
        _ answer: EvaluatedAnswer, for request: ReleaseRequest, against ledger: ReleaseLedger
    ) throws(DisclosureError) -> ReleasePlan {
        try AnswerCheck.check(answer, universe: patients.universe)
        let steps = answer.attrition.map { DisclosedAnswer.Step(name: $0.name, count: disclose($0.persons)) }
        let table = answer.breakdown.map { breakdown in
            let table = BreakdownTable(breakdown, universe: patients.universe)
            return DisclosedBreakdown(
                dimensions: breakdown.dimensions.map(\.name),
                cells: table.keys.indices.map { .init(key: table.keys[$0], count: disclose(table.persons(of: $0))) })
        }
        return ReleasePlan(disclosed: DisclosedAnswer(total: disclose(answer.total), attrition: steps, breakdown: table))
    }

    /// Primary suppression and rounding of one count.
    func disclose(_ set: PersonSet) -> DisclosedCount {
        let count = set.size
        if count == 0, rules.zero == .show { return .exact(0) }
        guard count >= rules.threshold else { return .hidden(low: 0, high: rules.largestSmall, why: .small) }
        return CountRounding(rules: rules, key: key).rounded(count, patients.digest(of: set))
    }
}
