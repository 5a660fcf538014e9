import CanonicalJSON
import Disclosure
import Testing

@testable import Federation

/// The secure total against the vectors of a second implementation (`protocol/vectors/make-total-vectors.py`).
@Suite struct SecureTotalTests {
    let vectors: JSONReader

    init() throws { vectors = try ProtocolVectors.load("secure-total.json") }

    private func key(_ name: String) throws -> VerificationKey { try vectors.required(name).decode(VerificationKey.self) }

    private func request() throws -> OpeningRequest {
        try vectors.required("request").decode(SignedDocument.self).verified(as: OpeningRequest.self, by: try key("coordinator"))
    }

    private func sealing() throws -> SealingKey {
        let text = try vectors.required("guardian").required("sealingSeed").string()
        return try SealingKey(seed: try #require(Hex.decode(text)))
    }

    @Test func theRosterIsBelievedFromTwoOfItsOfficersAndFromNobodyElse() throws {
        let officers = try vectors.required("officers").list(of: VerificationKey.self, maxCount: 5)
        let cosigned = try request().roster
        #expect(try cosigned.verified(officers: officers).members.count == 5)
        #expect(throws: FederationError.self) { try cosigned.verified(officers: [officers[0]]) }
        #expect(throws: FederationError.self) { try cosigned.verified(officers: [officers[0], SigningKey().verificationKey]) }
        #expect(throws: FederationError.self) { try cosigned.verified(officers: [officers[0], officers[0]]) }
    }

    @Test func seedsSealedByAnotherImplementationOpenAndMakeTheSameMasks() throws {
        let request = try request()
        #expect(request.subject.digest.text == (try vectors.required("subjectDigest").string()))
        let shares = try request.checkedShares(try request.roster.content())
        let masks = try vectors.required("masks").array()
        #expect(shares.count == 5)
        for (share, expected) in zip(shares, masks) {
            let mask = try share.mask(opening: try sealing())
            #expect(Hex.encode(mask.seed) == (try expected.required("seed").string()))
            #expect(Hex.encode(try mask.words(share.count).bytes) == (try expected.required("mask").string()))
        }
    }

    @Test func theVectorsLessTheGuardiansMasksAreTheSumOfTheShares() throws {
        let opening = try vectors.required("opening").decode(SignedDocument.self).verified(
            as: Opening.self, by: try request().roster.content().guardian!.key)
        guard case .opened(let masks) = opening.outcome else { return #expect(Bool(false)) }
        var sum = MaskedVector(count: 5)
        for (text, share) in zip(
            try vectors.required("vectors").array(), try request().checkedShares(try request().roster.content()))
        {
            let vector = try MaskedVector(from: text)
            #expect(vector.digest == share.vector)
            sum = try sum.adding(vector)
        }
        let expected = try vectors.required("opened").array().map { try $0.int() }
        #expect(try sum.subtracting(masks).counts() == expected)
        let layout = try vectors.required("layout").decode(TotalLayout.self)
        let answer = try TotalAnswer(
            try sum.subtracting(masks), layout: layout, terms: Array(repeating: .init(threshold: 11, roundTo: 5), count: 5))
        // By hand, from the columns of the shares.
        #expect(answer.total.value == 37)
        #expect(answer.attrition.map(\.count.value) == [266, 37])
        #expect(answer.cells.map(\.key) == [["female"], ["male"], ["*"]])
        #expect(answer.cells.map(\.count.value) == [22, 22, 37])
        // The root of 5 * 121 / 4 is 12.298.
        #expect(answer.total.standardError == 12.3)
        #expect(answer.total.low == 37 - 25 && answer.total.high == 37 + 25)
    }

    @Test func aSmallTotalIsNotShown() throws {
        let layout = try TotalLayout(steps: [], dimensions: [])
        let terms = Array(repeating: ShareTerms(threshold: 11, roundTo: 5), count: 5)
        let nothing = try TotalAnswer(MaskedVector([0]), layout: layout, terms: terms)
        #expect(nothing.total.value == nil)
        #expect(nothing.total.high == 25)
        #expect(try TotalAnswer(MaskedVector([11]), layout: layout, terms: terms).total.value == 11)
        // A stricter hospital's threshold holds for all.
        let strict = terms + [ShareTerms(threshold: 20, roundTo: 5)]
        #expect(try TotalAnswer(MaskedVector([11]), layout: layout, terms: strict).total.value == nil)
    }

    @Test func twoAnswersOfOneHospitalHaveUnrelatedMasks() throws {
        var generator = SystemRandomNumberGenerator()
        let first = try TotalMask(using: &generator).words(100).words
        let second = try TotalMask(using: &generator).words(100).words
        #expect(Set(first).isDisjoint(with: second))
    }
}
