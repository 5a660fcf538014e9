import CanonicalJSON
import Crypto
import CryptoExtras
import Disclosure
import Foundation

/// The mask of one hospital's vector: 64-bit words that only who has the seed can tell from random ones.
///
/// A seed is drawn afresh for every answer and lives nowhere but sealed in it. It is never derived from a kept key: a node
/// restored from a backup would mask two vectors with one mask, and their difference would be readable.
public struct TotalMask: Sendable {
    /// Bytes of a seed.
    public static let seedLength = 32
    private static let info = Array("dure.total-mask/1".utf8)

    /// The seed.
    public let seed: [UInt8]

    /// The mask of a new seed.
    public init(using generator: inout some RandomNumberGenerator) {
        seed = (0..<Self.seedLength).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }

    /// The mask of a seed.
    ///
    /// - Throws: `FederationError` (`SEAL_INVALID`) where it is not 32 bytes.
    public init(seed: [UInt8]) throws(FederationError) {
        guard seed.count == Self.seedLength else {
            throw FederationError(.sealInvalid, "A seed of \(seed.count) bytes.", advice: "Compare the versions of the programs.")
        }
        self.seed = seed
    }

    /// `count` words: AES-256 in counter mode from a zero block, keyed with HKDF-SHA256 of the seed; big-endian.
    ///
    /// - Throws: `FederationError` (`SEAL_INVALID`) where the library refuses, which it does not for 32-byte keys.
    public func words(_ count: Int) throws(FederationError) -> MaskedVector {
        let key = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: seed), info: Self.info, outputByteCount: 32)
        do {
            let nonce = try AES._CTR.Nonce(nonceBytes: [UInt8](repeating: 0, count: 16))
            let stream = try AES._CTR.encrypt(Data(count: 8 * count), using: key, nonce: nonce)
            return MaskedVector(bytes: Array(stream))
        } catch {
            throw FederationError(.sealInvalid, "A mask could not be made: \(error).", advice: "Report this.")
        }
    }
}

extension MaskedVector {
    /// A vector from its bytes, eight a word, big-endian; what is left over is dropped.
    public init(bytes: [UInt8]) {
        self.init(
            stride(from: 0, to: bytes.count - bytes.count % 8, by: 8).map { start in
                bytes[start..<start + 8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            })
    }

    /// Eight bytes a word, big-endian.
    public var bytes: [UInt8] {
        words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64(56 - 8 * $0)) } }
    }

    /// The digest of its bytes, which the hospital signs and the guardian sees instead of the vector.
    public var digest: Digest256 { Digest256(of: bytes) }

    /// A vector as it crosses the wire: 16 hexadecimal digits a word.
    public var json: JSONValue { .string(Hex.encode(bytes)) }

    /// Reads a vector of at most `TotalLayout.largest` words.
    public init(from json: JSONReader) throws(JSONError) {
        guard let bytes = Hex.decode(try json.string(maxLength: 16 * TotalLayout.largest)), bytes.count.isMultiple(of: 8),
            !bytes.isEmpty
        else { throw json.fail(.badValue, "is not a vector: expected 16 hexadecimal digits a word") }
        self.init(bytes: bytes)
    }
}
