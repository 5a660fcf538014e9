// The form of a whole ledger, version 3 (version 2 is read, too; it has no decisions): `DURELEDG`, version, then numbers as
// LEB128: universe, epoch, revision; the released sets in their order (shown, epoch, cohort, form and members); tables with
// their inner cells' sets; exposures that are not 0; releases by project; tier locks; decisions about groups of k to
// k + d - 1 patients.

private let magic = Array("DURELEDG".utf8)
private let version = 3

extension ReleaseLedger {
    /// The ledger as bytes to seal.
    public var bytesToSeal: SealedLedgerBytes {
        var writer = ByteWriter()
        writer.raw(magic)
        for number in [version, universe, epoch] { writer.integer(number) }
        writer.integer(revision)
        writer.integer(entries.count)
        for entry in entries { entry.write(to: &writer) }
        writer.integer(tables.count)
        for total in Set(tables.keys.map(\.total)).sorted() {
            for (key, table) in self.tables(of: total) { table.write(key, to: &writer) }
        }
        writeUse(to: &writer)
        writer.integer(verdicts.all.count)
        for verdict in verdicts.all { verdict.write(to: &writer) }
        return SealedLedgerBytes(opened: writer.bytes)
    }

    /// A stored ledger.
    /// - Parameters:
    ///   - sealed: bytes that the node has opened and authenticated.
    ///   - mostPersons: the most persons that it may say it is about: a few bytes must not cost gigabytes.
    /// - Throws: `badLedger` with what does not fit.
    public init(opening sealed: SealedLedgerBytes, mostPersons: Int = Int(Int32.max)) throws(DisclosureError) {
        try self.init(reading: sealed, mostPersons: mostPersons)
        indexRestored()
    }

    /// The same without the window of atoms: `indexRestored` must follow.
    init(reading sealed: SealedLedgerBytes, mostPersons: Int) throws(DisclosureError) {
        var reader = ByteReader(sealed.bytes)
        guard try reader.raw() == magic else { throw ByteReader.damaged("it is no ledger") }
        let found = try reader.integer(through: 1_000)
        guard (2...version).contains(found) else { throw ByteReader.damaged("its version is \(found)") }
        let universe = try reader.integer(through: mostPersons)
        self.init(universe: universe, epoch: try reader.integer(through: Int(Int32.max)))
        let revision = try reader.integer()
        let most = sealed.bytes.count
        for _ in 0..<(try reader.integer(through: most)) {
            restore(try Entry(from: &reader, universe: universe), isIndexed: false)
        }
        for _ in 0..<(try reader.integer(through: most)) { try restoreTable(from: &reader, most) }
        try restoreUse(from: &reader, most)
        restore(epoch: epoch, revision: revision)
        if found >= 3 { for _ in 0..<(try reader.integer(through: most)) { try restoreVerdict(from: &reader) } }
        guard reader.isAtEnd else { throw ByteReader.damaged("it is longer than it should be") }
    }
}
