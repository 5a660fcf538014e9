import Cohorts

extension CohortExpression {
    /// Every criterion of the definition, nested ones included, in the order in which they stand.
    var allCriteria: [Criterion] {
        var found: [Criterion] = []
        func look(_ criterion: Criterion) {
            found.append(criterion)
            for member in criterion.eraMembers { look(member) }
            if let group = criterion.correlated { look(group) }
        }
        func look(_ group: CriteriaGroup) {
            for counted in group.criteria { look(counted.criterion) }
            for inner in group.groups { look(inner) }
        }
        for criterion in primaryCriteria.criteria { look(criterion) }
        if let group = additionalCriteria { look(group) }
        for rule in inclusionRules { look(rule.expression) }
        for criterion in censoringCriteria { look(criterion) }
        return found
    }

    /// The domains that the definition reads.
    var domains: Set<ClinicalDomain> { Set(allCriteria.compactMap { ClinicalDomain($0.domain) }) }
}
