import CanonicalJSON
import Cohorts
@_spi(Hospital) import Disclosure
import Federation

/// What would leave this hospital if a question were asked now: the exact bytes, why, and what is behind each hidden cell.
/// Sends nothing and remembers nothing.
public struct Preview: Sendable {
    /// Under what the question would be asked.
    public struct Asking: Sendable {
        /// The project.
        public var project: ProjectID
        /// The kind of use.
        public var purpose: ProjectStatement.PurposeClass
        /// The organisation.
        public var organisation: String
        /// How the answer would be shown.
        public var mode: ReleaseMode

        /// Asking for `project`.
        public init(
            project: ProjectID, purpose: ProjectStatement.PurposeClass = .protocolFeasibility, organisation: String = "ORG-0000",
            mode: ReleaseMode = .named
        ) {
            self.project = project
            self.purpose = purpose
            self.organisation = organisation
            self.mode = mode
        }
    }

    /// One number: where it stands, how it would leave, and what it is. The exact count has no encoding; it can be shown on a
    /// terminal by code that says so, and nowhere else.
    public struct Line: Sendable {
        /// `total`, `attrition/2`, ...
        public var place: String
        /// As it would leave.
        public var disclosed: DisclosedCount
        /// As it is. Stays.
        public var exact: ExactCount?
    }

    /// What was found.
    public struct Result: Sendable {
        /// The rules that were asked, in order.
        public var rules: [String]
        /// How it would end.
        public var outcome: AnswerOutcome
        /// Exactly what would leave, but for the ticket's ids, the time and the signature, which every answer has its own of.
        public var bytes: [UInt8]
        /// Each number.
        public var lines: [Line]
        /// Whether the same answer has left before and would be repeated.
        public var isRepeat: Bool
        /// When it may leave.
        public var release: ReleaseDecision
        /// Which parts of the policy say so; none where it leaves at once.
        public var why: [String]
        /// The answer that `bytes` is the canonical form of.
        let answer: NodeAnswer
    }

    private let configuration: NodeConfiguration
    private let policy: Policy
    private let state: StateDirectory
    private let clock: NodeClock
    private let source: (any AnswerSource)?

    /// A preview on the node that these describe. Works beside a running daemon.
    public init(
        configuration: NodeConfiguration, policy: Policy, state: StateDirectory, clock: NodeClock = .system,
        source: (any AnswerSource)? = nil
    ) {
        self.configuration = configuration
        self.policy = policy
        self.state = state
        self.clock = clock
        self.source = source
    }

    /// Answers `question` as the daemon would, and stops before anything is stored.
    public func run(_ question: FeasibilityQuestion, as asking: Asking) async throws(NodeError) -> Result {
        try await run(ticket(question, asking), at: Timestamp(clock.now()))
    }

    /// Answers a ticket as the daemon would, and stops before anything is stored.
    /// - Parameter answered: the time that stands in the answer.
    func run(_ ticket: QueryTicket, at answered: Timestamp) async throws(NodeError) -> Result {
        guard ticket.mode != .secureTotal else {
            throw NodeError(
                .question,
                "A secure total cannot be previewed: what leaves is masked afresh each time and reads as random numbers.",
                advice: "Preview the question as named: a total shows less than that.")
        }
        let secret = try NodeSecret(in: state)
        let source = try open()
        let spool = Files.exists(state.database) ? try Spool(state, hospital: configuration.hospital, readOnly: true) : nil
        let now = Timestamp(clock.now())
        let request = PolicyRequest(
            ticket, now: now, isPaused: state.pauseMessage != nil, hierarchy: source.hierarchy,
            answered: try await spool?.answered(ticket.project.id, before: now) ?? .init())
        let decision = PolicyRules.decide(request, under: policy)
        let (release, why) = policy.decision(on: request)
        func result(_ outcome: AnswerOutcome, _ exact: EvaluatedAnswer?, isRepeat: Bool = false) -> Result {
            let answer = NodeAnswer(
                to: ticket, at: answered, provenance: source.provenance, policy: policy.hash, outcome: outcome)
            return Result(
                rules: decision.asked, outcome: outcome, bytes: answer.json.canonicalBytes(),
                lines: Self.lines(outcome, exact), isRepeat: isRepeat, release: release, why: why, answer: answer)
        }
        if case .declines(let code, let places) = decision.verdict { return result(.declined(code, at: places), nil) }
        let effective = EffectiveRules(for: ticket, under: policy, hierarchy: source.hierarchy)
        let question = ReleaseQuestion(ticket, effective.gate, policy: policy.hash, data: source.dataIdentity)
        let desk = try await ReleaseDesk(secret: secret, source: source, spool: spool, keeps: false, now: now)
        let exact: EvaluatedAnswer
        do throws(EvaluationRefusal) {
            let run = EvaluationRun(limit: configuration.limits.secondsPerQuery)
            exact = try await run.evaluate(ticket.question, under: effective.gate, from: source)
        } catch {
            return result(error.outcome ?? .failed(.timeout), nil)
        }
        if let known = try await desk.known(question) {
            return result(.answered(effective.shown(known)), exact, isRepeat: true)
        }
        do throws(DisclosureError) {
            return result(.answered(effective.shown(try await desk.preview(exact, to: question))), exact)
        } catch {
            return result(Answerer.outcome(of: error.code), exact)
        }
    }

    private func open() throws(NodeError) -> any AnswerSource {
        if let source { return source }
        return try NodeStore.open(configuration, path: state.index(of: configuration.source.id))
    }

    private func ticket(_ question: FeasibilityQuestion, _ asking: Asking) -> QueryTicket {
        let now = Timestamp(clock.now())
        return QueryTicket(
            id: TicketID(unchecked: "T-0000-0000-0000-0000-0000"), query: QueryID(unchecked: "Q-0000-0000"),
            audience: configuration.hospital, issued: now, expires: now.adding(86_400),
            project: ProjectStatement(
                id: asking.project, title: BilingualText(en: "preview"), purpose: "", purposeClass: asking.purpose,
                organisation: asking.organisation),
            requesterRole: "researcher", question: question, mode: asking.mode, roster: Digest256(of: []))
    }

    private static func lines(_ outcome: AnswerOutcome, _ exact: EvaluatedAnswer?) -> [Line] {
        guard case .answered(let answer) = outcome else { return [] }
        var lines = [Line(place: "total", disclosed: answer.total, exact: exact?.total.count)]
        for (number, step) in answer.attrition.enumerated() {
            let persons = exact.flatMap { number < $0.attrition.count ? $0.attrition[number].persons.count : nil }
            lines.append(Line(place: "attrition/\(number) \(step.name)", disclosed: step.count, exact: persons))
        }
        for cell in answer.breakdown?.cells ?? [] {
            let isInner = !cell.key.contains(DisclosedBreakdown.all)
            let persons = isInner ? exact?.breakdown?.cells[cell.key]?.count : nil
            lines.append(Line(place: "breakdown/\(cell.key.joined(separator: "/"))", disclosed: cell.count, exact: persons))
        }
        return lines
    }
}
