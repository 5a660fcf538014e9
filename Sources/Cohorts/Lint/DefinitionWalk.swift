import CanonicalJSON

/// A definition laid out flat: everything that checks look at, each with its place.
struct DefinitionWalk {
    /// Why a concept set is named somewhere.
    enum SetColumn: Hashable {
        case standard(CriterionDomain)
        case source(CriterionDomain)
        case attribute(CriterionAttribute)
        case drugExit
    }

    struct SetUse {
        let id: Int
        let column: SetColumn
        let pointer: JSONPointer
    }

    let expression: CohortExpression
    /// Every criterion, nested ones and members of custom eras included.
    private(set) var criteria: [Criterion] = []
    /// Every counted criterion.
    private(set) var counted: [CorrelatedCriterion] = []
    /// Every group, the expressions of rules included.
    private(set) var groups: [CriteriaGroup] = []
    /// Filters of criteria and of demographic criteria.
    private(set) var filters: [CriterionFilter] = []
    /// Every place that names a concept set.
    private(set) var setUses: [SetUse] = []

    init(_ expression: CohortExpression) {
        self.expression = expression
        expression.primaryCriteria.criteria.forEach { visit($0) }
        if let group = expression.additionalCriteria { visit(group) }
        expression.inclusionRules.forEach { visit($0.expression) }
        expression.censoringCriteria.forEach { visit($0) }
        if case .customEra(let exit) = expression.endStrategy {
            let place = expression.pointer.appending("EndStrategy").appending("CustomEra").appending("DrugCodesetId")
            setUses.append(SetUse(id: exit.drugCodesetID, column: .drugExit, pointer: place))
        }
    }

    /// The set's name in a message.
    func name(ofSet id: Int) -> String {
        let name = expression.conceptSet(id)?.name ?? ""
        return name.isEmpty ? "#\(id)" : "'\(name)'"
    }

    private mutating func visit(_ criterion: Criterion) {
        criteria.append(criterion)
        if let id = criterion.codesetID {
            setUses.append(
                SetUse(id: id, column: .standard(criterion.domain), pointer: criterion.pointer.appending("CodesetId")))
        }
        if let id = criterion.sourceCodesetID, let key = criterion.domain.sourceConceptKey {
            setUses.append(SetUse(id: id, column: .source(criterion.domain), pointer: criterion.pointer.appending(key)))
        }
        visit(criterion.filters)
        criterion.eraMembers.forEach { visit($0) }
        if let group = criterion.correlated { visit(group) }
    }

    private mutating func visit(_ group: CriteriaGroup) {
        groups.append(group)
        for member in group.criteria {
            counted.append(member)
            visit(member.criterion)
        }
        group.demographics.forEach { visit($0.filters) }
        group.groups.forEach { visit($0) }
    }

    private mutating func visit(_ filters: [CriterionFilter]) {
        self.filters += filters
        for filter in filters {
            switch filter.test {
            case .conceptSet(let id):
                setUses.append(SetUse(id: id, column: .attribute(filter.attribute), pointer: filter.pointer))
            case .selection(let selection):
                guard let id = selection.codesetID else { continue }
                let place = filter.pointer.appending("CodesetId")
                setUses.append(SetUse(id: id, column: .attribute(filter.attribute), pointer: place))
            case .date, .number, .concepts, .text, .isTrue: continue
            }
        }
    }
}
