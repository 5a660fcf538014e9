import Crypto
import Foundation
import SwiftASN1
import X509

/// What Dure reads from a certificate: whose it is, until when, and its fingerprint.
public struct CertificateFacts: Sendable, Hashable {
    /// The hospital that the certificate is bound to by its URI name `urn:dure:node:KR-H-0017`; nil for other certificates.
    public let node: HospitalID?
    /// The subject's common name.
    public let commonName: String
    /// The issuer's common name: who to ask when a proxy has put its own certificate in the way.
    public let issuerName: String
    /// The digest of the certificate's DER: rename-proof, and what revocation is keyed by.
    public let fingerprint: Digest256
    /// From when on it is valid.
    public let notBefore: Timestamp
    /// When it ends.
    public let expires: Timestamp

    static let nodePrefix = "urn:dure:node:"

    /// Reads a certificate.
    ///
    /// - Throws: `FederationError` (`CERTIFICATE_INVALID`).
    public init(der: [UInt8]) throws(FederationError) {
        let certificate: Certificate
        do {
            certificate = try Certificate(derEncoded: der)
        } catch {
            throw FederationError(.certificateInvalid, "The certificate is not readable (X.509, DER).")
        }
        node = Self.node(of: certificate)
        commonName = certificate.subject.commonName
        issuerName = certificate.issuer.commonName
        fingerprint = Digest256(of: der)
        notBefore = Timestamp(Int64(certificate.notValidBefore.timeIntervalSince1970))
        expires = Timestamp(Int64(certificate.notValidAfter.timeIntervalSince1970))
    }

    /// Reads the first certificate of a PEM text.
    ///
    /// - Throws: `FederationError` (`CERTIFICATE_INVALID`).
    public init(pem: String) throws(FederationError) {
        let der: [UInt8]
        do {
            der = try PEMDocument(pemString: pem).derBytes
        } catch {
            throw FederationError(.certificateInvalid, "The certificate is not readable (PEM).")
        }
        try self.init(der: der)
    }

    private static func node(of certificate: Certificate) -> HospitalID? {
        guard let names = try? certificate.extensions.subjectAlternativeNames else { return nil }
        for name in names {
            if case .uniformResourceIdentifier(let uri) = name, uri.hasPrefix(nodePrefix) {
                return HospitalID(rawValue: String(uri.dropFirst(nodePrefix.count)))
            }
        }
        return nil
    }

    /// When a holder should ask for the next one: at two thirds of the certificate's life.
    public var renewFrom: Timestamp { notBefore.adding((expires.seconds - notBefore.seconds) * 2 / 3) }
}

extension DistinguishedName {
    /// The value of the first common-name attribute, or an empty text.
    var commonName: String {
        for name in self {
            for attribute in name where attribute.type == .RDNAttributeType.commonName {
                return String(describing: attribute.value)
            }
        }
        return ""
    }
}
