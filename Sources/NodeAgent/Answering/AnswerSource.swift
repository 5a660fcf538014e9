import Cohorts
import Disclosure
import Federation

/// What questions are answered from: the hospital's store behind an engine. The daemon has one; tests have their own.
public protocol AnswerSource: Sendable {
    /// What an answer says about its data.
    var provenance: Provenance { get }
    /// Names the data exactly: another load of the store, or another index of it, has another name.
    var dataIdentity: String { get }
    /// The load of the data: while its name stays, what one project may ask is counted together.
    var dataRelease: String { get }
    /// The store's own numbers of the persons, by the ordinals of the answers.
    var persons: [Int64] { get }

    /// What lies below a concept in the store's vocabulary.
    var hierarchy: ConceptHierarchy { get }

    /// Evaluates a question. Called on a thread of its own; asks `isCancelled` now and then.
    func evaluate(
        _ question: FeasibilityQuestion, isCancelled: @escaping @Sendable () -> Bool
    ) throws(EvaluationRefusal) -> EvaluatedAnswer
}

extension AnswerSource {
    /// No vocabulary.
    public var hierarchy: ConceptHierarchy { .flat }
}

/// Why a question has no count. Never a zero.
public enum EvaluationRefusal: Error, Sendable, Hashable {
    /// The definition uses what the engine does not evaluate, at these JSON pointers.
    case unsupported([String])
    /// The store cannot know.
    case unavailable(UnavailableReason, detail: String?)
    /// It takes more time than the hospital gives.
    case timeout
    /// Called off.
    case cancelled
    /// Something went wrong. The code is for the hospital's own log.
    case failed(code: String)
}

extension EvaluationRefusal {
    /// What the researcher is told; nil where there is nothing to tell (the question was called off).
    var outcome: AnswerOutcome? {
        switch self {
        case .unsupported(let pointers): .declined(.notSupported, at: Array(pointers.prefix(100)))
        case .unavailable(let why, let detail): .unavailable(why, detail: detail)
        case .timeout: .failed(.timeout)
        case .failed: .failed(.error)
        case .cancelled: nil
        }
    }
}
