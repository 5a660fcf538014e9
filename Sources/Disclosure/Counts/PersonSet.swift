/// A set of patients of one hospital, as bits over person ordinals `0..<universe`.
///
/// The engine fills it, the gate counts it, the ledger remembers it. Like `ExactCount` it has no encoding and shows nothing
/// when printed. 1 million persons take 125 kB; a union or a count takes some microseconds.
public struct PersonSet: Sendable, Hashable {
    /// Number of person ordinals that exist (members are `0..<universe`).
    public let universe: Int
    /// 64 persons a word, lowest bit first; bits at and above `universe` are 0.
    @_spi(Hospital) public private(set) var words: [UInt64]

    /// The empty set over `universe` person ordinals.
    public init(universe: Int) {
        precondition(universe >= 0)
        self.universe = universe
        words = [UInt64](repeating: 0, count: (universe + 63) / 64)
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
        self.words = words
        clearTail()
    }

    /// Everybody.
    public static func everyone(universe: Int) -> PersonSet {
        PersonSet(universe: universe, words: [UInt64](repeating: .max, count: (universe + 63) / 64))
    }

    private mutating func clearTail() {
        let rest = universe & 63
        if rest != 0, let last = words.indices.last { words[last] &= (1 << UInt64(rest)) &- 1 }
    }

    /// Number of persons in the set.
    public var count: ExactCount { ExactCount(size) }

    /// Number of persons in the set, for the room's own arithmetic.
    var size: Int {
        var sum = 0
        for word in words { sum &+= word.nonzeroBitCount }
        return sum
    }

    /// Whether nobody is in the set.
    public var isEmpty: Bool { words.allSatisfy { $0 == 0 } }

    /// Whether the person is in the set.
    public func contains(_ ordinal: Int) -> Bool {
        words[ordinal >> 6] & (1 << UInt64(ordinal & 63)) != 0
    }

    /// Adds a person.
    public mutating func insert(_ ordinal: Int) {
        precondition(ordinal >= 0 && ordinal < universe, "person ordinal outside the universe")
        words[ordinal >> 6] |= 1 << UInt64(ordinal & 63)
    }

    /// Takes a person out.
    public mutating func remove(_ ordinal: Int) {
        precondition(ordinal >= 0 && ordinal < universe, "person ordinal outside the universe")
        words[ordinal >> 6] &= ~(1 << UInt64(ordinal & 63))
    }

    /// The members in ascending order.
    @_spi(Hospital) public var members: [Int] {
        var found: [Int] = []
        forEachMember { found.append($0) }
        return found
    }

    func forEachMember(_ body: (Int) -> Void) {
        for (index, word) in words.enumerated() {
            var bits = word
            while bits != 0 {
                body(index << 6 | bits.trailingZeroBitCount)
                bits &= bits &- 1
            }
        }
    }
}

extension PersonSet {
    private mutating func combine(_ other: PersonSet, _ operation: (UInt64, UInt64) -> UInt64) {
        precondition(universe == other.universe, "two sets of different universes")
        for index in words.indices { words[index] = operation(words[index], other.words[index]) }
    }

    /// Adds all members of `other`.
    public mutating func formUnion(_ other: PersonSet) { combine(other, |) }
    /// Keeps the members that are also in `other`.
    public mutating func formIntersection(_ other: PersonSet) { combine(other, &) }
    /// Takes the members of `other` out.
    public mutating func subtract(_ other: PersonSet) { combine(other) { $0 & ~$1 } }
    /// Keeps who is in exactly one of the two.
    public mutating func formSymmetricDifference(_ other: PersonSet) { combine(other, ^) }

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

    /// Whether every member is in `other`.
    public func isSubset(of other: PersonSet) -> Bool {
        precondition(universe == other.universe, "two sets of different universes")
        for index in words.indices where words[index] & ~other.words[index] != 0 { return false }
        return true
    }
    /// Whether nobody is in both.
    public func isDisjoint(with other: PersonSet) -> Bool {
        precondition(universe == other.universe, "two sets of different universes")
        for index in words.indices where words[index] & other.words[index] != 0 { return false }
        return true
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
