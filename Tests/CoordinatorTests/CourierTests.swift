import CanonicalJSON
import Disclosure
import Federation
import Testing

@testable import Coordinator

/// Questions that go out as files and answers that come back so.
@Suite struct CourierTests {
    private let operatorAccount = AuditActor.operatorAccount("test")

    private func bundle(_ node: TestNode, _ documents: [SignedDocument], at now: Timestamp) throws -> CourierFile {
        var random = SystemRandomNumberGenerator()
        let bundle = CourierBundle(
            id: .random(using: &random), sender: .hospital(node.hospital), recipient: .coordinator, created: now,
            notAfter: now.adding(86_400), readme: .answers([], others: 0, hospital: node.hospital, id: .init(unchecked: "B")),
            documents: documents)
        return CourierFile(try SignedDocument(signing: bundle, with: node.keys.signing))
    }

    @Test func aQuestionGoesOutAsAFileAndItsAnswerComesBackSo() async throws {
        let scene = try await AnswerTests().scene()
        let (coordinator, node, now) = (scene.coordinator, scene.yangsan, scene.coordinator.time.now)
        let out = try #require(try await coordinator.office.courier.export(to: .yangsan, by: operatorAccount))
        #expect(out.tickets == 1)
        let opened = try CourierBundle.verify(
            CourierFile(parsing: Array(out.file.text.utf8)).document, by: node.grant.coordinatorKey, for: .hospital(.yangsan),
            now: now)
        let ticket = try TicketVerifier(audience: .yangsan, coordinatorKey: node.grant.coordinatorKey)
            .verify(try #require(opened.documents.first), now: now)
        // The plain words stand first in the file, in Korean.
        let head = out.file.text.prefix(2_000)
        #expect(head.contains("\"readme\"") && head.contains("두레 전달 파일") && out.file.text.contains(ticket.project.purpose))
        // It goes into one file, and the researcher sees where it is.
        #expect(try await coordinator.office.courier.export(to: .yangsan, by: operatorAccount) == nil)
        let row = try await coordinator.result(scene.query, scene.token).rows.first { $0.node == "KR-H-0012" }
        guard case .waiting(.courier, _)? = row?.answer.total else {
            Issue.record("not in courier: \(String(describing: row?.answer.total))")
            return
        }

        let answer = try node.answer(ticket, .exact(20), at: now)
        let carried = try bundle(node, [answer], at: now)
        let taken = try await coordinator.office.courier.take(Array(carried.text.utf8), by: operatorAccount)
        #expect(taken.answers == [ticket.id] && taken.refused.isEmpty && !taken.isKnown)
        #expect(try await coordinator.office.courier.take(Array(carried.text.utf8), by: operatorAccount).isKnown)
        let total = try await coordinator.result(scene.query, scene.token).rows.first { $0.node == "KR-H-0012" }?.answer.total
        #expect(total == .exact(20))
        // The receipt goes with the next file.
        let next = try #require(try await coordinator.office.courier.export(to: .yangsan, by: operatorAccount))
        let receipts = try CourierBundle(from: JSONReader(next.file.document.payload)).documents(of: AnswerReceipt.self)
        let receipt = try #require(receipts.first).verified(as: AnswerReceipt.self, by: node.grant.coordinatorKey)
        #expect(receipt.ticket == ticket.id && receipt.answer == answer.digest)
    }

    @Test func aChangedFileOrOneOfAnotherHospitalIsNotTaken() async throws {
        let scene = try await AnswerTests().scene()
        let (coordinator, now) = (scene.coordinator, scene.coordinator.time.now)
        let answer = try scene.busan.answer(scene.ticket, .exact(20), at: now)
        let text = try bundle(scene.busan, [answer], at: now).text
        let changed = text.replacing("\"value\": 20", with: "\"value\": 21")
        #expect(changed != text)
        await #expect(throws: (any Error).self) {
            try await coordinator.office.courier.take(Array(changed.utf8), by: operatorAccount)
        }
        // Another hospital's file with this hospital's answer in it: signed by itself, but the ticket is not its own.
        let foreign = try bundle(scene.yangsan, [answer], at: now)
        let taken = try await coordinator.office.courier.take(Array(foreign.text.utf8), by: operatorAccount)
        #expect(taken.answers.isEmpty && taken.refused.count == 1)
        coordinator.time.advance(3 * 86_400)
        await #expect(throws: (any Error).self) {
            try await coordinator.office.courier.take(Array(text.utf8), by: operatorAccount)
        }
    }

    @Test func aLostFileIsQueuedAgainWhenItIsOver() async throws {
        let scene = try await AnswerTests().scene()
        let out = try #require(try await scene.coordinator.office.courier.export(to: .yangsan, by: operatorAccount))
        #expect(try await scene.coordinator.office.courier.again(out.id).digest == out.file.digest)
        #expect(try await scene.coordinator.office.courier.list().map(\.open) == [1])
    }

    @Test func aNodeThatSaysTwoThingsAboutOnePlaceOfItsLogLeavesALine() async throws {
        let coordinator = try await TestCoordinator.make()
        let node = try await coordinator.enrol(.busan)
        let now = coordinator.time.now
        func say(_ count: Int, _ content: UInt8, _ at: Timestamp) async throws {
            let head = AuditHead(
                node: .busan, point: AuditPoint(count: count, head: Digest256(of: [content])), at: at)
            let health = NodeHealth(
                node: .busan, boot: node.boot, state: .running, software: "test", provenance: nil,
                policy: Digest256(of: []), time: now, waiting: 0, certificateExpires: now.adding(86_400),
                auditHead: try SignedDocument(signing: head, with: node.keys.signing))
            _ = try await coordinator.node(node, .post, "/v1/node/health", body: health.json)
        }
        func conflicts() async throws -> Int {
            try await coordinator.office.audit.entries(action: "node.audit-conflict").count
        }
        try await say(10, 1, now)
        try await say(20, 2, now.adding(10))
        // Said again, or carried late, it contradicts nothing.
        try await say(20, 2, now.adding(10))
        try await say(15, 3, now.adding(5))
        #expect(try await conflicts() == 0)
        // Fewer lines than were signed before, signed later: the log was set back.
        try await say(16, 4, now.adding(20))
        #expect(try await conflicts() == 1)
        try await say(20, 5, now.adding(30))
        #expect(try await conflicts() == 2)
        #expect(try await coordinator.office.auditHeads.all(of: .busan).count == 5)
    }
}
