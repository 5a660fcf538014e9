/// A set of patients of one hospital: bits over person ordinals `0..<universe`, or a list where they are few.
///
/// The engine fills it, the gate counts it, the ledger remembers it. Like `ExactCount` it has no encoding and shows nothing
/// when printed. 1 million persons take 125 kB; a union or a count takes some microseconds.
public struct PersonSet: Sendable {
    /// Number of person ordinals that exist (members are `0..<universe`).
    public let universe: Int
    private var form: Form

    /// Few persons are a list: a table of a thousand cells over a million persons has a thousand sets.
    private enum Form: Sendable {
        /// 64 persons a word, lowest bit first; bits at and above `universe` are 0.
        case bits([UInt64])
        /// Ascending, each once.
        case list([UInt32])
    }

    /// The empty set over `universe` person ordinals.
    public init(universe: Int) {
        precondition(universe >= 0)
        self.universe = universe
        form = .list([])
    }

    /// The set of the given ordinals.
    /// - Parameter members: ordinals in `0..<universe`, in any order, repeats allowed.
    public init(universe: Int, members: some Sequence<Int>) {
        self.init(universe: universe)
        for member in members { insert(member) }
    }

    /// A set from its words (64 persons a word, lowest bit first). Bits at and above `universe` are cleared.
    @_spi(Hospital) public init(universe: Int, words: [UInt64]) {
        precondition(words.count == (universe + 63) / 64)
        self.universe = universe
        var words = words
        let rest = universe & 63
        if rest != 0, let last = words.indices.last, words[last] >> UInt64(rest) != 0 {
            words[last] &= (1 << UInt64(rest)) &- 1
        }
        form = .bits(words)
    }

    /// A set from its members.
    /// - Parameter members: ordinals in `0..<universe`, ascending, each once.
    @_spi(Hospital) public init(universe: Int, ascending members: [UInt32]) {
        precondition(members.last.map { $0 < universe } ?? true, "person ordinal outside the universe")
        precondition(zip(members, members.dropFirst()).allSatisfy { $0 < $1 }, "person ordinals are not in order")
        self.universe = universe
        form = .list(members)
        if !Self.isShort(members.count, universe) { form = .bits(words) }
    }

    /// Everybody.
    public static func everyone(universe: Int) -> PersonSet {
        PersonSet(universe: universe, words: [UInt64](repeating: .max, count: (universe + 63) / 64))
    }

    /// Whether so many members take less room as a list than as bits.
    private static func isShort(_ count: Int, _ universe: Int) -> Bool { count * 32 < universe }

    /// The members, ascending, where it is kept as a list.
    var list: [UInt32]? { if case .list(let list) = form { list } else { nil } }

    /// The same set in the form that takes less room.
    var compact: PersonSet {
        var set = self
        switch form {
        case .bits:
            let size = size
            guard Self.isShort(size, universe) else { return self }
            var list: [UInt32] = []
            list.reserveCapacity(size)
            forEachMember { list.append(UInt32($0)) }
            set.form = .list(list)
        case .list(let list):
            if !Self.isShort(list.count, universe) { set.form = .bits(words) }
        }
        return set
    }

    /// The same persons over a universe that is at least as large.
    func expanded(universe: Int) -> PersonSet {
        precondition(universe >= self.universe, "person ordinals would be outside the universe")
        switch form {
        case .bits(let words):
            return PersonSet(
                universe: universe, words: words + .init(repeating: 0, count: (universe + 63) / 64 - words.count))
        case .list:
            var set = PersonSet(universe: universe)
            set.form = form
            return set
        }
    }

    /// 64 persons a word, lowest bit first; bits at and above `universe` are 0.
    @_spi(Hospital) public var words: [UInt64] {
        switch form {
        case .bits(let words): return words
        case .list(let list):
            var words = [UInt64](repeating: 0, count: (universe + 63) / 64)
            for member in list { words[Int(member >> 6)] |= 1 << UInt64(member & 63) }
            return words
        }
    }

    /// Number of persons in the set.
    public var count: ExactCount { ExactCount(size) }

    /// Number of persons in the set, for the room's own arithmetic.
    var size: Int {
        switch form {
        case .list(let list): return list.count
        case .bits(let words):
            var sum = 0
            for word in words { sum &+= word.nonzeroBitCount }
            return sum
        }
    }

    /// Whether nobody is in the set.
    public var isEmpty: Bool {
        switch form {
        case .list(let list): list.isEmpty
        case .bits(let words): words.allSatisfy { $0 == 0 }
        }
    }

    /// Whether the person is in the set.
    public func contains(_ ordinal: Int) -> Bool {
        switch form {
        case .bits(let words): return words[ordinal >> 6] & (1 << UInt64(ordinal & 63)) != 0
        case .list(let list):
            let place = list.partition { $0 >= ordinal }
            return place < list.count && list[place] == ordinal
        }
    }

    /// Adds a person.
    public mutating func insert(_ ordinal: Int) {
        precondition(ordinal >= 0 && ordinal < universe, "person ordinal outside the universe")
        changeWords { $0[ordinal >> 6] |= 1 << UInt64(ordinal & 63) }
    }

    /// Takes a person out.
    public mutating func remove(_ ordinal: Int) {
        precondition(ordinal >= 0 && ordinal < universe, "person ordinal outside the universe")
        changeWords { $0[ordinal >> 6] &= ~(1 << UInt64(ordinal & 63)) }
    }

    /// Changes the set as bits, in place.
    private mutating func changeWords(_ change: (inout [UInt64]) -> Void) {
        var words: [UInt64]
        if case .bits(let own) = form { words = own } else { words = self.words }
        // Let go of, so that the words are not copied.
        form = .list([])
        change(&words)
        form = .bits(words)
    }

    /// The members in ascending order.
    @_spi(Hospital) public var members: [Int] {
        var found: [Int] = []
        forEachMember { found.append($0) }
        return found
    }

    func forEachMember(_ body: (Int) -> Void) {
        switch form {
        case .list(let list): for member in list { body(Int(member)) }
        case .bits(let words):
            for (index, word) in words.enumerated() {
                var bits = word
                while bits != 0 {
                    body(index << 6 | bits.trailingZeroBitCount)
                    bits &= bits &- 1
                }
            }
        }
    }
}

extension PersonSet: Hashable {
    /// Whether the same persons are in both, over the same universe.
    public static func == (left: PersonSet, right: PersonSet) -> Bool {
        guard left.universe == right.universe else { return false }
        switch (left.form, right.form) {
        case (.list(let mine), .list(let theirs)): return mine == theirs
        case (.bits(let mine), .bits(let theirs)): return mine == theirs
        default: return left.size == right.size && left.isSubset(of: right)
        }
    }

    /// The same for a list and for bits.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(universe)
        hasher.combine(words)
    }
}

extension PersonSet {
    private mutating func combine(_ other: PersonSet, _ operation: (UInt64, UInt64) -> UInt64) {
        let theirs = other.words
        changeWords { words in
            for index in words.indices { words[index] = operation(words[index], theirs[index]) }
        }
    }

    private func check(_ other: PersonSet) {
        precondition(universe == other.universe, "two sets of different universes")
    }

    /// Adds all members of `other`.
    public mutating func formUnion(_ other: PersonSet) {
        check(other)
        guard case .list(let list) = other.form else { return combine(other, |) }
        if list.isEmpty { return }
        if isEmpty {
            self = other
            return
        }
        changeWords { words in
            for member in list { words[Int(member >> 6)] |= 1 << UInt64(member & 63) }
        }
    }
    /// Keeps the members that are also in `other`.
    public mutating func formIntersection(_ other: PersonSet) {
        check(other)
        guard case .list(let list) = form else { return combine(other, &) }
        form = .list(list.filter { other.contains(Int($0)) })
    }
    /// Takes the members of `other` out.
    public mutating func subtract(_ other: PersonSet) {
        check(other)
        guard case .list(let list) = form else { return combine(other) { $0 & ~$1 } }
        form = .list(list.filter { !other.contains(Int($0)) })
    }
    /// Keeps who is in exactly one of the two.
    public mutating func formSymmetricDifference(_ other: PersonSet) {
        check(other)
        combine(other, ^)
    }

    /// Who is in either.
    public func union(_ other: PersonSet) -> PersonSet {
        var result = self
        result.formUnion(other)
        return result
    }
    /// Who is in both.
    public func intersection(_ other: PersonSet) -> PersonSet {
        var result = self
        result.formIntersection(other)
        return result
    }
    /// Who is here and not in `other`.
    public func subtracting(_ other: PersonSet) -> PersonSet {
        var result = self
        result.subtract(other)
        return result
    }
    /// Who is in exactly one of the two.
    public func symmetricDifference(_ other: PersonSet) -> PersonSet {
        var result = self
        result.formSymmetricDifference(other)
        return result
    }
    /// Everybody who is not here.
    public var complement: PersonSet { PersonSet(universe: universe, words: words.map(~)) }

    /// How many persons are in both; the universes may differ, as the ledger's sets are older than what is asked about.
    func shared(with other: PersonSet) -> Int {
        switch (form, other.form) {
        case (.list(let mine), .list(let theirs)): return Self.shared(mine, theirs)
        case (.list(let list), .bits): return list.count { $0 < other.universe && other.contains(Int($0)) }
        case (.bits, .list): return other.shared(with: self)
        case (.bits(let mine), .bits(let theirs)):
            var count = 0
            for index in 0..<min(mine.count, theirs.count) { count &+= (mine[index] & theirs[index]).nonzeroBitCount }
            return count
        }
    }

    /// Whether fewer than so many persons are here and not in `other`. It ends as soon as it has found that many: of sets that have
    /// nothing to do with each other it looks at a few persons only. The universes may differ.
    func isWithin(_ other: PersonSet, butForFewerThan limit: Int) -> Bool {
        var missing = 0
        switch (form, other.form) {
        case (.list(let mine), .list(let theirs)):
            var place = 0
            for person in mine {
                while place < theirs.count, theirs[place] < person { place += 1 }
                guard place == theirs.count || theirs[place] != person else { continue }
                missing += 1
                if missing >= limit { return false }
            }
        case (.list(let mine), .bits):
            for person in mine where person >= other.universe || !other.contains(Int(person)) {
                missing += 1
                if missing >= limit { return false }
            }
        case (.bits(let mine), .bits(let theirs)):
            for index in mine.indices {
                missing += (mine[index] & ~(index < theirs.count ? theirs[index] : 0)).nonzeroBitCount
                if missing >= limit { return false }
            }
        case (.bits, .list): missing = size - shared(with: other)
        }
        return missing < limit
    }

    private static func shared(_ mine: [UInt32], _ theirs: [UInt32]) -> Int {
        var (count, first, second) = (0, 0, 0)
        while first < mine.count, second < theirs.count {
            let (one, two) = (mine[first], theirs[second])
            count &+= one == two ? 1 : 0
            first &+= one <= two ? 1 : 0
            second &+= two <= one ? 1 : 0
        }
        return count
    }

    /// Whether every member is in `other`.
    public func isSubset(of other: PersonSet) -> Bool {
        check(other)
        return isWithin(other, butForFewerThan: 1)
    }

    /// Whether nobody is in both.
    public func isDisjoint(with other: PersonSet) -> Bool {
        check(other)
        if case .list(let list) = form { return !list.contains { other.contains(Int($0)) } }
        if case .list = other.form { return other.isDisjoint(with: self) }
        let (mine, theirs) = (words, other.words)
        return mine.indices.allSatisfy { mine[$0] & theirs[$0] == 0 }
    }
}

extension PersonSet: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// A notice instead of the members.
    public var description: String { "set of persons (stays in the hospital)" }
    /// A notice instead of the members.
    public var debugDescription: String { description }
    /// A mirror without children, so that `dump` shows nothing.
    public var customMirror: Mirror { Mirror(self, children: [] as [Mirror.Child]) }
}

@available(*, unavailable, message: "a set of patients never leaves the hospital")
extension PersonSet: Encodable {
    /// Unavailable on purpose.
    public func encode(to encoder: any Encoder) throws { fatalError("unavailable") }
}
