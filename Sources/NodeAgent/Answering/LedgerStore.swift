import Crypto
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

    private let key: SymmetricKey

    init(secret: NodeSecret) { key = secret.sealingKey }

    /// What the desk works with: the ledger, its patients, and where today's persons stand in it.
    struct Opened: Sendable {
        var ledger: ReleaseLedger
        var patients: PatientKeys
        /// The place in the ledger of each of today's persons.
        var places: [UInt32]
        /// Settings to keep where something is new: a person, or the epoch.
        var changes: [String: [UInt8]]
    }

    /// Opens the ledger for the data of `source`, or begins one.
    /// - Parameters:
    ///   - current: the ledger as this process has it; nil to read the kept one.
    ///   - stored: a kept setting by its name.
    /// - Throws: `INTEGRITY` where what is kept does not open with this node's secret.
    func open(
        for source: any AnswerSource, secret: NodeSecret, now: Timestamp, current: ReleaseLedger? = nil,
        stored: (String) async throws(NodeError) -> [UInt8]?
    ) async throws(NodeError) -> Opened {
        var changes: [String: [UInt8]] = [:]
        let known = try await stored(Self.registerName).map { bytes throws(NodeError) in try Self.ids(unseal(bytes)) } ?? []
        let (ids, places) = Self.place(source.persons, after: known)
        if ids.count != known.count { changes[Self.registerName] = try seal(Self.bytes(ids)) }

        var ledger = current ?? ReleaseLedger(universe: ids.count)
        if current == nil, let bytes = try await stored(Spool.ledgerName) {
            let opened = try unseal(bytes)
            do throws(DisclosureError) {
                ledger = try ReleaseLedger(opening: SealedLedgerBytes(opened: opened), mostPersons: ids.count)
            } catch {
                throw damaged(error.message)
            }
        }
        ledger.grow(to: ids.count)
        let epoch = Array(source.dataRelease.utf8)
        let before = try await stored(Self.epochName)
        let began = try await stored(Self.epochBeganName).flatMap { Int64(String(decoding: $0, as: UTF8.self)) }
        // A data release under another name in the middle of a quarter belongs to the epoch that is running.
        if before == nil || (before != epoch && now.seconds - (began ?? 0) >= Self.leastEpoch) {
            if before != nil { ledger.begin(epoch: ledger.epoch + 1) }
            changes[Self.epochName] = epoch
            changes[Self.epochBeganName] = Array("\(now.seconds)".utf8)
            changes[Spool.ledgerName] = try seal(ledger.bytesToSeal.bytes)
        }
        let patients = PatientKeys(universe: ids.count) { secret.patientKey(ids[$0]) }
        return Opened(ledger: ledger, patients: patients, places: places, changes: changes)
    }

    /// How far a kept ledger has come; 0 where there is none.
    /// - Throws: `INTEGRITY` where it does not open with this node's secret.
    func revision(of stored: [UInt8]?) throws(NodeError) -> UInt64 {
        guard let stored else { return 0 }
        let opened = try unseal(stored)
        do throws(DisclosureError) {
            return try ReleaseLedger(opening: SealedLedgerBytes(opened: opened)).revision
        } catch {
            throw damaged(error.message)
        }
    }

    /// The ledger as it is kept.
    func seal(_ ledger: ReleaseLedger) throws(NodeError) -> [UInt8] { try seal(ledger.bytesToSeal.bytes) }

    /// The ledger of shares as it is kept.
    func seal(_ shares: ShareLedger) throws(NodeError) -> [UInt8] { try seal(shares.bytesToSeal.bytes) }

    /// The kept ledger of shares, or a new one.
    /// - Throws: `INTEGRITY` where it does not open with this node's secret.
    func shares(_ stored: [UInt8]?) throws(NodeError) -> ShareLedger {
        guard let stored else { return ShareLedger() }
        let opened = try unseal(stored)
        do throws(DisclosureError) {
            return try ShareLedger(opening: SealedLedgerBytes(opened: opened))
        } catch {
            throw damaged(error.message)
        }
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

    // MARK: sealing (AES-256-GCM)

    private func seal(_ bytes: [UInt8]) throws(NodeError) -> [UInt8] {
        guard let box = try? AES.GCM.seal(bytes, using: key), let combined = box.combined else {
            throw NodeError(.state, "The release ledger could not be sealed.", advice: "Report this.")
        }
        return Array(combined)
    }

    private func unseal(_ bytes: [UInt8]) throws(NodeError) -> [UInt8] {
        guard let box = try? AES.GCM.SealedBox(combined: bytes), let opened = try? AES.GCM.open(box, using: key) else {
            throw damaged("it does not open with this node's secret")
        }
        return Array(opened)
    }

    private func damaged(_ why: String) -> NodeError {
        NodeError(
            .integrity, "The release ledger cannot be used: \(why).",
            advice: "Restore the state directory from one backup, node-secret and state.sqlite together. Without the ledger, new "
                + "answers could be compared with old ones.")
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
