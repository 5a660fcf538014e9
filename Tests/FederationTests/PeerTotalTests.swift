import CanonicalJSON
import Disclosure
import Testing

@testable import Federation

/// Totals without a guardian as transcripts: who says what to whom, and what a coordinator that lies gets out of it.
@Suite struct PeerTotalTests {
    private let shares: [[UInt64]] = [[11, 40], [0, 35], [11, 120], [15, 60], [0, 11], [25, 25], [11, 0]]

    private func answers(_ scene: PeerScene, _ hospitals: some Sequence<HospitalID>) throws -> [MaskedAnswer] {
        try zip(hospitals, shares).map { try scene.answer($0, $1) }
    }

    private func agreements(
        _ scene: PeerScene, _ answers: [MaskedAnswer], _ request: SignedDocument, by hospitals: some Sequence<HospitalID>
    ) throws -> [SignedDocument] {
        try hospitals.map { hospital in
            let own = try #require(answers.first { $0.packages[0].from == hospital })
            let word = try #require(try scene.agree(hospital, own, to: request))
            #expect(word.refused == nil)
            return try scene.signed(word)
        }
    }

    @Test func everybodyAnswersAndTheTotalIsTold() throws {
        let scene = try PeerScene(hospitals: 6)
        #expect(scene.roster.fewest == 5)
        let answers = try answers(scene, scene.hospitals)
        let request = try scene.request(answers)
        let agreements = try agreements(scene, answers, request, by: scene.hospitals)
        let reveals = try scene.hospitals.prefix(5).map { try scene.reveal($0, answers, request, agreements) }
        let total = try scene.total(answers, request, agreements, reveals)
        // By hand, over the first six: 11 + 0 + 11 + 15 + 0 + 25, and 40 + 35 + 120 + 60 + 11 + 25.
        #expect(total.total.value == 62)
        #expect(total.attrition.map(\.count.value) == [291])
    }

    @Test func whoNeverAnswersIsNotInTheTotalAndItsMasksComeOff() throws {
        let scene = try PeerScene(hospitals: 7)
        #expect(scene.roster.fewest == 5)
        let answers = try answers(scene, scene.hospitals.prefix(6))
        let request = try scene.request(answers)
        let agreements = try agreements(scene, answers, request, by: scene.hospitals.prefix(5))
        // The sixth falls silent after its answer: five agreed, and five give their shares.
        let reveals = try scene.hospitals.prefix(5).map { try scene.reveal($0, answers, request, agreements) }
        #expect(try scene.total(answers, request, agreements, reveals).total.value == 62)
        #expect(throws: FederationError.self) {
            try scene.total(answers, request, agreements, Array(reveals.dropLast()))
        }
        #expect(throws: FederationError.self) {
            try scene.total(answers, request, Array(agreements.dropLast()), reveals)
        }
        // Answers of fewer hospitals, with what was revealed for six: noise, and found.
        #expect(throws: FederationError.self) {
            try scene.total(Array(answers.dropLast()), request, agreements, reveals)
        }
    }

    @Test func eachHospitalGivesOneKindOfShareOfAPeerAndNeverBoth() throws {
        let scene = try PeerScene(hospitals: 7)
        let answers = try answers(scene, scene.hospitals.prefix(5))
        let request = try scene.request(answers)
        let agreements = try agreements(scene, answers, request, by: scene.hospitals.prefix(5))
        let reveal = try Reveal(
            from: JSONReader(try scene.reveal(scene.hospitals[0], answers, request, agreements).payload))
        // Own seeds of those in the total only, and of pairs those with the two outside only.
        #expect(reveal.parts.map(\.of) == Array(scene.hospitals.prefix(5)))
        #expect(reveal.parts.allSatisfy { $0.pairs.count == 2 })
    }

    /// The coordinator tells half of the hospitals that the first is in, the others that it fell silent: neither half is enough.
    @Test func aCoordinatorThatTellsTwoStoriesGetsNoShares() throws {
        let scene = try PeerScene(hospitals: 7)
        let answers = try answers(scene, scene.hospitals)
        let (with, without) = (try scene.request(answers), try scene.request(Array(answers.dropFirst())))
        let first = try agreements(scene, answers, with, by: scene.hospitals.prefix(4))
        let second = try agreements(scene, answers, without, by: scene.hospitals.suffix(3))
        #expect(throws: FederationError.self) { try scene.reveal(scene.hospitals[0], answers, with, first) }
        #expect(throws: FederationError.self) {
            try scene.reveal(scene.hospitals[6], Array(answers.dropFirst()), without, second)
        }
        // It shows the four the words of the three as if they were on the same set.
        #expect(throws: FederationError.self) { try scene.reveal(scene.hospitals[0], answers, with, first + second) }
        // One word several times, or one of a hospital outside the set.
        #expect(throws: FederationError.self) {
            try scene.reveal(scene.hospitals[0], answers, with, first + [first[0]])
        }
        // Whoever has agreed to one set does not agree to the other, for ever.
        for hospital in scene.hospitals.suffix(3) {
            let own = try #require(answers.first { $0.packages[0].from == hospital })
            #expect(try scene.agree(hospital, own, to: with)?.refused == .otherHospitals)
            #expect(try scene.agree(hospital, own, to: without) == nil, "the same again is said again")
        }
    }

    /// Two of seven hospitals help the coordinator and sign whatever it wants: the five others cannot be split far enough.
    @Test func twoHospitalsThatSignEverythingDoNotHelpIt() throws {
        let scene = try PeerScene(hospitals: 7)
        let answers = try answers(scene, scene.hospitals)
        let (with, without) = (try scene.request(answers), try scene.request(Array(answers.dropLast())))
        let words = try agreements(scene, answers, with, by: scene.hospitals.prefix(2))
        let others = try agreements(scene, answers, without, by: scene.hospitals[2...4])
        func forged(_ request: SignedDocument, _ hospitals: [HospitalID]) throws -> [SignedDocument] {
            try scene.hospitals[5...6].map { hospital in
                let subject = try #require(try scene.ticket(hospital).totalSubject())
                return try scene.signed(
                    Agreement(subject: subject, node: hospital, request: request.digest, hospitals: hospitals))
            }
        }
        #expect(throws: FederationError.self) {
            try scene.reveal(
                scene.hospitals[0], answers, with, words + (try forged(with, scene.hospitals)))
        }
        // With the sixth alone the other story would have four; the seventh is not in that set and does not count.
        #expect(throws: FederationError.self) {
            try scene.reveal(
                scene.hospitals[2], Array(answers.dropLast()), without,
                others + (try forged(without, scene.hospitals.dropLast())))
        }
    }

    @Test func aSetThatLeavesThisHospitalsAnswerOutOrChangesItIsNotAgreedTo() throws {
        let scene = try PeerScene(hospitals: 6)
        let answers = try answers(scene, scene.hospitals)
        let without = try scene.request(Array(answers.dropFirst()))
        #expect(try scene.agree(scene.hospitals[0], answers[0], to: without)?.refused == .mismatch)
        // A second answer of the same hospital, with another seed, in place of the one that this node has sent.
        let second = try scene.answer(scene.hospitals[0], [11, 40])
        let changed = try scene.request([second] + answers.dropFirst())
        #expect(try scene.agree(scene.hospitals[0], answers[0], to: changed)?.refused == .mismatch)
        // A share of another query, and one hospital twice.
        let replayed = try scene.answer(scene.hospitals[1], [0, 35], query: "Q-0000-0009")
        for bad in [[answers[0], replayed] + answers[2...], [answers[0], answers[0]] + answers[2...]] {
            #expect(try scene.agree(scene.hospitals[0], answers[0], to: try scene.request(bad))?.refused == .mismatch)
        }
        #expect(scene.agreed.isEmpty)
    }

    @Test func tooFewHospitalsAreNotAgreedTo() throws {
        let scene = try PeerScene(hospitals: 8)
        #expect(scene.roster.fewest == 6)
        let answers = try answers(scene, scene.hospitals.prefix(5))
        #expect(try scene.agree(scene.hospitals[0], answers[0], to: try scene.request(answers))?.refused == .tooFew)
        // Three of three, where all agreed to that in writing.
        let written = try PeerScene(hospitals: 3, minimum: 3)
        let three = try self.answers(written, written.hospitals)
        let request = try written.request(three)
        let agreements = try agreements(written, three, request, by: written.hospitals)
        let reveals = try written.hospitals.map { try written.reveal($0, three, request, agreements) }
        #expect(try written.total(three, request, agreements, reveals).total.value == 22)
    }

    @Test func aCohortAskedAgainIsAgreedToOverTheSameHospitalsOnly() throws {
        let scene = try PeerScene(hospitals: 8)
        func word(_ hospitals: [HospitalID], _ query: String, changed: Bool = false) throws -> OpeningRefusal? {
            let answers = try hospitals.map { try scene.answer($0, [11], query: query, changed: changed) }
            let request = try scene.request(answers, query: query, changed: changed)
            return try #require(
                try scene.agree(hospitals[0], answers[0], to: request, query: query, changed: changed)
            ).refused
        }
        #expect(try word(scene.hospitals, "Q-0000-0001") == nil)
        #expect(try word(scene.hospitals, "Q-0000-0002") == nil)
        #expect(try word(scene.hospitals.dropLast(), "Q-0000-0003") == .otherHospitals)
        #expect(try word(scene.hospitals.dropLast(2), "Q-0000-0004", changed: true) == .otherHospitals, "whatever is asked of it")
    }

    @Test func requestsThatTheCoordinatorDidNotSignGetNoWordAtAll() throws {
        let scene = try PeerScene(hospitals: 6)
        let answers = try answers(scene, scene.hospitals)
        let request = try scene.request(answers)
        let stranger = try SignedDocument(
            signing: try request.verified(as: OpeningRequest.self, by: scene.coordinator.verificationKey), with: SigningKey())
        #expect(throws: FederationError.self) { try scene.agree(scene.hospitals[0], answers[0], to: stranger) }
    }

    @Test func aWrongShareIsFoundAndWithOneHospitalMoreSpoilsNothing() throws {
        let scene = try PeerScene(hospitals: 7)
        let answers = try answers(scene, scene.hospitals.prefix(6))
        let request = try scene.request(answers)
        let agreements = try agreements(scene, answers, request, by: scene.hospitals.prefix(6))
        var reveals = try scene.hospitals.prefix(6).map { try scene.reveal($0, answers, request, agreements) }
        var lie = try Reveal(from: JSONReader(reveals[1].payload))
        lie.parts[3].own[0] = lie.parts[3].own[0] == 0 ? 1 : lie.parts[3].own[0] - 1
        reveals[1] = try SignedDocument(signing: lie, with: try #require(scene.keys[lie.node]))
        #expect(throws: FederationError.self) {
            try scene.total(answers, request, agreements, Array(reveals.prefix(5)))
        }
        #expect(try scene.total(answers, request, agreements, reveals).total.value == 62)
    }

    @Test func aPackageThatWasDealtToAnotherOrChangedDoesNotOpen() throws {
        let scene = try PeerScene(hospitals: 5)
        let answer = try scene.answer(scene.hospitals[0], [11])
        let share = try TotalShare(from: JSONReader(answer.share.payload))
        let binding = PackageBinding(share)
        let key = try SealingKey(of: try #require(scene.keys[scene.hospitals[1]]))
        #expect(try answer.packages[1].open(with: key, binding).count == 5)
        #expect(throws: FederationError.self) { try answer.packages[2].open(with: key, binding) }
        var moved = answer.packages[1]
        moved.from = scene.hospitals[2]
        #expect(throws: FederationError.self) { try moved.open(with: key, binding) }
        // An answer whose packages are not those that it signed is not accepted.
        var changed = answer
        changed.packages[1].ciphertext[0] ^= 1
        let ticket = try scene.ticket(scene.hospitals[0])
        let verification = try #require(scene.keys[scene.hospitals[0]]).verificationKey
        #expect(throws: FederationError.self) { try changed.checked(for: ticket, by: verification) }
        var honest = ticket
        honest.id = share.ticket
        #expect(try answer.checked(for: honest, by: verification) == share)
    }

    /// What the coordinator and all hospitals but two hold is the same for other numbers of these two: the one seed that only the
    /// two know is never given away where both are in the total.
    @Test func theCoordinatorAndAllHospitalsButTwoCannotTellTheTwoApart() throws {
        let scene = try PeerScene(hospitals: 6)
        let answers = try answers(scene, scene.hospitals)
        let request = try scene.request(answers)
        let agreements = try agreements(scene, answers, request, by: scene.hospitals)
        let reveals = try scene.hospitals.map { try scene.reveal($0, answers, request, agreements) }
        let (first, second) = (scene.hospitals[0], scene.hospitals[1])
        for document in reveals {
            for part in try Reveal(from: JSONReader(document.payload)).parts where part.of == first || part.of == second {
                #expect(part.pairs.isEmpty)
            }
        }
        // The others' shares of that seed are fewer than put it together.
        let others = scene.hospitals.dropFirst(2)
        let share = try TotalShare(from: JSONReader(answers[0].share.payload))
        let held = try others.map { hospital in
            let key = try SealingKey(of: try #require(scene.keys[hospital]))
            let place = try #require(scene.roster.place(of: hospital))
            let dealt = try answers[0].packages[place].open(with: key, PackageBinding(share))
            return SecretShare.Share(index: UInt64(place + 1), limbs: dealt[1])
        }
        #expect(held.count < scene.roster.fewest)
        let commitment = try #require(share.commitment(in: scene.roster))
        #expect(Digest256(of: try SecretShare.join(held, bytes: TotalMask.seedLength)) != commitment.pairs[0])
    }

    @Test func aRosterWithoutAGuardianNeedsASealingKeyOfEachHospital() throws {
        let scene = try PeerScene(hospitals: 5)
        var json = scene.roster
        #expect(try TotalsRoster(from: JSONReader(json.json)) == json)
        json.members[2].sealingKey = nil
        #expect(throws: JSONError.self) { try TotalsRoster(from: JSONReader(json.json)) }
        json.members[2].sealingKey = json.members[1].sealingKey
        #expect(throws: JSONError.self) { try TotalsRoster(from: JSONReader(json.json)) }
        var both = scene.roster
        both.guardian = .init(
            id: GuardianID(unchecked: "G-1"), key: SigningKey().verificationKey, sealingKey: SealingKey().sealingKey)
        #expect(throws: JSONError.self) { try TotalsRoster(from: JSONReader(both.json)) }
    }
}
