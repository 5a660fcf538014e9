import CanonicalJSON

/// A named set of concepts, resolved in each hospital against its own vocabulary.
public struct ConceptSet: Sendable, Hashable {
    /// The number that criteria refer to as `CodesetId`.
    public var id: Int
    /// The author's name for it.
    public var name: String
    /// Included and excluded concepts; the set is what the included ones bring, less what the excluded ones bring.
    public var items: [ConceptSetItem]
    /// Where it was read.
    public var pointer: JSONPointer

    /// A set; `pointer` says where it was read.
    public init(id: Int, name: String, items: [ConceptSetItem], pointer: JSONPointer = .root) {
        self.id = id
        self.name = name
        self.items = items
        self.pointer = pointer
    }
}

/// One line of a concept set.
public struct ConceptSetItem: Sendable, Hashable {
    /// The concept itself. It matches only if the hospital's CONCEPT table has it, valid or not.
    public var concept: Concept
    /// Whether the line takes away instead of adding.
    public var isExcluded: Bool
    /// Whether valid descendants (CONCEPT_ANCESTOR) belong to the line.
    public var includeDescendants: Bool
    /// Whether source concepts that map to the line's concepts ('Maps to') belong to it.
    public var includeMapped: Bool

    /// A line of a set.
    public init(_ concept: Concept, isExcluded: Bool = false, includeDescendants: Bool = false, includeMapped: Bool = false) {
        self.concept = concept
        self.isExcluded = isExcluded
        self.includeDescendants = includeDescendants
        self.includeMapped = includeMapped
    }
}

/// The value of a `…CS` attribute: a test of a concept column against a concept set.
public struct ConceptSetSelection: Sendable, Hashable {
    /// The set; nil tests for NULL instead: "is not NULL", or "is NULL" with `isExclusion`.
    public var codesetID: Int?
    /// Whether the column must lie outside the set. NOT IN an empty set holds even for NULL.
    public var isExclusion: Bool

    /// A selection.
    public init(codesetID: Int?, isExclusion: Bool = false) {
        self.codesetID = codesetID
        self.isExclusion = isExclusion
    }
}
