/// A vector of counts modulo 2^64, masked or not: what a node sends to the coordinator is its shares plus a mask that
/// only the guardian can take off the sum.
public struct MaskedVector: Sendable, Hashable {
    /// One word a cell.
    public var words: [UInt64]

    /// A vector.
    public init(_ words: [UInt64]) { self.words = words }

    /// A vector of zeros.
    public init(count: Int) { words = [UInt64](repeating: 0, count: count) }

    /// Number of cells.
    public var count: Int { words.count }

    /// The sum, cell by cell, modulo 2^64.
    /// - Throws: `mismatch` when the vectors have different lengths.
    public func adding(_ other: MaskedVector) throws(DisclosureError) -> MaskedVector {
        try combined(with: other, &+)
    }

    /// The difference, cell by cell, modulo 2^64.
    /// - Throws: `mismatch` when the vectors have different lengths.
    public func subtracting(_ other: MaskedVector) throws(DisclosureError) -> MaskedVector {
        try combined(with: other, &-)
    }

    private func combined(
        with other: MaskedVector, _ operation: (UInt64, UInt64) -> UInt64
    ) throws(DisclosureError) -> MaskedVector {
        guard count == other.count else {
            throw DisclosureError(
                .mismatch, "a vector of \(other.count) cells does not fit one of \(count)",
                advice: "All nodes must answer the same plan: compare their query ids")
        }
        return MaskedVector(zip(words, other.words).map(operation))
    }

    /// The sum of several vectors.
    /// - Throws: `mismatch` when there is none or they have different lengths.
    public static func sum(_ vectors: [MaskedVector]) throws(DisclosureError) -> MaskedVector {
        guard let first = vectors.first else {
            throw DisclosureError(.mismatch, "there is no vector to add", advice: "Wait for the nodes' answers")
        }
        var sum = first
        for vector in vectors.dropFirst() { sum = try sum.adding(vector) }
        return sum
    }

    /// The cells as counts, once the mask is off.
    /// - Parameter largest: more than this in a cell means that the masks did not match.
    /// - Throws: `mismatch` when a cell holds more.
    public func counts(through largest: Int = DisclosedCount.largest) throws(DisclosureError) -> [Int] {
        guard words.allSatisfy({ $0 <= UInt64(largest) }) else {
            throw DisclosureError(
                .mismatch, "the opened total is no count: the masks do not match the vectors",
                advice: "A seed and a vector belong to different answers: ask the guardian for the sum over the same hospitals")
        }
        return words.map(Int.init)
    }
}
