import Crypto
import Foundation
import SwiftASN1
import X509

/// The two keys of a node, made on the node and never leaving it: P-256 for TLS, Ed25519 for answers.
public struct NodeKeys: Sendable {
    /// The key that signs answers.
    public let signing: SigningKey
    private let tls: P256.Signing.PrivateKey

    /// New keys.
    public init() {
        signing = SigningKey()
        tls = P256.Signing.PrivateKey()
    }

    /// Keys from their files.
    ///
    /// - Throws: `FederationError` (`KEY_INVALID`).
    public init(signingSeed: [UInt8], tlsPEM: String) throws(FederationError) {
        signing = try SigningKey(seed: signingSeed)
        do {
            tls = try P256.Signing.PrivateKey(pemRepresentation: tlsPEM)
        } catch {
            throw FederationError(
                .keyInvalid, "The TLS key is not a P-256 key in PEM.", advice: "Restore the file from its backup.")
        }
    }

    /// The TLS key for its file (mode 0600) and for libcurl.
    public var tlsPEM: String { tls.pemRepresentation }

    /// These keys with a fresh TLS key, for a renewal.
    public func renewed() -> NodeKeys { NodeKeys(signing: signing, tls: P256.Signing.PrivateKey()) }

    private init(signing: SigningKey, tls: P256.Signing.PrivateKey) {
        self.signing = signing
        self.tls = tls
    }

    /// A PKCS#10 request for `commonName`, PEM. The CA copies nothing from it but the public key.
    ///
    /// - Throws: `FederationError` (`CERTIFICATE_INVALID`).
    public func certificateRequest(commonName: String) throws(FederationError) -> String {
        do {
            let request = try CertificateSigningRequest(
                version: .v1, subject: DistinguishedName { CommonName(commonName) }, privateKey: .init(tls),
                attributes: .init(), signatureAlgorithm: .ecdsaWithSHA256)
            return try request.serializeAsPEM().pemString
        } catch {
            throw FederationError(.certificateInvalid, "The certificate request could not be made: \(error).")
        }
    }

    /// Whether `certificate` (PEM) was issued for this TLS key.
    public func own(certificate pem: String) -> Bool {
        guard let certificate = try? Certificate(pemEncoded: pem) else { return false }
        return certificate.publicKey == Certificate.PublicKey(tls.publicKey)
    }
}
