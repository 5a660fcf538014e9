/// A concept of the OMOP vocabulary as a definition quotes it. Only `id` decides; the rest is what the author's tool wrote.
public struct Concept: Sendable, Hashable {
    /// `CONCEPT_ID`.
    public var id: Int
    /// `CONCEPT_NAME`.
    public var name: String?
    /// `CONCEPT_CODE`.
    public var code: String?
    /// `DOMAIN_ID`, such as "Condition".
    public var domainID: String?
    /// `VOCABULARY_ID`.
    public var vocabularyID: String?
    /// `CONCEPT_CLASS_ID`.
    public var conceptClassID: String?
    /// `STANDARD_CONCEPT`: "S", "C" or nothing.
    public var standardConcept: String?
    /// `INVALID_REASON`: nothing or "V" for valid, else "D" or "U".
    public var invalidReason: String?

    /// A concept by its id, with a name for people.
    public init(_ id: Int, _ name: String? = nil, domainID: String? = nil) {
        self.id = id
        self.name = name
        self.domainID = domainID
    }
}
