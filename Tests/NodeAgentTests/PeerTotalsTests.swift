import CanonicalJSON
@_spi(Hospital) import Disclosure
import FaultPoints
import Federation
import Foundation
import Logging
import Testing

@testable import NodeAgent

/// What a hospital says about totals without a guardian, with its spool: once, durably, and again byte for byte.
@Suite struct PeerTotalsTests {
    /// Six hospitals on paper; the first is the one under test, with a spool of its own.
    private struct Scene {
        let folder: TemporaryFolder
        let consortium: Consortium
        let keys: [HospitalID: SigningKey]
        let officers = [SigningKey(), SigningKey()]
        let cosigned: CosignedRoster
        let roster: TotalsRoster
        let question = Swift.Result { try Consortium.question() }

        init() throws {
            folder = try TemporaryFolder()
            consortium = try Consortium()
            var keys = [Consortium.hospital: consortium.keys.signing]
            for number in 1...5 { keys[HospitalID(unchecked: "KR-H-100\(number)")] = SigningKey() }
            self.keys = keys
            roster = TotalsRoster(
                consortium: "C", version: 1, issued: consortium.clock.now, minimum: 5, isWrittenMinimum: false,
                members: try keys.map {
                    .init(hospital: $0.key, key: $0.value.verificationKey, sealingKey: try SealingKey(of: $0.value).sealingKey)
                }, guardian: nil)
            var cosigned = try CosignedRoster(roster, signedBy: officers[0])
            try cosigned.sign(with: officers[1])
            self.cosigned = cosigned
        }

        var others: [HospitalID] { keys.keys.filter { $0 != Consortium.hospital }.sorted() }

        func spool() throws -> Spool { try Spool(try folder.state, hospital: Consortium.hospital) }

        func totals(_ spool: Spool, kinds: Set<TotalsRoster.Kind> = [.peers]) throws -> PeerTotals {
            var policy = try Consortium.policy()
            policy.totals = TotalsPolicy(officers: officers.map(\.verificationKey), minimum: 5, kinds: kinds)
            return PeerTotals(
                policy: policy, spool: spool, signing: consortium.keys.signing,
                coordinatorKey: consortium.coordinator.verificationKey, clock: consortium.clock.clock,
                log: NodeLog(Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }))
        }

        func ticket(_ hospital: HospitalID, query: String) throws -> QueryTicket {
            var ticket = try consortium.ticket(try question.get(), audience: hospital, mode: .secureTotal)
            ticket.query = QueryID(unchecked: query)
            ticket.total = cosigned
            return ticket
        }

        func masked(_ ticket: QueryTicket) throws -> MaskedAnswer {
            let key = try #require(keys[ticket.audience])
            return try MaskedAnswer(
                MaskedVector([11]), layout: try TotalLayout(steps: [], dimensions: []),
                subject: try #require(try ticket.totalSubject()), ticket: ticket, terms: .init(threshold: 11, roundTo: 5),
                peers: roster, signing: key, sealing: try SealingKey(of: key))
        }

        /// All six answer; this hospital's answer is in its spool.
        func answers(_ spool: Spool, query: String = "Q-0000-0001") async throws -> [MaskedAnswer] {
            let ticket = try ticket(Consortium.hospital, query: query)
            let masked = try masked(ticket)
            _ = try await spool.accept(ticket, try consortium.signed(ticket), at: consortium.clock.now)
            try await spool.move(ticket.id, .acknowledged, at: consortium.clock.now)
            try await spool.move(ticket.id, .takenUp, at: consortium.clock.now)
            let answer = NodeAnswer(
                to: ticket, at: consortium.clock.now, provenance: CountingSource().provenance, policy: Digest256(of: []),
                outcome: .masked(masked))
            _ = try await spool.store(
                try SignedDocument(signing: answer, with: consortium.keys.signing), to: ticket.id, release: nil,
                outcome: "masked", at: consortium.clock.now)
            return [masked] + (try others.map { try self.masked(try self.ticket($0, query: query)) })
        }

        func request(_ answers: [MaskedAnswer], query: String = "Q-0000-0001") throws -> SignedDocument {
            let subject = try #require(try ticket(Consortium.hospital, query: query).totalSubject())
            return try SignedDocument(
                signing: OpeningRequest(subject: subject, roster: cosigned, shares: answers.map(\.share)),
                with: consortium.coordinator)
        }

        /// The coordinator asks this hospital for its shares, with the words of the others and its own.
        func revealRequest(
            _ request: SignedDocument, _ answers: [MaskedAnswer], own: SignedDocument
        ) throws -> SignedDocument {
            let word = try own.verified(as: Agreement.self, by: consortium.keys.signing.verificationKey)
            let words = try others.map { hospital in
                var other = word
                other.node = hospital
                return try SignedDocument(signing: other, with: try #require(keys[hospital]))
            }
            return try SignedDocument(
                signing: RevealRequest(
                    audience: Consortium.hospital, request: request, agreements: [own] + words,
                    packages: answers.flatMap { $0.packages.filter { $0.to == Consortium.hospital } }),
                with: consortium.coordinator)
        }
    }

    private func refusal(_ document: SignedDocument?) throws -> OpeningRefusal? {
        try Agreement(from: JSONReader(try #require(document).payload)).refused
    }

    @Test func aHospitalAgreesOnceAndSaysTheSameAfterEachRestart() async throws {
        let scene = try Scene()
        let answers = try await scene.answers(try scene.spool())
        let request = try scene.request(answers)
        let word = try #require(try await scene.totals(try scene.spool()).answer(request))
        #expect(try refusal(word) == nil)
        // Another process on the same state: nothing was closed.
        #expect(try await scene.totals(try scene.spool()).answer(request) == word)
        // One hospital fewer: never for this total, and not for the same cohort asked again.
        #expect(
            try refusal(await scene.totals(try scene.spool()).answer(try scene.request(answers.dropLast())))
                == .otherHospitals)
        let again = try await scene.answers(try scene.spool(), query: "Q-0000-0002")
        let fewer = try scene.request(again.dropLast(), query: "Q-0000-0002")
        #expect(try refusal(await scene.totals(try scene.spool()).answer(fewer)) == .otherHospitals)
        // A refusal binds to nothing: over the same hospitals the second one is agreed to.
        let same = try scene.request(again, query: "Q-0000-0002")
        #expect(try refusal(await scene.totals(try scene.spool()).answer(same)) == nil)
        let lines = try await scene.spool().auditLines().filter { $0.contains("total.agree") }
        #expect(lines.count == 2)
    }

    @Test func killedAtAnyStepItSaysTheSameAfterwards() async throws {
        let scene = try Scene()
        let answers = try await scene.answers(try scene.spool())
        let request = try scene.request(answers)
        let state = try scene.folder.state
        func say(_ asked: SignedDocument, in state: StateDirectory) async throws -> SignedDocument {
            let spool = try Spool(state, hospital: Consortium.hospital)
            return try #require(try await scene.totals(spool).answer(asked))
        }
        let said = Locked<SignedDocument?>(nil)
        let agreeing = try await CrashScene.left(of: state) {
            let word = try await say(request, in: state)
            said.withLock { $0 = word }
        }
        #expect(agreeing.map(\.step) == [.totalsAgreementStoring, .totalsAgreementStored])
        let word = try #require(said.withLock { $0 })
        for point in agreeing {
            // The same request first: afterwards no other set gets anything.
            let again = try await say(request, in: point.state)
            #expect(try Agreement(from: JSONReader(again.payload)) == Agreement(from: JSONReader(word.payload)), "\(point.step)")
            let fewer = try await say(try scene.request(answers.dropLast()), in: point.state)
            #expect(try refusal(fewer) == .otherHospitals, "\(point.step)")
            let lines = try await Spool(point.state, hospital: Consortium.hospital).auditLines()
            #expect(lines.filter { $0.contains("total.agree") }.count == 1, "\(point.step)")
        }
        #expect(try await say(request, in: try #require(agreeing.last).state) == word)

        let asked = try scene.revealRequest(request, answers, own: word)
        let revealing = try await CrashScene.left(of: state) {
            let shares = try await say(asked, in: state)
            said.withLock { $0 = shares }
        }
        #expect(revealing.map(\.step) == [.totalsRevealStoring, .totalsRevealStored])
        let shares = try #require(said.withLock { $0 })
        for point in revealing {
            let again = try await say(asked, in: point.state)
            #expect(point.step == .totalsRevealStoring || again == shares)
            #expect(try await say(asked, in: point.state) == again, "\(point.step)")
            let lines = try await Spool(point.state, hospital: Consortium.hospital).auditLines()
            #expect(lines.filter { $0.contains("total.reveal") }.count == 1, "\(point.step)")
        }
    }

    @Test func itGivesItsSharesForWhatItAgreedToAndAgainByteForByte() async throws {
        let scene = try Scene()
        let answers = try await scene.answers(try scene.spool())
        let request = try scene.request(answers)
        let word = try #require(try await scene.totals(try scene.spool()).answer(request))
        let asked = try scene.revealRequest(request, answers, own: word)
        let reveal = try #require(try await scene.totals(try scene.spool()).answer(asked))
        #expect(try await scene.totals(try scene.spool()).answer(asked) == reveal)
        let content = try reveal.verified(as: Reveal.self, by: scene.consortium.keys.signing.verificationKey)
        #expect(content.parts.count == 6)
        #expect(content.parts.allSatisfy { $0.pairs.isEmpty })
    }

    @Test func withoutItsOwnAgreementItGivesNothing() async throws {
        let scene = try Scene()
        let spool = try scene.spool()
        let answers = try await scene.answers(spool)
        let request = try scene.request(answers)
        let signing = scene.consortium.keys.signing
        let claimed = try SignedDocument(
            signing: Agreement(
                subject: try #require(try scene.ticket(Consortium.hospital, query: "Q-0000-0001").totalSubject()),
                node: Consortium.hospital, request: request.digest, hospitals: [Consortium.hospital] + scene.others),
            with: signing)
        let asked = try scene.revealRequest(request, answers, own: claimed)
        #expect(try await scene.totals(spool).answer(asked) == nil)
    }

    @Test func whatItDidNotAnswerGetsNoWordAndWhatItsPolicyDoesNotAllowANo() async throws {
        let scene = try Scene()
        let spool = try scene.spool()
        let answers = try await scene.answers(spool)
        let unknown = try scene.request(
            try ([Consortium.hospital] + scene.others).map { try scene.masked(try scene.ticket($0, query: "Q-0000-0007")) },
            query: "Q-0000-0007")
        #expect(try await scene.totals(spool).answer(unknown) == nil)
        #expect(
            try refusal(await scene.totals(spool, kinds: [.guardian]).answer(try scene.request(answers))) == .roster)
        // Not the coordinator's, and no message of this kind.
        let request = try OpeningRequest(from: JSONReader(try scene.request(answers).payload))
        #expect(try await scene.totals(spool).answer(try SignedDocument(signing: request, with: SigningKey())) == nil)
        let ticket = try scene.consortium.signed(try scene.ticket(Consortium.hospital, query: "Q-0000-0001"))
        #expect(try await scene.totals(spool).answer(ticket) == nil)
    }
}
