import CanonicalJSON
import Disclosure
import Federation
import Testing

@testable import Coordinator

/// An enrolled node that the test plays.
struct TestNode: Sendable {
    let hospital: HospitalID
    let keys: NodeKeys
    let grant: EnrolmentGrant
    var boot: BootID

    static let provenance = Provenance(
        store: "made up", dataRelease: "2026-11", dataThrough: "2026-10-31", cdmVersion: "5.4", vocabulary: nil,
        semantics: "circe-2026.09", software: "test 1", synthetic: true)

    func poll(_ coordinator: TestCoordinator, wait: Int = 0, sequence: Int = 1) async throws -> TestCoordinator.Answer {
        try await coordinator.node(self, .get, "/v1/node/tickets?wait=\(wait)&boot=\(boot)&seq=\(sequence)")
    }

    /// The tickets of one poll, verified as a node verifies them.
    func tickets(_ coordinator: TestCoordinator, wait: Int = 0) async throws -> [QueryTicket] {
        let answer = try await poll(coordinator, wait: wait)
        if answer.status == 204 { return [] }
        let delivery = try answer.message(TicketDelivery.self)
        let verifier = TicketVerifier(audience: hospital, coordinatorKey: grant.coordinatorKey)
        return try delivery.tickets.map { try verifier.verify($0, now: coordinator.time.now) }
    }

    func acknowledge(_ ticket: TicketID, _ coordinator: TestCoordinator) async throws -> TestCoordinator.Answer {
        try await coordinator.node(self, .post, "/v1/node/tickets/\(ticket)/ack")
    }

    func answer(_ ticket: QueryTicket, _ total: DisclosedCount, at now: Timestamp) throws -> SignedDocument {
        try answer(ticket, .answered(DisclosedAnswer(total: total)), at: now)
    }

    func answer(_ ticket: QueryTicket, _ outcome: AnswerOutcome, at now: Timestamp) throws -> SignedDocument {
        let answer = NodeAnswer(
            to: ticket, at: now, provenance: Self.provenance, policy: Digest256(of: Array("policy".utf8)), outcome: outcome)
        return try SignedDocument(signing: answer, with: keys.signing)
    }

    func send(_ document: SignedDocument, _ coordinator: TestCoordinator) async throws -> TestCoordinator.Answer {
        try await coordinator.node(self, .post, "/v1/node/answers", body: document.json)
    }

    func restarted() -> TestNode {
        var generator = SystemRandomNumberGenerator()
        var copy = self
        copy.boot = .random(using: &generator)
        return copy
    }
}
