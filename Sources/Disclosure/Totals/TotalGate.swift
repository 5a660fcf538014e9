/// What would leave the hospital for a consortium total, and what its two ledgers would remember if it did.
public struct TotalPlan: Sendable {
    /// Which number stands for what.
    public let layout: TotalLayout
    /// The shares, not masked yet. They must not leave the hospital like this.
    @_spi(Hospital) public let shares: MaskedVector
    /// Whom to put into a sketch of the cohort; nil where distinct patients were not asked for.
    @_spi(Hospital) public let sketched: SketchGroup?
    /// The release ledger with the lock of the cohort and the project's question in it.
    public let ledger: ReleaseLedger
    /// The shares' ledger with these in it.
    public let shareLedger: ShareLedger
}

extension ReleaseGate {
    /// The gate for a consortium total (L6): the tier lock and the project's cap as for every answer, then a share of 0, or of
    /// k and more, for each group. Nothing small is in the vector even before it is masked.
    /// - Parameter isDistinct: whether a sketch of the cohort's patients leaves too.
    /// - Throws: `badAnswer`, `tierLocked`, `budget`, `tableTooLarge`. None of them depends on a small count.
    public func planTotal(
        _ answer: EvaluatedAnswer, for request: ReleaseRequest, against ledger: ReleaseLedger, shares: ShareLedger,
        isDistinct: Bool = false
    ) throws(DisclosureError) -> TotalPlan {
        precondition(request.tier == .consortiumTotal)
        try check(answer, ledger)
        try admit(request, against: ledger)
        var draft = ledger
        if let cohort = request.cohort { draft.lock(cohort, request.tier) }
        draft.count(1, of: request.project)
        let answer = register?.placed(answer) ?? answer
        let layout = try TotalLayout(of: answer)
        let maker = TotalShares(rules: rules, key: key, patients: patients)
        let sketched = isDistinct ? maker.group(of: answer.total, after: shares) : nil
        var remembered = shares
        // From the cohort outwards, as for an answer of the hospital's own: a step that leaves out fewer than k patients gets the
        // share of the smaller group.
        let groups = [answer.total] + answer.attrition.reversed().map(\.persons) + layout.innerCells(of: answer)
        var words = maker.vector(of: groups, remembering: &remembered).words
        words[1..<(1 + layout.steps.count)].reverse()
        let vector = MaskedVector(words)
        return TotalPlan(
            layout: layout, shares: vector, sketched: sketched, ledger: draft, shareLedger: remembered)
    }
}

extension ReleaseLedger {
    /// Remembers what a total's plan lets out, as `commit` does for an answer's.
    public mutating func commit(_ plan: TotalPlan) {
        precondition(plan.ledger.revision == revision, "a total was planned against an older state of the ledger")
        let before = revision
        self = plan.ledger
        restore(revision: before &+ 1)
    }
}
