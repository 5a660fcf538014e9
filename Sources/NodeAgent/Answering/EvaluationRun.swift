import Cohorts
import Disclosure
import Foundation

/// One evaluation on a thread of its own, with a time limit and a way to call it off.
final class EvaluationRun: Sendable {
    private let calledOff = Locked(false)
    private let deadline: ContinuousClock.Instant

    /// - Parameter limit: seconds of wall time from now.
    init(limit: Int) { deadline = .now + .seconds(limit) }

    /// Called off by a withdrawal, the kill of a query, or the end of the program.
    func callOff() { calledOff.withLock { $0 = true } }

    private var isCalledOff: Bool { calledOff.withLock { $0 } }
    private var isOver: Bool { isCalledOff || ContinuousClock.now >= deadline }

    /// Evaluates, with branch support where the rules ask for it. A cancelled task calls it off.
    func evaluate(
        _ question: FeasibilityQuestion, under rules: DisclosureRules?, from source: any AnswerSource
    ) async throws(EvaluationRefusal) -> EvaluatedAnswer {
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation {
                (continuation: CheckedContinuation<Result<EvaluatedAnswer, EvaluationRefusal>, Never>) in
                // Evaluation is minutes of computing at worst: not on the cooperative pool, which has two threads here.
                DispatchQueue.global(qos: .userInitiated).async {
                    let result = Result { () throws(EvaluationRefusal) in
                        try SupportedEvaluation(question, rules, source) { self.isOver }.answer()
                    }
                    continuation.resume(returning: result)
                }
            }
        } onCancel: {
            callOff()
        }
        switch result {
        // An answer that came too late is one that another run would not give: the limit is the limit.
        case .success(let answer) where !isOver: return answer
        case .success, .failure(.cancelled): throw isCalledOff ? .cancelled : .timeout
        case .failure(let refusal): throw refusal
        }
    }
}
