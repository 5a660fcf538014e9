import CanonicalJSON
import Disclosure
import Federation
import Foundation
import Testing

@testable import Coordinator

/// A total without a guardian at the coordinator, with hospitals that the test plays: rounds, silence, restarts, lies.
@Suite struct PeerTotalTests {
    private struct Scene {
        let coordinator: TestCoordinator
        var nodes: [TestNode]
        let token: String
        let roster: TotalsRoster
        var answers: [HospitalID: MaskedAnswer] = [:]

        init() async throws {
            coordinator = try await TestCoordinator.make()
            var nodes: [TestNode] = []
            for number in 1...6 { nodes.append(try await coordinator.enrol(HospitalID(unchecked: "KR-H-000\(number)"))) }
            self.nodes = nodes
            try await coordinator.addPerson("kim", .researcher)
            try await coordinator.addProject(hospitals: nodes.map(\.hospital), members: ["kim"], modes: [.named, .secureTotal])
            token = try await coordinator.signIn("kim")
            roster = try await coordinator.office.totals.draft(
                consortium: "C-TEST", peers: try nodes.map(Self.entry), minimum: 5, isWrittenMinimum: false)
            var cosigned = try CosignedRoster(roster, signedBy: SigningKey())
            try cosigned.sign(with: SigningKey())
            _ = try await coordinator.office.totals.load(cosigned, by: .operatorAccount("test"))
        }

        static func entry(_ node: TestNode) throws -> TotalsRoster.Member {
            .init(
                hospital: node.hospital, key: node.keys.signing.verificationKey,
                sealingKey: try SealingKey(of: node.keys.signing).sealingKey)
        }

        /// Asks, and has the first `count` hospitals answer with shares of 11; the others let the time pass.
        mutating func ask(answeredBy count: Int, _ coordinator: TestCoordinator? = nil) async throws -> QueryID {
            let coordinator = coordinator ?? self.coordinator
            let query = try await coordinator.ask(token, mode: .secureTotal, answerWithin: 600)
            for node in nodes.prefix(count) {
                let ticket = try #require(try await node.tickets(coordinator).first)
                let subject = try #require(try ticket.totalSubject())
                let layout = try TotalLayout(steps: ["entry events", "cohort"], dimensions: [])
                let masked = try MaskedAnswer(
                    MaskedVector([UInt64](repeating: 11, count: layout.count)), layout: layout, subject: subject, ticket: ticket,
                    terms: ShareTerms(threshold: 11, roundTo: 5), peers: roster, signing: node.keys.signing,
                    sealing: try SealingKey(of: node.keys.signing))
                answers[node.hospital] = masked
                let document = try node.answer(ticket, .masked(masked), at: coordinator.time.now)
                #expect(try await node.send(document, coordinator).status == 200)
            }
            if count < nodes.count { coordinator.time.advance(600 + FederationProtocol.clockTolerance + 1) }
            try await coordinator.service.sweeper.sweep()
            return query
        }

        /// What a node is asked about totals with one poll.
        func asked(_ node: TestNode, _ coordinator: TestCoordinator? = nil) async throws -> [SignedDocument] {
            let answer = try await node.poll(coordinator ?? self.coordinator)
            return answer.status == 204 ? [] : try answer.message(TicketDelivery.self).totals
        }

        /// What an honest node says to it.
        func word(_ node: TestNode, _ document: SignedDocument) throws -> SignedDocument {
            let key = node.grant.coordinatorKey
            if document.type == RevealRequest.schema {
                let inner = try document.verified(as: RevealRequest.self, by: key).request
                return try SignedDocument(
                    signing: try member(node, inner).reveal(
                        document, .init(agreed: inner.digest), sealing: try SealingKey(of: node.keys.signing)),
                    with: node.keys.signing)
            }
            guard case .agree(let word) = try member(node, document).decide(document, .init()) else { throw CancellationError() }
            return try SignedDocument(signing: word, with: node.keys.signing)
        }

        private func member(_ node: TestNode, _ request: SignedDocument) throws -> PeerMember {
            let subject = try OpeningRequest(from: JSONReader(request.payload)).subject
            return PeerMember(
                node.hospital, roster: roster, subject: subject, share: try #require(answers[node.hospital]).share,
                coordinatorKey: node.grant.coordinatorKey)
        }

        func say(_ node: TestNode, _ document: SignedDocument, _ coordinator: TestCoordinator? = nil) async throws -> Int {
            try await (coordinator ?? self.coordinator).node(node, .post, "/v1/node/totals", body: document.json).status
        }

        /// One round of these nodes: polls, and answers what was asked.
        func round(_ nodes: some Sequence<TestNode>, _ coordinator: TestCoordinator? = nil) async throws -> [String] {
            var types: [String] = []
            for node in nodes {
                for document in try await asked(node, coordinator) {
                    types.append(document.type)
                    #expect(try await say(node, try word(node, document), coordinator) == 204)
                }
            }
            return types
        }
    }

    @Test func theHospitalsOpenItInTwoRoundsAndTheExportHolds() async throws {
        var scene = try await Scene()
        let query = try await scene.ask(answeredBy: 6)
        #expect(try await scene.coordinator.result(query, scene.token).total?.state == .opening)
        #expect(try await scene.round(scene.nodes) == Array(repeating: OpeningRequest.schema, count: 6))
        #expect(try await scene.coordinator.result(query, scene.token).status == .running)
        #expect(try await scene.round(scene.nodes).prefix(5) == Array(repeating: RevealRequest.schema, count: 5)[...])
        let result = try await scene.coordinator.result(query, scene.token)
        #expect(result.status == .complete)
        #expect(result.total?.state == .opened)
        #expect(result.total?.guardian == nil)
        #expect(result.total?.answer?.total.value == 66)
        // Nothing more is asked, and the export is checked from signatures alone.
        #expect(try await scene.round(scene.nodes).isEmpty)
        let export = try await scene.coordinator.people(.get, "/v1/queries/\(query)/export", token: scene.token)
            .message(SignedDocument.self)
        #expect(try ExportVerifier().verify(export).result.total == result.total)
    }

    @Test func silentHospitalsHoldNothingUpWhileEnoughAreLeft() async throws {
        var scene = try await Scene()
        let query = try await scene.ask(answeredBy: 5)
        // One is away when it is asked to agree: five of six are needed, so it waits, and the others are asked no more for it.
        #expect(try await scene.round(scene.nodes.prefix(4)).count == 4)
        #expect(try await scene.round(scene.nodes.prefix(4)).isEmpty)
        #expect(try await scene.coordinator.result(query, scene.token).total?.state == .opening)
        #expect(try await scene.round([scene.nodes[4]]).count == 1)
        #expect(try await scene.round(scene.nodes.prefix(5)).count == 5)
        let total = try await scene.coordinator.result(query, scene.token).total
        #expect(total?.answer?.total.value == 55)
        #expect(total?.hospitals == 5)
    }

    @Test func withoutAGuardianDifferentPatientsAreNotCounted() async throws {
        let scene = try await Scene()
        let answer = try await scene.coordinator.people(
            .post, "/v1/queries", token: scene.token,
            body: try TestCoordinator.submission(mode: .secureTotal, isDistinct: true))
        #expect(answer.status == 422)
        #expect(answer.code == "RELEASE_MODE_UNSUPPORTED")
        #expect(answer.json["pointer"] == "/question/outputs/distinct")
        #expect(answer.json["detail"]?.stringValue?.contains("without a guardian") == true)
    }

    @Test func fourOfSixAreTooFew() async throws {
        var scene = try await Scene()
        let query = try await scene.ask(answeredBy: 4)
        let total = try await scene.coordinator.result(query, scene.token).total
        #expect(total?.state == .closed)
        #expect(total?.code == .tooFew)
        #expect(total?.minimum == 5)
        #expect(try await scene.round(scene.nodes).isEmpty)
    }

    @Test func aKillAtEachStepChangesNothing() async throws {
        var scene = try await Scene()
        let query = try await scene.ask(answeredBy: 6)
        // The request was handed out and the answer to it lost with the coordinator's process: the lease runs out, the same bytes again.
        let first = try #require(try await scene.asked(scene.nodes[0]).first)
        var coordinator = try scene.coordinator.reopened()
        #expect(try await scene.asked(scene.nodes[0], coordinator).isEmpty, "leased")
        coordinator.time.advance(3_600)
        #expect(try await scene.asked(scene.nodes[0], coordinator).first == first)
        // A node that comes up anew is asked at once.
        scene.nodes[0] = scene.nodes[0].restarted()
        #expect(try await scene.asked(scene.nodes[0], coordinator).first == first)
        for node in scene.nodes {
            let word = try scene.word(node, first)
            #expect(try await scene.say(node, word, coordinator) == 204)
            // The 204 was lost with a kill: said again to the next process.
            coordinator = try coordinator.reopened()
            #expect(try await scene.say(node, word, coordinator) == 204)
        }
        for node in scene.nodes {
            guard let asked = try await scene.asked(node, coordinator).first else { continue }
            let reveal = try scene.word(node, asked)
            #expect(try await scene.say(node, reveal, coordinator) == 204)
            coordinator = try coordinator.reopened()
            #expect(try await scene.say(node, reveal, coordinator) == 204)
        }
        #expect(try await coordinator.result(query, scene.token).total?.answer?.total.value == 66)
    }

    @Test func whatDoesNotFitIsRefusedAndTheFirstWordStands() async throws {
        var scene = try await Scene()
        _ = try await scene.ask(answeredBy: 6)
        let request = try #require(try await scene.asked(scene.nodes[0]).first)
        let word = try scene.word(scene.nodes[0], request)
        // Another hospital's word, one signed by a stranger, one on another request, and no word at all.
        #expect(try await scene.say(scene.nodes[1], word) == 403)
        var content = try Agreement(from: JSONReader(word.payload))
        #expect(try await scene.say(scene.nodes[0], try SignedDocument(signing: content, with: SigningKey())) == 403)
        content.request = Digest256(of: [])
        let own = scene.nodes[0].keys.signing
        #expect(try await scene.say(scene.nodes[0], try SignedDocument(signing: content, with: own)) == 422)
        #expect(try await scene.say(scene.nodes[0], request) == 400)
        #expect(try await scene.say(scene.nodes[0], word) == 204)
        content.request = request.digest
        content.refused = .mismatch
        #expect(try await scene.say(scene.nodes[0], try SignedDocument(signing: content, with: own)) == 409)
    }

    @Test func refusalsCloseItWithTheirCodeAndAStoppedQuestionAsksNobody() async throws {
        var scene = try await Scene()
        let query = try await scene.ask(answeredBy: 6)
        for node in scene.nodes.prefix(2) {
            let request = try #require(try await scene.asked(node).first)
            let subject = try OpeningRequest(from: JSONReader(request.payload)).subject
            let no = Agreement(
                subject: subject, node: node.hospital, request: request.digest, hospitals: [], refused: .otherHospitals)
            #expect(try await scene.say(node, try SignedDocument(signing: no, with: node.keys.signing)) == 204)
        }
        let total = try await scene.coordinator.result(query, scene.token).total
        #expect(total?.state == .closed)
        #expect(total?.code == .otherHospitals)
        let export = try await scene.coordinator.people(.get, "/v1/queries/\(query)/export", token: scene.token)
            .message(SignedDocument.self)
        #expect(try ExportVerifier().verify(export).result.total == total)

        let second = try await scene.ask(answeredBy: 6)
        _ = try await scene.coordinator.people(.post, "/v1/queries/\(second)/cancel", token: scene.token)
        #expect(try await scene.round(scene.nodes).isEmpty)
    }

    @Test func aWrongShareIsOutweighedByTheSixth() async throws {
        var scene = try await Scene()
        let query = try await scene.ask(answeredBy: 6)
        _ = try await scene.round(scene.nodes)
        for (number, node) in scene.nodes.enumerated() {
            let asked = try #require(try await scene.asked(node).first)
            var reveal = try Reveal(from: JSONReader(try scene.word(node, asked).payload))
            if number == 2 { reveal.parts[0].own[1] ^= 1 }
            #expect(try await scene.say(node, try SignedDocument(signing: reveal, with: node.keys.signing)) == 204)
            let state = try await scene.coordinator.result(query, scene.token).total?.state
            #expect(state == (number < 5 ? .opening : .opened))
        }
    }

    @Test func anEntryThatIsNotTheEnrolledNodesDoesNotGetOntoARoster() async throws {
        let scene = try await Scene()
        var entries = try scene.nodes.map(Scene.entry)
        entries[3].key = SigningKey().verificationKey
        await #expect(throws: CoordinatorError.self) {
            _ = try await scene.coordinator.office.totals.draft(
                consortium: "C-TEST", peers: entries, minimum: 5, isWrittenMinimum: false)
        }
        // Fewer than two thirds of the roster cannot be asked.
        let four = Array(scene.nodes.prefix(4).map(\.hospital))
        let answer = try await scene.coordinator.people(
            .post, "/v1/queries", token: scene.token,
            body: try TestCoordinator.submission(hospitals: four, mode: .secureTotal))
        #expect(answer.code == "RELEASE_MODE_UNSUPPORTED")
    }
}
