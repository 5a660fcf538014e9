/// Watches over one evaluation: time, memory, and whether somebody still wants the answer.
///
/// Loops call `spend` with the steps that they made; the clock and the caller are only asked every few thousand steps,
/// so a cancellation is answered soon and the looks cost little.
final class EvaluationBudget {
    private let limits: EvaluationLimits
    private let isCancelled: () -> Bool
    private let started = ContinuousClock.now
    private var steps = 0
    /// Work counted so far.
    private(set) var spent = 0
    private var held = 0

    static let stepsBetweenLooks = 1 << 18

    init(limits: EvaluationLimits, isCancelled: @escaping () -> Bool) {
        self.limits = limits
        self.isCancelled = isCancelled
    }

    /// Counts work done; throws when time is up or the question was called off.
    func spend(_ count: Int) throws(CohortEngineError) {
        steps += count
        spent += count
        if steps >= Self.stepsBetweenLooks {
            steps = 0
            try look()
        }
    }

    /// Asks the clock and the caller now.
    func look() throws(CohortEngineError) {
        if isCancelled() {
            throw CohortEngineError(.cancelled, "The evaluation was cancelled", advice: "")
        }
        let elapsed = ContinuousClock.now - started
        if elapsed > .seconds(limits.seconds) {
            throw CohortEngineError(
                .limit, "The evaluation took longer than \(limits.seconds) seconds",
                advice: "Narrow the concept sets or the entry criteria, or ask the hospital to raise its time limit")
        }
    }

    /// Accounts for memory taken; throws when the sum is more than the limit.
    func hold(bytes: Int) throws(CohortEngineError) {
        held += bytes
        if held > limits.workingMemory {
            throw CohortEngineError(
                .limit, "The evaluation needs more than \(limits.workingMemory >> 20) MiB of working memory",
                advice: "Give every criterion a concept set, or ask the hospital to raise its memory limit")
        }
    }

    /// Gives accounted memory back.
    func release(bytes: Int) { held -= bytes }

    /// Gives all accounted memory back: what was begun is given up.
    func releaseAll() { held = 0 }
}
