/// Whom a hospital puts into a sketch: its patients, or, where it has 1 to k - 1 of them, nobody or k made-up ones (the same
/// draw as its share, unbiased and sticky), so that no sketch holds a small group.
public enum SketchGroup: Sendable {
    /// Patients, by their places in the ledger: k or more.
    case patients(PersonSet)
    /// Made-up persons, each by 64 bits that only this hospital can draw: none, or k and more.
    case madeUp([UInt64])
}

extension TotalShares {
    /// Whom to put into a sketch for a set that goes into a total.
    ///
    /// A set within k patients of an earlier one, or of a combination of some, is stood for by whom those name: two questions
    /// that differ by one patient have the same sketch but for the salt. Ask before `vector` remembers the set.
    /// - Parameters:
    ///   - set: the persons, by places in the ledger.
    ///   - ledger: shares that left before; it is not changed.
    func group(of set: PersonSet, after ledger: ShareLedger) -> SketchGroup {
        let size = set.size
        if size == 0 { return .madeUp([]) }
        var ledger = ledger
        ledger.grow(to: set.universe)
        let digest = patients.digest(of: set)
        guard size >= rules.threshold else {
            guard let known = ledger.small(near: set, digest, within: rules.threshold) else {
                return madeUp(drawn(size, digest), digest)
            }
            return madeUp(known.share, known.digest)
        }
        guard let known = combined(near: set, ledger) else { return .patients(set) }
        let earlier = Self.persons(of: known.neighbour, in: ledger.released)
        // A difference of earlier groups may hold few.
        guard earlier.size >= rules.threshold else { return madeUp(known.share, patients.digest(of: earlier)) }
        return .patients(earlier)
    }

    private func madeUp(_ count: Int, _ digest: SetDigest) -> SketchGroup {
        .madeUp((0..<count).map { key.draw("sketch/\($0)", digest) })
    }

    /// Whom a combination of released sets names: it follows from those sets alone.
    private static func persons(of neighbour: Neighbour, in ledger: ReleaseLedger) -> PersonSet {
        var weights = [Double](repeating: 0, count: ledger.universe)
        for term in neighbour.terms {
            ledger.entries[term.entry].set.forEachMember { weights[$0] += term.coefficient }
        }
        return PersonSet(universe: ledger.universe, members: weights.indices.filter { weights[$0] >= 0.5 })
    }
}
