import CanonicalJSON
import Cohorts
import Disclosure
import Federation

/// What a changed policy would have said to the questions that came lately.
public struct PolicyReplay: Sendable {
    /// One question under the policy in force and under the changed one.
    public struct Line: Sendable, Hashable, JSONEncodable {
        /// The ticket.
        public var ticket: TicketID
        /// When it came.
        public var received: Timestamp
        /// Under which project.
        public var project: ProjectID
        /// What the policy in force says.
        public var before: String
        /// What the changed one says.
        public var after: String
        /// Of the numbers that left: how many are hidden under the policy in force; nil where none left.
        public var hiddenBefore: Int?
        /// ... and how many at least would be under the changed one. What a looser one would show more is not known without
        /// counting again.
        public var hiddenAfter: Int?

        /// Whether anything differs.
        public var differs: Bool { before != after || hiddenBefore != hiddenAfter }

        /// One line of `dure.policy-replay/1`.
        public var json: JSONValue {
            var object: JSONObject = [
                "ticket": ticket.json, "received": received.json, "project": project.json, "before": .string(before),
                "after": .string(after), "differs": .bool(differs),
            ]
            if let hiddenBefore { object["hiddenBefore"] = .int(hiddenBefore) }
            if let hiddenAfter { object["hiddenAfter"] = .int(hiddenAfter) }
            return .object(object)
        }
    }

    private let state: StateDirectory
    private let hierarchy: ConceptHierarchy

    /// A replay on the node in `state`.
    public init(configuration: NodeConfiguration, state: StateDirectory) throws(NodeError) {
        self.state = state
        // Without an index there were no answers, and no concept has anything below it.
        let path = state.index(of: configuration.source.id)
        hierarchy = Files.exists(path) ? try NodeStore.open(configuration, path: path).hierarchy : .flat
    }

    init(state: StateDirectory, hierarchy: ConceptHierarchy) {
        self.state = state
        self.hierarchy = hierarchy
    }

    /// The last `count` questions, the newest first.
    public func run(_ new: Policy, instead old: Policy, last count: Int) async throws(NodeError) -> [Line] {
        var lines: [Line] = []
        for (ticket, entry) in try await tickets(last: count) { lines.append(line(ticket, entry, new, old)) }
        return lines
    }

    /// What one policy says to one question that came: the rules that were asked, and the word.
    public func test(_ policy: Policy, on id: TicketID) async throws(NodeError) -> (rules: [String], word: String) {
        guard let (ticket, entry) = try await tickets(only: id).first else {
            throw NodeError(
                .question, "There is no ticket \(id) here.", advice: "`dure-node requests list --all` and the log name them.")
        }
        let request = PolicyRequest(ticket, now: entry.received, hierarchy: hierarchy)
        return (PolicyRules.decide(request, under: policy).asked, word(ticket, entry.received, policy))
    }

    private func line(_ ticket: QueryTicket, _ entry: Spool.Entry, _ new: Policy, _ old: Policy) -> Line {
        let released = entry.answer.flatMap { try? SignedDocument(parsing: $0) }
            .flatMap { try? NodeAnswer(from: JSONReader($0.payload)) }
        var line = Line(
            ticket: ticket.id, received: entry.received, project: ticket.project.id, before: word(ticket, entry.received, old),
            after: word(ticket, entry.received, new))
        if case .answered(let answer)? = released?.outcome {
            line.hiddenBefore = hidden(answer)
            let rules = EffectiveRules(for: ticket, under: new, hierarchy: hierarchy)
            line.hiddenAfter = hidden(
                answer.coarsened(threshold: rules.threshold, roundTo: rules.roundTo, from: old.disclosure))
        }
        return line
    }

    /// `auto`, `hold-24h`, `manual-2`, or the code that it would be declined with.
    private func word(_ ticket: QueryTicket, _ received: Timestamp, _ policy: Policy) -> String {
        // At the time when it came: nobody's ticket is over, and no quota used up, by looking back at it.
        let request = PolicyRequest(ticket, now: received, hierarchy: hierarchy)
        switch PolicyRules.decide(request, under: policy).verdict {
        case .declines(let code, _): return code.rawValue
        case .passes: return policy.decision(on: request).decision.word
        }
    }

    private func hidden(_ answer: DisclosedAnswer) -> Int {
        let counts = [answer.total] + answer.attrition.map(\.count) + (answer.breakdown?.cells.map(\.count) ?? [])
        return counts.filter { if case .hidden = $0 { true } else { false } }.count
    }

    private func tickets(last count: Int = 1, only id: TicketID? = nil) async throws(NodeError) -> [(QueryTicket, Spool.Entry)] {
        guard Files.exists(state.database) else { return [] }
        let identity = try NodeIdentity(in: state)
        let spool = try Spool(state, hospital: identity.grant.node, readOnly: true)
        var found: [(QueryTicket, Spool.Entry)] = []
        for entry in try await spool.latest(count, only: id) {
            do throws(FederationError) {
                let document = try SignedDocument(parsing: entry.document)
                found.append((try document.verified(as: QueryTicket.self, by: identity.grant.coordinatorKey), entry))
            } catch {
                // From an earlier enrolment: signed by a key that is not known any more.
                continue
            }
        }
        return found
    }
}
