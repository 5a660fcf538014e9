/// A part of a definition that can be taken out of it: an entry criterion among several, a rule, or a member of a group.
///
/// A hospital asks of each branch whether the answer would change by a few patients only without it: such a branch describes
/// those few patients, and not a group.
public struct CohortBranch: Sendable, Hashable {
    /// How early in the order of evaluation the branch has an effect: 0 entry events, 1 additional criteria, 2 the first
    /// inclusion rule, 3 the second, ...
    public let stage: Int
    /// Whether the cohort can gain persons when the branch is taken out.
    public let mayGain: Bool
    /// Whether the cohort can lose persons when the branch is taken out.
    public let mayLose: Bool
}

extension CohortExpression {
    /// Every branch of the definition, in the order in which they stand.
    ///
    /// A part that stands alone where it is is no branch of its own: the whole that it makes up is one.
    public var branches: [CohortBranch] {
        var walk = BranchWalk(removing: [])
        _ = walk.expression(self)
        return walk.found
    }

    /// The definition without some of its branches.
    ///
    /// Of alternatives at least one stays (the last), because a group without members holds for everybody.
    /// - Parameter removed: places in `branches`.
    public func without(_ removed: Set<Int>) -> CohortExpression {
        guard !removed.isEmpty else { return self }
        var walk = BranchWalk(removing: removed)
        return walk.expression(self)
    }

    /// The stage of each attrition step of the definition (entry events, additional criteria where there are any, each rule,
    /// the cohort); nil where the number of steps is another one.
    public func stages(ofSteps count: Int) -> [Int]? {
        let stages =
            [0] + (additionalCriteria == nil ? [] : [1]) + inclusionRules.indices.map { $0 + 2 } + [inclusionRules.count + 2]
        return stages.count == count ? stages : nil
    }
}
