import CanonicalJSON
import Cohorts
import Disclosure
import FaultPoints
import Federation

/// From a stored ticket to a stored answer: policy, evaluation, release, signature, spool. Sends nothing.
actor Answerer {
    private let policy: Policy
    /// What questions that are taken up now are answered from. One that runs stays with what it began with.
    private var source: any AnswerSource
    private let desk: ReleaseDesk
    private let spool: Spool
    private let slots: ReplySlots
    private let signing: SigningKey
    private let coordinatorKey: VerificationKey
    private let secondsPerQuery: Int
    private let isCourier: Bool
    private let linkage: Linkage?
    private let clock: NodeClock
    private let log: NodeLog
    private var runs: [TicketID: EvaluationRun] = [:]
    private var started: [TicketID: ContinuousClock.Instant] = [:]

    init(
        policy: Policy, source: any AnswerSource, desk: ReleaseDesk, spool: Spool, slots: ReplySlots, signing: SigningKey,
        coordinatorKey: VerificationKey, secondsPerQuery: Int, isCourier: Bool = false, linkage: Linkage? = nil,
        clock: NodeClock, log: NodeLog
    ) {
        self.policy = policy
        self.source = source
        self.desk = desk
        self.spool = spool
        self.slots = slots
        self.signing = signing
        self.coordinatorKey = coordinatorKey
        self.secondsPerQuery = secondsPerQuery
        self.isCourier = isCourier
        self.linkage = linkage
        self.clock = clock
        self.log = log
    }

    /// Takes up another load of the data: questions that run are finished on the one before.
    func take(_ source: any AnswerSource) async throws(NodeError) {
        try await desk.take(source, now: Timestamp(clock.now()))
        self.source = source
    }

    /// Stops working on a ticket, if it is being worked on.
    func callOff(_ ticket: TicketID) { runs[ticket]?.callOff() }

    /// Stops working on everything; the tickets stay as they are and are taken up again at the next start.
    func callOffAll() { for run in runs.values { run.callOff() } }

    /// Returns when nothing is being worked on (looked at ten times a second; only at the end of the program).
    func idle() async {
        while !runs.isEmpty, !Task.isCancelled { try? await Task.sleep(for: .milliseconds(100)) }
    }

    /// What became of a ticket that was taken up.
    enum Result: Sendable, Hashable {
        /// An answer is stored now.
        case stored
        /// It waits on the desk, since then.
        case held(since: Timestamp)
        /// Nothing: it was called off or settled meanwhile.
        case nothing

        init(stored isStored: Bool) { self = isStored ? .stored : .nothing }
    }

    /// Answers a ticket that was taken up, or lays it on the desk.
    func answer(_ entry: Spool.Entry) async throws(NodeError) -> Result {
        let ticket = try read(entry)
        let source = source
        started[ticket.id] = .now
        defer { started[ticket.id] = nil }
        let now = Timestamp(clock.now())
        let desk = try await spool.request(ticket.id)
        // What was open when everything was stopped is never answered, whatever the policy says now.
        if desk?.state == .stopped { return Result(stored: try await store(.declined(.stopped, at: []), to: ticket, source)) }
        let request = PolicyRequest(
            ticket, now: now, hierarchy: source.hierarchy, answered: try await spool.answered(ticket.project.id, before: now))
        if case .declines(let code, let places) = PolicyRules.decide(request, under: policy).verdict {
            log.info("declined by policy", [.ticket: entry.id.rawValue, .code: code.rawValue])
            return Result(stored: try await store(.declined(code, at: Array(places.prefix(100))), to: ticket, source))
        }
        let (decision, why) = policy.decision(on: request)
        if ticket.mode == .secureTotal { return try await total(ticket, isAutomatic: decision.mode == .auto, source) }
        switch desk?.clearance(decision, now: now) ?? (decision.mode == .auto ? .go(nil) : .wait) {
        case .decline(let code):
            log.info("declined at the desk", [.ticket: entry.id.rawValue, .code: code.rawValue])
            return Result(stored: try await store(.declined(code, at: []), to: ticket, source))
        case .wait:
            guard let held = try await spool.hold(ticket, decision, why: why, at: now) else { return .nothing }
            log.info("waits on the desk", [.ticket: entry.id.rawValue, .state: decision.word])
            return .held(since: held.held)
        case .go(let approval):
            return try await evaluate(ticket, approval, source)
        }
    }

    /// The ticket was verified when it came in; it is verified again, because years and backups lie between.
    private func read(_ entry: Spool.Entry) throws(NodeError) -> QueryTicket {
        do throws(FederationError) {
            return try SignedDocument(parsing: entry.document).verified(as: QueryTicket.self, by: coordinatorKey)
        } catch {
            throw NodeError(
                .integrity, "Ticket \(entry.id) in the spool does not verify (\(error.code.rawValue)).",
                advice: "The state directory was changed by somebody else, or belongs to another enrolment.")
        }
    }

    private func evaluate(
        _ ticket: QueryTicket, _ approval: DeskRequest.Approved?, _ source: any AnswerSource
    ) async throws(NodeError) -> Result {
        let effective = EffectiveRules(for: ticket, under: policy, hierarchy: source.hierarchy)
        for wish in effective.ignored {
            log.warning("a looser wish was ignored", [.ticket: ticket.id.rawValue, .wish: wish])
            try await spool.record(
                "wish.ignored", ticket.id.rawValue, outcome: wish, content: nil, at: Timestamp(clock.now()))
        }
        let question = ReleaseQuestion(ticket, effective.gate, policy: policy.hash, data: source.dataIdentity)
        if let known = try await desk.known(question) {
            return try await settle(ticket, try await store(.answered(effective.shown(known)), to: ticket, source, approval))
        }

        // Decided by what is asked: nothing is evaluated for a project that has had its numbers.
        if let code = await desk.refusal(question) {
            return try await settle(ticket, try await store(Self.outcome(of: code), to: ticket, source, approval))
        }
        let evaluated: EvaluatedAnswer
        switch await count(ticket, under: effective.gate, source) {
        case .success(let answer): evaluated = answer
        case .failure(let refusal):
            guard let outcome = refusal.outcome else { return .nothing }
            return try await settle(ticket, try await store(outcome, to: ticket, source, approval))
        }
        let isStored = try await desk.release(evaluated, to: question) { disclosed, release throws(NodeError) in
            try await self.store(.answered(effective.shown(disclosed)), to: ticket, source, approval, release: release)
        } refused: { code throws(NodeError) in
            self.log.error("the release gate refused", [.ticket: ticket.id.rawValue, .code: code.rawValue])
            return try await self.store(Self.outcome(of: code), to: ticket, source, approval)
        }
        return try await settle(ticket, isStored)
    }

    /// What is said of a ticket after an attempt to store its answer: it may be back on the desk.
    private func settle(_ ticket: QueryTicket, _ isStored: Bool) async throws(NodeError) -> Result {
        if isStored { return .stored }
        guard try await spool.entry(ticket.id)?.state == .held, let held = try await spool.request(ticket.id) else {
            return .nothing
        }
        return .held(since: held.held)
    }

    /// Takes part in a consortium total, or says that this hospital does not. Persons approve an answer byte for byte, and a
    /// masked one reads as random numbers: so a question that has to wait for a person is not answered as a total.
    private func total(
        _ ticket: QueryTicket, isAutomatic: Bool, _ source: any AnswerSource
    ) async throws(NodeError) -> Result {
        guard isAutomatic else { return Result(stored: try await store(.declined(.releaseMode, at: []), to: ticket, source)) }
        let totals = TotalAnswering(
            policy: policy, desk: desk, spool: spool, signing: signing, isCourier: isCourier, linkage: linkage,
            log: log)
        let roster: TotalsRoster
        switch try await totals.roster(of: ticket) {
        case .success(let accepted): roster = accepted
        case .failure(let declined):
            return Result(stored: try await store(.declined(declined.code, at: []), to: ticket, source))
        }
        let rules = EffectiveRules(for: ticket, under: policy, hierarchy: source.hierarchy).gate
        let question = ReleaseQuestion(ticket, rules, policy: policy.hash, data: source.dataIdentity)
        let evaluated: EvaluatedAnswer
        // A share is 0, or k and more, of the group as it was described: what branch support would leave out of rare groups would
        // make the total of many hospitals wrong.
        switch await count(ticket, under: nil, source) {
        case .success(let answer): evaluated = answer
        case .failure(let refusal):
            guard let outcome = refusal.outcome else { return .nothing }
            return Result(stored: try await store(outcome, to: ticket, source))
        }
        let key = totals.linkageKey(ticket, roster)
        let isStored = try await desk.releaseTotal(
            evaluated, to: question, isDistinct: (try? key?.get()) != nil
        ) { plan, members, values, append throws(NodeError) in
            var values = values
            values[AcceptedRoster.name] = AcceptedRoster(roster).bytes
            let masked = try totals.mask(plan, ticket, roster, rules, totals.sketch(members, key, ticket))
            return try await self.store(.masked(masked), to: ticket, source, keeping: values, appending: append)
        } refused: { code throws(NodeError) in
            self.log.error("the release gate refused", [.ticket: ticket.id.rawValue, .code: code.rawValue])
            return try await self.store(Self.outcome(of: code), to: ticket, source)
        }
        return Result(stored: isStored)
    }

    /// Counts, exactly and in this process only. A refusal brings the outcome to store, nil where the question was called off.
    /// - Parameter rules: for branch support; nil without it.
    private func count(
        _ ticket: QueryTicket, under rules: DisclosureRules?, _ source: any AnswerSource
    ) async -> Swift.Result<EvaluatedAnswer, NoCount> {
        let run = EvaluationRun(limit: secondsPerQuery)
        runs[ticket.id] = run
        defer { runs[ticket.id] = nil }
        do throws(EvaluationRefusal) {
            let answer = try await run.evaluate(ticket.question, under: rules, from: source)
            FaultPoint.reach(.nodeEvaluated)
            return .success(answer)
        } catch {
            switch error {
            case .failed(let code): log.error("evaluation failed", [.ticket: ticket.id.rawValue, .code: code])
            case .timeout:
                log.warning(
                    "a question was over its time or memory and was called off",
                    [.ticket: ticket.id.rawValue, .seconds: "\(secondsPerQuery)"])
            case .unsupported, .unavailable, .cancelled: break
            }
            return .failure(NoCount(outcome: error.outcome))
        }
    }

    private struct NoCount: Error { let outcome: AnswerOutcome? }

    /// What the researcher is told when the gate lets nothing out. None of these depends on a small count.
    static func outcome(of code: DisclosureError.Code) -> AnswerOutcome {
        switch code {
        case .budget: .declined(.quota, at: [])
        case .tierLocked: .declined(.releaseMode, at: [])
        case .tableTooLarge: .declined(.tooLarge, at: [])
        default: .failed(.error)
        }
    }

    /// Signs and stores an answer. What persons approved leaves exactly so, or goes back to them.
    private func store(
        _ outcome: AnswerOutcome, to ticket: QueryTicket, _ source: any AnswerSource, _ approval: DeskRequest.Approved? = nil,
        release: Spool.Release? = nil, keeping values: [String: [UInt8]] = [:], appending append: LedgerAppend? = nil
    ) async throws(NodeError) -> Bool {
        let now = Timestamp(clock.now())
        let answer = NodeAnswer(
            to: ticket, at: approval?.answered ?? now, provenance: source.provenance, policy: policy.hash, outcome: outcome)
        if let approval, Digest256(of: answer.json) != approval.payload {
            log.warning("the answer is not what was approved; it waits again", [.ticket: ticket.id.rawValue])
            try await spool.voidApprovals(of: ticket.id, at: now)
            return false
        }
        let document: SignedDocument
        do throws(FederationError) {
            document = try SignedDocument(signing: answer, with: signing)
        } catch {
            throw NodeError(.integrity, error.message, advice: error.advice)
        }
        slots.hold(ticket.id, since: started[ticket.id] ?? .now)
        let isStored = try await spool.store(
            document, to: ticket.id, release: release, keeping: values, appending: append, outcome: outcome.word, at: now)
        if isStored {
            FaultPoint.reach(.nodeAnswerStored)
            log.info("answer stored", [.ticket: ticket.id.rawValue, .outcome: outcome.word])
        }
        return isStored
    }
}

extension AnswerOutcome {
    /// For the log: how it ended, without any number.
    var word: String {
        switch self {
        case .answered: "answered"
        case .masked: "masked"
        case .declined(let code, _): code.rawValue
        case .unavailable(let why, _): "unavailable-\(why.rawValue)"
        case .failed(let why): "failed-\(why.rawValue)"
        }
    }
}
