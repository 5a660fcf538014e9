/// The one place where exact counts become disclosed counts.
///
/// "Can a small count leave here?" is answered by reading `plan`: its steps stand in the one order of A.2, and nothing else in
/// the house makes a `DisclosedAnswer` out of patients.
public struct ReleaseGate: Sendable {
    /// The hospital's rules. A ticket's stricter wish is applied to what the gate lets out (`DisclosedAnswer.coarsened`), because
    /// thresholds that a questioner sets would find exact sizes.
    public let rules: DisclosureRules
    let key: any StickyKey
    let patients: PatientKeys
    let register: PersonRegister?

    /// A gate.
    /// - Parameters:
    ///   - rules: the hospital's rules.
    ///   - key: the node's keyed randomness of the epoch.
    ///   - patients: the patients' secret keys, by place in the ledger.
    ///   - register: where each person ordinal of the answers stands in the ledger; without one, at its own number.
    public init(rules: DisclosureRules, key: any StickyKey, patients: PatientKeys, register: PersonRegister? = nil) {
        self.rules = rules
        self.key = key
        self.patients = patients
        self.register = register
    }

    /// What would leave for this answer, given what has left before. Branch support (L0) comes first and is the caller's:
    /// `BranchSupport` needs the engine.
    /// - Throws: `badAnswer`, `tierLocked`, `budget`, `tableTooLarge`, `notProtected`. None of them depends on a small count.
    public func plan(
        _ answer: EvaluatedAnswer, for request: ReleaseRequest, against ledger: ReleaseLedger
    ) throws(DisclosureError) -> ReleasePlan {
        try check(answer, ledger)
        var draft = ledger
        try admit(request, to: &draft)

        let answer = register?.placed(answer) ?? answer
        let counts = CountRelease(rules: rules, key: key, patients: patients)
        let total = counts.release(answer.total, cohort: request.cohort, to: &draft)
        // A hidden total tells the hospital's number to nobody, so the cohort may still be asked as a consortium total: that is
        // what rare events need. Everybody sees that it is hidden, so the lock tells nothing.
        if let cohort = request.cohort, ledger.tiers[cohort] == nil, case .hidden = total { draft.unlock(cohort) }
        // From the last step back, so that each is compared with the smaller group that it was narrowed to: a step that
        // leaves out fewer than k patients is answered with that group's number.
        var steps: [CountRelease.Outcome] = []
        for step in answer.attrition.reversed() { steps.append(counts.release(step.persons, cohort: nil, to: &draft)) }
        steps.reverse()

        var outcomes = ReleaseOutcomes()
        for outcome in [total] + steps { outcomes.add(outcome) }
        var table: DisclosedBreakdown?
        if let breakdown = answer.breakdown {
            let release = TableRelease(counts: counts, breakdown: breakdown, total: total, cohort: request.cohort)
            table = try release.release(answer.total, to: &draft, &outcomes)
        }
        let disclosed = DisclosedAnswer(
            total: counts.disclosed(total),
            attrition: zip(answer.attrition, steps).map { .init(name: $0.name, count: counts.disclosed($1)) }, breakdown: table)
        return ReleasePlan(disclosed: disclosed, outcomes: outcomes, ledger: draft, base: ledger.revision)
    }

    func check(_ answer: EvaluatedAnswer, _ ledger: ReleaseLedger) throws(DisclosureError) {
        guard ledger.universe == patients.universe, register.map({ $0.universe == ledger.universe }) ?? true else {
            throw DisclosureError(
                .badLedger, "the ledger, the patient keys and the register are of different numbers of persons",
                advice: "Grow the ledger to the register before planning a release")
        }
        try AnswerCheck.check(answer, universe: register?.count ?? patients.universe)
    }

    /// The tier lock and the project's cap (L7, L4): both are decided by what is asked, never by the data.
    func admit(_ request: ReleaseRequest, to draft: inout ReleaseLedger) throws(DisclosureError) {
        if let cohort = request.cohort {
            if let tier = draft.tiers[cohort], tier != request.tier {
                throw DisclosureError(
                    .tierLocked, "this cohort was already answered \(tier.rawValue) on this data release",
                    advice: "Ask in the same form, or wait for the next data release")
            }
            draft.lock(cohort, request.tier)
        }
        guard !rules.ledger || draft.releases(of: request.project) < rules.releasesPerProject else {
            throw DisclosureError(
                .budget, "the project has asked its \(rules.releasesPerProject) questions of this data release",
                advice: "Wait for the next data release, or ask the hospital's data steward for a review")
        }
        draft.count(releaseOf: request.project)
    }
}

extension ReleaseOutcomes {
    mutating func add(_ outcome: CountRelease.Outcome) {
        switch outcome {
        case .hidden: hidden += 1
        case .known: known += 1
        case .fresh, .zero: fresh += 1
        }
    }
}
