import CanonicalJSON

/// Why a definition or a question cannot be taken: every problem found, not just the first.
public struct CohortError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What could not be read. Raw values are stable.
    public enum Code: String, Sendable, Hashable, CaseIterable {
        /// The text is not JSON, or breaks a limit.
        case notJSON
        /// The JSON is no valid cohort expression.
        case invalidExpression
        /// The JSON is no valid feasibility question.
        case invalidQuestion
    }

    /// What could not be read.
    public let code: Code
    /// Everything that is wrong, in the order of the text; at most `mostProblems`, then `andMore` counts the rest.
    public let problems: [CohortProblem]
    /// How many further problems were found.
    public let andMore: Int

    /// A report that nobody reads to the end helps nobody.
    public static let mostProblems = 100

    init(_ code: Code, _ problems: [CohortProblem]) {
        self.code = code
        self.problems = Array(problems.prefix(Self.mostProblems))
        self.andMore = max(0, problems.count - Self.mostProblems)
    }

    init(_ error: JSONError) {
        self.init(.notJSON, [CohortProblem(.syntax, at: error.pointer, "\(error)", advice: error.advice)])
    }

    /// One line a problem, with place and advice.
    public var message: String {
        let lines = problems.map(\.description) + (andMore > 0 ? ["and \(andMore) more"] : [])
        return lines.joined(separator: "\n")
    }

    /// What to do, in a sentence.
    public var advice: String {
        problems.count == 1 ? problems[0].advice : "Correct the \(problems.count + andMore) places named and try again."
    }

    /// The same as `message`.
    public var description: String { message }
}

/// One thing that is wrong with a definition.
public struct CohortProblem: Sendable, Hashable, CustomStringConvertible {
    /// The kinds of problems. Raw values are stable.
    public enum Code: String, Sendable, Hashable, CaseIterable {
        /// Not JSON.
        case syntax
        /// Something that must be there is not.
        case missing
        /// Another kind of value was expected.
        case wrongType
        /// The right kind of value with no meaning here.
        case badValue
        /// A number that cannot be used.
        case outOfRange
        /// A criterion or exit of a kind that does not exist.
        case unknownKind
        /// Two concept sets with one id.
        case duplicateID
        /// A distinct count of a column that the domain does not have.
        case countColumn
        /// A member that a question does not have.
        case unknownKey
    }

    /// The kind of problem.
    public let code: Code
    /// Where it is.
    public let pointer: JSONPointer
    /// What was found and what was expected.
    public let message: String
    /// What to do about it.
    public let advice: String

    init(_ code: Code, at pointer: JSONPointer, _ message: String, advice: String) {
        self.code = code
        self.pointer = pointer
        self.message = message
        self.advice = advice
    }

    /// Place, problem and advice in one line.
    public var description: String {
        let place = pointer == .root ? "the document" : "\(pointer)"
        return "\(place): \(message). \(advice)"
    }
}
