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
    /// Criteria in the definition, nested ones included.
    public var criteriaCount: Int
    /// The node's clock.
    public var now: Timestamp
    /// Whether the hospital has paused answering.
    public var isPaused: Bool

    /// The request that `ticket` makes.
    public init(_ ticket: QueryTicket, now: Timestamp, isPaused: Bool = false) {
        project = ticket.project
        mode = ticket.mode
        expires = ticket.expires
        attrition = ticket.question.attrition
        breakdownDimensions = ticket.question.breakdown.count
        criteriaCount = ticket.question.cohort.allCriteria.count
        self.now = now
        self.isPaused = isPaused
    }
}

/// What a rule says.
public enum PolicyVerdict: Sendable, Hashable {
    /// Nothing against it.
    case passes
    /// No, with the code that the researcher sees.
    case declines(DeclineCode)
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
        ReleaseModeRule(), OutputRule(), BreakdownRule(), SizeRule(),
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
