/// What one evaluation may use. A hospital's policy sets them; an expression that needs more is refused by name.
public struct EvaluationLimits: Sendable, Hashable {
    /// Concepts that one concept set may resolve to.
    public var conceptsPerSet: Int
    /// Criteria in the whole definition, nested ones included.
    public var criteria: Int
    /// Depth of groups in groups and criteria in criteria.
    public var nesting: Int
    /// Bytes of working memory, counted over all lists of events that are held at one time.
    public var workingMemory: Int
    /// Seconds of wall time.
    public var seconds: Double

    /// Limits of one's own; every number must be positive.
    public init(
        conceptsPerSet: Int = 1_000_000, criteria: Int = 1_000, nesting: Int = 32, workingMemory: Int = 2 << 30,
        seconds: Double = 600
    ) {
        self.conceptsPerSet = conceptsPerSet
        self.criteria = criteria
        self.nesting = nesting
        self.workingMemory = workingMemory
        self.seconds = seconds
    }

    /// What a node allows when its policy says nothing.
    public static let standard = EvaluationLimits()
}
