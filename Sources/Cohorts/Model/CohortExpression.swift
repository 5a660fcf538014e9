import CanonicalJSON

/// An OHDSI Circe cohort expression.
///
/// Order of evaluation: entry events and their limit, additional criteria and the qualified limit, inclusion rules, expression
/// limit, exit and censoring, collapse, censor window.
public struct CohortExpression: Sendable, Hashable {
    /// `Title`, which few tools write.
    public var title: String? { didSet { read = nil } }
    /// `cdmVersionRange`, such as ">=5.0.0". It is kept, not obeyed.
    public var cdmVersionRange: String? { didSet { read = nil } }
    /// The concept sets. Ids are unique.
    public var conceptSets: [ConceptSet] { didSet { read = nil } }
    /// The entry events.
    public var primaryCriteria: PrimaryCriteria { didSet { read = nil } }
    /// What entry events must also satisfy. An empty group counts as present: it activates `qualifiedLimit`.
    public var additionalCriteria: CriteriaGroup? { didSet { read = nil } }
    /// Which qualified events are kept; without effect unless `additionalCriteria` is present. Nil (an explicit null) is no limit.
    public var qualifiedLimit: EventLimit? { didSet { read = nil } }
    /// The inclusion rules, in the order of attrition.
    public var inclusionRules: [InclusionRule] { didSet { read = nil } }
    /// Which included events are kept, after the rules. Nil (an explicit null) is no limit.
    public var expressionLimit: EventLimit? { didSet { read = nil } }
    /// How a person leaves; nil is at the end of observation.
    public var endStrategy: EndStrategy? { didSet { read = nil } }
    /// Criteria whose first event after entry ends the cohort period.
    public var censoringCriteria: [Criterion] { didSet { read = nil } }
    /// How periods are joined.
    public var collapseSettings: CollapseSettings { didSet { read = nil } }
    /// Days that cohort periods are cut to.
    public var censorWindow: Period? { didSet { read = nil } }
    /// Where it was read.
    public private(set) var pointer: JSONPointer
    /// Members that nobody here knows: kept in `source`, ignored otherwise, as upstream ignores them.
    public private(set) var unknownKeys: [JSONPointer]
    /// The text that this was read from; gone once anything is changed.
    private var read: JSONValue?

    /// An expression; everything but the entry events has Circe's default.
    public init(
        title: String? = nil, cdmVersionRange: String? = nil, conceptSets: [ConceptSet] = [],
        primaryCriteria: PrimaryCriteria, additionalCriteria: CriteriaGroup? = nil, qualifiedLimit: EventLimit? = .first,
        inclusionRules: [InclusionRule] = [], expressionLimit: EventLimit? = .first, endStrategy: EndStrategy? = nil,
        censoringCriteria: [Criterion] = [], collapseSettings: CollapseSettings = CollapseSettings(),
        censorWindow: Period? = nil
    ) {
        self.title = title
        self.cdmVersionRange = cdmVersionRange
        self.conceptSets = conceptSets
        self.primaryCriteria = primaryCriteria
        self.additionalCriteria = additionalCriteria
        self.qualifiedLimit = qualifiedLimit
        self.inclusionRules = inclusionRules
        self.expressionLimit = expressionLimit
        self.endStrategy = endStrategy
        self.censoringCriteria = censoringCriteria
        self.collapseSettings = collapseSettings
        self.censorWindow = censorWindow
        self.pointer = .root
        self.read = nil
        self.unknownKeys = []
    }

    /// What a reader made of a text.
    init(_ expression: CohortExpression, readFrom source: JSONValue, at pointer: JSONPointer, unknownKeys: [JSONPointer]) {
        self = expression
        self.read = source
        self.unknownKeys = unknownKeys
        self.pointer = pointer
    }

    /// What was read, unchanged, with the keys that nobody here knows; or what this expression writes, if it was built or changed.
    public var source: JSONValue { read ?? written }

    /// The canonical form (RFC 8785) of `source`: what is hashed and signed.
    public var canonicalBytes: [UInt8] { source.canonicalBytes() }

    /// The qualified limit that has effect: upstream applies it only if additional criteria are present.
    public var effectiveQualifiedLimit: EventLimit {
        additionalCriteria == nil ? .all : qualifiedLimit ?? .all
    }

    /// The concept set of that id, if it is defined.
    public func conceptSet(_ id: Int) -> ConceptSet? { conceptSets.first { $0.id == id } }
}

/// A rule that entry events must satisfy, and a step of attrition.
public struct InclusionRule: Sendable, Hashable {
    /// The author's name for it.
    public var name: String
    /// The author's words about it.
    public var description: String?
    /// What must hold. An empty group always holds.
    public var expression: CriteriaGroup
    /// Where it was read.
    public var pointer: JSONPointer

    /// A rule.
    public init(_ name: String, description: String? = nil, _ expression: CriteriaGroup, pointer: JSONPointer = .root) {
        self.name = name
        self.description = description
        self.expression = expression
        self.pointer = pointer
    }
}
