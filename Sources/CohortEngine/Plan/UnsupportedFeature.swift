import CanonicalJSON
import Cohorts

/// Something in a definition that cannot be answered here, and why.
public struct UnsupportedFeature: Sendable, Hashable, CustomStringConvertible {
    /// Where it stands in the definition.
    public let pointer: JSONPointer
    /// Why it cannot be answered.
    public let reason: String

    /// "/PrimaryCriteria/CriteriaList/0/LocationRegion is not supported: LOCATION_HISTORY is not a table of CDM v5.4"
    public var description: String { "\(pointer) is not supported: \(reason)" }
}

/// Finds everything in a definition that CDM v5.4 or this engine does not have. What is found is refused by name; nothing
/// is ever left out of a count silently.
struct UnsupportedFinder {
    private(set) var found: [UnsupportedFeature] = []

    init(_ expression: CohortExpression) {
        for criterion in expression.primaryCriteria.criteria { look(at: criterion) }
        if let group = expression.additionalCriteria { look(at: group) }
        for rule in expression.inclusionRules { look(at: rule.expression) }
        for criterion in expression.censoringCriteria { look(at: criterion) }
        if expression.inclusionRules.count > RuleMask.maximumRules {
            add(expression.pointer.appending("InclusionRules"), "more than \(RuleMask.maximumRules) inclusion rules")
        }
    }

    private mutating func add(_ pointer: JSONPointer, _ reason: String) {
        found.append(UnsupportedFeature(pointer: pointer, reason: reason))
    }

    private mutating func look(at group: CriteriaGroup) {
        for counted in group.criteria {
            look(at: counted.criterion)
            lookAtDistinct(counted)
        }
        for inner in group.groups { look(at: inner) }
    }

    private mutating func lookAtDistinct(_ counted: CorrelatedCriterion) {
        guard let column = counted.occurrence.distinctColumn else { return }
        let pointer = counted.pointer.appending("Occurrence")
        let isNested = counted.criterion.domain != .customEra && counted.criterion.correlated.map { !$0.isEmpty } ?? false
        if isNested && ![.startDate, .endDate, .visitID].contains(column) {
            add(pointer, "after a nested group only dates and visits are left to count, not \(column.rawValue)")
        } else if column.value(in: counted.criterion.domain) == nil {
            add(pointer, "\(counted.criterion.domain.rawValue) has no \(column.rawValue) to count")
        }
    }

    private mutating func look(at criterion: Criterion) {
        if criterion.domain == .locationRegion {
            add(criterion.pointer, "LOCATION_HISTORY is not a table of CDM v5.4")
        }
        if criterion.domain == .specimen, criterion.sourceCodesetID != nil {
            add(criterion.pointer.appending("SpecimenSourceConcept"), "SPECIMEN has no source concept in CDM v5.4")
        }
        for filter in criterion.filters {
            if let reason = filter.attribute.absence { add(filter.pointer, reason) }
        }
        for member in criterion.eraMembers { look(at: member) }
        if let group = criterion.correlated, criterion.domain != .customEra { look(at: group) }
    }
}
