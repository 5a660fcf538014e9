import Crypto
import Foundation

/// Bytes sealed piece by piece with ChaCha20-Poly1305, as the STREAM construction does it: the nonce is the piece's number and
/// whether it is the last, so that no piece can be left out, moved, repeated or cut off unseen.
///
/// A piece on the disk: 4 bytes of length (big-endian), then the sealed bytes with their tag.
struct SealedStream: Sendable {
    /// Open bytes in a piece, but for the last.
    static let pieceSize = 1 << 18
    private let key: SymmetricKey
    private var number: UInt64 = 0

    /// - Parameter header: is bound to every piece.
    init(_ key: SymmetricKey, header: [UInt8]) {
        self.key = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: key, salt: Array(SHA256.hash(data: header)), info: Array("dure/backup/pieces/1".utf8),
            outputByteCount: 32)
    }

    private mutating func nonce(isLast: Bool) -> [UInt8] {
        defer { number += 1 }
        return [0, 0, 0] + withUnsafeBytes(of: number.bigEndian) { Array($0) } + [isLast ? 1 : 0]
    }

    mutating func seal(_ bytes: [UInt8], isLast: Bool) throws(BackupError) -> [UInt8] {
        guard let nonce = try? ChaChaPoly.Nonce(data: nonce(isLast: isLast)),
            let box = try? ChaChaPoly.seal(bytes, using: key, nonce: nonce)
        else { throw BackupError(.key, "The backup could not be sealed.", advice: "Report this.") }
        let sealed = Array(box.ciphertext) + Array(box.tag)
        return withUnsafeBytes(of: UInt32(sealed.count).bigEndian) { Array($0) } + sealed
    }

    /// The open bytes of the next piece, or nil where it does not hold.
    mutating func open(_ sealed: [UInt8], isLast: Bool) -> [UInt8]? {
        guard sealed.count >= 16, let nonce = try? ChaChaPoly.Nonce(data: nonce(isLast: isLast)),
            let box = try? ChaChaPoly.SealedBox(nonce: nonce, ciphertext: sealed.dropLast(16), tag: sealed.suffix(16)),
            let bytes = try? ChaChaPoly.open(box, using: key)
        else { return nil }
        return Array(bytes)
    }
}
