/// What would leave the hospital, and what the ledger would remember if it did. Planning changes nothing: a preview shows
/// `disclosed` and throws the plan away; an answer is sent only after the ledger was committed and stored.
public struct ReleasePlan: Sendable {
    /// The answer as it may leave.
    public let disclosed: DisclosedAnswer
    /// What happened to the numbers, for the node's own log. It must not leave the hospital.
    public let outcomes: ReleaseOutcomes
    /// The ledger with this release in it.
    let ledger: ReleaseLedger
    /// Revision of the ledger that the plan was made against.
    let base: UInt64
}

/// How many numbers of an answer were released anew, answered from what was known, or hidden. For the node's own log and the
/// measurement of utility; it says more than the answer and stays in the hospital (it has no encoding).
public struct ReleaseOutcomes: Sendable, Hashable {
    /// Numbers counted and rounded now.
    public var fresh = 0
    /// Numbers answered with what is already known of a set within k patients.
    public var known = 0
    /// Numbers hidden, for whatever reason.
    public var hidden = 0
}
