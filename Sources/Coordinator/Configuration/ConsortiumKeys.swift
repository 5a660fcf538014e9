import Daemon
import Federation
import Foundation

/// The coordinator's keys, read once at start: the CA that enrols nodes and the key that signs tickets, receipts and results.
public struct ConsortiumKeys: Sendable {
    /// The consortium's certificate authority.
    public let authority: ConsortiumCA
    /// Its certificate, PEM.
    public let authorityPEM: String
    /// The digest of its certificate, which enrolment codes carry.
    public let authorityFingerprint: Digest256
    /// The key that signs tickets, receipts and results.
    public let signing: SigningKey

    /// Reads the keys of a state directory. The two private ones may also be handed over by the service manager, as the
    /// credentials `ca.key` and `signing.seed`, and need not lie in the folder then.
    ///
    /// - Throws: `CoordinatorError` (`CONFIGURATION`).
    public init(_ directory: StateDirectory, credentials: CredentialFolder = CredentialFolder()) throws(CoordinatorError) {
        let keyPEM = try StateDirectory.read(credentials.file("ca.key") ?? directory.authorityKeyFile)
        let certificatePEM = try StateDirectory.read(directory.authorityCertificateFile)
        let seed = try StateDirectory.read(credentials.file("signing.seed") ?? directory.signingKeyFile)
        do throws(FederationError) {
            try self.init(
                authority: ConsortiumCA(keyPEM: keyPEM, certificatePEM: certificatePEM),
                signing: SigningKey(seed: Hex.decode(seed.filter { !$0.isWhitespace }) ?? []))
        } catch {
            throw CoordinatorError(
                .configuration, "The keys in \(directory.path) are not usable: \(error.message)", advice: error.advice,
                detailCode: error.code.rawValue)
        }
    }

    init(authority: ConsortiumCA, signing: SigningKey) throws(FederationError) {
        self.authority = authority
        authorityPEM = try authority.certificatePEM
        authorityFingerprint = try authority.fingerprint
        self.signing = signing
    }

    /// New keys, written into a state directory.
    static func make(in directory: StateDirectory, name: String, now: Timestamp) throws -> ConsortiumKeys {
        let authority = try ConsortiumCA(name: name, now: now)
        let signing = SigningKey()
        try StateDirectory.write(authority.keyPEM, to: directory.authorityKeyFile)
        try StateDirectory.write(try authority.certificatePEM, to: directory.authorityCertificateFile)
        try StateDirectory.write(Hex.encode(signing.seed) + "\n", to: directory.signingKeyFile)
        return try ConsortiumKeys(authority: authority, signing: signing)
    }
}
