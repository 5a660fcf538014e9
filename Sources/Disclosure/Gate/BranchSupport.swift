/// Branch support (L0): a criterion, or one side of an "or", whose removal changes the group by fewer than k patients is
/// ignored. So nobody can smuggle one patient in or out by a branch that fits that patient alone.
///
/// Each number of an answer (the total, and each attrition step) is supported for itself, as if it alone had been asked for: a
/// branch that changes an early step by many and the total by one is kept in that step and ignored in the total.
///
/// A group that is small as it was described stays small: the gate gets it as `described` and hides the number. Otherwise a
/// question with several narrow criteria would be answered, at hospitals with three patients, with the fifteen who remain
/// without those criteria.
public struct BranchSupport: Sendable {
    /// One removable part of a question.
    public struct Branch: Sendable, Hashable {
        /// How early it has an effect; later numbers are not changed by it.
        public let stage: Int
        /// Whether the group can gain persons without it.
        public let mayGain: Bool
        /// Whether the group can lose persons without it.
        public let mayLose: Bool

        /// A branch.
        public init(stage: Int, mayGain: Bool, mayLose: Bool) {
            self.stage = stage
            self.mayGain = mayGain
            self.mayLose = mayLose
        }
    }

    /// The hospital's rules.
    public let rules: DisclosureRules

    /// Branch support under the given rules.
    public init(rules: DisclosureRules) { self.rules = rules }

    /// The answer without its unsupported branches.
    ///
    /// Each branch is tested by removing it together with those already found unsupported. Whether a branch was ignored is not
    /// told to anybody outside: the answer's leeway follows from the question alone.
    /// - Parameters:
    ///   - answer: the answer to the question as it stands.
    ///   - branches: its branches, in the order in which they stand.
    ///   - stages: the stage of each attrition step; nil where they are not known, which takes every branch for every step.
    ///   - evaluate: the engine's answer with the given branches removed; with the breakdown only where it is said so.
    public func supported<Failure: Error>(
        _ answer: EvaluatedAnswer, branches: [Branch], stages: [Int]?,
        evaluate: (_ removed: Set<Int>, _ withBreakdown: Bool) throws(Failure) -> EvaluatedAnswer
    ) throws(Failure) -> EvaluatedAnswer {
        guard rules.branchSupport, !branches.isEmpty else { return answer }
        let last = branches.map(\.stage).max() ?? 0
        let stageOf = [last] + (stages?.count == answer.attrition.count ? stages ?? [] : answer.attrition.map { _ in last })
        let described = [answer.total] + answer.attrition.map(\.persons)
        var sets = described
        var removed = [Set<Int>](repeating: [], count: sets.count)
        for (number, branch) in branches.enumerated() {
            // Numbers from which the same branches are gone need one evaluation together.
            let open = sets.indices.filter { branch.stage <= stageOf[$0] && described[$0].size >= rules.threshold }
            for gone in Set(open.map { removed[$0] }) {
                let without = try evaluate(gone.union([number]), false)
                let changed = [without.total] + without.attrition.map(\.persons)
                guard changed.count == sets.count else { continue }
                for place in open where removed[place] == gone {
                    guard changed[place].symmetricDifference(sets[place]).size < rules.threshold else { continue }
                    sets[place] = changed[place]
                    removed[place].insert(number)
                }
            }
        }
        var breakdown = answer.breakdown
        if breakdown != nil, !removed[0].isEmpty { breakdown = try evaluate(removed[0], true).breakdown }
        return EvaluatedAnswer(
            total: sets[0],
            attrition: answer.attrition.indices.map {
                .init(
                    name: answer.attrition[$0].name, persons: sets[$0 + 1],
                    described: removed[$0 + 1].isEmpty ? nil : described[$0 + 1],
                    leeway: leeway(branches, through: stageOf[$0 + 1]))
            }, breakdown: breakdown, described: removed[0].isEmpty ? nil : answer.total,
            leeway: leeway(branches, through: last))
    }

    /// How far the group as it was described can be from the one that is counted: k - 1 patients for each branch.
    private func leeway(_ branches: [Branch], through stage: Int) -> CountLeeway {
        let open = branches.filter { $0.stage <= stage }
        return CountLeeway(
            fewer: open.count(where: \.mayGain) * (rules.threshold - 1),
            more: open.count(where: \.mayLose) * (rules.threshold - 1))
    }
}

/// By how many patients the group that was described can be smaller or larger than the group that is counted.
public struct CountLeeway: Sendable, Hashable {
    /// So many fewer at most.
    public let fewer: Int
    /// So many more at most.
    public let more: Int

    /// A leeway.
    public init(fewer: Int, more: Int) {
        self.fewer = fewer
        self.more = more
    }

    /// The group that was described is the one that is counted.
    public static let none = CountLeeway(fewer: 0, more: 0)
}

extension DisclosedCount {
    /// The count with bounds that hold for the group as it was described.
    /// - Parameter threshold: what a shown count is at least, however much was ignored.
    func widened(by leeway: CountLeeway, from threshold: Int) -> DisclosedCount {
        guard leeway != .none else { return self }
        switch self {
        case .exact(let value):
            let low = max(min(value, threshold), value - leeway.fewer)
            return .rounded(value, base: 1, low: low, high: value + leeway.more)
        case .rounded(let value, let base, let low, let high):
            return .rounded(
                value, base: base, low: max(min(low, threshold), low - leeway.fewer), high: high + leeway.more)
        case .hidden(let low, let high, let why): return .hidden(low: low, high: high + leeway.more, why: why)
        case .masked, .unavailable, .refused, .waiting, .failed: return self
        }
    }
}
