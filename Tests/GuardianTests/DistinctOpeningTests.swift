import CanonicalJSON
@_spi(Hospital) import Disclosure
import Federation
import Foundation
import Testing

@testable import Guardian

/// What a guardian says about the patients of all hospitals together, and what it keeps of their sketches: nothing.
@Suite struct DistinctOpeningTests {
    private let key = Result { try LinkageKey(bytes: [UInt8](repeating: 9, count: 32)) }

    private func sketch(_ persons: some Sequence<Int>, _ query: String, scene: GuardianScene, roster: CosignedRoster) throws
        -> DistinctSketch
    {
        let ticket = try scene.answer(scene.hospitals[0], [11], query: query, roster: roster).ticket
        let salt = SketchSalt(try #require(try ticket.totalSubject()))
        var sketch = try DistinctSketch(precision: SealedSketch.precision)
        for person in persons { sketch.insert(hash: try key.get().hash(.init(identifier: "P-\(person)"), salt: salt)) }
        return sketch
    }

    private func made(
        _ persons: some Sequence<Int>, _ scene: GuardianScene, _ roster: CosignedRoster, key name: String = "0011223344556677"
    ) throws -> MaskedAnswer.PlainSketch {
        .made(try sketch(persons, "Q-0000-0001", scene: scene, roster: roster), key: name)
    }

    private func opening(
        _ parts: [MaskedAnswer.PlainSketch?], _ scene: GuardianScene, _ roster: CosignedRoster, query: String = "Q-0000-0001"
    ) throws -> Opening {
        let question = try GuardianScene.question(isDistinct: parts.contains { $0 != nil })
        let answers = try zip(scene.hospitals, parts).map { hospital, part in
            try scene.answer(hospital, [11], query: query, roster: roster, question: question, distinct: part)
        }
        return try scene.opening(try scene.desk().open(try scene.request(answers, roster: roster)))
    }

    @Test func patientsOfSeveralHospitalsAreCountedOnce() throws {
        let scene = try GuardianScene()
        defer { scene.remove() }
        let roster = try scene.roster()
        // 40 each, 20 of them at the next one as well: by hand 40 + 4 * 20 = 120 persons in 200 records.
        let parts = try (0..<5).map { try made($0 * 20..<$0 * 20 + 40, scene, roster) }
        let opening = try opening(parts, scene, roster)
        guard case .counted(let count) = opening.distinct else { return #expect(Bool(false), "\(opening)") }
        #expect(count.value == 120)
        #expect(try Opening(from: JSONReader(opening.json)) == opening)
    }

    @Test func whereOneHospitalHasNoSketchThereIsNoNumberAndTheTotalIsOpenedAllTheSame() throws {
        let cases: [(MaskedAnswer.PlainSketch?, DistinctRefusal)] = [
            (.refused(.notAllowed), .notAllowed), (.refused(.noLinkageKey), .noLinkageKey), (nil, .mismatch),
        ]
        for (odd, why) in cases {
            let scene = try GuardianScene()
            defer { scene.remove() }
            let roster = try scene.roster()
            var parts: [MaskedAnswer.PlainSketch?] = try (0..<4).map { try made($0 * 40..<$0 * 40 + 40, scene, roster) }
            parts.append(odd)
            let opening = try opening(parts, scene, roster)
            #expect(opening.hospitals.count == 5)
            #expect(opening.distinct == .refused(why))
        }
    }

    @Test func hospitalsWithAnotherLinkageKeyAreNoticed() throws {
        let scene = try GuardianScene()
        defer { scene.remove() }
        let roster = try scene.roster()
        let names = ["0011223344556677", "8899aabbccddeeff"]
        let parts = try (0..<5).map { try made($0 * 40..<$0 * 40 + 40, scene, roster, key: names[$0 / 4]) }
        #expect(try opening(parts, scene, roster).distinct == .refused(.otherKeys))
    }

    @Test func aTotalWithoutSketchesSaysNothingOfPatients() throws {
        let scene = try GuardianScene()
        defer { scene.remove() }
        let roster = try scene.roster()
        #expect(try opening([nil, nil, nil, nil, nil], scene, roster).distinct == nil)
    }

    /// A coordinator that asks for a cohort of one person gets, from each hospital, nobody or k made-up persons.
    @Test func aCohortOfOneTellsNothingAboutThePerson() throws {
        let terms = Array(repeating: ShareTerms(threshold: 11, roundTo: 5), count: 5)
        let hidden = TotalCount(distinct: try DistinctSketch(), terms: terms)
        let scene = try GuardianScene()
        defer { scene.remove() }
        let roster = try scene.roster()
        // The person is at one hospital, whose draw is nobody (10 times in 11), as it is at the four others.
        let nobody = try opening(try (0..<5).map { _ in try made(0..<0, scene, roster) }, scene, roster)
        #expect(nobody.distinct == .counted(hidden))
        #expect(hidden.value == nil)
    }

    /// The coordinator leaves one hospital out and asks again, to see by how many patients the number falls.
    @Test func anotherSetOfHospitalsForTheSameCohortIsToldNothing() throws {
        let scene = try GuardianScene()
        defer { scene.remove() }
        let roster = try scene.roster()
        let parts = try (0..<8).map { try made($0 * 20..<$0 * 20 + 40, scene, roster) }
        #expect(try opening(parts, scene, roster).distinct != nil)
        for fewer in [7, 6] {
            let again = try opening(Array(parts.prefix(fewer)), scene, roster, query: "Q-0000-000\(fewer)")
            #expect(again.outcome == .refused(.otherHospitals))
            #expect(again.distinct == nil)
        }
    }

    @Test func whatTheGuardianKeepsHoldsNoSketch() throws {
        let scene = try GuardianScene()
        defer { scene.remove() }
        let roster = try scene.roster()
        let sketch = try sketch(0..<4_000, "Q-0000-0001", scene: scene, roster: roster)
        let parts = [MaskedAnswer.PlainSketch?](repeating: .made(sketch, key: "0011223344556677"), count: 5)
        let answers = try zip(scene.hospitals, parts).map {
            try scene.answer($0, [11], roster: roster, distinct: $1)
        }
        _ = try scene.desk().open(try scene.request(answers, roster: roster))
        let share = try TotalShare(from: JSONReader(answers[0].answer.share.payload))
        guard case .sketch(let sealed) = share.distinct else { return #expect(Bool(false)) }
        let needles = [
            Data(sketch.packed.prefix(64)), Data(sealed.ciphertext.prefix(16)),
            Data(Hex.encode(sealed.ciphertext.prefix(16)).utf8),
        ]
        var bytes = 0
        for name in try FileManager.default.contentsOfDirectory(atPath: scene.folder.path) {
            let data = FileManager.default.contents(atPath: "\(scene.folder.path)/\(name)") ?? Data()
            bytes += data.count
            for needle in needles { #expect(data.range(of: needle) == nil, "\(name)") }
        }
        #expect(bytes > 4_096)
    }
}
