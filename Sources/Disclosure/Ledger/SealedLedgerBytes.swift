import CanonicalJSON

/// A ledger as bytes for the node's own disk. The node seals them (encrypts and authenticates) before they touch it: they hold
/// sets of patients. The type has no encoding for the wire.
///
/// Form, version 3 (version 2 is read, too; it has no decisions): `DURELEDG`, version, then numbers as LEB128: universe, epoch, revision; the released sets in their order
/// (shown, epoch, cohort, form and members); tables with their inner cells' sets; exposures that are not 0; releases by
/// project; tier locks; decisions about groups of k to k + d - 1 patients.
public struct SealedLedgerBytes: Sendable {
    /// The bytes to seal, or the bytes after opening.
    @_spi(Hospital) public let bytes: [UInt8]

    /// Bytes that the node has opened.
    @_spi(Hospital) public init(opened bytes: [UInt8]) { self.bytes = bytes }

    fileprivate static let magic = Array("DURELEDG".utf8)
    fileprivate static let version = 3
}

extension SealedLedgerBytes: CustomStringConvertible, CustomReflectable {
    /// A notice instead of the bytes.
    public var description: String { "ledger (stays in the hospital, sealed)" }
    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: [] as [Mirror.Child]) }
}

extension ReleaseLedger {
    /// The ledger as bytes to seal.
    public var bytesToSeal: SealedLedgerBytes {
        var writer = ByteWriter()
        writer.raw(SealedLedgerBytes.magic)
        for number in [SealedLedgerBytes.version, universe, epoch] { writer.integer(number) }
        writer.integer(revision)
        writer.integer(entries.count)
        for entry in entries {
            writer.integer(entry.shown)
            writer.integer(entry.epoch)
            writer.optional(entry.cohort)
            entry.set.write(to: &writer)
        }
        writer.integer(tables.count)
        for total in Set(tables.keys.map(\.total)).sorted() {
            for (key, table) in self.tables(of: total) {
                writer.integer(key.total)
                writer.texts(key.shape)
                writer.raw(table.disclosed.json.canonicalBytes())
                writer.integer(table.inner.count)
                for (key, set) in table.inner.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
                    writer.texts([key])
                    set.write(to: &writer)
                }
            }
        }
        let exposed = exposure.indices.filter { exposure[$0] > 0 }
        writer.integer(exposed.count)
        var last = 0
        for person in exposed {
            writer.integer(person - last)
            writer.integer(UInt64(exposure[person].bitPattern))
            last = person
        }
        writer.integer(releases.count)
        for (project, number) in releases.sorted(by: { $0.key < $1.key }) {
            writer.text(project)
            writer.integer(number)
        }
        writer.integer(tiers.count)
        for (cohort, tier) in tiers.sorted(by: { $0.key < $1.key }) {
            writer.text(cohort)
            writer.text(tier.rawValue)
        }
        writer.integer(verdicts.all.count)
        for verdict in verdicts.all {
            writer.integer(verdict.isSmall ? 1 : 0)
            writer.ascending(verdict.members)
        }
        return SealedLedgerBytes(opened: writer.bytes)
    }

    /// A stored ledger.
    /// - Parameters:
    ///   - sealed: bytes that the node has opened and authenticated.
    ///   - mostPersons: the most persons that it may say it is about: a few bytes must not cost gigabytes.
    /// - Throws: `badLedger` with what does not fit.
    public init(opening sealed: SealedLedgerBytes, mostPersons: Int = Int(Int32.max)) throws(DisclosureError) {
        var reader = ByteReader(sealed.bytes)
        guard try reader.raw() == SealedLedgerBytes.magic else { throw ByteReader.damaged("it is no ledger") }
        let version = try reader.integer(through: 1_000)
        guard (2...SealedLedgerBytes.version).contains(version) else { throw ByteReader.damaged("its version is \(version)") }
        let universe = try reader.integer(through: mostPersons)
        self.init(universe: universe, epoch: try reader.integer(through: Int(Int32.max)))
        let revision = try reader.integer()
        for _ in 0..<(try reader.integer(through: sealed.bytes.count)) {
            let shown = try reader.integer(through: DisclosedCount.largest)
            let epoch = try reader.integer(through: Int(Int32.max))
            let cohort = try reader.optional()
            let set = try StoredSet(from: &reader, universe: universe)
            restore(
                Entry(set: set, sketch: SetSketch { set.forEachMember($0) }, shown: shown, epoch: epoch, cohort: cohort),
                isIndexed: false)
        }
        indexRestored()
        for _ in 0..<(try reader.integer(through: sealed.bytes.count)) {
            let total = try reader.integer(through: max(0, entries.count - 1))
            let shape = try reader.texts()
            let text = try reader.raw()
            let disclosed: DisclosedBreakdown
            do {
                disclosed = try DisclosedBreakdown(parsing: text)
            } catch {
                throw ByteReader.damaged("a table: \(error.message)")
            }
            var inner: [[String]: StoredSet] = [:]
            for _ in 0..<(try reader.integer(through: sealed.bytes.count)) {
                guard let key = try reader.texts().first else { throw ByteReader.damaged("a cell has no key") }
                inner[key] = try StoredSet(from: &reader, universe: universe)
            }
            remember(ReleasedTable(disclosed: disclosed, inner: inner), TableKey(total: total, shape: shape))
        }
        try restoreUse(from: &reader, sealed.bytes.count, revision: revision)
        if version >= 3 { try restoreVerdicts(from: &reader, sealed.bytes.count) }
        guard reader.isAtEnd else { throw ByteReader.damaged("it is longer than it should be") }
    }

    private mutating func restoreUse(from reader: inout ByteReader, _ most: Int, revision: UInt64) throws(DisclosureError) {
        var exposures: [(Int, Float)] = []
        var person = 0
        for _ in 0..<(try reader.integer(through: most)) {
            person += try reader.integer(through: universe)
            guard person < universe else { throw ByteReader.damaged("an exposure of a person who is not there") }
            exposures.append((person, Float(bitPattern: UInt32(try reader.integer(through: Int(UInt32.max))))))
        }
        var releases: [String: Int] = [:]
        for _ in 0..<(try reader.integer(through: most)) {
            let project = try reader.text()
            releases[project] = try reader.integer(through: Int(Int32.max))
        }
        var tiers: [String: ReleaseRequest.Tier] = [:]
        for _ in 0..<(try reader.integer(through: most)) {
            let cohort = try reader.text()
            guard let tier = ReleaseRequest.Tier(rawValue: try reader.text()) else { throw ByteReader.damaged("an unknown tier") }
            tiers[cohort] = tier
        }
        restore(exposures: exposures, releases: releases, tiers: tiers, revision: revision)
    }
}

extension ReleaseLedger {
    fileprivate mutating func restoreVerdicts(from reader: inout ByteReader, _ most: Int) throws(DisclosureError) {
        for _ in 0..<(try reader.integer(through: most)) {
            let isSmall = try reader.integer(through: 1) == 1
            verdicts.record(try reader.ascending(below: universe), isSmall: isSmall)
        }
    }
}

extension StoredSet {
    func write(to writer: inout ByteWriter) {
        switch form {
        case .list(let list):
            writer.integer(0)
            writer.ascending(list)
        case .bits(let set):
            writer.integer(1)
            writer.integer(set.words.count)
            for word in set.words { writer.fixed(word) }
        }
    }

    init(from reader: inout ByteReader, universe: Int) throws(DisclosureError) {
        var set = PersonSet(universe: universe)
        if try reader.integer(through: 1) == 0 {
            for member in try reader.ascending(below: universe) { set.insert(Int(member)) }
        } else {
            let words = try reader.integer(through: (universe + 63) / 64)
            var found: [UInt64] = []
            for _ in 0..<words { found.append(try reader.fixed()) }
            found += [UInt64](repeating: 0, count: (universe + 63) / 64 - words)
            set = PersonSet(universe: universe, words: found)
        }
        self.init(set)
    }
}
