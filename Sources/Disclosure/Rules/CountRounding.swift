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
    /// - Parameter weight: how many rounding errors can add up in it (more than one for a combination of released numbers).
    func disclosed(_ shown: Int, weight: Int = 1) -> DisclosedCount {
        let base = rules.roundTo
        let spread: (below: Int, above: Int) =
            switch rules.rounding {
            case .halfUp: (base / 2, (base + 1) / 2 - 1)
            case .sticky: (base - 1, base - 1)
            }
        let margin = rules.ledger ? rules.threshold + rules.offset - 1 : 0
        if base == 1, margin == 0 { return .exact(shown) }
        let low = shown <= rules.smallestShown ? rules.threshold : max(rules.threshold, shown - weight * spread.below - margin)
        let top = shown <= rules.smallestShown ? max(shown, rules.smallestShown) : shown
        return .rounded(shown, base: base, low: low, high: top + weight * spread.above + margin)
    }
}
