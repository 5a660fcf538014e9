import CanonicalJSON
import Crypto
import Foundation

/// An Ed25519 key that signs tickets (the coordinator's) or answers (a node's). RFC 8032.
public struct SigningKey: Sendable {
    private let key: Curve25519.Signing.PrivateKey

    /// A new key from the system's random source.
    public init() { key = Curve25519.Signing.PrivateKey() }

    /// A key from its 32-byte seed.
    ///
    /// - Throws: `FederationError` (`KEY_INVALID`) where `seed` is not 32 bytes.
    public init(seed: [UInt8]) throws(FederationError) {
        do {
            key = try Curve25519.Signing.PrivateKey(rawRepresentation: seed)
        } catch {
            throw FederationError(
                .keyInvalid, "The signing key is not 32 bytes.", advice: "Restore the key file from its backup.")
        }
    }

    /// The 32-byte seed, for the key file. It must not go anywhere else.
    public var seed: [UInt8] { Array(key.rawRepresentation) }

    /// The half that others verify with.
    public var verificationKey: VerificationKey { VerificationKey(key.publicKey) }

    /// The 64-byte signature of `bytes`. Deterministic: the same bytes give the same signature.
    func signature(of bytes: [UInt8]) throws(FederationError) -> [UInt8] {
        do {
            return Array(try key.signature(for: bytes))
        } catch {
            throw FederationError(.keyInvalid, "The signing key could not sign.", advice: "Restore the key file from its backup.")
        }
    }
}

/// The public half of a `SigningKey`.
public struct VerificationKey: Sendable, Hashable, JSONEncodable, JSONDecodable {
    /// The 32 bytes of RFC 8032 section 5.1.5.
    public let bytes: [UInt8]

    init(_ key: Curve25519.Signing.PublicKey) { bytes = Array(key.rawRepresentation) }

    /// A key from its 32 bytes, or nil where there are not 32.
    public init?(bytes: [UInt8]) {
        guard bytes.count == 32, (try? Curve25519.Signing.PublicKey(rawRepresentation: bytes)) != nil else { return nil }
        self.bytes = bytes
    }

    public init(from json: JSONReader) throws(JSONError) {
        guard let key = Hex.decode(try json.string(maxLength: 64)).flatMap(VerificationKey.init(bytes:)) else {
            throw json.fail(.badValue, "is not an Ed25519 public key: expected 64 hexadecimal digits")
        }
        self = key
    }

    public var json: JSONValue { .string(Hex.encode(bytes)) }

    /// A short name for the key: `ed25519:` and the first 16 hexadecimal digits of its SHA-256.
    public var name: String { "ed25519:" + String(Digest256(of: bytes).text.dropFirst(7).prefix(16)) }

    /// The key's fingerprint in eight groups of four digits, to be compared over the telephone.
    public var fingerprint: String { Fingerprint.grouped(Digest256(of: bytes)) }

    func accepts(_ signature: [UInt8], of bytes: [UInt8]) -> Bool {
        guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: self.bytes) else { return false }
        return key.isValidSignature(signature, for: bytes)
    }
}

/// A digest as two people read it to each other over the telephone: the first 128 bits in eight groups of four digits.
public enum Fingerprint {
    /// `4C1A 9F20 77B3 0D51 …`, eight groups.
    public static func grouped(_ digest: Digest256) -> String {
        let digits = Array(digest.text.dropFirst(7).prefix(32).uppercased())
        return stride(from: 0, to: 32, by: 4).map { String(digits[$0..<$0 + 4]) }.joined(separator: " ")
    }

    /// Whether `text`, with any spacing, hyphens and case, names at least the first 64 bits of `digest` and nothing else.
    public static func matches(_ text: String, _ digest: Digest256) -> Bool {
        let digits = text.lowercased().filter { $0 != " " && $0 != "-" && $0 != ":" }
        return digits.count >= 16 && digest.text.dropFirst(7).hasPrefix(digits)
    }
}
