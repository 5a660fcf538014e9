/// Rounding of a count that may be shown (L5), and what the rounded number can stand for.
struct CountRounding {
    let rules: DisclosureRules
    let key: any StickyKey

    /// A count of at least k as it is shown.
    /// - Parameter digest: of the set that was counted; the same set is always rounded the same way.
    func rounded(_ count: Int, _ digest: SetDigest) -> DisclosedCount {
        guard rules.roundTo > 1 else { return .exact(count) }
        let shown = max(rules.smallestShown, nearby(count, digest))
        let meaning = Self.meaning(of: shown, rules)
        return .rounded(shown, base: rules.roundTo, low: meaning.low, high: meaning.high)
    }

    private func nearby(_ count: Int, _ digest: SetDigest) -> Int {
        let base = rules.roundTo
        let below = count / base * base
        let rest = count - below
        switch rules.rounding {
        case .halfUp: return 2 * rest >= base ? below + base : below
        case .sticky:
            let up = rest > 0 && key.draw("round", digest) % UInt64(base) < UInt64(rest)
            return up ? below + base : below
        }
    }

    /// What a shown number can stand for. The smallest shown number stands for everything from k up to it.
    static func meaning(of shown: Int, _ rules: DisclosureRules) -> CountInterval {
        let base = rules.roundTo
        let spread: (below: Int, above: Int) =
            switch rules.rounding {
            case .halfUp: (base / 2, (base + 1) / 2 - 1)
            case .sticky: (base - 1, base - 1)
            }
        let low = shown == rules.smallestShown ? rules.threshold : max(rules.threshold, shown - spread.below)
        return CountInterval(low: low, high: shown + spread.above)
    }
}
