/// What goes wrong in this room. The message says what and where without any number read from patients.
public struct DisclosureError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Stable codes; they may cross the wire.
    public enum Code: String, Sendable, Hashable, CaseIterable {
        /// A rule has a value that is not allowed (below the compiled-in floor, out of range).
        case badRule = "DISCLOSURE_BAD_RULE"
        /// The evaluated answer is not well formed (sets of different universes, an unknown category, ...).
        case badAnswer = "DISCLOSURE_BAD_ANSWER"
        /// The table has more cells than can be protected.
        case tableTooLarge = "DISCLOSURE_TABLE_TOO_LARGE"
        /// The table could not be protected: the linear programming library gave no answer.
        case notProtected = "DISCLOSURE_NOT_PROTECTED"
        /// This cohort was already answered in the other form (per hospital or as consortium total) in this epoch.
        case tierLocked = "DISCLOSURE_TIER_LOCKED"
        /// The project has used up its releases of this epoch.
        case budget = "DISCLOSURE_BUDGET"
        /// A stored ledger cannot be read (wrong version, damaged, another universe).
        case badLedger = "DISCLOSURE_BAD_LEDGER"
        /// Too few or unknown hospitals for a consortium total.
        case roster = "DISCLOSURE_ROSTER"
        /// Masked vectors, sketches or shares do not fit together.
        case mismatch = "DISCLOSURE_MISMATCH"
    }

    /// What kind of error.
    public let code: Code
    /// What and where.
    public let message: String
    /// What to do about it.
    public let advice: String

    /// An error.
    public init(_ code: Code, _ message: String, advice: String) {
        self.code = code
        self.message = message
        self.advice = advice
    }

    /// Code, message and advice in one line.
    public var description: String { "\(code.rawValue): \(message). \(advice)" }
}
