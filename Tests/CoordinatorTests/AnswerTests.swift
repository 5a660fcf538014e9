import CanonicalJSON
import Disclosure
import Federation
import Testing

@testable import Coordinator

/// What may go wrong with an answer, and that none is lost, doubled or believed wrongly.
@Suite struct AnswerTests {
    struct Scene: Sendable {
        let coordinator: TestCoordinator
        let busan: TestNode
        let yangsan: TestNode
        let token: String
        let query: QueryID
        let ticket: QueryTicket
    }

    func scene(answerWithin: Int? = nil) async throws -> Scene {
        let coordinator = try await TestCoordinator.make()
        let busan = try await coordinator.enrol(.busan)
        let yangsan = try await coordinator.enrol(.yangsan)
        try await coordinator.addPerson("kim", .researcher)
        try await coordinator.addProject(hospitals: [.busan, .yangsan], members: ["kim"])
        let token = try await coordinator.signIn("kim")
        let query = try await coordinator.ask(token, answerWithin: answerWithin)
        let ticket = try #require(try await busan.tickets(coordinator).first)
        return Scene(
            coordinator: coordinator, busan: busan, yangsan: yangsan, token: token, query: query, ticket: ticket)
    }

    func total(_ scene: Scene) async throws -> DisclosedCount {
        try #require(try await scene.coordinator.result(scene.query, scene.token).rows.first { $0.node == "KR-H-0011" })
            .answer.total
    }

    @Test func theSameAnswerAgainGetsTheSameReceipt() async throws {
        let scene = try await scene()
        let document = try scene.busan.answer(scene.ticket, .exact(20), at: scene.coordinator.time.now)
        let first = try await scene.busan.send(document, scene.coordinator)
        scene.coordinator.time.advance(3_600)
        let again = try await scene.busan.send(document, scene.coordinator)
        #expect(first.status == 200)
        #expect(again.status == 200)
        #expect(again.json == first.json)
    }

    @Test func anotherAnswerToTheSameTicketIsRefusedAndTheFirstStands() async throws {
        let scene = try await scene()
        _ = try await scene.busan.send(
            try scene.busan.answer(scene.ticket, .exact(20), at: scene.coordinator.time.now), scene.coordinator)
        let second = try await scene.busan.send(
            try scene.busan.answer(scene.ticket, .exact(21), at: scene.coordinator.time.now), scene.coordinator)
        #expect(second.status == 409)
        #expect(second.code == "ANSWER_CONFLICT")
        #expect(try await total(scene) == .exact(20))
        #expect(try await scene.coordinator.office.audit.entries(action: "answer.refuse").count == 1)
    }

    @Test func aTamperedAnswerFailsTheTicketVisibly() async throws {
        let scene = try await scene()
        let document = try scene.busan.answer(scene.ticket, .exact(20), at: scene.coordinator.time.now)
        let text = document.json.text().replacing("\"value\":20", with: "\"value\":99")
        #expect(text != document.json.text())
        let sent = try await scene.coordinator.node(
            scene.busan, .post, "/v1/node/answers", body: try JSONValue(parsing: text))
        #expect(sent.status == 422)
        #expect(sent.code == "SIGNATURE_INVALID")
        #expect(try await total(scene) == .failed(.integrity))
    }

    @Test func anAnswerSignedByAnotherHospitalsKeyIsRefused() async throws {
        let scene = try await scene()
        let forged = try scene.yangsan.answer(scene.ticket, .exact(20), at: scene.coordinator.time.now)
        let sent = try await scene.busan.send(forged, scene.coordinator)
        #expect(sent.code == "SIGNATURE_INVALID")
        #expect(try await total(scene) == .failed(.integrity))
    }

    @Test func anAnswerForAnotherHospitalsTicketIsRefusedAndHarmsNobody() async throws {
        let scene = try await scene()
        let foreign = try scene.yangsan.answer(scene.ticket, .exact(20), at: scene.coordinator.time.now)
        let sent = try await scene.yangsan.send(foreign, scene.coordinator)
        #expect(sent.status == 404)
        #expect(sent.code == "TICKET_UNKNOWN")
        #expect(try await total(scene).kind == .waiting)
        #expect(try await scene.yangsan.acknowledge(scene.ticket.id, scene.coordinator).code == "TICKET_UNKNOWN")
    }

    @Test func anAnswerToAnotherQuestionUnderThisTicketIsRefused() async throws {
        let scene = try await scene()
        var other = scene.ticket
        other.questionHash = Digest256(of: Array("another".utf8))
        let sent = try await scene.busan.send(
            try scene.busan.answer(other, .exact(20), at: scene.coordinator.time.now), scene.coordinator)
        #expect(sent.code == "QUESTION_HASH_WRONG")
        #expect(try await total(scene) == .failed(.integrity))
    }

    @Test func anAnswerIsInTimeUntilTheToleranceOfClocksIsOver() async throws {
        let scene = try await scene(answerWithin: 600)
        let document = try scene.busan.answer(scene.ticket, .exact(20), at: scene.coordinator.time.now)
        scene.coordinator.time.advance(600 + 299)
        #expect(try await scene.busan.send(document, scene.coordinator).status == 200)
    }

    @Test func anAnswerAfterThatIsToldThatTheTicketIsOver() async throws {
        let scene = try await scene(answerWithin: 600)
        let document = try scene.busan.answer(scene.ticket, .exact(20), at: scene.coordinator.time.now)
        scene.coordinator.time.advance(600 + 300)
        let sent = try await scene.busan.send(document, scene.coordinator)
        #expect(sent.status == 410)
        #expect(sent.code == "TICKET_EXPIRED")
        #expect(try await total(scene) == .failed(.timeout))
    }

    @Test func aNodeWhoseClockIsTenMinutesOffLosesNoAnswer() async throws {
        let scene = try await scene()
        let skewed = scene.coordinator.time.now.adding(600)
        #expect(
            try await scene.busan.send(
                try scene.busan.answer(scene.ticket, .exact(20), at: skewed), scene.coordinator
            ).status == 200)
        let health = NodeHealth(
            node: .busan, boot: scene.busan.boot, state: .running, software: "test 1", provenance: TestNode.provenance,
            policy: Digest256(of: []), time: skewed, waiting: 0, certificateExpires: scene.busan.grant.expires)
        #expect(try await scene.coordinator.node(scene.busan, .post, "/v1/node/health", body: health.json).status == 204)
        #expect(try await scene.coordinator.office.nodes.find(.busan).clockAhead == 600)
    }

    @Test func stoppingAQuestionIsToldToNodesThatHaveItAndItsLateAnswersAreDropped() async throws {
        let scene = try await scene()
        let stopped = try await scene.coordinator.people(
            .post, "/v1/queries/\(scene.query)/cancel", token: scene.token)
        #expect(stopped.json["status"] == "cancelled")
        let delivery = try (try await scene.busan.poll(scene.coordinator)).message(TicketDelivery.self)
        #expect(delivery.cancelled == [scene.ticket.id])
        #expect(delivery.tickets.isEmpty)
        #expect(try await scene.busan.poll(scene.coordinator).status == 204)
        #expect(try await scene.yangsan.poll(scene.coordinator).status == 204)
        let late = try await scene.busan.send(
            try scene.busan.answer(scene.ticket, .exact(20), at: scene.coordinator.time.now), scene.coordinator)
        #expect(late.code == "TICKET_CANCELLED")
    }

    @Test func aHeldTicketIsShownAsWaitingForApproval() async throws {
        let scene = try await scene()
        _ = try await scene.busan.acknowledge(scene.ticket.id, scene.coordinator)
        #expect(try await total(scene) == .waiting(.node, since: scene.coordinator.time.now.seconds))
        let progress = NodeProgress(ticket: scene.ticket.id, stage: .held, since: scene.coordinator.time.now)
        let sent = try await scene.coordinator.node(scene.busan, .post, "/v1/node/progress", body: progress.json)
        #expect(sent.status == 204)
        #expect(try await total(scene) == .waiting(.approval, since: scene.coordinator.time.now.seconds))
    }

    @Test func aBareCountIsNoAnswer() async throws {
        let scene = try await scene()
        var payload = try #require(
            try scene.busan.answer(scene.ticket, .exact(20), at: scene.coordinator.time.now).json["payload"]?.objectValue)
        payload["outcome"] = ["kind": "answered", "answer": ["total": 20]]
        let signed = try SignedDocument(signing: Loose(value: .object(payload)), with: scene.busan.keys.signing)
        let sent = try await scene.busan.send(signed, scene.coordinator)
        #expect(sent.status == 422)
        #expect(sent.code == "MALFORMED")
        #expect(try await total(scene) == .failed(.integrity))
    }

    @Test func anAnswerWithWhatWasNotAskedIsRefused() async throws {
        let scene = try await scene()
        let answer = DisclosedAnswer(
            total: .exact(20),
            breakdown: DisclosedBreakdown(dimensions: ["sex"], cells: [.init(key: ["female"], count: .exact(20))]))
        let sent = try await scene.busan.send(
            try scene.busan.answer(scene.ticket, .answered(answer), at: scene.coordinator.time.now), scene.coordinator)
        #expect(sent.status == 422)
        #expect(sent.code == "ANSWER_SHAPE")
        #expect(try await total(scene) == .failed(.integrity))
    }

    // MARK: A node that was enrolled anew

    @Test func anAnswerFromTheSpoolOfBeforeANewEnrolmentIsAccepted() async throws {
        let scene = try await scene()
        let spooled = try scene.busan.answer(scene.ticket, .exact(20), at: scene.coordinator.time.now)
        scene.coordinator.time.advance(60)
        let anew = try await scene.coordinator.enrol(.busan)
        #expect(try await anew.send(spooled, scene.coordinator).status == 200)
        #expect(try await total(scene) == .exact(20))
        let export = try
            (try await scene.coordinator.people(
                .get, "/v1/queries/\(scene.query)/export", token: scene.token)).message(SignedDocument.self)
        _ = try ExportVerifier(trustedKey: anew.grant.coordinatorKey).verify(export)
    }

    @Test func aFormerKeyDoesNotAnswerWhatWasAskedSince() async throws {
        let scene = try await scene()
        scene.coordinator.time.advance(60)
        let anew = try await scene.coordinator.enrol(.busan)
        scene.coordinator.time.advance(60)
        let query = try await scene.coordinator.ask(scene.token)
        let ticket = try #require(try await anew.tickets(scene.coordinator).first { $0.query == query })
        let sent = try await anew.send(
            try scene.busan.answer(ticket, .exact(20), at: scene.coordinator.time.now), scene.coordinator)
        #expect(sent.code == "SIGNATURE_INVALID")
    }

    @Test func aRevokedKeyAnswersNothingAfterANewEnrolment() async throws {
        let scene = try await scene()
        let spooled = try scene.busan.answer(scene.ticket, .exact(20), at: scene.coordinator.time.now)
        try await scene.coordinator.office.nodes.revoke(.busan, reason: "stolen", by: .operatorAccount("test"))
        let anew = try await scene.coordinator.enrol(.busan)
        #expect(try await anew.send(spooled, scene.coordinator).code == "SIGNATURE_INVALID")
    }

    // MARK: Who sees when a node answered

    @Test(arguments: [Role.researcher, .observer, .consortiumLead, .administrator])
    func onlyWhoRunsTheConsortiumSeesWhenANodeAnswered(_ role: Role) async throws {
        let scene = try await scene()
        scene.coordinator.time.advance(754)
        let now = scene.coordinator.time.now
        _ = try await scene.busan.send(try scene.busan.answer(scene.ticket, .exact(20), at: now), scene.coordinator)
        let health = NodeHealth(
            node: .busan, boot: scene.busan.boot, state: .running, software: "test 1", provenance: TestNode.provenance,
            policy: Digest256(of: []), time: now, waiting: 3, certificateExpires: scene.busan.grant.expires)
        _ = try await scene.coordinator.node(scene.busan, .post, "/v1/node/health", body: health.json)
        try await scene.coordinator.addPerson("lee", role)
        let listed = try await scene.coordinator.people(
            .get, "/v1/nodes", token: try await scene.coordinator.signIn("lee"))
        let nodes = try JSONReader(listed.json).required("nodes").array(maxCount: 10)
        let busan = try #require(try nodes.map { try $0.decode(NodeSummary.self) }.first { $0.node == .busan })
        let sees = role == .administrator || role == .consortiumLead
        #expect(busan.standing == .online)
        #expect(busan.lastAnswer == (sees ? now : nil))
        #expect(busan.lastContact?.description == (sees ? "2026-11-22T01:12:34Z" : "2026-11-22T01:00:00Z"))
        #expect(busan.health?.time.description == (sees ? "2026-11-22T01:12:34Z" : "2026-11-22T00:00:00Z"))
        #expect(busan.health?.waiting == (sees ? 3 : 0))
        #expect(busan.health?.provenance == TestNode.provenance)
    }
}

/// A payload under the answer's name with whatever in it, properly signed.
private struct Loose: SignedPayload {
    static let schema = NodeAnswer.schema
    let value: JSONValue
    init(value: JSONValue) { self.value = value }
    init(from json: JSONReader) throws(JSONError) { value = json.value }
    var json: JSONValue { value }
}
