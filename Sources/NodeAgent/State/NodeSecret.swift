import Crypto
@_spi(Hospital) import Disclosure
import Federation
import Foundation

/// The node's secret: 32 random bytes that never leave the state directory. Rounding and patient keys are derived from it,
/// so that the same set of patients is always shown the same way, also after a restart.
struct NodeSecret: StickyKey {
    private let key: SymmetricKey

    /// Reads the secret, or makes it once.
    /// - Throws: `INTEGRITY` where the file is damaged: a new secret would draw known answers anew.
    init(in state: StateDirectory) throws(NodeError) {
        let path = state.file("node-secret")
        if !Files.exists(path) {
            let bytes = SymmetricKey(size: .bits256).withUnsafeBytes { Array($0) }
            try Files.write(Hex.encode(bytes), to: path)
        }
        let text = try Files.text(path, what: "the node's secret").trimmingCharacters(in: .whitespacesAndNewlines)
        guard let bytes = Hex.decode(text), bytes.count == 32 else {
            throw NodeError(
                .integrity, "\(path) does not hold 64 hexadecimal digits.",
                advice: "Restore it from a backup. A new one would make old and new answers comparable: ask before you delete it."
            )
        }
        key = SymmetricKey(data: bytes)
    }

    init(bytes: [UInt8]) { key = SymmetricKey(data: bytes) }

    func draw(_ purpose: String, _ digest: SetDigest) -> UInt64 {
        var message = Array("dure/draw/1\u{0}\(purpose)\u{0}".utf8)
        withUnsafeBytes(of: digest.sum.bigEndian) { message.append(contentsOf: $0) }
        return mac(message).prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// The secret key of one patient, by a stable number of the store.
    func patientKey(_ person: Int64) -> UInt128 {
        var message = Array("dure/patient/1\u{0}".utf8)
        withUnsafeBytes(of: person.bigEndian) { message.append(contentsOf: $0) }
        return mac(message).prefix(16).reduce(0) { $0 << 8 | UInt128($1) }
    }

    /// What the release ledger is sealed with.
    var sealingKey: SymmetricKey {
        HKDF<SHA256>.deriveKey(inputKeyMaterial: key, info: Array("dure/ledger/1".utf8), outputByteCount: 32)
    }

    private func mac(_ message: [UInt8]) -> HMAC<SHA256>.MAC {
        HMAC<SHA256>.authenticationCode(for: message, using: key)
    }
}
