import Crypto
@_spi(Hospital) import Disclosure
import Federation
import Foundation

/// The release ledger as records that are only ever appended: the first is a whole ledger, each later one what was added.
///
/// A record is sealed (AES-256-GCM) together with its place and its predecessor's link, which is a hash over all records before
/// it. So none can be changed, moved, left out or taken from another node's ledger. The head says, sealed, how many
/// there are and what the last link is: a ledger that was cut short does not match it. A database that is older as a whole
/// is `LedgerMark`'s matter.
struct LedgerLog: Sendable {
    /// How far the records go.
    struct Point: Sendable, Hashable {
        /// How many records there are.
        var count = 0
        /// SHA-256 over the link before it and the last record as it is stored; empty before the first.
        var link: [UInt8] = []
        /// The ledger's revision after the last one.
        var revision: UInt64 = 0
    }

    let seal: LedgerSeal

    /// Seals what comes after `point`.
    /// - Returns: what to store, and the point after it.
    func append(
        _ change: SealedLedgerBytes, revision: UInt64, after point: Point, replacesEarlierForm: Bool = false
    ) throws(NodeError) -> (append: LedgerAppend, point: Point) {
        let record = try seal.close(change.bytes, boundTo: Self.place(point))
        let next = Point(count: point.count + 1, link: Self.link(point, record), revision: revision)
        let append = LedgerAppend(
            sequence: point.count, record: record, head: try seal.close(Self.bytes(next), boundTo: Self.headLabel),
            replacesEarlierForm: replacesEarlierForm)
        return (append, next)
    }

    /// Opens the record that comes after `point`.
    /// - Returns: what it holds, and the point after it but for the revision.
    /// - Throws: `INTEGRITY` where it is not the record that was appended there.
    func open(_ record: [UInt8], after point: Point) throws(NodeError) -> (opened: SealedLedgerBytes, point: Point) {
        guard let opened = seal.open(record, boundTo: Self.place(point)) else {
            throw Self.damaged("its record \(point.count) is not the one that was written there by this node")
        }
        let next = Point(count: point.count + 1, link: Self.link(point, record), revision: point.revision)
        return (SealedLedgerBytes(opened: opened), next)
    }

    /// What the head says.
    /// - Throws: `INTEGRITY` where it does not open with this node's secret.
    func point(_ head: [UInt8]) throws(NodeError) -> Point {
        guard let bytes = seal.open(head, boundTo: Self.headLabel), bytes.count == Self.headLength else {
            throw Self.damaged("its head does not open with this node's secret")
        }
        func number(_ place: Int) -> UInt64 { (0..<8).reversed().reduce(0) { $0 << 8 | UInt64(bytes[place + $1]) } }
        guard let count = Int(exactly: number(0)) else { throw Self.damaged("its head holds no number of records") }
        return Point(count: count, link: Array(bytes[16...]), revision: number(8))
    }

    static func damaged(_ why: String) -> NodeError {
        NodeError(
            .integrity, "The release ledger cannot be used: \(why).",
            advice: "Restore the state directory from one backup, node-secret and state.sqlite together. Without the ledger, new "
                + "answers could be compared with old ones.")
    }

    // MARK: -

    private static let headLabel = Array("dure/ledger-head/1\u{0}".utf8)
    private static let headLength = 8 + 8 + SHA256.byteCount

    private static func bytes(_ point: Point) -> [UInt8] {
        little(UInt64(point.count)) + little(point.revision) + point.link
    }

    private static func little(_ number: UInt64) -> [UInt8] { withUnsafeBytes(of: number.littleEndian) { Array($0) } }

    /// What a record after `point` is bound to.
    private static func place(_ point: Point) -> [UInt8] {
        Array("dure/ledger-record/1\u{0}".utf8) + little(UInt64(point.count)) + point.link
    }

    private static func link(_ point: Point, _ record: [UInt8]) -> [UInt8] {
        var hash = SHA256()
        hash.update(data: place(point))
        hash.update(data: record)
        return Array(hash.finalize())
    }
}
