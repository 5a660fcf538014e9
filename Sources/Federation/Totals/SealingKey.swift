import CanonicalJSON
import Crypto
import Foundation

/// An X25519 key that a guardian, or a hospital's node, opens seeds with (HPKE, RFC 9180: X25519, HKDF-SHA256, ChaCha20-Poly1305, base mode).
public struct SealingKey: Sendable {
    static let suite = HPKE.Ciphersuite.Curve25519_SHA256_ChachaPoly
    /// Bytes of HPKE's encapsulated key.
    static let encapsulatedLength = 32
    /// Bytes of the tag that sealing adds.
    static let tagLength = 16
    private let key: Curve25519.KeyAgreement.PrivateKey

    /// A new key from the system's random source.
    public init() { key = Curve25519.KeyAgreement.PrivateKey() }

    /// A key from its 32 bytes.
    ///
    /// - Throws: `FederationError` (`KEY_INVALID`) where there are not 32.
    public init(seed: [UInt8]) throws(FederationError) {
        do {
            key = try Curve25519.KeyAgreement.PrivateKey(rawRepresentation: seed)
        } catch {
            throw FederationError(
                .keyInvalid, "The sealing key is not 32 bytes.", advice: "Restore the key file from its backup.")
        }
    }

    /// A node's own: derived from the key that it signs with, so that there is one key to keep, and a roster that lists both never
    /// mixes two enrolments.
    ///
    /// HKDF-SHA256 of the signing seed, no salt, info `dure.sealing-key/1`.
    public init(of signing: SigningKey) throws(FederationError) {
        let derived = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: signing.seed), info: Array("dure.sealing-key/1".utf8), outputByteCount: 32)
        try self.init(seed: derived.withUnsafeBytes { Array($0) })
    }

    /// The 32 bytes, for the key file. They must not go anywhere else.
    public var seed: [UInt8] { Array(key.rawRepresentation) }

    /// The half that others seal for.
    public var sealingKey: Public { Public(unchecked: Array(key.publicKey.rawRepresentation)) }

    /// The public half of a `SealingKey`.
    public struct Public: Sendable, Hashable, JSONEncodable, JSONDecodable {
        /// The 32 bytes of RFC 7748.
        public let bytes: [UInt8]

        fileprivate init(unchecked bytes: [UInt8]) { self.bytes = bytes }

        /// A key from its 32 bytes, or nil where there are not 32.
        public init?(bytes: [UInt8]) {
            guard bytes.count == 32, (try? Curve25519.KeyAgreement.PublicKey(rawRepresentation: bytes)) != nil else { return nil }
            self.bytes = bytes
        }

        public init(from json: JSONReader) throws(JSONError) {
            guard let key = Hex.decode(try json.string(maxLength: 64)).flatMap(Public.init(bytes:)) else {
                throw json.fail(.badValue, "is not an X25519 public key: expected 64 hexadecimal digits")
            }
            self = key
        }

        public var json: JSONValue { .string(Hex.encode(bytes)) }

        /// The key's fingerprint in eight groups of four digits, to be compared over the telephone.
        public var fingerprint: String { Fingerprint.grouped(Digest256(of: bytes)) }
    }

    /// What `seal` made: only the holder of the key opens it, and only under the same `info`.
    struct Sealed: Sendable, Hashable {
        /// The encapsulated key, 32 bytes.
        let encapsulated: [UInt8]
        /// The sealed bytes with their tag.
        let ciphertext: [UInt8]
    }

    static func seal(_ message: [UInt8], for key: Public, info: [UInt8]) throws(FederationError) -> Sealed {
        do {
            let recipient = try Curve25519.KeyAgreement.PublicKey(rawRepresentation: key.bytes)
            var sender = try HPKE.Sender(recipientKey: recipient, ciphersuite: suite, info: Data(info))
            let ciphertext = try sender.seal(Data(message))
            return Sealed(encapsulated: Array(sender.encapsulatedKey), ciphertext: Array(ciphertext))
        } catch {
            throw FederationError(
                .keyInvalid, "Nothing can be sealed for the key \(Hex.encode(key.bytes.prefix(8))).",
                advice: "Compare the guardian's sealing key on the totals roster.")
        }
    }

    /// 32 bytes that the holders of both keys, and nobody else, can work out: X25519, then HKDF-SHA256 without salt.
    func agree(with peer: Public, info: [UInt8]) throws(FederationError) -> [UInt8] {
        do {
            let secret = try key.sharedSecretFromKeyAgreement(
                with: Curve25519.KeyAgreement.PublicKey(rawRepresentation: peer.bytes))
            let derived = secret.hkdfDerivedSymmetricKey(
                using: SHA256.self, salt: Data(), sharedInfo: Data(info), outputByteCount: TotalMask.seedLength)
            return derived.withUnsafeBytes { Array($0) }
        } catch {
            throw FederationError(
                .keyInvalid, "No secret can be agreed on with the key \(Hex.encode(peer.bytes.prefix(8))).",
                advice: "Compare that hospital's sealing key on the totals roster.")
        }
    }

    func open(_ sealed: Sealed, info: [UInt8]) throws(FederationError) -> [UInt8] {
        do {
            var recipient = try HPKE.Recipient(
                privateKey: key, ciphersuite: Self.suite, info: Data(info), encapsulatedKey: Data(sealed.encapsulated))
            return Array(try recipient.open(Data(sealed.ciphertext)))
        } catch {
            throw FederationError(
                .sealInvalid, "What is sealed does not open with this key, or belongs to another share.",
                advice: "Compare the sealing key with the one on the totals roster.")
        }
    }
}
