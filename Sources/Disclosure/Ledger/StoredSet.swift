/// A released set as the ledger keeps it: a sorted list while it is small, bits when that is shorter.
struct StoredSet: Sendable, Hashable {
    enum Form: Sendable, Hashable {
        case list([UInt32])
        case bits(PersonSet)
    }

    let form: Form
    let size: Int

    init(_ set: PersonSet) {
        size = set.size
        if size * 32 < set.universe {
            var list: [UInt32] = []
            list.reserveCapacity(size)
            set.forEachMember { list.append(UInt32($0)) }
            form = .list(list)
        } else {
            form = .bits(set)
        }
    }

    /// The set over a universe that is at least as large as the one it was stored with.
    func expanded(universe: Int) -> PersonSet {
        switch form {
        case .bits(let set) where set.universe == universe: return set
        case .bits(let set):
            return PersonSet(
                universe: universe, words: set.words + .init(repeating: 0, count: (universe + 63) / 64 - set.words.count))
        case .list(let list):
            var set = PersonSet(universe: universe)
            for member in list { set.insert(Int(member)) }
            return set
        }
    }

    func forEachMember(_ body: (Int) -> Void) {
        switch form {
        case .bits(let set): set.forEachMember(body)
        case .list(let list): for member in list { body(Int(member)) }
        }
    }

    /// Whether it is kept as a list.
    var isList: Bool { if case .list = form { true } else { false } }

    /// Whether the person is in the set.
    func contains(_ person: Int) -> Bool {
        switch form {
        case .bits(let set): return person < set.universe && set.contains(person)
        case .list(let list):
            var low = 0
            var high = list.count
            while low < high {
                let middle = (low + high) / 2
                if Int(list[middle]) < person { low = middle + 1 } else { high = middle }
            }
            return low < list.count && Int(list[low]) == person
        }
    }

    /// How many members are in `other`, too.
    func shared(with other: PersonSet) -> Int {
        var count = 0
        switch form {
        case .list(let list):
            for member in list where other.contains(Int(member)) { count += 1 }
        case .bits(let set):
            let mine = set.words
            let theirs = other.words
            for index in 0..<min(mine.count, theirs.count) { count &+= (mine[index] & theirs[index]).nonzeroBitCount }
        }
        return count
    }
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
