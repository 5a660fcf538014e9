/// A released set as the ledger keeps it: in the form that takes less room, and with its size, which is asked for again and again.
struct StoredSet: Sendable {
    let persons: PersonSet
    let size: Int

    init(_ set: PersonSet) {
        persons = set.compact
        size = set.size
    }

    /// The set over a universe that is at least as large as the one it was stored with.
    func expanded(universe: Int) -> PersonSet { persons.expanded(universe: universe) }

    func forEachMember(_ body: (Int) -> Void) { persons.forEachMember(body) }

    /// Whether it is kept as a list.
    var isList: Bool { persons.list != nil }

    /// Whether the person is in the set; nobody is who came after it.
    func contains(_ person: Int) -> Bool { person < persons.universe && persons.contains(person) }

    /// How many members are in `other`, too.
    func shared(with other: PersonSet) -> Int { persons.shared(with: other) }
}

/// Sixteen counts of a set's members by a fixed hash of the ordinal. It is linear, so the sketch of a difference bounds the
/// difference: sets whose sketches are far apart need not be compared member by member.
struct SetSketch: Sendable, Hashable {
    var counts = SIMD16<Int32>(repeating: 0)

    init() {}

    init(_ forEachMember: ((Int) -> Void) -> Void) {
        var counts = [Int32](repeating: 0, count: 16)
        forEachMember { counts[Self.bucket($0)] += 1 }
        self.counts = SIMD16(counts)
    }

    @inline(__always)
    private static func bucket(_ ordinal: Int) -> Int {
        Int(truncatingIfNeeded: (UInt64(truncatingIfNeeded: ordinal) &* 0x9E37_79B9_7F4A_7C15) >> 60)
    }

    /// A lower bound of how many members of one set are not in another.
    @inline(__always)
    static func excess(_ one: SetSketch, over other: SetSketch) -> Int {
        let difference = one.counts &- other.counts
        return Int(difference.replacing(with: 0, where: difference .< 0).wrappedSum())
    }

    /// A lower bound of the L1 norm of the sets' combination with the same coefficients.
    @inline(__always)
    static func norm(_ counts: SIMD16<Int32>) -> Int {
        Int(counts.replacing(with: 0 &- counts, where: counts .< 0).wrappedSum())
    }
}
