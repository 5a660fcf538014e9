import CanonicalJSON
import Cohorts
@_spi(Hospital) import Disclosure
import FaultPoints
import Federation

/// What makes two questions the same to the outside: what is asked, of which data, under which of the gate's rules. How much
/// more strictly one ticket's answer is shown is no part of it.
struct ReleaseQuestion: Sendable, Hashable {
    let key: Digest256
    let rules: DisclosureRules
    let request: ReleaseRequest
    /// The data that it is asked of, by `AnswerSource.dataIdentity`.
    let data: String

    init(_ ticket: QueryTicket, _ rules: DisclosureRules, policy: Digest256, data: String) {
        self.rules = rules
        self.data = data
        request = ReleaseRequest(
            project: ticket.project.id.rawValue, tier: ticket.mode == .secureTotal ? .consortiumTotal : .perHospital,
            cohort: Digest256(of: ticket.question.cohort.canonicalBytes).text)
        key = Digest256(
            of: [
                "schema": "dure.release-key/1", "question": ticket.questionHash.json, "data": .string(data),
                "policy": policy.json, "rules": rules.json, "tier": .string(request.tier.rawValue),
            ])
    }
}

/// The way through the release gate, one answer at a time: each is planned against everything that left before, and what it
/// lets out is stored together with the answer.
actor ReleaseDesk {
    private let secret: NodeSecret
    private let store: LedgerStore
    private let spool: Spool?
    private let turn = Turn()
    private var patients: PatientKeys
    /// The store's number of each place in the ledger.
    private var ids: [Int64]
    /// Where the persons of each load of the data stand in the ledger: of today's, and of the ones before it, whose questions
    /// may still run.
    private var registers: [(data: String, places: [UInt32])]
    private var ledger: ReleaseLedger
    /// The ledger as it stands on the disk.
    private var kept: LedgerStore.Kept
    private var shares: ShareLedger

    /// - Parameters:
    ///   - spool: nil where nothing was ever released (a preview on a new node).
    ///   - keeps: whether what is new (a person, an epoch) is kept; a preview keeps nothing.
    ///   - mark: where it is noted outside the database that there is a ledger; nil for a preview.
    init(
        secret: NodeSecret, source: any AnswerSource, spool: Spool?, keeps: Bool, mark: LedgerMark? = nil, now: Timestamp
    ) async throws(NodeError) {
        self.secret = secret
        self.spool = spool
        store = LedgerStore(secret: secret)
        let opened = try await store.open(for: source, secret: secret, now: now, spool: spool)
        try mark?.check(opened.ledger.revision)
        if keeps, !opened.changes.isEmpty || opened.append != nil {
            try await spool?.keep(opened.changes, appending: opened.append)
        }
        try mark?.note(opened.ledger.revision)
        patients = opened.patients
        ids = opened.ids
        registers = [(source.dataIdentity, opened.places)]
        ledger = opened.ledger
        kept = opened.kept
        shares = try store.shares(try await spool?.setting(LedgerStore.sharesName))
    }

    /// Loads of the data whose questions may run at one time: seconds for a question, hours between two loads.
    private static let registersKept = 3

    /// Releases answers from another load of the data as well, from now on. The ledger is the same: its patients keep their
    /// places, new ones come after them. A new epoch begins by the same rule as at a start.
    func take(_ source: any AnswerSource, now: Timestamp) async throws(NodeError) {
        await turn.take()
        defer { giveBack() }
        let opened = try await store.open(for: source, secret: secret, now: now, current: (ledger, kept), spool: spool)
        if !opened.changes.isEmpty || opened.append != nil {
            try await spool?.keep(opened.changes, appending: opened.append)
        }
        patients = opened.patients
        ids = opened.ids
        ledger = opened.ledger
        kept = opened.kept
        registers.removeAll { $0.data == source.dataIdentity }
        registers.append((source.dataIdentity, opened.places))
        if registers.count > Self.registersKept { registers.removeFirst() }
    }

    /// What was released before to this question (R6), as the gate let it out: asked again, it is said again, and costs nothing.
    func known(_ question: ReleaseQuestion) async throws(NodeError) -> DisclosedAnswer? {
        guard let bytes = try await spool?.released(question.key) else { return nil }
        do throws(JSONError) {
            return try DisclosedAnswer(parsing: bytes)
        } catch {
            throw NodeError(
                .integrity, "A stored release cannot be read (\(error.pointer)).", advice: "Restore the state directory's backup."
            )
        }
    }

    /// Why nothing new would leave for this question whatever its answer is; nil where something might.
    func refusal(_ question: ReleaseQuestion) -> DisclosureError.Code? {
        do throws(DisclosureError) {
            try gate(question).admit(question.request, against: ledger)
            return nil
        } catch {
            return error.code
        }
    }

    /// What would leave, if it left now. Changes nothing.
    func preview(_ answer: EvaluatedAnswer, to question: ReleaseQuestion) throws(DisclosureError) -> DisclosedAnswer {
        try plan(answer, question).disclosed
    }

    /// Releases an answer: `store` must store it durably and say whether it did.
    func release(
        _ answer: EvaluatedAnswer, to question: ReleaseQuestion,
        store: @Sendable (DisclosedAnswer, Spool.Release?) async throws(NodeError) -> Bool,
        refused: @Sendable (DisclosureError.Code) async throws(NodeError) -> Bool
    ) async throws(NodeError) -> Bool {
        await turn.take()
        defer { giveBack() }
        // While this one waited for its turn, the same question may have been answered.
        if let known = try await known(question) { return try await store(known, nil) }
        let plan: ReleasePlan
        do throws(DisclosureError) {
            plan = try self.plan(answer, question)
        } catch {
            return try await refused(error.code)
        }
        var after = ledger
        after.commit(plan)
        let added = question.rules.ledger ? try self.store.append(after, after: kept) : nil
        let release = Spool.Release(
            key: question.key, disclosed: plan.disclosed.json.canonicalBytes(), ledger: added?.0)
        FaultPoint.reach(.nodeLedgerSealed)
        let isStored = try await store(plan.disclosed, release)
        if isStored {
            ledger = after
            kept = added?.1 ?? kept
        }
        return isStored
    }

    /// Releases an answer into a consortium total: `store` must store the masked answer durably, with the values it is given, and
    /// say whether it did. Asked again, the same numbers are masked anew.
    /// - Parameter isDistinct: whether the members of a sketch are wanted too.
    func releaseTotal(
        _ answer: EvaluatedAnswer, to question: ReleaseQuestion, isDistinct: Bool = false,
        store: @Sendable (TotalPlan, SketchMembers?, [String: [UInt8]], LedgerAppend) async throws(NodeError) -> Bool,
        refused: @Sendable (DisclosureError.Code) async throws(NodeError) -> Bool
    ) async throws(NodeError) -> Bool {
        await turn.take()
        defer { giveBack() }
        let plan: TotalPlan
        do throws(DisclosureError) {
            plan = try gate(question).planTotal(
                answer, for: question.request, against: ledger, shares: shares, isDistinct: isDistinct)
        } catch {
            return try await refused(error.code)
        }
        var after = ledger
        after.commit(plan)
        let members = plan.sketched.map { SketchMembers($0, ids: ids, secret: secret) }
        let (append, kept) = try self.store.append(after, after: kept)
        let isStored = try await store(
            plan, members, [LedgerStore.sharesName: try self.store.seal(plan.shareLedger)], append)
        if isStored {
            ledger = after
            self.kept = kept
            shares = plan.shareLedger
        }
        return isStored
    }

    private func plan(_ answer: EvaluatedAnswer, _ question: ReleaseQuestion) throws(DisclosureError) -> ReleasePlan {
        try gate(question).plan(answer, for: question.request, against: ledger)
    }

    private func gate(_ question: ReleaseQuestion) throws(DisclosureError) -> ReleaseGate {
        guard let places = registers.last(where: { $0.data == question.data })?.places else {
            throw DisclosureError(
                .badAnswer, "The data of this answer was replaced three times while it was counted", advice: "Ask again")
        }
        return ReleaseGate(
            rules: question.rules, key: secret, patients: patients,
            register: PersonRegister(places: places, universe: patients.universe))
    }

    private func giveBack() {
        let turn = turn
        Task { await turn.giveBack() }
    }
}
