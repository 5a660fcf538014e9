import CanonicalJSON
@_spi(Hospital) import Disclosure
import FaultPoints
import Federation
import Foundation
import GRDB
import Synchronization
import Testing

@testable import Guardian

/// What a guardian opens and what it does not, on paper: no network, no store, no clock.
@Suite struct OpeningDeskTests {
    private func refusal(_ document: SignedDocument, _ scene: GuardianScene) throws -> OpeningRefusal? {
        guard case .refused(let code) = try scene.opening(document).outcome else { return nil }
        return code
    }

    @Test func theMasksOfFiveHospitalsComeOffTheSumAndOffNothingElse() throws {
        let scene = try GuardianScene()
        defer { scene.remove() }
        let roster = try scene.roster()
        let answers = try scene.hospitals.prefix(5).enumerated().map { number, hospital in
            try scene.answer(hospital, [11, UInt64(20 + 5 * number)], roster: roster)
        }
        let opening = try scene.opening(try scene.desk().open(try scene.request(answers, roster: roster)))
        #expect(opening.hospitals == Array(scene.hospitals.prefix(5)))
        let pairs = try answers.map { ($0.answer, try TotalShare(from: JSONReader($0.answer.share.payload))) }
        let total = try TotalOpener.answer(pairs, opening: opening)
        // By hand: 5 times 11; 20 + 25 + 30 + 35 + 40.
        #expect(total.total.value == 55)
        #expect(total.attrition.map(\.count.value) == [150])
        // One answer fewer than the masks: noise, and noticed.
        #expect(throws: FederationError.self) { try TotalOpener.answer(Array(pairs.dropLast()), opening: opening) }
        var fewer = opening
        fewer.hospitals.removeLast()
        #expect(throws: FederationError.self) { try TotalOpener.answer(Array(pairs.dropLast()), opening: fewer) }
    }

    @Test func aStoreWithAValueOfAnotherKindIsNotWorkedWith() throws {
        let scene = try GuardianScene()
        defer { scene.remove() }
        let roster = try scene.roster()
        let answers = try scene.hospitals.prefix(5).map { try scene.answer($0, [11, 20], roster: roster) }
        _ = try scene.desk().open(try scene.request(answers, roster: roster))
        // As a damaged page may say it: a text that is bytes, in a table that holds texts only.
        let store = try DatabaseQueue(path: scene.folder.file("guardian.sqlite"))
        try store.writeWithoutTransaction { database in
            try database.execute(
                sql: """
                    PRAGMA writable_schema = ON;
                    UPDATE sqlite_schema SET sql = replace(sql, 'STRICT, ', '') WHERE name = 'opening';
                    PRAGMA writable_schema = RESET;
                    UPDATE opening SET request = x'FF';
                    PRAGMA writable_schema = ON;
                    UPDATE sqlite_schema SET sql = replace(sql, ') WITHOUT', ') STRICT, WITHOUT') WHERE name = 'opening';
                    """)
            #expect(database.changesCount == 1)
        }
        try store.close()
        #expect { try scene.desk() } throws: { ($0 as? GuardianError)?.code == .integrity }
    }

    @Test func theSameRequestGetsTheSameBytesAfterARestartAndAnotherSetNothing() throws {
        let scene = try GuardianScene()
        defer { scene.remove() }
        let roster = try scene.roster()
        let answers = try scene.hospitals.prefix(6).map { try scene.answer($0, [11], roster: roster) }
        let request = try scene.request(answers, roster: roster)
        let first = try scene.desk().open(request)
        #expect(try scene.desk().open(request) == first)
        // The coordinator drops a hospital and asks again about the same total: it gets no second sum of masks.
        let again = try scene.desk().open(try scene.request(Array(answers.dropLast()), roster: roster))
        #expect(try refusal(again, scene) == .otherHospitals)
        #expect(try scene.desk().open(request) == first)
        #expect(try scene.desk().auditLines().count == 1)
    }

    @Test func killedAtAnyStepItOpensTheSameSumOverTheSameHospitals() throws {
        let scene = try GuardianScene()
        defer { scene.remove() }
        let roster = try scene.roster()
        let answers = try scene.hospitals.prefix(6).map { try scene.answer($0, [11], roster: roster) }
        let request = try scene.request(answers, roster: roster)
        let left = Mutex<[(step: FaultPoint, folder: GuardianFolder)]>([])
        let observe: @Sendable (FaultPoint) -> Void = { step in
            left.withLock { list in
                let copy = GuardianFolder(path: "\(scene.folder.path)/at-\(list.count)")
                try? FileManager.default.createDirectory(
                    atPath: copy.path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
                for name in (try? FileManager.default.contentsOfDirectory(atPath: scene.folder.path)) ?? []
                where !name.hasPrefix("at-") {
                    try? FileManager.default.copyItem(atPath: scene.folder.file(name), toPath: copy.file(name))
                }
                list.append((step, copy))
            }
        }
        let first = try FaultPoint.$observer.withValue(observe) { try scene.desk().open(request) }
        let points = left.withLock { $0 }
        #expect(points.map(\.step) == [.guardianOpeningStoring, .guardianOpeningStored])
        for (step, folder) in points {
            let desk = try OpeningDesk(folder) { scene.now }
            let again = try desk.open(request)
            #expect(try scene.opening(again) == scene.opening(first), "\(step)")
            #expect(step == .guardianOpeningStoring || again == first)
            let fewer = try desk.open(try scene.request(Array(answers.dropLast()), roster: roster))
            #expect(try refusal(fewer, scene) == .otherHospitals, "\(step)")
            #expect(try desk.auditLines().count == 1, "\(step)")
        }
    }

    @Test func aCohortAskedAgainIsOpenedOverTheSameHospitalsOnly() throws {
        let scene = try GuardianScene()
        defer { scene.remove() }
        let roster = try scene.roster()
        func open(_ hospitals: some Sequence<HospitalID>, _ query: String, pad: String = "{}") throws -> OpeningRefusal? {
            let question = try GuardianScene.question(pad)
            let answers = try hospitals.map { try scene.answer($0, [11], query: query, roster: roster, question: question) }
            return try refusal(try scene.desk().open(try scene.request(answers, roster: roster)), scene)
        }
        let all = scene.hospitals
        #expect(try open(all, "Q-0000-0001") == nil)
        #expect(try open(all, "Q-0000-0002") == nil)
        #expect(try open(all.dropLast(), "Q-0000-0003") == .otherHospitals)
        #expect(try open(all.dropLast(2), "Q-0000-0004") == .otherHospitals)
        #expect(try open(all.dropLast(3), "Q-0000-0005") == nil)
        // Another cohort has a history of its own.
        #expect(try open(all.dropLast(), "Q-0000-0006", pad: "other") == nil)
    }

    @Test func tooFewHospitalsAreNotOpened() throws {
        let scene = try GuardianScene()
        defer { scene.remove() }
        let roster = try scene.roster()
        let answers = try scene.hospitals.prefix(4).map { try scene.answer($0, [11], roster: roster) }
        #expect(try refusal(try scene.desk().open(try scene.request(answers, roster: roster)), scene) == .tooFew)
        let written = try scene.roster(version: 2, minimum: 3)
        let three = try scene.hospitals.prefix(3).map { try scene.answer($0, [11], query: "Q-0000-0002", roster: written) }
        #expect(try refusal(try scene.desk().open(try scene.request(three, roster: written)), scene) == nil)
    }

    @Test func aRosterThatTheOfficersDidNotSignOpensNothing() throws {
        let scene = try GuardianScene()
        defer { scene.remove() }
        for signers in [[scene.officers[0]], [SigningKey(), SigningKey()], [scene.officers[0], SigningKey()]] {
            let roster = try scene.roster(signedBy: signers)
            let query = "Q-0000-00\(signers.count)\(signers[0].verificationKey == scene.officers[0].verificationKey ? 1 : 2)"
            let answers = try scene.hospitals.prefix(5).map { try scene.answer($0, [11], query: query, roster: roster) }
            #expect(try refusal(try scene.desk().open(try scene.request(answers, roster: roster)), scene) == .roster)
        }
    }

    @Test func anOlderRosterIsNotAcceptedOnceANewerOneWas() throws {
        let scene = try GuardianScene()
        defer { scene.remove() }
        let (old, new) = (try scene.roster(version: 1), try scene.roster(version: 2))
        func open(_ roster: CosignedRoster, _ query: String) throws -> OpeningRefusal? {
            let answers = try scene.hospitals.map { try scene.answer($0, [11], query: query, roster: roster) }
            return try refusal(try scene.desk().open(try scene.request(answers, roster: roster)), scene)
        }
        #expect(try open(new, "Q-0000-0001") == nil)
        #expect(try open(old, "Q-0000-0002") == .roster)
        #expect(try open(new, "Q-0000-0003") == nil)
    }

    @Test func aShareOfAnotherTotalOrByAnotherKeyIsNotOpened() throws {
        let scene = try GuardianScene()
        defer { scene.remove() }
        let roster = try scene.roster()
        var answers = try scene.hospitals.prefix(5).map { try scene.answer($0, [11], roster: roster) }
        // A share replayed from another query.
        answers[4] = try scene.answer(scene.hospitals[4], [11], query: "Q-0000-0009", roster: roster)
        #expect(try refusal(try scene.desk().open(try scene.request(answers, roster: roster)), scene) == .mismatch)
        // The same hospital twice.
        var twice = try scene.hospitals.prefix(5).map { try scene.answer($0, [11], query: "Q-0000-0002", roster: roster) }
        twice[4] = twice[3]
        #expect(try refusal(try scene.desk().open(try scene.request(twice, roster: roster)), scene) == .mismatch)
        // Vectors of different lengths.
        var uneven = try scene.hospitals.prefix(5).map { try scene.answer($0, [11], query: "Q-0000-0003", roster: roster) }
        uneven[2] = try scene.answer(scene.hospitals[2], [11, 11], query: "Q-0000-0003", roster: roster)
        #expect(try refusal(try scene.desk().open(try scene.request(uneven, roster: roster)), scene) == .mismatch)
    }

    @Test func aRequestThatTheCoordinatorDidNotSignGetsNoWordAtAll() throws {
        let scene = try GuardianScene()
        defer { scene.remove() }
        let roster = try scene.roster()
        let answers = try scene.hospitals.map { try scene.answer($0, [11], roster: roster) }
        #expect(throws: GuardianError.self) {
            try scene.desk().open(try scene.request(answers, roster: roster, signedBy: SigningKey()))
        }
        #expect(try scene.desk().auditLines().isEmpty)
    }

    @Test func aSeedOpensUnderItsOwnShareOnly() throws {
        let scene = try GuardianScene()
        defer { scene.remove() }
        let roster = try scene.roster()
        let (answer, _) = try scene.answer(scene.hospitals[0], [11], roster: roster)
        let share = try TotalShare(from: JSONReader(answer.share.payload))
        let key = try scene.folder.keys().sealing
        _ = try share.mask(opening: key)
        #expect(throws: FederationError.self) { try share.mask(opening: SealingKey()) }
        var moved = share
        moved.node = scene.hospitals[1]
        #expect(throws: FederationError.self) { try moved.mask(opening: key) }
        var other = share
        other.vector = Digest256(of: [1])
        #expect(throws: FederationError.self) { try other.mask(opening: key) }
    }

    /// What the coordinator holds in the end, with all hospitals but two on its side, is the same for other numbers of these two:
    /// the other numbers are written down here with the masks that go with them.
    @Test func theCoordinatorAndAllHospitalsButTwoCannotTellTheTwoApart() throws {
        let scene = try GuardianScene(hospitals: 6)
        defer { scene.remove() }
        let roster = try scene.roster()
        let key = try scene.folder.keys().sealing
        let shares: [UInt64] = [0, 11, 25, 11, 0, 40]
        let answers = try zip(scene.hospitals, shares).map { try scene.answer($0, [$1], roster: roster) }
        let opening = try scene.opening(try scene.desk().open(try scene.request(answers, roster: roster)))
        guard case .opened(let sum) = opening.outcome else { return #expect(Bool(false)) }
        let masks = try answers.map {
            try TotalShare(from: JSONReader($0.answer.share.payload)).mask(opening: key).words(1).words[0]
        }
        // The two hospitals that do not collude, and the other numbers that they could have.
        for (first, second) in [(UInt64(11), UInt64(0)), (0, 11)] {
            let believed = [first, second, 25, 11, 0, 40]
            var other = masks
            other[0] = answers[0].answer.vector.words[0] &- first
            other[1] = answers[1].answer.vector.words[0] &- second
            for hospital in answers.indices {
                #expect(
                    believed[hospital] &+ other[hospital] == answers[hospital].answer.vector.words[0], "the vectors it was sent")
            }
            #expect(other.reduce(0, &+) == sum.words[0], "the sum of masks that the guardian gave")
            #expect(other[2...] == masks[2...], "the masks of the hospitals on its side")
        }
        // And the guardian alone: it never sees a vector, so every number fits.
        #expect(!(try scene.request(answers, roster: roster)).json.text().contains(Hex.encode(answers[0].answer.vector.bytes)))
    }
}
