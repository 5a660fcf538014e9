/// What the engine found, exactly, in the node's process only. The gate takes it whole, because a total, its attrition steps
/// and its breakdown can only be made safe together.
public struct EvaluatedAnswer: Sendable {
    /// Persons that remain after one attrition step.
    public struct Step: Sendable {
        /// Name of the inclusion rule, as it may be shown.
        public let name: String
        /// Who remains.
        public let persons: PersonSet
        /// Who remains when no branch is ignored; nil where that is the same.
        public let described: PersonSet?
        /// How far the group that was described can be from `persons`.
        public let leeway: CountLeeway

        /// A step.
        public init(name: String, persons: PersonSet, described: PersonSet? = nil, leeway: CountLeeway = .none) {
            self.name = name
            self.persons = persons
            self.described = described
            self.leeway = leeway
        }
    }

    /// Who is in the cohort.
    public let total: PersonSet
    /// Who remains after each step, in the order of the inclusion rules.
    public let attrition: [Step]
    /// The cohort by at most three dimensions.
    public let breakdown: EvaluatedBreakdown?
    /// Who is in the cohort when no branch is ignored; nil where that is the same.
    public let described: PersonSet?
    /// How far the group that was described can be from the total and the breakdown.
    public let leeway: CountLeeway

    /// An answer. All sets must be over one universe.
    public init(
        total: PersonSet, attrition: [Step] = [], breakdown: EvaluatedBreakdown? = nil, described: PersonSet? = nil,
        leeway: CountLeeway = .none
    ) {
        self.total = total
        self.described = described
        self.attrition = attrition
        self.breakdown = breakdown
        self.leeway = leeway
    }
}

/// A cohort's persons by categories. Only inner cells; the gate makes the marginals.
public struct EvaluatedBreakdown: Sendable {
    /// One dimension and all of its categories.
    public struct Dimension: Sendable, Hashable {
        /// Name on the wire (`sex`, `ageBand`, `indexYear`, `indexMonth`, `visitType`, `conceptSet`).
        public let name: String
        /// Every category, from a fixed register and in its order. A category must be listed whether or not anybody is in it:
        /// a list made from the data would show by absence that nobody is.
        public let categories: [String]

        /// A dimension.
        public init(name: String, categories: [String]) {
            self.name = name
            self.categories = categories
        }
    }

    /// One to four dimensions.
    public let dimensions: [Dimension]
    /// Inner cells by one category of each dimension, in the order of `dimensions`. Absent cells are empty. Cells are
    /// disjoint, and their union is the cohort (give "unknown" a category of its own).
    public let cells: [[String]: PersonSet]
    /// Inner cells that nobody can be in whatever the data (published as 0).
    public let impossible: Set<[String]>

    /// A breakdown.
    public init(dimensions: [Dimension], cells: [[String]: PersonSet], impossible: Set<[String]> = []) {
        self.dimensions = dimensions
        self.cells = cells
        self.impossible = impossible
    }
}
