import Cohorts
import Disclosure

/// A question answered as the release gate takes it: without the branches that only a few patients stand behind.
struct SupportedEvaluation {
    private let question: FeasibilityQuestion
    private let rules: DisclosureRules?
    private let source: any AnswerSource
    private let isCancelled: @Sendable () -> Bool

    init(
        _ question: FeasibilityQuestion, _ rules: DisclosureRules?, _ source: any AnswerSource,
        isCancelled: @escaping @Sendable () -> Bool
    ) {
        self.question = question
        self.rules = rules
        self.source = source
        self.isCancelled = isCancelled
    }

    /// Evaluates the question, and again without each of its branches.
    func answer() throws(EvaluationRefusal) -> EvaluatedAnswer {
        let answer = try source.evaluate(question, isCancelled: isCancelled)
        guard let rules, rules.branchSupport else { return answer }
        let branches = question.cohort.branches.map {
            BranchSupport.Branch(stage: $0.stage, mayGain: $0.mayGain, mayLose: $0.mayLose)
        }
        return try BranchSupport(rules: rules).supported(
            answer, branches: branches, stages: question.cohort.stages(ofSteps: answer.attrition.count)
        ) { removed, withBreakdown throws(EvaluationRefusal) in
            if isCancelled() { throw .cancelled }
            var reduced = question
            reduced.cohort = question.cohort.without(removed)
            if !withBreakdown {
                reduced.breakdown = []
                reduced.breakdownSet = nil
            }
            return try source.evaluate(reduced, isCancelled: isCancelled)
        }
    }
}
