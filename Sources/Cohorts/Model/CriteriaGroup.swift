import CanonicalJSON

/// Criteria combined for one index event: k of the members hold, and the rule says whether that is enough.
public struct CriteriaGroup: Sendable, Hashable {
    /// When a group holds, with k the number of members that hold.
    public enum Rule: Sendable, Hashable {
        /// All members.
        case all
        /// k > 0.
        case any
        /// k ≥ n.
        case atLeast(Int)
        /// k ≤ n; none at all is enough.
        case atMost(Int)
    }

    /// The rule.
    public var rule: Rule
    /// Counted criteria (`CriteriaList`).
    public var criteria: [CorrelatedCriterion]
    /// Demographic criteria (`DemographicCriteriaList`).
    public var demographics: [DemographicCriterion]
    /// Groups in this group (`Groups`).
    public var groups: [CriteriaGroup]
    /// Where it was read.
    public var pointer: JSONPointer

    /// A group.
    public init(
        _ rule: Rule, criteria: [CorrelatedCriterion] = [], demographics: [DemographicCriterion] = [],
        groups: [CriteriaGroup] = [], pointer: JSONPointer = .root
    ) {
        self.rule = rule
        self.criteria = criteria
        self.demographics = demographics
        self.groups = groups
        self.pointer = pointer
    }

    /// How many members there are.
    public var memberCount: Int { criteria.count + demographics.count + groups.count }

    /// Whether there are no members: such a group holds, whatever its rule, also as a member of another group.
    public var isEmpty: Bool { memberCount == 0 }

    /// Whether the group holds when `holding` of its members do.
    public func holds(_ holding: Int) -> Bool {
        if isEmpty { return true }
        switch rule {
        case .all: return holding == memberCount
        case .any: return holding > 0
        case .atLeast(let count): return holding >= count
        case .atMost(let count): return holding <= count
        }
    }
}

/// A test of the person and of the index event's dates. It needs a PERSON row, even without any filter.
public struct DemographicCriterion: Sendable, Hashable {
    /// `age` (at the index start), `gender`, `race`, `ethnicity`, `startDate` and `endDate` of the index event.
    public var filters: [CriterionFilter]
    /// Where it was read.
    public var pointer: JSONPointer

    /// A demographic criterion.
    public init(_ filters: [CriterionFilter], pointer: JSONPointer = .root) {
        self.filters = filters
        self.pointer = pointer
    }
}
