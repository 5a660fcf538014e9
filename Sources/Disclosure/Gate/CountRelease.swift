/// One count on its way out: small, known already, overexposed, or new (A.2, the order for a count).
struct CountRelease {
    let rules: DisclosureRules
    let key: any StickyKey
    let patients: PatientKeys

    /// What became of a count.
    enum Outcome {
        /// Hidden: small, or its patients are exposed enough.
        case hidden
        /// A zero that the policy shows.
        case zero
        /// Near a combination of released sets: answered with that combination's value, and nothing is recorded.
        /// `weight`: how many rounding errors can add up in it.
        case known(shown: Int, terms: [Int], weight: Int)
        /// Counted and rounded now; its place in the ledger (nil without a ledger).
        case fresh(shown: Int, entry: Int?)
    }

    /// Takes one set through the rules; what is released joins the draft.
    /// - Parameter described: the group before branch support. A small one is small whatever was ignored to make it larger.
    func release(_ set: PersonSet, described: PersonSet?, cohort: String?, to draft: inout ReleaseLedger) -> Outcome {
        for group in [described, set].compactMap(\.self) {
            if rules.zero == .show, group.isEmpty { return .zero }
            if isSmall(group, &draft.verdicts) { return .hidden }
        }
        guard rules.ledger else { return .fresh(shown: rounded(set), entry: nil) }
        if let neighbour = neighbour(of: set, in: &draft) {
            return .known(
                shown: value(of: neighbour, in: draft), terms: neighbour.terms.map(\.entry),
                weight: max(1, Int(neighbour.terms.reduce(0) { $0 + abs($1.coefficient) }.rounded(.up))))
        }
        if draft.isOverexposed(set, cap: rules.exposureCap) { return .hidden }
        let shown = rounded(set)
        return .fresh(shown: shown, entry: draft.record(set, shown: shown, cohort: cohort, chargesExposure: true))
    }

    /// The count as it leaves.
    /// - Parameter ceiling: the largest count that can be hidden today.
    func disclosed(_ outcome: Outcome, hiddenBelow ceiling: Int) -> DisclosedCount {
        let rounding = CountRounding(rules: rules, key: key)
        return switch outcome {
        case .hidden: .hidden(low: 0, high: ceiling, why: .small)
        case .zero: .exact(0)
        case .known(let shown, _, let weight): rounding.disclosed(shown, weight: weight)
        case .fresh(let shown, _): rounding.disclosed(shown)
        }
    }

    func rounded(_ set: PersonSet) -> Int {
        CountRounding(rules: rules, key: key).shown(set.size, patients.digest(of: set))
    }

    /// Whether so few patients must stay hidden: fewer than k, or than k + delta with the ledger.
    ///
    /// Where delta decides, the decision agrees with the earlier ones about groups inside this one and around it, and is kept.
    func isSmall(_ set: PersonSet, _ verdicts: inout OffsetVerdicts) -> Bool {
        let size = set.size
        guard size >= rules.threshold, size <= rules.largestSmall else { return size < rules.threshold }
        var members: [UInt32] = []
        set.forEachMember { members.append(UInt32($0)) }
        if let known = verdicts.known(members) { return known }
        let isSmall = size < rules.threshold + offset(patients.digest(of: set))
        verdicts.record(members, isSmall: isSmall)
        return isSmall
    }

    /// delta, between 0 and d, always the same for the same set.
    private func offset(_ digest: SetDigest) -> Int {
        rules.ledger && rules.offset > 0 ? Int(key.draw("offset", digest) % UInt64(rules.offset + 1)) : 0
    }

    /// A combination of released sets that differs by too few patients. Distance 0 is treated like 1 (A.3).
    func neighbour(of set: PersonSet, in draft: inout ReleaseLedger) -> Neighbour? {
        var verdicts = draft.verdicts
        defer { draft.verdicts = verdicts }
        return NeighbourSearch(ledger: draft, reach: rules.threshold + rules.offset).first(set) { isSmall($0, &verdicts) }
    }

    /// The same, where no decision is kept.
    func neighbour(of set: PersonSet, in ledger: ReleaseLedger) -> Neighbour? {
        var draft = ledger
        return neighbour(of: set, in: &draft)
    }

    private func value(of neighbour: Neighbour, in ledger: ReleaseLedger) -> Int {
        let sum = neighbour.terms.reduce(0.0) { $0 + $1.coefficient * Double(ledger.entries[$1.entry].shown) }
        let base = Double(rules.roundTo)
        return max(rules.smallestShown, Int((sum / base).rounded() * base))
    }
}
