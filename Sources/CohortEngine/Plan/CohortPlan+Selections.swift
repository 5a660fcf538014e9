import Cohorts
import EventIndex

extension CohortEngine {
    /// What a definition selects from the index to choose events, once for each criterion: for measuring.
    package func selections(of expression: CohortExpression) throws(CohortEngineError) -> [ConceptSelection] {
        var compiler = try PlanCompiler(expression, index: index, limits: limits)
        let plan = try compiler.compile()
        let groups = plan.rules.map(\.group) + [plan.additional].compactMap(\.self)
        return (plan.entry.criteria + groups.flatMap(\.criteria)).compactMap { criterion in
            if case .rows(let source) = criterion.source { source.selection } else { nil }
        }
    }
}

extension GroupPlan {
    /// The counted criteria, those of inner groups included.
    fileprivate var criteria: [CriterionPlan] {
        members.flatMap { member -> [CriterionPlan] in
            switch member {
            case .counted(let counted): [counted.criterion]
            case .group(let group): group.criteria
            case .demographic: []
            }
        }
    }
}
