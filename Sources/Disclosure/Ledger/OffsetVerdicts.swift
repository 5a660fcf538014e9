/// What was decided about groups of k to k + d - 1 patients, where the keyed offset decides: small, or not.
///
/// Offsets are drawn for each group apart, so a group could be small and a smaller group inside it not. Whoever sees both
/// ("hidden", so at most 14; "shown", so at least 11) knows that those who make the difference are at most three. So decisions are
/// kept, and each later one agrees with them: what lies inside a small group is small, what contains one that is not small
/// is not. Decisions about the patients who make a difference (`NeighbourSearch`) are kept, too: a known number tells that
/// somebody was small just as "hidden" does.
struct OffsetVerdicts: Sendable, Hashable {
    /// One decision.
    struct Verdict: Sendable, Hashable {
        /// The patients, ascending.
        let members: [UInt32]
        let isSmall: Bool
    }

    /// All decisions, in the order in which they were made.
    private(set) var all: [Verdict] = []
    /// Places of the decisions that concern a patient.
    private var placesOf: [UInt32: [Int32]] = [:]

    /// What earlier decisions say about a group; nil where they say nothing.
    func known(_ members: [UInt32]) -> Bool? {
        guard let first = members.first else { return nil }
        for place in placesOf[first] ?? [] {
            let verdict = all[Int(place)]
            if verdict.isSmall, Self.contains(verdict.members, members) { return true }
        }
        for member in members {
            for place in placesOf[member] ?? [] {
                let verdict = all[Int(place)]
                if !verdict.isSmall, verdict.members.first == member, Self.contains(members, verdict.members) { return false }
            }
        }
        return nil
    }

    /// Keeps a decision.
    mutating func record(_ members: [UInt32], isSmall: Bool) {
        for member in members { placesOf[member, default: []].append(Int32(all.count)) }
        all.append(Verdict(members: members, isSmall: isSmall))
    }

    /// Whether one ascending list holds all of another.
    private static func contains(_ larger: [UInt32], _ smaller: [UInt32]) -> Bool {
        guard smaller.count <= larger.count else { return false }
        var place = 0
        for member in smaller {
            while place < larger.count, larger[place] < member { place += 1 }
            guard place < larger.count, larger[place] == member else { return false }
            place += 1
        }
        return true
    }
}
