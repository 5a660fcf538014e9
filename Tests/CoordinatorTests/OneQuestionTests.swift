import CanonicalJSON
import Disclosure
import Federation
import Testing

@testable import Coordinator

/// One question from the researcher to the hospitals and back, with the test playing the nodes. The best introduction to this room.
@Suite struct OneQuestionTests {
    @Test func aQuestionGoesToEveryHospitalAndItsAnswersAddUpToAnInterval() async throws {
        let coordinator = try await TestCoordinator.make()
        let busan = try await coordinator.enrol(.busan)
        let yangsan = try await coordinator.enrol(.yangsan)
        try await coordinator.addPerson("kim", .researcher)
        try await coordinator.addProject(hospitals: [.busan, .yangsan, .kyungpook], members: ["kim"])
        let token = try await coordinator.signIn("kim")

        let query = try await coordinator.ask(token)
        var result = try await coordinator.result(query, token)
        #expect(result.status == .running)
        #expect(result.rows.map(\.node) == ["KR-H-0011", "KR-H-0012", "KR-H-0013"])
        #expect(result.rows.allSatisfy { $0.answer.total.kind == .waiting })

        let first = try #require(try await busan.tickets(coordinator).first)
        #expect(try await busan.acknowledge(first.id, coordinator).status == 204)
        let document = try busan.answer(
            first, .rounded(1240, base: 5, low: 1238, high: 1242), at: coordinator.time.now)
        let receipt = try (try await busan.send(document, coordinator)).message(SignedDocument.self)
            .verified(as: AnswerReceipt.self, by: busan.grant.coordinatorKey)
        #expect(receipt.ticket == first.id)
        #expect(receipt.answer == document.digest)

        let second = try #require(try await yangsan.tickets(coordinator).first)
        _ = try await yangsan.send(
            try yangsan.answer(second, .hidden(low: 0, high: 10, why: .small), at: coordinator.time.now), coordinator)

        result = try await coordinator.result(query, token)
        // By hand: 1238...1242 plus 0...10; the third has not answered and adds nothing.
        #expect(result.merged.total.records == CountInterval(low: 1238, high: 1252))
        #expect(result.rows[2].answer.total == .waiting(.queue, since: coordinator.time.now.seconds))
        #expect(result.isSynthetic)
    }

    @Test func anExportIsVerifiedWithoutTheCoordinator() async throws {
        let coordinator = try await TestCoordinator.make()
        let busan = try await coordinator.enrol(.busan)
        try await coordinator.addPerson("kim", .researcher)
        try await coordinator.addProject(hospitals: [.busan], members: ["kim"])
        let token = try await coordinator.signIn("kim")
        let query = try await coordinator.ask(token)
        let ticket = try #require(try await busan.tickets(coordinator).first)
        _ = try await busan.send(
            try busan.answer(ticket, .rounded(860, base: 5, low: 858, high: 862), at: coordinator.time.now), coordinator)

        let document = try (try await coordinator.people(.get, "/v1/queries/\(query)/export", token: token))
            .message(SignedDocument.self)
        let export = try ExportVerifier(trustedKey: busan.grant.coordinatorKey).verify(document)
        #expect(export.result.status == .complete)
        #expect(export.evidence.count == 1)
        #expect(try await coordinator.office.audit.entries(action: "result.export").count == 1)
    }

    @Test func codedRowsTellNobodyWhoseTheyAre() async throws {
        let coordinator = try await TestCoordinator.make()
        let nodes = [
            try await coordinator.enrol(.busan), try await coordinator.enrol(.yangsan), try await coordinator.enrol(.kyungpook),
        ]
        try await coordinator.addPerson("kim", .researcher)
        try await coordinator.addProject(hospitals: [.busan, .yangsan, .kyungpook], members: ["kim"])
        let token = try await coordinator.signIn("kim")
        let query = try await coordinator.ask(token, mode: .coded)
        for (node, count) in zip(nodes, [100, 200, 300]) {
            let ticket = try #require(try await node.tickets(coordinator).first)
            _ = try await node.send(
                try node.answer(ticket, .rounded(count, base: 5, low: count - 2, high: count + 2), at: coordinator.time.now),
                coordinator)
        }
        let answer = try await coordinator.people(.get, "/v1/queries/\(query)/result", token: token)
        let result = try answer.message(MergedResult.self)
        #expect(Set(result.rows.map(\.node)) == ["H1", "H2", "H3"])
        #expect(result.merged.total.records == CountInterval(low: 594, high: 606))
        let export = try await coordinator.people(.get, "/v1/queries/\(query)/export", token: token)
        let shown = try await coordinator.people(.get, "/v1/queries/\(query)", token: token)
        for text in [answer.json.text(), export.json.text(), shown.json.text()] {
            #expect(!text.contains("KR-H-"))
            #expect(!text.contains("made up"))
        }
        #expect(result.isSynthetic)
    }

    @Test func aHospitalThatCannotKnowDeclinesOrFailsIsNeverZero() async throws {
        let coordinator = try await TestCoordinator.make()
        let nodes = [
            try await coordinator.enrol(.busan), try await coordinator.enrol(.yangsan), try await coordinator.enrol(.kyungpook),
        ]
        try await coordinator.addPerson("kim", .researcher)
        try await coordinator.addProject(hospitals: [.busan, .yangsan, .kyungpook], members: ["kim"])
        let token = try await coordinator.signIn("kim")
        let query = try await coordinator.ask(token)
        let outcomes: [AnswerOutcome] = [
            .unavailable(.domain, detail: "procedure"), .declined(.purposeScope, at: []), .failed(.error),
        ]
        for (node, outcome) in zip(nodes, outcomes) {
            let ticket = try #require(try await node.tickets(coordinator).first)
            let sent = try await node.send(try node.answer(ticket, outcome, at: coordinator.time.now), coordinator)
            #expect(sent.status == 200)
        }
        let result = try await coordinator.result(query, token)
        #expect(result.status == .partial)
        #expect(result.merged.total.records == nil)
        #expect(
            result.rows.map(\.answer.total) == [
                .unavailable(.domain, detail: "procedure"), .refused(code: "PURPOSE_SCOPE"), .failed(.error),
            ])
    }

    @Test func aReaderIsWokenByTheNextAnswer() async throws {
        let coordinator = try await TestCoordinator.make()
        let busan = try await coordinator.enrol(.busan)
        try await coordinator.addPerson("kim", .researcher)
        try await coordinator.addProject(hospitals: [.busan], members: ["kim"])
        let token = try await coordinator.signIn("kim")
        let query = try await coordinator.ask(token)
        let ticket = try #require(try await busan.tickets(coordinator).first)
        let known = try await coordinator.result(query, token).version

        async let next = coordinator.result(query, token, version: known, wait: 30)
        while await coordinator.service.readersWaiting.waiting < 1 { await Task.yield() }
        _ = try await busan.send(try busan.answer(ticket, .exact(20), at: coordinator.time.now), coordinator)
        let result = try await next
        #expect(result.version > known)
        #expect(result.status == .complete)
    }
}
