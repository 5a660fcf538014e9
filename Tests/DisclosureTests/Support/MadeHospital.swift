@_spi(Hospital) import Disclosure

/// A made-up hospital with its gate and ledger: what the attacks ask is answered as a node would.
struct MadeHospital {
    let universe: Int
    var gate: ReleaseGate
    var ledger: ReleaseLedger

    init(universe: Int, rules: DisclosureRules = .standard, secret: UInt64 = 0xD06E) {
        self.universe = universe
        gate = ReleaseGate(rules: rules, key: TestKey(secret: secret), patients: .made(universe, seed: secret &+ 1))
        ledger = ReleaseLedger(universe: universe)
    }

    func set(_ members: some Sequence<Int>) -> PersonSet { PersonSet(universe: universe, members: members) }

    /// Asks for a whole answer; what leaves is remembered.
    mutating func ask(_ answer: EvaluatedAnswer, project: String = "p", cohort: String? = nil) throws -> DisclosedAnswer {
        let plan = try gate.plan(answer, for: ReleaseRequest(project: project, cohort: cohort), against: ledger)
        ledger.commit(plan)
        return plan.disclosed
    }

    /// Asks for one count.
    mutating func count(_ set: PersonSet, project: String = "p") throws -> DisclosedCount {
        try ask(EvaluatedAnswer(total: set), project: project).total
    }

    mutating func count(_ members: some Sequence<Int>, project: String = "p") throws -> DisclosedCount {
        try count(set(members), project: project)
    }
}

extension DisclosedCount {
    /// The number that is shown, if one is.
    var shown: Int? {
        switch self {
        case .exact(let value), .rounded(let value, _, _, _): value
        default: nil
        }
    }
    var isHidden: Bool { kind == .hidden }
}

extension DisclosureRules {
    /// The default rules with some changes; for tests that look at one rule at a time.
    static func made(
        threshold: Int = 11, offset: Int = 4, roundTo: Int = 5, rounding: Rounding = .sticky, zero: ZeroRule = .merge,
        ledger: Bool = true, exposureCap: Double = 0.2, releasesPerProject: Int = 100_000
    ) -> DisclosureRules {
        do {
            return try DisclosureRules(
                threshold: threshold, offset: offset, roundTo: roundTo, rounding: rounding, zero: zero, ledger: ledger,
                exposureCap: exposureCap, releasesPerProject: releasesPerProject)
        } catch {
            preconditionFailure("\(error)")
        }
    }
}
