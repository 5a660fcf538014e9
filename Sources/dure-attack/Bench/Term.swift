import Cohorts

/// What an attacker asks for: groups of patients by concepts, put together.
indirect enum Term: Sendable, Hashable {
    /// Has one of these concepts (one criterion with one concept set).
    case has([Int])
    /// Has none of them.
    case not([Int])
    case all([Term])
    case any([Term])

    static func has(_ concept: Int) -> Term { .has([concept]) }
    static func not(_ concept: Int) -> Term { .not([concept]) }
}

extension FeasibilityQuestion {
    /// Patients with one of the entry concepts for whom all terms hold.
    init(_ entry: [Int], _ terms: Term..., attrition: Bool = false, breakdown: [BreakdownDimension] = []) {
        self.init(entry, terms, attrition: attrition, breakdown: breakdown)
    }

    /// Patients with one of the entry concepts for whom all terms hold.
    init(_ entry: [Int], _ terms: [Term], attrition: Bool = false, breakdown: [BreakdownDimension] = []) {
        var writer = TermWriter()
        let first = Criterion(.conditionOccurrence, codesetID: writer.codeset(entry))
        let rules = terms.enumerated().map { InclusionRule("rule \($0 + 1)", writer.group($1)) }
        let cohort = CohortExpression(
            conceptSets: writer.sets, primaryCriteria: PrimaryCriteria([first], limit: .all), qualifiedLimit: .all,
            inclusionRules: rules, expressionLimit: .all)
        self.init(cohort, attrition: attrition, breakdown: breakdown)
    }
}

/// Writes terms in the cohort language.
private struct TermWriter {
    private(set) var sets: [ConceptSet] = []

    mutating func codeset(_ concepts: [Int]) -> Int {
        let items = concepts.map { ConceptSetItem(Concept($0)) }
        if let known = sets.first(where: { $0.items == items }) { return known.id }
        sets.append(ConceptSet(id: sets.count, name: "set \(sets.count)", items: items))
        return sets.count - 1
    }

    mutating func group(_ term: Term) -> CriteriaGroup {
        switch term {
        case .has, .not: return members([term], .all)
        case .all(let terms): return members(terms, .all)
        case .any(let terms): return members(terms, .any)
        }
    }

    private mutating func members(_ terms: [Term], _ rule: CriteriaGroup.Rule) -> CriteriaGroup {
        var group = CriteriaGroup(rule)
        for term in terms {
            switch term {
            case .has(let concepts): group.criteria.append(criterion(concepts, .atLeast(1)))
            case .not(let concepts): group.criteria.append(criterion(concepts, .exactly(0)))
            case .all, .any: group.groups.append(self.group(term))
            }
        }
        return group
    }

    private mutating func criterion(_ concepts: [Int], _ occurrence: Occurrence) -> CorrelatedCriterion {
        CorrelatedCriterion(
            Criterion(.conditionOccurrence, codesetID: codeset(concepts)),
            startWindow: Window(from: .before(nil), to: .after(nil)), occurrence: occurrence)
    }
}
