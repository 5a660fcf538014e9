import Testing

@testable import Cohorts

@Suite("Branches")
struct BranchListTests {
    private func has(_ codeset: Int, _ occurrence: Occurrence = .atLeast(1)) -> CorrelatedCriterion {
        CorrelatedCriterion(
            Criterion(.conditionOccurrence, codesetID: codeset),
            startWindow: Window(from: .before(nil), to: .after(nil)), occurrence: occurrence)
    }

    @Test("Entry criteria, rules and members of groups are branches; what stands alone is not")
    func listing() {
        let lone = CohortExpression(primaryCriteria: PrimaryCriteria([Criterion(.conditionOccurrence, codesetID: 0)]))
        #expect(lone.branches.isEmpty)

        // Two ways in; a rule of one criterion; a rule "any of two, or none of a third".
        let expression = CohortExpression(
            primaryCriteria: PrimaryCriteria(
                [Criterion(.conditionOccurrence, codesetID: 0), Criterion(.drugExposure, codesetID: 1)], limit: .all),
            qualifiedLimit: .all,
            inclusionRules: [
                InclusionRule("one", CriteriaGroup(.all, criteria: [has(2)])),
                InclusionRule(
                    "two",
                    CriteriaGroup(.any, criteria: [has(3), has(4)], groups: [CriteriaGroup(.atMost(0), criteria: [has(5)])])),
            ])
        let branches = expression.branches
        // Two entry criteria; rule one; rule two and its three members.
        #expect(branches.map(\.stage) == [0, 0, 2, 3, 3, 3, 3])
        #expect(branches.map(\.mayGain) == [false, false, true, true, false, false, false])
        #expect(branches.map(\.mayLose) == [true, true, false, false, true, true, true])
    }

    @Test("Without a branch the rest stands, and of alternatives the last one always does")
    func removing() {
        let expression = CohortExpression(
            primaryCriteria: PrimaryCriteria([
                Criterion(.conditionOccurrence, codesetID: 0), Criterion(.conditionOccurrence, codesetID: 1),
            ]),
            inclusionRules: [InclusionRule("any", CriteriaGroup(.any, criteria: [has(2), has(3), has(4)]))])
        func left(_ removed: Set<Int>) -> ([Int?], [Int?]) {
            let rest = expression.without(removed)
            return (
                rest.primaryCriteria.criteria.map(\.codesetID),
                rest.inclusionRules[0].expression.criteria.map(\.criterion.codesetID)
            )
        }
        #expect(left([]) == ([0, 1], [2, 3, 4]))
        #expect(left([0]) == ([1], [2, 3, 4]))
        #expect(left([0, 1]) == ([1], [2, 3, 4]))
        #expect(left([4]) == ([0, 1], [2, 4]))
        #expect(left([3, 4, 5]) == ([0, 1], [4]))
        #expect(left([2]) == ([0, 1], []))
        #expect(expression.without([2]).inclusionRules.map(\.name) == ["any"])
    }
}
