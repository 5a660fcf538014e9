/// Why a definition was not answered: a stable code, what went wrong and where, and what to do about it.
public struct CohortEngineError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The stable word for what went wrong.
    public enum Code: String, Sendable, Hashable, CaseIterable {
        /// The definition uses something that this data model or this engine does not have.
        case unsupported
        /// The definition contradicts itself or cannot be read as a question.
        case invalid
        /// The definition needs more than the limits allow.
        case limit
        /// Somebody called it off.
        case cancelled
        /// The index could not be read.
        case index
    }

    /// What went wrong, for programs.
    public let code: Code
    /// What went wrong and where, for a person; begins with a JSON pointer where there is one.
    public let message: String
    /// What to do.
    public let advice: String

    /// An error with its words.
    public init(_ code: Code, _ message: String, advice: String) {
        self.code = code
        self.message = message
        self.advice = advice
    }

    /// The message and the advice in one line.
    public var description: String { advice.isEmpty ? message : "\(message). \(advice)" }
}
