/// What went wrong with a store: what, where, and what to do.
public struct OMOPStoreError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kinds of error; the raw values are stable.
    public enum Code: String, Sendable, Hashable, CaseIterable {
        /// The file is not there or may not be read.
        case cannotOpen = "cannot-open"
        /// The file is no SQLite database.
        case notAStore = "not-a-store"
        /// The store has fatal problems; `problems` lists all of them.
        case unusable
        /// The database reported an error while rows were read.
        case reading
        /// The file changed while it was being read as unchangeable.
        case changed
        /// The caller asked to stop.
        case cancelled
        /// A column was asked for that the CDM does not know, or an order that the table cannot have.
        case unknownColumn = "unknown-column"
        /// An import could not be done; `problems` or the message say why.
        case importFailed = "import-failed"
        /// A store could not be written.
        case writing
        /// The generator was asked for something impossible.
        case synthesis
    }

    /// What kind of error.
    public var code: Code
    /// What happened and where.
    public var message: String
    /// What to do about it.
    public var advice: String
    /// Every problem found, when the error is about the store as a whole.
    public var problems: [StoreProblem]

    /// An error.
    public init(_ code: Code, _ message: String, advice: String, problems: [StoreProblem] = []) {
        self.code = code
        self.message = message
        self.advice = advice
        self.problems = problems
    }

    /// The message, the advice, and one line for each problem.
    public var description: String {
        (["\(message). \(advice)"] + problems.map { "  - \($0)" }).joined(separator: "\n")
    }
}
