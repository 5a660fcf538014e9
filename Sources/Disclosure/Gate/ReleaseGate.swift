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
    /// `BranchSupport` needs the engine. The answer's leeway widens what the numbers can stand for.
    /// - Throws: `badAnswer`, `tierLocked`, `budget`, `tableTooLarge`. None of them depends on a small count.
    public func plan(
        _ answer: EvaluatedAnswer, for request: ReleaseRequest, against ledger: ReleaseLedger
    ) throws(DisclosureError) -> ReleasePlan {
        try check(answer, ledger)
        try admit(request, against: ledger)
        var draft = ledger
        if let cohort = request.cohort { draft.lock(cohort, request.tier) }

        let answer = register?.placed(answer) ?? answer
        let counts = CountRelease(rules: rules, key: key, patients: patients)
        let total = counts.release(answer.total, described: answer.described, cohort: request.cohort, to: &draft)
        // A hidden total tells the hospital's number to nobody, so the cohort may still be asked as a consortium total: that is
        // what rare events need. Everybody sees that it is hidden, so the lock tells nothing.
        if let cohort = request.cohort, ledger.tiers[cohort] == nil, case .hidden = total { draft.unlock(cohort) }
        // From the last step back, so that each is compared with the smaller group that it was narrowed to: a step that
        // leaves out fewer than k patients is answered with that group's number.
        var steps: [CountRelease.Outcome] = []
        for step in answer.attrition.reversed() {
            steps.append(counts.release(step.persons, described: step.described, cohort: nil, to: &draft))
        }
        steps.reverse()

        var outcomes = ReleaseOutcomes()
        for outcome in [total] + steps { outcomes.add(outcome) }
        var table: DisclosedBreakdown?
        if let breakdown = answer.breakdown {
            let release = TableRelease(counts: counts, breakdown: breakdown, total: total, cohort: request.cohort)
            table = try release.release(answer.total, to: &draft, &outcomes)
        }
        draft.count(charge(for: [total] + steps, table, ledger, draft), of: request.project)
        let ceiling = rules.ledger ? draft.hiddenCeiling(rules) : rules.largestSmall
        let disclosed = DisclosedAnswer(
            total: counts.disclosed(total, hiddenBelow: ceiling).widened(by: answer.leeway, from: rules.threshold),
            attrition: zip(answer.attrition, steps).map {
                .init(
                    name: $0.name, count: counts.disclosed($1, hiddenBelow: ceiling).widened(by: $0.leeway, from: rules.threshold)
                )
            }, breakdown: table?.widened(by: answer.leeway, impossible: answer.breakdown?.impossible ?? []))
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

    /// The tier lock and the project's cap (L7, L4): both are decided by what is asked, never by the data, and can be asked
    /// before anything is evaluated.
    /// - Throws: `tierLocked`, `budget`.
    public func admit(_ request: ReleaseRequest, against ledger: ReleaseLedger) throws(DisclosureError) {
        if let cohort = request.cohort, let tier = ledger.tiers[cohort], tier != request.tier {
            throw DisclosureError(
                .tierLocked, "this cohort was already answered \(tier.rawValue) on this data release",
                advice: "Ask in the same form, or wait for the next data release")
        }
        guard !rules.ledger || ledger.releases(of: request.project) < rules.releasesPerProject else {
            throw DisclosureError(
                .budget, "the project has had its \(rules.releasesPerProject) numbers of this data release",
                advice: "Wait for the next data release, or ask the hospital's data steward for a review")
        }
    }

    /// What an answer costs the project: the sets released now that can hold one and the same patient. The cells of a table
    /// are disjoint, so a table costs one. A question that releases nothing costs one, too: "hidden" is an answer.
    private func charge(
        for counts: [CountRelease.Outcome], _ table: DisclosedBreakdown?, _ before: ReleaseLedger, _ after: ReleaseLedger
    ) -> Int {
        let fresh = counts.count { if case .fresh = $0 { true } else { false } }
        return max(1, fresh + (table != nil && after.count - before.count > fresh ? 1 : 0))
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
