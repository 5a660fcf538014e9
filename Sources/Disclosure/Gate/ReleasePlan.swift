/// What would leave the hospital, and what the ledger would remember if it did. Planning changes nothing: a preview shows
/// `disclosed` and throws the plan away; an answer is sent only after the ledger was committed and stored.
public struct ReleasePlan: Sendable {
    /// The answer as it may leave.
    public let disclosed: DisclosedAnswer
}
