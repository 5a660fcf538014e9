// What was added to a ledger, so that storing a release costs what it released and not all that was released before.
//
// Form, version 1: `DURELEDC`, version, then numbers as LEB128: universe, epoch, revision; how many released sets there were
// before, and the new ones (charged or not, then as in the whole ledger); new tables; new decisions; then either 0 and what
// changed of releases by project and of tier locks, or 1 and exposures, releases and locks whole (a new epoch, a reset).
// Exposures are not written otherwise: they follow from the sets.

private let magic = Array("DURELEDC".utf8)
private let version = 1

extension ReleaseLedger {
    /// What this ledger has that an earlier state of it had not, as bytes to seal.
    public func changeToSeal(since earlier: ReleaseLedger) -> SealedLedgerBytes {
        var writer = ByteWriter()
        writer.raw(magic)
        for number in [version, universe, epoch] { writer.integer(number) }
        writer.integer(revision)
        writer.integer(earlier.entries.count)
        writer.integer(entries.count - earlier.entries.count)
        for entry in entries[earlier.entries.count...] {
            writer.integer(entry.isCharged ? 1 : 0)
            entry.write(to: &writer)
        }
        writer.integer(tableOrder.count - earlier.tableOrder.count)
        for key in tableOrder[earlier.tableOrder.count...] { tables[key]?.write(key, to: &writer) }
        writer.integer(verdicts.all.count - earlier.verdicts.all.count)
        for verdict in verdicts.all[earlier.verdicts.all.count...] { verdict.write(to: &writer) }
        if renewals == earlier.renewals {
            writer.integer(0)
            writeUse(since: earlier, to: &writer)
        } else {
            writer.integer(1)
            writeUse(to: &writer)
        }
        return SealedLedgerBytes(opened: writer.bytes)
    }

    private func writeUse(since earlier: ReleaseLedger, to writer: inout ByteWriter) {
        let changed = releases.filter { earlier.releases[$0.key] != $0.value }.sorted { $0.key < $1.key }
        writer.integer(changed.count)
        for (project, number) in changed {
            writer.text(project)
            writer.integer(number)
        }
        let locks = Set(tiers.filter { earlier.tiers[$0.key] != $0.value }.keys)
            .union(earlier.tiers.keys.filter { tiers[$0] == nil }).sorted()
        writer.integer(locks.count)
        for cohort in locks {
            writer.text(cohort)
            writer.optional(tiers[cohort]?.rawValue)
        }
    }
}

/// Puts a ledger together from a whole one and what was added to it since, in order.
public struct LedgerAssembly {
    private var ledger: ReleaseLedger
    private let mostPersons: Int

    /// - Parameters:
    ///   - whole: the bytes of a whole ledger (`ReleaseLedger.bytesToSeal`).
    ///   - mostPersons: the most persons that it may say it is about.
    /// - Throws: `badLedger`.
    public init(whole: SealedLedgerBytes, mostPersons: Int = Int(Int32.max)) throws(DisclosureError) {
        ledger = try ReleaseLedger(reading: whole, mostPersons: mostPersons)
        self.mostPersons = mostPersons
    }

    /// Adds what `ReleaseLedger.changeToSeal` wrote.
    /// - Throws: `badLedger` with what does not fit to what is there.
    public mutating func add(_ change: SealedLedgerBytes) throws(DisclosureError) {
        var reader = ByteReader(change.bytes)
        let most = change.bytes.count
        guard try reader.raw() == magic else { throw ByteReader.damaged("it is no change of a ledger") }
        let found = try reader.integer(through: 1_000)
        guard found == version else { throw ByteReader.damaged("a change's version is \(found)") }
        let universe = try reader.integer(through: mostPersons)
        guard universe >= ledger.universe else { throw ByteReader.damaged("persons are missing") }
        ledger.grow(to: universe)
        let epoch = try reader.integer(through: Int(Int32.max))
        let revision = try reader.integer()
        guard epoch >= ledger.epoch, try reader.integer(through: Int(Int32.max)) == ledger.count else {
            throw ByteReader.damaged("a change does not follow what is before it")
        }
        for _ in 0..<(try reader.integer(through: most)) {
            let isCharged = try reader.integer(through: 1) == 1
            ledger.restore(
                try .init(from: &reader, universe: universe, isCharged: isCharged), isIndexed: false)
        }
        for _ in 0..<(try reader.integer(through: most)) { try ledger.restoreTable(from: &reader, most) }
        for _ in 0..<(try reader.integer(through: most)) { try ledger.restoreVerdict(from: &reader) }
        if try reader.integer(through: 1) == 0 {
            try changeUse(from: &reader, most)
        } else {
            try ledger.restoreUse(from: &reader, most)
        }
        ledger.restore(epoch: epoch, revision: revision)
        guard reader.isAtEnd else { throw ByteReader.damaged("a change is longer than it should be") }
    }

    private mutating func changeUse(from reader: inout ByteReader, _ most: Int) throws(DisclosureError) {
        for _ in 0..<(try reader.integer(through: most)) {
            let project = try reader.text()
            ledger.restore(try reader.integer(through: Int(Int32.max)), releasedTo: project)
        }
        for _ in 0..<(try reader.integer(through: most)) {
            let cohort = try reader.text()
            if try reader.integer(through: 1) == 0 {
                ledger.unlock(cohort)
            } else {
                ledger.lock(cohort, try ReleaseLedger.tier(from: &reader))
            }
        }
    }

    /// The ledger as it stands after the last change.
    public consuming func assembled() -> ReleaseLedger {
        ledger.indexRestored()
        return ledger
    }
}
