import Cohorts
import EventIndex

/// Which tables each concept set of a definition is used on to choose events.
struct ConceptSetUses {
    private(set) var tables: [Int: Set<EventTable>] = [:]
    /// Sets that choose by something else: attributes, persons, source concepts.
    private(set) var mentioned = Set<Int>()

    init(_ expression: CohortExpression, _ breakdownSet: BreakdownSet? = nil) {
        for criterion in expression.primaryCriteria.criteria + expression.censoringCriteria { add(criterion) }
        if let group = expression.additionalCriteria { add(group) }
        for rule in expression.inclusionRules { add(rule.expression) }
        if let set = breakdownSet, let rules = DomainRules(set.domain) { add(set.codesetID, rules.table) }
        if case .customEra(let era)? = expression.endStrategy { add(era.drugCodesetID, .drug) }
    }

    private mutating func add(_ set: Int, _ table: EventTable) {
        tables[set, default: []].insert(table)
        mentioned.insert(set)
    }

    private mutating func add(_ criterion: Criterion) {
        if let set = criterion.codesetID, criterion.domain.hasCodeset, let rules = DomainRules(criterion.domain) {
            add(set, rules.table)
        }
        if let set = criterion.sourceCodesetID { mentioned.insert(set) }
        add(criterion.filters)
        for member in criterion.eraMembers { add(member) }
        if let group = criterion.correlated { add(group) }
    }

    private mutating func add(_ filters: [CriterionFilter]) {
        for filter in filters {
            switch filter.test {
            case .conceptSet(let set): mentioned.insert(set)
            case .selection(let selection): if let set = selection.codesetID { mentioned.insert(set) }
            default: break
            }
        }
    }

    private mutating func add(_ group: CriteriaGroup) {
        for counted in group.criteria { add(counted.criterion) }
        for demographic in group.demographics { add(demographic.filters) }
        for inner in group.groups { add(inner) }
    }
}
