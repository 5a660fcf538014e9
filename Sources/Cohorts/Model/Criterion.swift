import CanonicalJSON

/// What makes a row of one domain an event.
///
/// Order of evaluation (it matters): 1 rows whose standard concept is in `codesetID` and whose source concept is in
/// `sourceCodesetID`; 2 `first`, the person's earliest of those by (raw start date, id), over the whole record; 3
/// `dateAdjustment` or `userDefinedPeriod`; 4 all `filters`; 5 `correlated`.
public struct Criterion: Sendable, Hashable {
    /// The domain, which is the key of the wrapper object in JSON.
    public var domain: CriterionDomain
    /// The concept set of the standard concept. Nil takes every row; an undefined set takes none.
    public var codesetID: Int?
    /// The concept set of the source concept, of the domains that have one.
    public var sourceCodesetID: Int?
    /// Whether only the person's earliest row counts.
    public var first: Bool
    /// How the dates are moved.
    public var dateAdjustment: DateAdjustment?
    /// Dates that replace those of an observation or payer plan period; the period must contain each given date.
    public var userDefinedPeriod: Period?
    /// The remaining attributes, in the order of the schema. Absent attributes and empty lists are not here.
    public var filters: [CriterionFilter]
    /// Nested criteria that must hold with this event as their index. A custom era ignores them, as upstream does.
    public var correlated: CriteriaGroup?
    /// Of a custom era: the criteria whose events are merged. Empty for every other domain.
    public var eraMembers: [Criterion]
    /// Of a custom era: the gap that was meant to be bridged. It has no effect, upstream and here.
    public var eraGapDays: Int?
    /// Where the criterion was read: the body, below the wrapper's key (`…/CriteriaList/0/ConditionOccurrence`).
    public var pointer: JSONPointer

    /// A criterion; everything but the domain is optional.
    public init(
        _ domain: CriterionDomain, codesetID: Int? = nil, sourceCodesetID: Int? = nil, first: Bool = false,
        dateAdjustment: DateAdjustment? = nil, userDefinedPeriod: Period? = nil, filters: [CriterionFilter] = [],
        correlated: CriteriaGroup? = nil, eraMembers: [Criterion] = [], eraGapDays: Int? = nil,
        pointer: JSONPointer = .root
    ) {
        self.domain = domain
        self.codesetID = codesetID
        self.sourceCodesetID = sourceCodesetID
        self.first = first
        self.dateAdjustment = dateAdjustment
        self.userDefinedPeriod = userDefinedPeriod
        self.filters = filters
        self.correlated = correlated
        self.eraMembers = eraMembers
        self.eraGapDays = eraGapDays
        self.pointer = pointer
    }

    /// The tests of one attribute: at most one of a list or range and one of a `…CS` selection.
    public func filters(of attribute: CriterionAttribute) -> [CriterionFilter] {
        filters.filter { $0.attribute == attribute }
    }

    /// The number range of an attribute, if it has one.
    public func range(of attribute: CriterionAttribute) -> NumericRange? {
        for case .number(let range) in filters(of: attribute).map(\.test) { return range }
        return nil
    }

    /// The date range of an attribute, if it has one.
    public func dates(of attribute: CriterionAttribute) -> DateRange? {
        for case .date(let range) in filters(of: attribute).map(\.test) { return range }
        return nil
    }

    /// Whether any filter needs the person's row (age, gender): such criteria lose persons without one.
    public var needsPerson: Bool { filters.contains { $0.attribute.needsPerson } }
}

/// One attribute of a criterion with its test.
public struct CriterionFilter: Sendable, Hashable {
    /// What is tested.
    public var attribute: CriterionAttribute
    /// The test.
    public var test: FilterTest
    /// Where it was read (`…/ConditionOccurrence/Age`).
    public var pointer: JSONPointer

    /// A filter.
    public init(_ attribute: CriterionAttribute, _ test: FilterTest, pointer: JSONPointer = .root) {
        self.attribute = attribute
        self.test = test
        self.pointer = pointer
    }
}

/// The kinds of tests.
public enum FilterTest: Sendable, Hashable {
    /// A range of days.
    case date(DateRange)
    /// A range of numbers.
    case number(NumericRange)
    /// One of (or with `isExclusion` none of) the concepts, compared by id. NULL fails both.
    case concepts([Concept], isExclusion: Bool)
    /// In or not in a concept set, or NULL or not.
    case selection(ConceptSetSelection)
    /// In a concept set, named by its id (the payer plan attributes and `PlaceOfServiceLocation`).
    case conceptSet(Int)
    /// A test of text.
    case text(TextFilter)
    /// The flag `Abnormal`, which is only kept when true.
    case isTrue
}
