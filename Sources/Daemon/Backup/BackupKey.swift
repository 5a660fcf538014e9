import Crypto
import Federation
import Foundation

/// What a backup is sealed with. There are keys in it, so an open one is never written.
public enum BackupSeal: Sendable {
    /// A passphrase that persons keep.
    case passphrase(String)
    /// The public key of a key pair whose other half is kept elsewhere: the machine can then make backups that it cannot open.
    case recipient(BackupRecipient)

    /// The shortest passphrase, in characters.
    public static let leastPassphrase = 14

    /// A passphrase that is long enough.
    ///
    /// - Throws: `BackupError` (`BACKUP_KEY`).
    public static func checked(passphrase: String) throws(BackupError) -> BackupSeal {
        let text = passphrase.trimmingCharacters(in: .whitespacesAndNewlines)
        guard text.count >= leastPassphrase else {
            throw BackupError(
                .key, "The passphrase has fewer than \(leastPassphrase) characters.",
                advice: "Take four or more random words, and keep them where the backup is not.")
        }
        return .passphrase(text)
    }

    /// The key of a new archive, and how it is found again.
    func makeKey(cost: ScryptCost) throws(BackupError) -> (key: SymmetricKey, wrap: BackupWrap) {
        switch self {
        case .passphrase(let passphrase):
            let salt = SymmetricKey(size: .bits128).withUnsafeBytes { Array($0) }
            return (try cost.derive(passphrase, salt), .passphrase(salt: salt, cost))
        case .recipient(let recipient):
            let key = SymmetricKey(size: .bits256)
            let sealed = try recipient.seal(key)
            return (key, .recipient(recipient.bytes, encapsulated: sealed.encapsulated, key: sealed.key))
        }
    }
}

/// What opens a backup.
public enum BackupOpener: Sendable {
    /// The passphrase.
    case passphrase(String)
    /// The private key.
    case key(BackupPrivateKey)

    /// The archive's key.
    func open(_ wrap: BackupWrap) throws(BackupError) -> SymmetricKey {
        switch (wrap, self) {
        case (.passphrase(let salt, let cost), .passphrase(let passphrase)):
            return try cost.derive(passphrase.trimmingCharacters(in: .whitespacesAndNewlines), salt)
        case (.recipient(_, let encapsulated, let sealed), .key(let key)):
            return try key.open(encapsulated, sealed)
        case (.passphrase, .key):
            throw BackupError(.key, "The backup is sealed with a passphrase.", advice: "Give --passphrase-file.")
        case (.recipient(let bytes, _, _), .passphrase):
            throw BackupError(
                .key, "The backup is sealed for the key \(BackupRecipient.fingerprint(bytes)).", advice: "Give --key-file.")
        }
    }

    static let wrong = BackupError(
        .key, "The backup does not open: the passphrase or key is another one, or the backup was changed.",
        advice: "Try the passphrase or key that was in use on the day of the backup.")
}

/// The public half of a key pair for backups (X25519; HPKE, RFC 9180, base mode with HKDF-SHA256 and ChaCha20-Poly1305).
public struct BackupRecipient: Sendable, Hashable {
    /// The 32 bytes of RFC 7748.
    public let bytes: [UInt8]

    /// A key from its 64 hexadecimal digits.
    ///
    /// - Throws: `BackupError` (`BACKUP_KEY`).
    public init(hex: String) throws(BackupError) {
        guard let bytes = Hex.decode(hex.trimmingCharacters(in: .whitespacesAndNewlines)), bytes.count == 32,
            (try? Curve25519.KeyAgreement.PublicKey(rawRepresentation: bytes)) != nil
        else {
            throw BackupError(
                .key, "A backup key is 64 hexadecimal digits.", advice: "`backup key` makes a pair and prints the public half.")
        }
        self.bytes = bytes
    }

    init(bytes: [UInt8]) { self.bytes = bytes }

    /// Groups of digits to compare over the telephone.
    public var fingerprint: String { Self.fingerprint(bytes) }

    static func fingerprint(_ bytes: [UInt8]) -> String { Fingerprint.grouped(Digest256(of: bytes)) }

    static let suite = HPKE.Ciphersuite.Curve25519_SHA256_ChachaPoly
    static let info = Data("dure/backup/key/1".utf8)

    func seal(_ key: SymmetricKey) throws(BackupError) -> (encapsulated: [UInt8], key: [UInt8]) {
        do {
            let publicKey = try Curve25519.KeyAgreement.PublicKey(rawRepresentation: bytes)
            var sender = try HPKE.Sender(recipientKey: publicKey, ciphersuite: Self.suite, info: Self.info)
            let sealed = try sender.seal(key.withUnsafeBytes { Data($0) })
            return (Array(sender.encapsulatedKey), Array(sealed))
        } catch {
            throw BackupError(.key, "Nothing can be sealed for this backup key.", advice: "Make a new pair with `backup key`.")
        }
    }
}

/// The private half of a key pair for backups: kept away from the machine that makes them.
public struct BackupPrivateKey: Sendable {
    private let key: Curve25519.KeyAgreement.PrivateKey

    /// A new key from the system's random source.
    public init() { key = Curve25519.KeyAgreement.PrivateKey() }

    /// A key from its 64 hexadecimal digits.
    ///
    /// - Throws: `BackupError` (`BACKUP_KEY`).
    public init(hex: String) throws(BackupError) {
        guard let bytes = Hex.decode(hex.trimmingCharacters(in: .whitespacesAndNewlines)), bytes.count == 32,
            let key = try? Curve25519.KeyAgreement.PrivateKey(rawRepresentation: bytes)
        else {
            throw BackupError(
                .key, "The key file does not hold 64 hexadecimal digits.", advice: "Give the file that `backup key` wrote.")
        }
        self.key = key
    }

    /// For the key file.
    public var hex: String { Hex.encode(key.rawRepresentation) }

    /// The half that may be given away.
    public var recipient: BackupRecipient { BackupRecipient(bytes: Array(key.publicKey.rawRepresentation)) }

    func open(_ encapsulated: [UInt8], _ sealed: [UInt8]) throws(BackupError) -> SymmetricKey {
        do {
            var recipient = try HPKE.Recipient(
                privateKey: key, ciphersuite: BackupRecipient.suite, info: BackupRecipient.info,
                encapsulatedKey: Data(encapsulated))
            return SymmetricKey(data: try recipient.open(Data(sealed)))
        } catch {
            throw BackupOpener.wrong
        }
    }
}
