import CanonicalJSON
import Disclosure

/// What one hospital deals another in a total without a guardian: its shares of the seeds of the first one's mask, sealed for it.
/// The coordinator carries it and cannot open it.
public struct SealedPackage: Sendable, Hashable, JSONEncodable, JSONDecodable {
    /// The hospital whose seeds are shared.
    public var from: HospitalID
    /// The hospital that it is for.
    public var to: HospitalID
    /// HPKE's encapsulated key.
    public var encapsulated: [UInt8]
    /// The sealed shares.
    public var ciphertext: [UInt8]

    /// Bytes of one share of one seed: eight a limb, big-endian.
    static let shareLength = 8 * SecretShare.limbCount(bytes: TotalMask.seedLength)

    /// Seals shares (the limbs of each) for a hospital.
    init(
        _ shares: [[UInt64]], from: HospitalID, to: HospitalID, key: SealingKey.Public, binding: PackageBinding
    ) throws(FederationError) {
        let sealed = try SealingKey.seal(
            MaskedVector(shares.flatMap(\.self)).bytes, for: key, info: binding.info(from, to))
        self.from = from
        self.to = to
        encapsulated = sealed.encapsulated
        ciphertext = sealed.ciphertext
    }

    /// The shares inside: that of the hospital's own seed first, then those of the seeds with each other hospital, in the
    /// roster's order.
    func open(with key: SealingKey, _ binding: PackageBinding) throws(FederationError) -> [[UInt64]] {
        let bytes = try key.open(
            SealingKey.Sealed(encapsulated: encapsulated, ciphertext: ciphertext), info: binding.info(from, to))
        let words = MaskedVector(bytes: bytes).words
        let limbs = Self.shareLength / 8
        return stride(from: 0, to: words.count - words.count % limbs, by: limbs).map { Array(words[$0..<$0 + limbs]) }
    }

    public init(from json: JSONReader) throws(JSONError) {
        let object = try json.object(allowing: ["from", "to", "encapsulated", "ciphertext"])
        from = try object.required("from").decode(HospitalID.self)
        to = try object.required("to").decode(HospitalID.self)
        encapsulated = try object.required("encapsulated").hexBytes(SealingKey.encapsulatedLength)
        let text = try object.required("ciphertext")
        guard let bytes = Hex.decode(try text.string(maxLength: 2 * Self.longest)) else {
            throw text.fail(.badValue, "is not hexadecimal")
        }
        ciphertext = bytes
    }

    private static let longest = shareLength * TotalsRoster.mostPeers + SealingKey.tagLength

    public var json: JSONValue {
        [
            "from": from.json, "to": to.json, "encapsulated": .string(Hex.encode(encapsulated)),
            "ciphertext": .string(Hex.encode(ciphertext)),
        ]
    }

    /// The digest of its canonical form, which the hospital that made it signs.
    var digest: Digest256 { Digest256(of: json) }
}

/// What a package is bound to, so that it cannot be moved into another share.
struct PackageBinding: Sendable, Hashable {
    let subject: Digest256
    let ticket: TicketID
    let vector: Digest256

    init(subject: Digest256, ticket: TicketID, vector: Digest256) {
        self.subject = subject
        self.ticket = ticket
        self.vector = vector
    }

    init(_ share: TotalShare) { self.init(subject: share.subject, ticket: share.ticket, vector: share.vector) }

    func info(_ from: HospitalID, _ to: HospitalID) -> [UInt8] {
        Array("dure.total-package/1\n\(subject)\n\(from)\n\(to)\n\(ticket)\n\(vector)".utf8)
    }
}

/// What a hospital has bound itself to when it masked: which seeds it used, and what it dealt to whom.
public struct PeerCommitment: Sendable, Hashable, JSONEncodable, JSONDecodable {
    /// The digests of the packages, in the roster's order.
    public var packages: [Digest256]
    /// The digest of its own seed.
    public var own: Digest256
    /// The digests of the seeds that it has with others, in the roster's order without itself.
    public var pairs: [Digest256]

    init(_ seeds: PeerSeeds, _ packages: [SealedPackage]) {
        self.packages = packages.map(\.digest)
        own = Digest256(of: seeds.own)
        pairs = seeds.pairs.map { Digest256(of: $0.seed) }
    }

    public init(from json: JSONReader) throws(JSONError) {
        let object = try json.object(allowing: ["packages", "own", "pairs"])
        packages = try object.required("packages").list(of: Digest256.self, maxCount: TotalsRoster.mostPeers)
        own = try object.required("own").decode(Digest256.self)
        pairs = try object.required("pairs").list(of: Digest256.self, maxCount: TotalsRoster.mostPeers)
    }

    public var json: JSONValue {
        ["packages": .array(packages.map(\.json)), "own": own.json, "pairs": .array(pairs.map(\.json))]
    }
}
