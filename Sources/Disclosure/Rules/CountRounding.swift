/// Rounding of a count that may be shown, and what the rounded number can stand for.
struct CountRounding {
    let rules: DisclosureRules
    let key: any StickyKey

    /// The number that is shown for a count of at least k.
    /// - Parameter digest: of the set that was counted; the same set is always rounded the same way.
    func shown(_ count: Int, _ digest: SetDigest) -> Int {
        let base = rules.roundTo
        let below = count / base * base
        let rest = count - below
        let up =
            switch rules.rounding {
            case .halfUp: 2 * rest >= base
            case .sticky: key.draw("round", digest) % UInt64(base) < UInt64(rest)
            }
        return max(rules.smallestShown, up && rest > 0 ? below + base : below)
    }

    /// The shown number with everything that it can stand for.
    ///
    /// With the ledger, a number may be that of a group that differs by fewer than k + d patients, and nobody outside can
    /// tell: so every number is stated with that margin.
    /// - Parameter weight: how many rounding errors can add up in it. More than one: it is a combination of released numbers, and
    ///   its bounds leave k - 1 more patients of room on either side. Whoever sees them knows that no new number has them, so an
    ///   end of them less a new number would otherwise be a tight bound of a few patients (attack 26 found such).
    func disclosed(_ shown: Int, weight: Int = 1) -> DisclosedCount {
        let base = rules.roundTo
        let margin = rules.ledger ? rules.largestSmall + (weight > 1 ? rules.threshold - 1 : 0) : 0
        if base == 1, margin == 0 { return .exact(shown) }
        let low = shown <= rules.smallestShown ? rules.threshold : max(rules.threshold, shown - weight * spread.below - margin)
        let top = shown <= rules.smallestShown ? max(shown, rules.smallestShown) : shown
        return .rounded(shown, base: base, low: low, high: top + weight * spread.above + margin)
    }

    /// The same for a cell of a table. A group that differs by up to k + d - 1 patients gets this very table (`TableRelease`), and
    /// its cells may have so many patients fewer, none among them; nobody outside can tell, so every table says so.
    func disclosedCell(_ shown: Int) -> DisclosedCount {
        let count = disclosed(shown)
        guard rules.ledger, case .rounded(let value, let base, let low, let high) = count else { return count }
        let least = shown <= rules.smallestShown ? rules.threshold : max(rules.threshold, shown - spread.below)
        return .rounded(value, base: base, low: min(low, max(0, least - rules.largestSmall)), high: high)
    }

    /// How far below and above a rounded number its count can be.
    private var spread: (below: Int, above: Int) {
        let base = rules.roundTo
        return switch rules.rounding {
        case .halfUp: (base / 2, (base + 1) / 2 - 1)
        case .sticky: (base - 1, base - 1)
        }
    }
}
