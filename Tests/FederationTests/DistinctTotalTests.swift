import CanonicalJSON
import Disclosure
import Testing

@testable import Federation

/// The de-duplicated total against the vectors of a second implementation (`protocol/vectors/make-total-vectors.py`).
@Suite struct DistinctTotalTests {
    let vectors: JSONReader

    init() throws { vectors = try ProtocolVectors.load("distinct-total.json") }

    private func key() throws -> LinkageKey {
        try LinkageKey(bytes: try #require(Hex.decode(try vectors.required("linkageKey").string())))
    }

    private func salt() throws -> SketchSalt { SketchSalt(try vectors.required("subject").decode(TotalSubject.self)) }

    private func share() throws -> TotalShare {
        try vectors.required("share").decode(SignedDocument.self).verified(
            as: TotalShare.self, by: try vectors.required("key").decode(VerificationKey.self))
    }

    private func guardian() throws -> SealingKey {
        try SealingKey(seed: try #require(Hex.decode(try vectors.required("sealingSeed").string())))
    }

    private func bits(_ text: JSONReader) throws -> UInt64 { try #require(UInt64(try text.string(), radix: 16)) }

    private func person(_ number: Int) -> LinkageKey.Identity {
        let digits = String(number)
        return LinkageKey.Identity(identifier: "PERSON-" + String(repeating: "0", count: 5 - digits.count) + digits)
    }

    /// What the vectors' hospital, from 0, puts in.
    private func sketch(_ hospital: Int) throws -> DistinctSketch {
        let (key, salt) = (try key(), try salt())
        var sketch = try DistinctSketch(precision: SealedSketch.precision)
        if hospital < 4 {
            for number in 2_000 * hospital..<2_000 * hospital + 3_000 {
                sketch.insert(hash: key.hash(person(number), salt: salt))
            }
        } else {
            for text in try vectors.required("madeUp").array() {
                let madeUp = LinkageKey.Identity(of: HospitalID(unchecked: "KR-H-0005"), own: try bits(text))
                sketch.insert(hash: key.hash(madeUp, salt: salt))
            }
        }
        return sketch
    }

    @Test func theHashesAreThoseOfAnotherImplementation() throws {
        let (key, salt) = (try key(), try salt())
        #expect(key.name == (try vectors.required("linkageKeyName").string()))
        for item in try vectors.required("hashes").array() {
            let identity = LinkageKey.Identity(identifier: try item.required("identifier").string())
            #expect(try key.hash(identity, salt: salt) == bits(try item.required("hash")))
        }
        let first = try bits(try vectors.required("madeUp").array()[0])
        let madeUp = LinkageKey.Identity(of: HospitalID(unchecked: "KR-H-0005"), own: first)
        #expect(try key.hash(madeUp, salt: salt) == bits(try vectors.required("madeUpHash")))
        #expect(!"\(key)".contains(try vectors.required("linkageKey").string()))
    }

    @Test func theSketchesTheirUnionAndItsNumberAreThoseOfAnotherImplementation() throws {
        let sketches = try (0..<5).map(sketch)
        for (sketch, expected) in zip(sketches, try vectors.required("sketches").array()) {
            #expect(Digest256(of: sketch.packed).text == (try expected.required("digest").string()))
        }
        var union = try DistinctSketch(precision: SealedSketch.precision)
        for sketch in sketches { try union.merge(sketch) }
        let expected = try vectors.required("union")
        #expect(Digest256(of: union.packed).text == (try expected.required("digest").string()))
        #expect(abs(union.estimate - (try expected.required("estimate").double())) < 1e-6)
        let terms = Array(repeating: ShareTerms(threshold: 11, roundTo: 5), count: 5)
        let count = try vectors.required("count").decode(TotalCount.self)
        #expect(TotalCount(distinct: union, terms: terms) == count)
        // 12,011 records are 9,011 persons.
        let persons = try expected.required("persons").int()
        #expect(count.low <= persons && persons <= count.high && count.high < 12_011)
    }

    @Test func aSketchSealedByAnotherImplementationOpensInItsOwnShareOnly() throws {
        let share = try share()
        guard case .sketch(let sealed) = share.distinct else { return #expect(Bool(false)) }
        #expect(try sealed.open(with: try guardian(), info: share.sketchInfo) == sketch(0))
        #expect(try TotalShare(from: JSONReader(share.json)) == share)
        var other = share
        other.ticket = TicketID(unchecked: "T-0000-0000-0000-0000-0009")
        #expect(throws: FederationError.self) { try sealed.open(with: try guardian(), info: other.sketchInfo) }
        #expect(throws: FederationError.self) { try sealed.open(with: SealingKey(), info: share.sketchInfo) }
    }

    @Test func nobodyAndEverybodyAreSealedInTheSameNumberOfBytes() throws {
        let guardian = SealingKey()
        var lengths = Set<Int>()
        for sketch in [try DistinctSketch(), try sketch(4)] {
            lengths.insert(try SealedSketch(sketch, key: "00", for: guardian.sealingKey, info: []).json.text().utf8.count)
        }
        #expect(lengths.count == 1)
    }

    /// Whoever holds a sketch without the linkage key, as a guardian alone would, tells members no better than by guessing.
    @Test func withoutTheLinkageKeyMembershipCannotBeTold() throws {
        let sketch = try sketch(0)
        let (own, salt) = (try key(), try salt())
        let strange = try LinkageKey(bytes: [UInt8](repeating: 1, count: 32))
        func hits(_ numbers: Range<Int>, _ key: LinkageKey) -> Int {
            var hits = 0
            for number in numbers {
                var with = sketch
                with.insert(hash: key.hash(person(number), salt: salt))
                if with == sketch { hits += 1 }
            }
            return hits
        }
        #expect(hits(0..<500, own) == 500, "all were put in")
        // Each is hit one time in eight or so: six standard errors of the difference are 60.
        #expect(abs(hits(0..<500, strange) - hits(5_000..<5_500, strange)) < 60)
    }

    @Test func aPartOfAnyOtherShapeIsNotRead() throws {
        let share = try share()
        guard case .sketch(let sealed) = share.distinct else { return #expect(Bool(false)) }
        for json in [
            [:], ["refused": "WHY"], ["sketch": sealed.json, "refused": "NO_LINKAGE_KEY"],
            ["sketch": ["key": .string(sealed.key), "encapsulated": "00", "ciphertext": "00"]],
        ] as [JSONValue] {
            #expect(throws: JSONError.self) { try DistinctShare(from: JSONReader(json)) }
        }
        #expect(throws: JSONError.self) { try DistinctTotal(from: JSONReader(["refused": "NO_LINKAGE_KEY", "count": [:]])) }
        #expect(throws: FederationError.self) { try LinkageKey(bytes: [1, 2, 3]) }
    }
}
