import CanonicalJSON
import Cohorts
import Federation

/// The desk: requests that wait for a person, exactly what would leave for each, and the person's word.
///
/// Works beside a running daemon, which takes up what was decided within seconds, and without one.
public struct RequestDesk: Sendable {
    /// A request with the ticket that it is about.
    public struct Item: Sendable {
        /// The request.
        public var request: DeskRequest
        /// The ticket, verified once more.
        public var ticket: QueryTicket
        /// Where the ticket stands on the node: `held`, `answered`, `sent`, ...
        public var standing: String
    }

    /// What would leave for a request if it left now.
    public struct Seen: Sendable {
        /// The request.
        public var item: Item
        /// Rules, outcome, numbers.
        public var preview: Preview.Result
        /// The signed answer: these bytes leave, and no others.
        public var bytes: [UInt8]
        /// The digest of `bytes`, which the log has when it has left.
        public var digest: Digest256
        /// The digest of the answer's payload, which an approval is bound to.
        public var payload: Digest256
        /// How many persons the policy in force asks for.
        public var needed: ReleaseDecision
    }

    private let configuration: NodeConfiguration
    private let policy: Policy
    private let state: StateDirectory
    private let clock: NodeClock
    private let source: (any AnswerSource)?

    /// The desk of the node that these describe.
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

    /// What waits, the most urgent first; with `all`, also what was decided.
    public func list(all: Bool = false) async throws(NodeError) -> [Item] {
        guard Files.exists(state.database) else { return [] }
        let (spool, identity) = (try open(readOnly: true), try NodeIdentity(in: state))
        var items: [Item] = []
        for request in try await spool.requests(all: all) { items.append(try await item(request, spool, identity)) }
        return items
    }

    /// One request.
    /// - Throws: `DESK` where there is none of that name.
    public func show(_ id: TicketID) async throws(NodeError) -> Item {
        let spool = try open(readOnly: true)
        guard let request = try await spool.request(id) else {
            throw NodeError(
                .desk, "There is no request \(id) on the desk.", advice: "`dure-node requests list` shows what waits.")
        }
        return try await item(request, spool, try NodeIdentity(in: state))
    }

    /// Evaluates a request as the daemon would, up to the signed bytes, and stops there. The exact counts stay in the result.
    public func dryRun(_ id: TicketID) async throws(NodeError) -> Seen {
        let item = try await show(id)
        let answered = try await open().prepare(id, at: Timestamp(clock.now()))
        let preview = try await Preview(
            configuration: configuration, policy: policy, state: state, clock: clock, source: source
        ).run(item.ticket, at: answered)
        let identity = try NodeIdentity(in: state)
        do throws(FederationError) {
            let document = try SignedDocument(signing: preview.answer, with: identity.keys.signing)
            return Seen(
                item: item, preview: preview, bytes: document.bytes, digest: document.digest,
                payload: Digest256(of: preview.bytes), needed: preview.release)
        } catch {
            throw NodeError(.integrity, error.message, advice: error.advice)
        }
    }

    /// A person says yes to exactly what they saw.
    /// - Returns: the request after it; its state is `approved` once enough persons have.
    /// - Throws: `DESK` where it waits for nobody, the person has approved it before or may not decide.
    public func approve(_ seen: Seen, by person: Operator) async throws(NodeError) -> DeskRequest {
        try admit(person)
        return try await open().approve(
            seen.item.ticket.id, by: person, payload: seen.payload, needed: seen.needed, at: Timestamp(clock.now()))
    }

    /// A person says no, with the code that the researcher sees.
    public func decline(_ id: TicketID, by person: Operator, code: DeclineCode) async throws(NodeError) {
        try admit(person)
        guard Self.reasons.contains(code) else {
            throw NodeError(
                .desk, "\(code.rawValue) is not a person's reason.",
                advice: "One of: \(Self.reasons.map(\.rawValue).joined(separator: ", "))")
        }
        try await open().decline(id, by: person, code: code, at: Timestamp(clock.now()))
    }

    /// The codes that a person can decline with.
    public static let reasons: [DeclineCode] = [
        .declinedByPerson, .purposeUnclear, .purposeScope, .reviewNeeded, .conceptScope, .sensitiveConcept, .tooDetailed,
    ]

    private func admit(_ person: Operator) throws(NodeError) {
        guard let desk = policy.desk else { return }
        guard let name = person.name, desk.contains(name) else {
            throw NodeError(
                .desk, "\(person.words) is not among desk.approvers of the policy.", advice: "Ask one of them to decide.")
        }
    }

    private func open(readOnly: Bool = false) throws(NodeError) -> Spool {
        try Spool(state, hospital: configuration.hospital, readOnly: readOnly)
    }

    private func item(_ request: DeskRequest, _ spool: Spool, _ identity: NodeIdentity) async throws(NodeError) -> Item {
        guard let entry = try await spool.entry(request.ticket) else {
            throw NodeError(.integrity, "The ticket \(request.ticket) is not in the spool.", advice: "Run `dure-node doctor`.")
        }
        do throws(FederationError) {
            let ticket = try SignedDocument(parsing: entry.document).verified(
                as: QueryTicket.self, by: identity.grant.coordinatorKey)
            return Item(request: request, ticket: ticket, standing: entry.state.rawValue)
        } catch {
            throw NodeError(
                .integrity, "Ticket \(request.ticket) in the spool does not verify (\(error.code.rawValue)).",
                advice: "The state directory was changed by somebody else, or belongs to another enrolment.")
        }
    }
}
