@_spi(Hospital) import Disclosure
import Federation
import Foundation

/// The release ledger on the node's own disk: sealed, because it holds sets of patients, and by persons, because ordinals
/// change with every load of the store.
struct LedgerStore: Sendable {
    /// Under which names the parts are kept.
    static let registerName = "release-register"
    static let epochName = "release-epoch"
    static let sharesName = "share-ledger"
    static let epochBeganName = "release-epoch-began"

    /// A new epoch begins at most so often: each one halves what patients were exposed to and gives projects new numbers.
    static let leastEpoch: Int64 = 90 * 86_400

    private let sealing: LedgerSeal
    private let log: LedgerLog

    init(secret: NodeSecret) {
        sealing = LedgerSeal(secret: secret)
        log = LedgerLog(seal: sealing)
    }

    /// The ledger as it stands on the disk, and how far its records go.
    struct Kept: Sendable {
        var ledger: ReleaseLedger
        var point: LedgerLog.Point
    }

    /// What the desk works with: the ledger, its patients, and where today's persons stand in it.
    struct Opened: Sendable {
        var ledger: ReleaseLedger
        /// The ledger as it stands on the disk once `append` is stored.
        var kept: Kept
        var patients: PatientKeys
        /// The store's number of each place in the ledger.
        var ids: [Int64]
        /// The place in the ledger of each of today's persons.
        var places: [UInt32]
        /// Settings to keep where something is new: a person, or the epoch.
        var changes: [String: [UInt8]]
        /// What to add to the ledger's records: its beginning, a new epoch, or what was kept in an earlier form.
        var append: LedgerAppend?
    }

    /// Opens the ledger for the data of `source`, or begins one.
    /// - Parameters:
    ///   - current: the ledger as this process has it, and as it is kept; nil to read the kept one.
    ///   - spool: nil where nothing was ever released.
    /// - Throws: `INTEGRITY` where what is kept does not open with this node's secret, or is not whole.
    func open(
        for source: any AnswerSource, secret: NodeSecret, now: Timestamp, current: (ledger: ReleaseLedger, kept: Kept)? = nil,
        spool: Spool?
    ) async throws(NodeError) -> Opened {
        var changes: [String: [UInt8]] = [:]
        let known =
            try await spool?.setting(Self.registerName).map { bytes throws(NodeError) in try Self.ids(unseal(bytes)) } ?? []
        let (ids, places) = Self.place(source.persons, after: known)
        if ids.count != known.count { changes[Self.registerName] = try sealing.close(Self.bytes(ids)) }

        var kept = current?.kept
        if kept == nil, let spool { kept = try await read(spool, mostPersons: ids.count) }
        var ledger = current?.ledger ?? kept?.ledger ?? ReleaseLedger(universe: ids.count)
        ledger.grow(to: ids.count)
        let epoch = Array(source.dataRelease.utf8)
        let before = try await spool?.setting(Self.epochName)
        let began = try await spool?.setting(Self.epochBeganName).flatMap { Int64(String(decoding: $0, as: UTF8.self)) }
        // A data release under another name in the middle of a quarter belongs to the epoch that is running.
        let begins = before == nil || (before != epoch && now.seconds - (began ?? 0) >= Self.leastEpoch)
        if begins {
            if before != nil { ledger.begin(epoch: ledger.epoch + 1) }
            changes[Self.epochName] = epoch
            changes[Self.epochBeganName] = Array("\(now.seconds)".utf8)
        }
        let patients = PatientKeys(universe: ids.count) { secret.patientKey(ids[$0]) }
        var opened = Opened(
            ledger: ledger, kept: kept ?? Kept(ledger: ledger, point: .init()), patients: patients, ids: ids,
            places: places, changes: changes)
        if begins || opened.kept.point.count == 0 {
            let added = try append(ledger, after: opened.kept, replacesEarlierForm: kept?.point.count == 0)
            opened.append = added.0
            opened.kept = added.1
        }
        return opened
    }

    /// What to store of a ledger that goes on from the kept one: what was added, or the whole of it where nothing is kept as
    /// records yet.
    func append(
        _ ledger: ReleaseLedger, after kept: Kept, replacesEarlierForm: Bool = false
    ) throws(NodeError) -> (LedgerAppend, Kept) {
        let change = kept.point.count == 0 ? ledger.bytesToSeal : ledger.changeToSeal(since: kept.ledger)
        let (append, point) = try log.append(
            change, revision: ledger.revision, after: kept.point, replacesEarlierForm: replacesEarlierForm)
        return (append, Kept(ledger: ledger, point: point))
    }

    /// The kept ledger; nil where there is none. One that an earlier version kept whole has no records yet (`point.count` 0).
    /// - Throws: `INTEGRITY` where it does not open with this node's secret, or is not whole.
    private func read(_ spool: Spool, mostPersons: Int) async throws(NodeError) -> Kept? {
        let found = try await spool.ledgerHead()
        guard let head = found.head else {
            guard found.records == 0 else { throw LedgerLog.damaged("it has records and no head") }
            guard let earlier = found.earlier else {
                // The epoch is written together with the first record.
                guard try await spool.setting(Self.epochName) == nil else { throw LedgerLog.damaged("it is gone") }
                return nil
            }
            let opened = SealedLedgerBytes(opened: try unseal(earlier))
            let ledger = try words { () throws(DisclosureError) in
                try ReleaseLedger(opening: opened, mostPersons: mostPersons)
            }
            return Kept(ledger: ledger, point: .init())
        }
        let last = try log.point(head)
        guard found.records == last.count, found.earlier == nil else {
            throw LedgerLog.damaged("it has \(found.records) records, and its head says \(last.count)")
        }
        return Kept(ledger: try await read(spool, through: last, mostPersons), point: last)
    }

    private func read(_ spool: Spool, through last: LedgerLog.Point, _ mostPersons: Int) async throws(NodeError) -> ReleaseLedger
    {
        var assembly: LedgerAssembly?
        var point = LedgerLog.Point()
        while point.count < last.count {
            guard let record = try await spool.ledgerRecord(point.count) else {
                throw LedgerLog.damaged("its record \(point.count) is missing")
            }
            let (opened, next) = try log.open(record, after: point)
            point = next
            // In place: a copy for each record would cost the square of their number.
            try words { () throws(DisclosureError) in
                if assembly == nil {
                    assembly = try LedgerAssembly(whole: opened, mostPersons: mostPersons)
                } else {
                    try assembly?.add(opened)
                }
            }
        }
        guard point.link == last.link, let ledger = assembly?.assembled(), ledger.revision == last.revision else {
            throw LedgerLog.damaged("its records do not end where its head says")
        }
        return ledger
    }

    /// How far the kept ledger has come, once the whole of it was read; 0 where there is none.
    /// - Throws: `INTEGRITY` where it does not open with this node's secret, or is not whole.
    func revision(in spool: Spool) async throws(NodeError) -> UInt64 {
        try await read(spool, mostPersons: Int(Int32.max))?.ledger.revision ?? 0
    }

    private func words<Value>(_ body: () throws(DisclosureError) -> Value) throws(NodeError) -> Value {
        do throws(DisclosureError) {
            return try body()
        } catch {
            throw LedgerLog.damaged(error.message)
        }
    }

    /// The ledger of shares as it is kept.
    func seal(_ shares: ShareLedger) throws(NodeError) -> [UInt8] { try sealing.close(shares.bytesToSeal.bytes) }

    /// The kept ledger of shares, or a new one.
    /// - Throws: `INTEGRITY` where it does not open with this node's secret.
    func shares(_ stored: [UInt8]?) throws(NodeError) -> ShareLedger {
        guard let stored else { return ShareLedger() }
        let opened = SealedLedgerBytes(opened: try unseal(stored))
        return try words { () throws(DisclosureError) in try ShareLedger(opening: opened) }
    }

    /// Known persons keep their places; new ones come after them.
    private static func place(_ persons: [Int64], after known: [Int64]) -> (ids: [Int64], places: [UInt32]) {
        if known == persons || known.isEmpty { return (persons, (0..<persons.count).map { UInt32($0) }) }
        var ids = known
        var placeOf = Dictionary(known.enumerated().map { ($1, UInt32($0)) }, uniquingKeysWith: { first, _ in first })
        let places = persons.map { id in
            if let place = placeOf[id] { return place }
            let place = UInt32(ids.count)
            ids.append(id)
            placeOf[id] = place
            return place
        }
        return (ids, places)
    }

    // MARK: bytes

    private func unseal(_ bytes: [UInt8]) throws(NodeError) -> [UInt8] {
        guard let opened = sealing.open(bytes) else { throw LedgerLog.damaged("it does not open with this node's secret") }
        return opened
    }

    private static func bytes(_ ids: [Int64]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(ids.count * 8)
        for id in ids { withUnsafeBytes(of: id.littleEndian) { bytes.append(contentsOf: $0) } }
        return bytes
    }

    private static func ids(_ bytes: [UInt8]) -> [Int64] {
        stride(from: 0, to: bytes.count - bytes.count % 8, by: 8).map { start in
            var id: UInt64 = 0
            for offset in (0..<8).reversed() { id = id << 8 | UInt64(bytes[start + offset]) }
            return Int64(bitPattern: id)
        }
    }
}
