/// What one hospital puts into a consortium total: for each inner cell 0, or a number of at least k, so that
/// nobody who sees a share, alone or as a difference of totals, sees a count of 1 to k - 1.
///
/// Shares are unbiased and sticky: 1 to k - 1 becomes k with chance n/k, else 0; n of k and more becomes one of its two
/// neighbours in {k, 15, 20, 25, ...}, drawn by a key from the set, so that a repeat gives the same vector.
public struct TotalShares: Sendable {
    let rules: DisclosureRules
    let key: any StickyKey
    let patients: PatientKeys

    /// Shares under the hospital's rules and keys.
    public init(rules: DisclosureRules, key: any StickyKey, patients: PatientKeys) {
        self.rules = rules
        self.key = key
        self.patients = patients
    }

    /// The shares of a plan's inner cells, in the plan's order.
    ///
    /// A cell within k patients of one, or of a combination of some, that went into totals before gets what those say; others
    /// are remembered.
    /// - Parameters:
    ///   - cells: the persons of each cell, by places in the ledger.
    ///   - ledger: shares that left before.
    /// - Returns: the unmasked vector. Mask it before it leaves.
    public func vector(of cells: [PersonSet], remembering ledger: inout ShareLedger) -> MaskedVector {
        MaskedVector(cells.map { UInt64(share(of: $0, &ledger)) })
    }

    private func share(of set: PersonSet, _ ledger: inout ShareLedger) -> Int {
        let size = set.size
        if size == 0 { return 0 }
        ledger.grow(to: set.universe)
        let digest = patients.digest(of: set)
        let isSmall = size < rules.threshold
        let known =
            isSmall ? ledger.small(near: set, digest, within: rules.threshold)?.share : combined(near: set, ledger)?.share
        if let known { return known }
        let share = drawn(size, digest)
        if isSmall { ledger.remember(small: set, digest, share) } else { ledger.remember(set, share) }
        return share
    }

    /// What the shares of released sets say about a set that differs from their combination by too few patients.
    func combined(near set: PersonSet, _ ledger: ShareLedger) -> (share: Int, neighbour: Neighbour)? {
        let counts = CountRelease(rules: rules, key: key, patients: patients)
        guard let neighbour = counts.neighbour(of: set, in: ledger.released) else { return nil }
        let sum = neighbour.terms.reduce(0.0) { $0 + $1.coefficient * Double(ledger.released.entries[$1.entry].shown) }
        return (max(rules.threshold, Int(sum.rounded())), neighbour)
    }

    /// The share of a count.
    func drawn(_ count: Int, _ digest: SetDigest) -> Int {
        let (below, above) = Self.neighbours(of: count, rules.threshold, max(2, rules.roundTo))
        guard above > below else { return below }
        // Up with chance (count - below) / (above - below), drawn from 64 bits: the mean stays.
        let draw = key.draw("share", digest) % UInt64(above - below)
        return draw < UInt64(count - below) ? above : below
    }

    /// The neighbours of a count among 0, k and the multiples of the base above k.
    private static func neighbours(of count: Int, _ k: Int, _ base: Int) -> (Int, Int) {
        if count == 0 { return (0, 0) }
        if count < k { return (0, k) }
        let first = (k / base + 1) * base
        if count < first { return (k, first) }
        let below = count / base * base
        return count == below ? (below, below) : (below, below + base)
    }
}
