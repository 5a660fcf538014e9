/// What the index keeps of a concept.
public struct ConceptFacts: Sendable, Hashable {
    /// The concept's id.
    public var id: Int32
    /// `invalid_reason` is not NULL.
    public var isInvalid: Bool
    /// `standard_concept` is 'S'.
    public var isStandard: Bool
    /// `standard_concept` is 'C' (a classification).
    public var isClassification: Bool
    /// `domain_id`, empty if unknown.
    public var domain: String
}
