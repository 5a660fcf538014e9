/// Sets that went into consortium totals, with their shares. Kept apart from the per-hospital ledger (one cohort has one
/// tier), for ever, and sealed like it: it holds sets of patients.
public struct ShareLedger: Sendable {
    /// A set of fewer than k patients. Such sets are all near the empty one, whose share would be 0 for ever: so they are
    /// compared with each other only, and only where they share somebody.
    struct Small: Sendable {
        let set: StoredSet
        let digest: SetDigest
        let share: Int
    }

    /// Sets of k and more, with their shares as what was shown.
    private(set) var released: ReleaseLedger
    private(set) var smalls: [Small] = []

    /// A ledger that has seen nothing.
    public init() { released = ReleaseLedger(universe: 0) }

    /// Number of sets that it remembers.
    public var count: Int { released.count + smalls.count }

    mutating func grow(to universe: Int) { released.grow(to: universe) }

    func small(near set: PersonSet, _ digest: SetDigest, within k: Int) -> Small? {
        let size = set.size
        return smalls.first { known in
            if known.digest == digest { return true }
            let shared = known.set.shared(with: set)
            return shared > 0 && known.set.size + size - 2 * shared < k
        }
    }

    mutating func remember(small set: PersonSet, _ digest: SetDigest, _ share: Int) {
        smalls.append(Small(set: StoredSet(set), digest: digest, share: share))
    }

    mutating func remember(_ set: PersonSet, _ share: Int) {
        _ = released.record(set, shown: share, cohort: nil, chargesExposure: false)
    }
}

extension ShareLedger {
    private static let magic = Array("DURESHAR".utf8)

    /// The ledger as bytes to seal.
    public var bytesToSeal: SealedLedgerBytes {
        var writer = ByteWriter()
        writer.raw(Self.magic)
        writer.integer(1)
        writer.raw(released.bytesToSeal.bytes)
        writer.integer(smalls.count)
        for small in smalls {
            writer.integer(small.share)
            writer.fixed(UInt64(truncatingIfNeeded: small.digest.sum))
            writer.fixed(UInt64(truncatingIfNeeded: small.digest.sum >> 64))
            small.set.write(to: &writer)
        }
        return SealedLedgerBytes(opened: writer.bytes)
    }

    /// A stored ledger.
    /// - Parameters:
    ///   - sealed: bytes that the node has opened and authenticated.
    ///   - mostPersons: the most persons that it may say it is about.
    /// - Throws: `badLedger` with what does not fit.
    public init(opening sealed: SealedLedgerBytes, mostPersons: Int = Int(Int32.max)) throws(DisclosureError) {
        var reader = ByteReader(sealed.bytes)
        guard try reader.raw() == Self.magic else { throw ByteReader.damaged("it is no ledger of shares") }
        guard try reader.integer(through: 1_000) == 1 else { throw ByteReader.damaged("it is of another version") }
        released = try ReleaseLedger(opening: SealedLedgerBytes(opened: try reader.raw()), mostPersons: mostPersons)
        for _ in 0..<(try reader.integer(through: sealed.bytes.count)) {
            let share = try reader.integer(through: DisclosedCount.largest)
            let low = try reader.fixed()
            let high = try reader.fixed()
            let set = try StoredSet(from: &reader, universe: released.universe)
            smalls.append(Small(set: set, digest: SetDigest(UInt128(high) << 64 | UInt128(low)), share: share))
        }
        guard reader.isAtEnd else { throw ByteReader.damaged("it is longer than it should be") }
    }
}
