import Cohorts

extension FeasibilityQuestion {
    /// The domains that the question reads: its definition's, and that of a breakdown by a concept set.
    var domains: Set<ClinicalDomain> {
        cohort.domains.union([breakdownSet.flatMap { ClinicalDomain($0.domain) }].compactMap(\.self))
    }
}

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

    /// How many handles a definition has to single patients out with: its criteria and its demographic tests.
    var handleCount: Int {
        func demographics(_ group: CriteriaGroup?) -> Int {
            guard let group else { return 0 }
            return group.demographics.count + group.groups.reduce(0) { $0 + demographics($1) }
        }
        let criteria = allCriteria
        let groups = inclusionRules.map(\.expression) + [additionalCriteria].compactMap(\.self)
        return criteria.count
            + (groups + criteria.compactMap(\.correlated)).reduce(0) { sum, group in
                // Groups inside criteria are looked at with their criterion.
                sum + demographics(group)
            }
    }
}
