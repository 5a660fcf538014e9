import Cohorts
import Federation

/// What a policy rule looks at.
public struct PolicyRequest: Sendable {
    /// Under what it is asked.
    public var project: ProjectStatement
    /// How the answer would be shown.
    public var mode: ReleaseMode
    /// When the ticket ends.
    public var expires: Timestamp
    /// Whether attrition is asked for.
    public var attrition: Bool
    /// How many dimensions the breakdown has that is asked for.
    public var breakdownDimensions: Int
    /// Criteria and demographic tests in the definition, nested ones included.
    public var criteriaCount: Int
    /// Concept sets in the definition.
    public var conceptSetCount: Int
    /// The domains that the definition reads.
    public var domains: Set<ClinicalDomain>
    /// The concept sets of the definition, and the vocabulary to read them with.
    let concepts: ConceptLookup
    /// How many answers the project has had.
    public var answered: Answered
    /// The node's clock.
    public var now: Timestamp
    /// Whether the hospital has paused answering.
    public var isPaused: Bool

    /// What a project was answered lately: different questions, as repeated ones cost nothing.
    public struct Answered: Sendable, Hashable {
        /// In the last 24 hours.
        public var today = 0
        /// In the last seven days.
        public var thisWeek = 0

        /// So many; none where nothing is said.
        public init(today: Int = 0, thisWeek: Int = 0) {
            self.today = today
            self.thisWeek = thisWeek
        }
    }

    /// The request that `ticket` makes.
    public init(
        _ ticket: QueryTicket, now: Timestamp, isPaused: Bool = false, hierarchy: ConceptHierarchy = .flat,
        answered: Answered = Answered()
    ) {
        project = ticket.project
        mode = ticket.mode
        expires = ticket.expires
        attrition = ticket.question.attrition
        breakdownDimensions = ticket.question.breakdown.count
        criteriaCount = ticket.question.cohort.handleCount
        conceptSetCount = ticket.question.cohort.conceptSets.count
        domains = ticket.question.domains
        concepts = ConceptLookup(ticket.question, hierarchy)
        self.answered = answered
        self.now = now
        self.isPaused = isPaused
    }
}

/// What a rule says.
public enum PolicyVerdict: Sendable, Hashable {
    /// Nothing against it.
    case passes
    /// No, with the code that the researcher sees, and the places of the question where the reason lies.
    case declines(DeclineCode, at: [String] = [])
}

/// One reason not to answer: a small type that says yes, or no with a code.
public protocol PolicyRule: Sendable {
    /// What the rule looks at, for `preview` ("the project is listed").
    static var words: String { get }
    /// Whether `request` may be answered under `policy`, as far as this rule goes.
    func verdict(on request: PolicyRequest, under policy: Policy) -> PolicyVerdict
}

/// All rules, in the order in which they are asked; the first no is the answer.
///
/// From the coarse to the fine, so that an outsider learns as little as possible: whoever is not listed hears that, and not
/// which release modes or outputs this hospital gives to others.
public enum PolicyRules {
    /// The order; a test pins it.
    public static let inOrder: [any PolicyRule] = [
        PausedRule(), ExpiryRule(), BlockedRule(), ListedProjectRule(), ProjectEndRule(), OrganisationRule(), PurposeRule(),
        ReleaseModeRule(), OutputRule(), BreakdownRule(), SizeRule(), DomainRule(), AreaRule(), SensitiveRule(), QuotaRule(),
    ]

    /// What was asked of each rule, up to and with the first no.
    public struct Decision: Sendable, Hashable {
        /// The rules that were asked, in order, by their words.
        public var asked: [String]
        /// The result.
        public var verdict: PolicyVerdict
    }

    /// Asks the rules in order.
    public static func decide(_ request: PolicyRequest, under policy: Policy) -> Decision {
        var asked: [String] = []
        for rule in inOrder {
            asked.append(type(of: rule).words)
            let verdict = rule.verdict(on: request, under: policy)
            if verdict != .passes { return Decision(asked: asked, verdict: verdict) }
        }
        return Decision(asked: asked, verdict: .passes)
    }
}
