/// A set of persons of one block of 65,536: one bit a person.
struct BlockPersons: Sendable, Hashable {
    /// Words of 64 persons in a block.
    static let wordCount = 1_024

    private(set) var words = [UInt64](repeating: 0, count: wordCount)

    @inline(__always)
    mutating func insert(_ person: UInt16) {
        words[Int(person) >> 6] |= 1 << UInt64(person & 63)
    }

    @inline(__always)
    func contains(_ person: UInt16) -> Bool {
        words[Int(person) >> 6] & (1 << UInt64(person & 63)) != 0
    }
}
