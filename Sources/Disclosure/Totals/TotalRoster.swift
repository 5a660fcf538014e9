/// Which hospitals a consortium total may be opened for: one set for ever.
///
/// A pure value: the guardian keeps it and asks it before opening anything.
public struct TotalRoster: Sendable, Hashable {
    /// Fewest hospitals without a written policy.
    public static let minimum = 5
    /// Fewest hospitals with a written policy.
    public static let writtenMinimum = 3
    /// A total of the same question over other hospitals must differ in at least so many.
    public static let leastDifference = 3

    /// So many of `members` hospitals must agree on one set before a total without a guardian is opened, and so many shares put a
    /// seed together: more than two thirds, and the minimum at least.
    ///
    /// More than half keeps two sets that share no hospital from both being agreed on. Two thirds also holds where some hospitals
    /// help a coordinator that tells one half this and the other half that: two agreements of t among n share 2t - n hospitals,
    /// each of which would have to agree twice, so fewer than a third of all cannot do it.
    public static func agreement(of members: Int, minimum: Int) -> Int { max(minimum, 2 * members / 3 + 1) }

    /// Members of the consortium by their ids.
    public let members: Set<String>
    /// Fewest hospitals in a total.
    public let minimum: Int

    /// A roster.
    /// - Throws: `roster` when the minimum is below 3, or below 5 without a written policy, or more than the members.
    public init(members: Set<String>, minimum: Int = Self.minimum, hasWrittenPolicy: Bool = false) throws(DisclosureError) {
        let floor = hasWrittenPolicy ? Self.writtenMinimum : Self.minimum
        guard minimum >= floor else {
            throw DisclosureError(
                .roster, "a consortium total of \(minimum) hospitals is not allowed",
                advice: "Take \(floor) or more; fewer than \(Self.minimum) need a written policy of all")
        }
        guard members.count >= minimum else {
            throw DisclosureError(
                .roster, "the consortium has \(members.count) hospitals, a total needs \(minimum)",
                advice: "Ask per hospital instead")
        }
        self.members = members
        self.minimum = minimum
    }

    /// Whether the total over these hospitals may be opened, given what was opened for the same question before.
    /// - Throws: `roster` with what does not fit.
    public func admit(_ hospitals: Set<String>, openedBefore: [Set<String>]) throws(DisclosureError) {
        guard hospitals.isSubset(of: members) else {
            throw DisclosureError(
                .roster, "a hospital of the total is not on the signed roster", advice: "Use the roster that the nodes were given"
            )
        }
        guard hospitals.count >= minimum else {
            throw DisclosureError(
                .roster, "\(hospitals.count) hospitals answered, a total needs \(minimum)",
                advice: "Wait for more answers, or ask again later")
        }
        for earlier in openedBefore where earlier != hospitals {
            let difference = earlier.symmetricDifference(hospitals).count
            guard difference >= Self.leastDifference else {
                throw DisclosureError(
                    .roster, "this question was opened over \(earlier.count) hospitals, \(difference) of them different",
                    advice:
                        "A difference of fewer than \(Self.leastDifference) hospitals would show single hospitals: use the earlier total"
                )
            }
        }
        guard !Self.isolates(openedBefore + [hospitals]) else {
            throw DisclosureError(
                .roster, "with the totals opened before, this set of hospitals would show one or two of them",
                advice: "Ask the same hospitals as before")
        }
    }

    /// Up to so many hospitals, pairs are looked at too; beyond, single ones.
    private static let mostForPairs = 120

    /// Whether totals over these sets add up, with any factors, to one hospital or two: pairwise differences are not all that
    /// can be worked out of three totals and more.
    static func isolates(_ sets: [Set<String>]) -> Bool {
        let names = sets.reduce(into: Set<String>()) { $0.formUnion($1) }.sorted()
        let rows = Array(Set(sets)).map { set in names.map { set.contains($0) ? UInt64(1) : 0 } }
        guard rows.count > 1 else { return false }
        let full = rank(rows)
        func isSeen(_ hidden: [Int]) -> Bool {
            rank(
                rows.map { row in
                    var row = row
                    for place in hidden { row[place] = 0 }
                    return row
                }) < full
        }
        for first in names.indices {
            if isSeen([first]) { return true }
            guard names.count <= mostForPairs else { continue }
            for second in names.indices where second > first {
                if isSeen([first, second]) { return true }
            }
        }
        return false
    }

    /// The rank of a matrix modulo 2^61 - 1: for matrices of noughts and ones of this size, that over the whole numbers.
    private static func rank(_ matrix: [[UInt64]]) -> Int {
        var rows = matrix
        var rank = 0
        for column in 0..<(rows.first?.count ?? 0) {
            guard let pivot = rows[rank...].firstIndex(where: { $0[column] != 0 }) else { continue }
            rows.swapAt(rank, pivot)
            let inverse = SecretShare.inverse(rows[rank][column])
            for other in rows.indices where other > rank && rows[other][column] != 0 {
                let factor = SecretShare.product(rows[other][column], inverse)
                for place in column..<rows[other].count {
                    rows[other][place] = SecretShare.difference(
                        rows[other][place], SecretShare.product(factor, rows[rank][place]))
                }
            }
            rank += 1
            if rank == rows.count { break }
        }
        return rank
    }
}
