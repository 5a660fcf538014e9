import Disclosure

/// Who is left after one step of a definition.
public struct AttritionStep: Sendable {
    /// Which step it is.
    public enum Kind: Sendable, Hashable {
        /// Entry events after the primary limit.
        case entry
        /// Events that satisfy the additional criteria, after the qualified limit. Only where there are such criteria.
        case qualified
        /// Events that satisfy the first so many inclusion rules; from 1.
        case rule(Int)
        /// Persons in the cohort, after exit and censor window.
        case cohort
    }

    /// Which step it is.
    public let kind: Kind
    /// The rule's name, or the step's.
    public let name: String
    /// Who is left.
    public let persons: PersonSet
}

/// What one inclusion rule did.
public struct RuleStatistics: Sendable {
    /// The rule's name.
    public let name: String
    /// Events, or persons by their best event, that satisfy the rule.
    public let satisfying: ExactCount
    /// Events, or persons, that satisfy all rules but this one: what dropping the rule would gain.
    public let gain: ExactCount
}
