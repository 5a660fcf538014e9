/// Branch support (L0): a criterion, or one side of an "or", whose removal changes the cohort by fewer than k patients is
/// ignored. So nobody can smuggle one patient in or out by a branch that fits that patient alone.
public struct BranchSupport: Sendable {
    /// The hospital's rules.
    public let rules: DisclosureRules

    /// Branch support under the given rules.
    public init(rules: DisclosureRules) { self.rules = rules }

    /// The answer without its unsupported branches.
    ///
    /// Each branch is tested by removing it together with those already found unsupported. Whether a branch was ignored is not
    /// told to anybody outside.
    /// - Parameters:
    ///   - branchCount: number of removable branches, numbered from 0 in the order of the expression.
    ///   - evaluate: the engine's answer with the given branches removed.
    public func supported<Failure: Error>(
        branchCount: Int, evaluate: (Set<Int>) throws(Failure) -> EvaluatedAnswer
    ) throws(Failure) -> EvaluatedAnswer {
        var removed = Set<Int>()
        var answer = try evaluate(removed)
        guard rules.branchSupport else { return answer }
        for branch in 0..<branchCount {
            let without = try evaluate(removed.union([branch]))
            if without.total.symmetricDifference(answer.total).size < rules.threshold {
                removed.insert(branch)
                answer = without
            }
        }
        return answer
    }
}
