import Crypto
import Foundation
import SwiftASN1
import X509

/// The consortium's own certificate authority. It issues two kinds of certificate: the coordinator's server certificate, and one
/// client certificate for each hospital, bound to it by the URI name `urn:dure:node:KR-H-0017`.
///
/// The path length is 0, the keys are P-256, and nothing but the public key is taken from a request: names, uses and times are the
/// authority's.
public struct ConsortiumCA: Sendable {
    /// For how long the authority's own certificate is valid: ten years.
    public static let authorityLifetime: Int64 = 3_653 * 86_400
    /// For how long a certificate is valid: 90 days, renewed at two thirds.
    public static let leafLifetime: Int64 = 90 * 86_400
    /// Certificates begin this much earlier, in seconds, for clocks that lag.
    static let backdating: Int64 = 3_600

    private let key: P256.Signing.PrivateKey
    private let certificate: Certificate

    /// A new authority.
    ///
    /// - Throws: `FederationError` (`CERTIFICATE_INVALID`).
    public init(name: String, now: Timestamp) throws(FederationError) {
        let key = P256.Signing.PrivateKey()
        self.key = key
        do {
            let subject = try DistinguishedName {
                CommonName(name)
                OrganizationName("Dure consortium")
            }
            certificate = try Certificate(
                version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: .init(key.publicKey),
                notValidBefore: now.adding(-Self.backdating).date, notValidAfter: now.adding(Self.authorityLifetime).date,
                issuer: subject, subject: subject, signatureAlgorithm: .ecdsaWithSHA256,
                extensions: try Certificate.Extensions {
                    Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
                    Critical(KeyUsage(keyCertSign: true, cRLSign: true))
                    SubjectKeyIdentifier(hash: Certificate.PublicKey(key.publicKey))
                },
                issuerPrivateKey: .init(key))
        } catch {
            throw FederationError(.certificateInvalid, "The authority's certificate could not be made: \(error).")
        }
    }

    /// An authority from its files.
    ///
    /// - Throws: `FederationError` (`KEY_INVALID`, `CERTIFICATE_INVALID`).
    public init(keyPEM: String, certificatePEM: String) throws(FederationError) {
        do {
            key = try P256.Signing.PrivateKey(pemRepresentation: keyPEM)
        } catch {
            throw FederationError(.keyInvalid, "The authority's key is not a P-256 key in PEM.", advice: "Restore the backup.")
        }
        do {
            certificate = try Certificate(pemEncoded: certificatePEM)
        } catch {
            throw FederationError(
                .certificateInvalid, "The authority's certificate is not readable.", advice: "Restore the backup.")
        }
        guard certificate.publicKey == Certificate.PublicKey(key.publicKey) else {
            throw FederationError(
                .keyInvalid, "The authority's key and certificate do not belong together.",
                advice: "Restore both from one backup.")
        }
    }

    /// The authority's key, for its file (mode 0600).
    public var keyPEM: String { key.pemRepresentation }

    /// The authority's certificate, PEM: what nodes and clients trust.
    public var certificatePEM: String {
        get throws(FederationError) { try Self.pem(certificate) }
    }

    /// The digest of the authority's certificate, which an enrolment code carries.
    public var fingerprint: Digest256 {
        get throws(FederationError) { try CertificateFacts(pem: certificatePEM).fingerprint }
    }

    /// A client certificate for the node of `hospital`, PEM, from its PKCS#10 request.
    ///
    /// - Throws: `FederationError` (`CERTIFICATE_INVALID`) where the request is not readable or not signed by its own key, or the
    ///   key is not P-256.
    public func issueNodeCertificate(
        request pem: String, hospital: HospitalID, now: Timestamp, lifetime: Int64 = leafLifetime
    ) throws(FederationError) -> String {
        let names = SubjectAlternativeNames([.uniformResourceIdentifier(CertificateFacts.nodePrefix + hospital.rawValue)])
        return try issue(
            to: try publicKey(ofRequest: pem), commonName: hospital.rawValue, names: names, use: .clientAuth, now: now,
            lifetime: lifetime)
    }

    /// A server certificate and its key, both PEM, for `hosts` (DNS names or IPv4 addresses).
    ///
    /// - Throws: `FederationError` (`CERTIFICATE_INVALID`).
    public func issueServerCertificate(
        hosts: [String], now: Timestamp, lifetime: Int64 = leafLifetime
    ) throws(FederationError) -> (certificatePEM: String, keyPEM: String) {
        let key = P256.Signing.PrivateKey()
        let names = SubjectAlternativeNames(hosts.map(Self.generalName))
        let certificate = try issue(
            to: .init(key.publicKey), commonName: hosts.first ?? "coordinator", names: names, use: .serverAuth, now: now,
            lifetime: lifetime)
        return (certificate, key.pemRepresentation)
    }

    private func issue(
        to publicKey: Certificate.PublicKey, commonName: String, names: SubjectAlternativeNames,
        use: ExtendedKeyUsage.Usage, now: Timestamp, lifetime: Int64
    ) throws(FederationError) -> String {
        do {
            let leaf = try Certificate(
                version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: publicKey,
                notValidBefore: now.adding(-Self.backdating).date, notValidAfter: now.adding(lifetime).date,
                issuer: certificate.subject, subject: DistinguishedName { CommonName(commonName) },
                signatureAlgorithm: .ecdsaWithSHA256,
                extensions: try Certificate.Extensions {
                    Critical(BasicConstraints.notCertificateAuthority)
                    Critical(KeyUsage(digitalSignature: true))
                    try ExtendedKeyUsage([use])
                    names
                    AuthorityKeyIdentifier(keyIdentifier: try certificate.extensions.subjectKeyIdentifier?.keyIdentifier)
                },
                issuerPrivateKey: .init(key))
            return try Self.pem(leaf)
        } catch let error as FederationError {
            throw error
        } catch {
            throw FederationError(.certificateInvalid, "The certificate for \(commonName) could not be made: \(error).")
        }
    }

    private func publicKey(ofRequest pem: String) throws(FederationError) -> Certificate.PublicKey {
        let request: CertificateSigningRequest
        do {
            request = try CertificateSigningRequest(pemEncoded: pem)
        } catch {
            throw FederationError(.certificateInvalid, "The certificate request is not readable (PKCS#10, PEM).")
        }
        guard P256.Signing.PublicKey(request.publicKey) != nil,
            request.publicKey.isValidSignature(request.signature, for: request)
        else {
            throw FederationError(.certificateInvalid, "The certificate request is not signed by its own P-256 key.")
        }
        return request.publicKey
    }

    private static func generalName(_ host: String) -> GeneralName {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        let octets = parts.compactMap(\.self)
        return parts.count == 4 && octets.count == 4
            ? .ipAddress(ASN1OctetString(contentBytes: octets[...])) : .dnsName(host)
    }

    private static func pem(_ certificate: Certificate) throws(FederationError) -> String {
        do {
            return try certificate.serializeAsPEM().pemString + "\n"
        } catch {
            throw FederationError(.certificateInvalid, "The certificate could not be written: \(error).")
        }
    }
}

extension Timestamp {
    var date: Date { Date(timeIntervalSince1970: TimeInterval(seconds)) }
}
