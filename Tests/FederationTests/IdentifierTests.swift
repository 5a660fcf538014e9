import CanonicalJSON
import Federation
import Testing

@Suite struct IdentifierTests {
    @Test(arguments: ["KR-H-0017", "JP-H-9999"])
    func hospitalsOfTheRightShapeAreRead(_ text: String) { #expect(HospitalID(rawValue: text)?.rawValue == text) }

    @Test(arguments: ["", "KR-H-17", "KR-X-0017", "kr-H-0017", "KR-H-00170", "KR-H-0017 ", "../../etc", "KR-H-００１７"])
    func hospitalsOfAnotherShapeAreRefused(_ text: String) { #expect(HospitalID(rawValue: text) == nil) }

    @Test func randomIdentifiersHaveTheirShapeAndDiffer() {
        var generator = SystemRandomNumberGenerator()
        let tickets = Set((0..<1_000).map { _ in TicketID.random(using: &generator) })
        #expect(tickets.count == 1_000)
        #expect(tickets.allSatisfy { TicketID.isWellFormed($0.rawValue) })
        #expect(QueryID.isWellFormed(QueryID.random(using: &generator).rawValue))
        #expect(BootID.isWellFormed(BootID.random(using: &generator).rawValue))
    }

    @Test func fingerprintsAreComparedByAtLeastSixtyFourBits() {
        let digest = Digest256(of: Array("abc".utf8))  // FIPS 180-2, B.1: ba7816bf 8f01cfea 414140de 5dae2223 ...
        #expect(digest.text == "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(Fingerprint.grouped(digest) == "BA78 16BF 8F01 CFEA 4141 40DE 5DAE 2223")
        #expect(Fingerprint.matches("ba78 16bf 8f01 cfea", digest))
        #expect(!Fingerprint.matches("ba78 16bf 8f01", digest))
        #expect(!Fingerprint.matches("ba78 16bf 8f01 cfeb", digest))
    }
}
