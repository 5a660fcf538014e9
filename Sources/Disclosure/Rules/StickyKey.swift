/// The node's secret randomness: the same purpose and the same digest always give the same number.
///
/// The node implements it with HMAC-SHA256 over its key of the epoch (this room has no cryptography). Never key by the text of
/// a question, by a count or by concept ids, and never keep the key in memory only: a restart would redraw.
public protocol StickyKey: Sendable {
    /// 64 bits that nobody without the key can tell from random ones.
    /// - Parameters:
    ///   - purpose: what the bits are for; different purposes are independent.
    ///   - digest: of the set of patients (or of what the purpose names).
    func draw(_ purpose: String, _ digest: SetDigest) -> UInt64
}

extension StickyKey {
    /// A number in `0..<1` with 53 random bits.
    func fraction(_ purpose: String, _ digest: SetDigest) -> Double {
        Double(draw(purpose, digest) >> 11) * 0x1p-53
    }
}

/// The fingerprint of a set of patients: the sum, modulo 2^128, of a secret key of each.
///
/// It is homomorphic: the digest of a disjoint union is the sum of the digests, so a table's marginals cost nothing.
public struct SetDigest: Sendable, Hashable {
    /// The sum. Secret: with the patient keys it would tell who is in the set.
    @_spi(Hospital) public let sum: UInt128

    /// A digest from its sum.
    @_spi(Hospital) public init(_ sum: UInt128) { self.sum = sum }

    /// The digest of nobody.
    public static let empty = SetDigest(0)

    /// Digest of a disjoint union.
    public static func + (left: SetDigest, right: SetDigest) -> SetDigest { SetDigest(left.sum &+ right.sum) }
    /// Digest of a set without a subset of it.
    public static func - (left: SetDigest, right: SetDigest) -> SetDigest { SetDigest(left.sum &- right.sum) }
}

/// The secret key of each patient, by person ordinal. The node derives them from its own secret and stable pseudo-ids, so that
/// a patient keeps the key when the store is reloaded.
public struct PatientKeys: Sendable {
    private let keys: [UInt128]

    /// Keys by person ordinal.
    public init(_ keys: [UInt128]) { self.keys = keys }

    /// Keys computed one by one (16 bytes a patient stay in memory).
    /// - Parameter key: the key of a person ordinal.
    public init(universe: Int, key: (Int) -> UInt128) { keys = (0..<universe).map(key) }

    /// Number of person ordinals.
    public var universe: Int { keys.count }

    /// The digest of a set over the same universe.
    public func digest(of set: PersonSet) -> SetDigest {
        precondition(set.universe == keys.count, "patient keys of another universe")
        var sum: UInt128 = 0
        set.forEachMember { sum &+= keys[$0] }
        return SetDigest(sum)
    }
}

extension PatientKeys: CustomStringConvertible, CustomReflectable {
    /// A notice instead of the keys.
    public var description: String { "patient keys (stay in the hospital)" }
    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: [] as [Mirror.Child]) }
}
