/// What one hospital puts into a consortium total: for each inner cell 0, or a number of at least k, so that
/// nobody who sees a share, alone or as a difference of totals, sees a count of 1 to k - 1.
///
/// Shares are unbiased and sticky: 1 to k - 1 becomes k with chance n/k, else 0; n of k and more becomes one of its two
/// neighbours in {k, 15, 20, 25, ...}, drawn by a key from the set, so that a repeat gives the same vector.
public struct TotalShares: Sendable {
    private let rules: DisclosureRules
    private let key: any StickyKey
    private let patients: PatientKeys

    /// Shares under the hospital's rules and keys.
    public init(rules: DisclosureRules, key: any StickyKey, patients: PatientKeys) {
        self.rules = rules
        self.key = key
        self.patients = patients
    }

    /// The shares of a plan's inner cells, in the plan's order.
    ///
    /// A cell within k patients of one released to a total before reuses that share; others are remembered.
    /// - Parameter ledger: shares that left before, from `ShareLedger`.
    /// - Returns: the unmasked vector. Mask it before it leaves.
    public func vector(of cells: [PersonSet], remembering ledger: inout ShareLedger) -> MaskedVector {
        MaskedVector(cells.map { UInt64(share(of: $0, &ledger)) })
    }

    private func share(of set: PersonSet, _ ledger: inout ShareLedger) -> Int {
        let digest = patients.digest(of: set)
        if let known = ledger.share(near: set, where: { $0 < rules.threshold }) { return known }
        let share = drawn(set.size, digest)
        ledger.remember(set, share)
        return share
    }

    /// The share of a count.
    func drawn(_ count: Int, _ digest: SetDigest) -> Int {
        let k = rules.threshold
        let (below, above) = Self.neighbours(of: count, k, max(2, rules.roundTo))
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

/// Sets that went into consortium totals, with their shares. Kept apart from the per-hospital ledger (one cohort has one
/// tier); sealed like it.
public struct ShareLedger: Sendable {
    private var shares: [(set: StoredSet, share: Int)] = []

    /// A ledger that has seen nothing.
    public init() {}

    /// Number of sets that it remembers.
    public var count: Int { shares.count }

    func share(near set: PersonSet, where isNear: (Int) -> Bool) -> Int? {
        let size = set.size
        // Small sets are near the empty one, whose share would be 0 for ever: they are compared with themselves only.
        return shares.first { known in
            guard isNear(abs(known.set.size - size)) else { return false }
            let shared = known.set.shared(with: set)
            return shared > 0 && isNear(known.set.size + size - 2 * shared)
        }?.share
    }

    mutating func remember(_ set: PersonSet, _ share: Int) { shares.append((StoredSet(set), share)) }
}
