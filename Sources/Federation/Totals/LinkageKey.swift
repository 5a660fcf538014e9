import Crypto
import Disclosure
import Foundation

/// What the hospitals of a consortium share, and neither the coordinator nor the guardian has: the key that turns the identifiers
/// of patients into the hashes of a sketch.
///
/// Without it a sketch tells nothing about a known person; with it, whoever has a sketch can look for one. So it belongs to the
/// hospitals' own secrets.
public struct LinkageKey: Sendable {
    private let key: SymmetricKey

    /// A key from its 32 bytes.
    ///
    /// - Throws: `FederationError` (`KEY_INVALID`) where there are not 32.
    public init(bytes: [UInt8]) throws(FederationError) {
        guard bytes.count == 32 else {
            throw FederationError(
                .keyInvalid, "The linkage key is not 32 bytes.",
                advice: "Its file holds 64 hexadecimal digits, the same at all hospitals.")
        }
        key = SymmetricKey(data: bytes)
    }

    /// 16 hexadecimal digits by which the guardian sees that all hospitals have the same key: the first 8 bytes of
    /// HMAC-SHA256(key, `dure.linkage-key/1`). They tell nothing about it.
    public var name: String { Hex.encode(Array(Self.mac(Array("dure.linkage-key/1".utf8), key).prefix(8))) }

    /// The hash of a person in the sketch of one total: HMAC-SHA256(HMAC-SHA256(key, identity), salt), its first 64 bits,
    /// big-endian.
    public func hash(_ identity: Identity, salt: SketchSalt) -> UInt64 {
        let pseudonym = SymmetricKey(data: Self.mac(identity.bytes, key))
        return Self.mac(salt.bytes, pseudonym).prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }

    private static func mac(_ message: [UInt8], _ key: SymmetricKey) -> HMAC<SHA256>.MAC {
        HMAC<SHA256>.authenticationCode(for: message, using: key)
    }

    /// Who a person is across hospitals.
    public struct Identity: Sendable, Hashable {
        let bytes: [UInt8]

        /// The person whom all hospitals know by this identifier: its UTF-8 bytes.
        public init(identifier: String) { bytes = Array(identifier.utf8) }

        /// Somebody whom no other hospital knows, made up or without an identifier: a zero byte, which no identifier holds, the
        /// hospital, a line feed, and 64 bits of that hospital's own in 16 hexadecimal digits.
        public init(of hospital: HospitalID, own bits: UInt64) {
            bytes = [0] + Array("\(hospital)\n\(Hex.encode(bits))".utf8)
        }
    }
}

/// The salt of the sketches of one total: the same cohort under the same roster has the same one, so that the same question asked
/// again is the same sketch; sketches of different cohorts cannot be joined.
public struct SketchSalt: Sendable, Hashable {
    let bytes: [UInt8]

    /// `dure.sketch-salt/1`, the digests of cohort and roster as they are written, with line feeds between.
    public init(_ subject: TotalSubject) {
        bytes = Array("dure.sketch-salt/1\n\(subject.cohort)\n\(subject.roster)".utf8)
    }
}

extension LinkageKey: CustomStringConvertible, CustomReflectable {
    /// Its name, never the key.
    public var description: String { "linkage key \(name)" }
    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: [] as [Mirror.Child]) }
}
