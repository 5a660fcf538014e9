import CanonicalJSON
import Disclosure
import Testing

@testable import Federation

/// Totals without a guardian against the vectors of a second implementation (`protocol/vectors/make-total-vectors.py`).
@Suite struct PeerVectorTests {
    let vectors: JSONReader
    let hospital = HospitalID(unchecked: "KR-H-0001")

    init() throws { vectors = try ProtocolVectors.load("peer-total.json") }

    private func coordinator() throws -> VerificationKey { try vectors.required("coordinator").decode(VerificationKey.self) }

    private func request() throws -> (document: SignedDocument, content: OpeningRequest) {
        let document = try vectors.required("request").decode(SignedDocument.self)
        return (document, try document.verified(as: OpeningRequest.self, by: try coordinator()))
    }

    private func signing() throws -> SigningKey {
        let text = try vectors.required("signingSeeds").required(hospital.rawValue).string()
        return try SigningKey(seed: try #require(Hex.decode(text)))
    }

    private func member() throws -> (member: PeerMember, request: SignedDocument) {
        let (document, content) = try request()
        return (
            PeerMember(
                hospital, roster: try content.roster.content(), subject: content.subject, share: content.shares[0],
                coordinatorKey: try coordinator()), document
        )
    }

    @Test func theRosterHoldsTheSealingKeysThatFollowFromTheSigningKeys() throws {
        let roster = try request().content.roster.verified(
            officers: try vectors.required("officers").list(of: VerificationKey.self, maxCount: 5))
        #expect(roster.kind == .peers)
        #expect(roster.fewest == 5)
        #expect(roster.members[0].sealingKey == (try SealingKey(of: try signing()).sealingKey))
    }

    @Test func aHospitalSaysByteForByteWhatTheOtherImplementationSays() throws {
        let (member, document) = try member()
        guard case .agree(let word) = try member.decide(document, .init()) else { return #expect(Bool(false)) }
        let agreements = try vectors.required("agreements").list(of: SignedDocument.self, maxCount: 10)
        #expect(try SignedDocument(signing: word, with: try signing()) == agreements[0])
        // Packages sealed and shares dealt over there.
        let asked = try vectors.required("revealRequest").decode(SignedDocument.self)
        let reveal = try member.reveal(
            asked, .init(agreed: document.digest), sealing: try SealingKey(of: try signing()))
        let reveals = try vectors.required("reveals").list(of: SignedDocument.self, maxCount: 10)
        #expect(try SignedDocument(signing: reveal, with: try signing()) == reveals[0])
    }

    @Test func theTotalIsTheSumOfTheShares() throws {
        let (document, content) = try request()
        let answers = try vectors.required("answers").list(of: MaskedAnswer.self, maxCount: 10)
        let pairs = try answers.map { (answer: $0, share: try TotalShare(from: JSONReader($0.share.payload))) }
        let opening = try vectors.required("opening").decode(SignedDocument.self).verified(
            as: PeerOpening.self, by: try coordinator())
        let total = try TotalOpener.answer(
            pairs, opening: opening, request: document, subject: content.subject, roster: try content.roster.content())
        // By hand, from the columns of the shares.
        #expect(total.total.value == 37)
        #expect(total.attrition.map(\.count.value) == [266, 37])
        #expect(total.cells.map(\.count.value) == [22, 22, 37])
    }

    @Test func bothSidesOfAPairMaskWithTheSameSeed() throws {
        let (_, content) = try request()
        let roster = try content.roster.content()
        let other = HospitalID(unchecked: "KR-H-0004")
        let text = try vectors.required("signingSeeds").required(other.rawValue).string()
        let key = try SealingKey(of: SigningKey(seed: try #require(Hex.decode(text))))
        var generator = SystemRandomNumberGenerator()
        let one = try PeerSeeds(
            of: hospital, roster, subject: content.subject.digest, sealing: try SealingKey(of: try signing()), using: &generator)
        let two = try PeerSeeds(of: other, roster, subject: content.subject.digest, sealing: key, using: &generator)
        #expect(one.pairs.first { $0.peer == other }?.seed == two.pairs.first { $0.peer == hospital }?.seed)
        // And it is the one that the other implementation committed to: the third of the pairs of KR-H-0001.
        let commitment = try #require(try content.checkedShares(roster)[0].commitment(in: roster))
        #expect(one.pairs.map { Digest256(of: $0.seed) } == commitment.pairs)
        #expect(one.own != two.own)
    }
}
