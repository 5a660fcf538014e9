import CanonicalJSON
import Federation
import Foundation
import Testing

@Suite struct EnrolmentCodeTests {
    @Test func codesAreReadAndWrittenAsTheVectorsSay() throws {
        for vector in try ProtocolVectors.load("enrolment-codes.json").required("codes").array() {
            let text = try vector.required("code").string()
            let code = try EnrolmentCode(text)
            #expect(Hex.encode(code.secret) == (try vector.required("secret").string()))
            #expect(code.names(authority: try vector.required("authority").decode(Digest256.self)))
            #expect(code.text == text)
        }
    }

    @Test func spacesHyphensCaseAndLookalikesDoNotMatter() throws {
        let first = try #require(try ProtocolVectors.load("enrolment-codes.json").required("codes").array().first)
        let text = try first.required("code").string()
        let typed = text.lowercased().replacingOccurrences(of: "-", with: " ").replacingOccurrences(of: "0", with: "o")
        #expect(try EnrolmentCode(typed).text == text)
    }

    @Test func everySingleTypingErrorIsNoticed() throws {
        var generator = SystemRandomNumberGenerator()
        let text = EnrolmentCode(authority: Digest256(of: [7]), using: &generator).text
        for index in text.indices.dropFirst(5) where text[index] != "-" {
            for other in "0123456789ABCDEFGHJKMNPQRSTVWXYZ" where other != text[index] {
                let typed = text.replacingCharacters(in: index...index, with: String(other))
                #expect((try? EnrolmentCode(typed))?.text != text)
            }
        }
    }

    @Test(arguments: ["", "DURE-", "DURE-1234", "hello", "DURE-0400-20G3-0G2G-C1R8-16JD-5H90-N6M0-HKME-HV0T-WJYW-W3RV-3"])
    func anythingElseIsRefused(_ text: String) {
        #expect(throws: FederationError.self) { try EnrolmentCode(text) }
    }
}

@Suite struct CertificateTests {
    let now = Timestamp(1_800_000_000)
    let hospital = HospitalID(unchecked: "KR-H-0017")

    @Test func aNodeCertificateIsBoundToItsHospitalAndNothingOfTheRequestButTheKey() throws {
        let ca = try ConsortiumCA(name: "Sample consortium", now: now)
        let keys = NodeKeys()
        let request = try keys.certificateRequest(commonName: "administrator")
        let pem = try ca.issueNodeCertificate(request: request, hospital: hospital, now: now)
        let facts = try CertificateFacts(pem: pem)
        #expect(facts.node == hospital)
        #expect(facts.commonName == "KR-H-0017")
        #expect(facts.issuerName == "Sample consortium")
        #expect(facts.expires == now.adding(ConsortiumCA.leafLifetime))
        #expect(keys.own(certificate: pem))
        #expect(!NodeKeys().own(certificate: pem))
        #expect(facts.renewFrom > now.adding(55 * 86_400) && facts.renewFrom < now.adding(65 * 86_400))
    }

    @Test func anAuthorityComesBackFromItsFiles() throws {
        let ca = try ConsortiumCA(name: "Sample consortium", now: now)
        let restored = try ConsortiumCA(keyPEM: ca.keyPEM, certificatePEM: ca.certificatePEM)
        #expect(try restored.fingerprint == ca.fingerprint)
        let other = try ConsortiumCA(name: "Other", now: now)
        #expect(throws: FederationError.self) { try ConsortiumCA(keyPEM: other.keyPEM, certificatePEM: ca.certificatePEM) }
    }

    @Test func aServerCertificateIsNoNodeCertificate() throws {
        let ca = try ConsortiumCA(name: "Sample consortium", now: now)
        let server = try ca.issueServerCertificate(hosts: ["localhost", "127.0.0.1"], now: now)
        #expect(try CertificateFacts(pem: server.certificatePEM).node == nil)
        #expect(server.keyPEM.contains("PRIVATE KEY"))
    }

    @Test(arguments: ["", "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n"])
    func anUnreadableRequestIsRefused(_ pem: String) throws {
        let ca = try ConsortiumCA(name: "Sample consortium", now: now)
        #expect(throws: FederationError.self) { try ca.issueNodeCertificate(request: pem, hospital: hospital, now: now) }
    }

    @Test func anEnrolmentRequestProvesItsKey() throws {
        var generator = SystemRandomNumberGenerator()
        let keys = NodeKeys()
        let code = EnrolmentCode(authority: Digest256(of: [1]), using: &generator)
        let request = EnrolmentRequest(
            code: code, certificateRequest: "pem", signingKey: keys.signing.verificationKey, software: "test")
        let good = try SignedDocument(signing: request, with: keys.signing)
        #expect(try EnrolmentRequest.verified(good).secretDigest == code.secretDigest)
        let stolen = try SignedDocument(signing: request, with: SigningKey())
        #expect(throws: FederationError.self) { try EnrolmentRequest.verified(stolen) }
    }
}
