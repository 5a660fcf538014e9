import Federation
import Outbound
import Testing

@testable import NodeAgent

/// What the node believes of what it hears back.
@Suite struct `The coordinator's word` {
    private func link(_ consortium: Consortium, answering response: OutboundResponse) -> CoordinatorLink {
        var random = SystemRandomNumberGenerator()
        return CoordinatorLink(
            base: "https://coordinator.test:8444",
            transport: NodeTransport { _ async throws(OutboundError) in response },
            coordinatorKey: consortium.coordinator.verificationKey, boot: .random(using: &random))
    }

    private func receipt(
        _ consortium: Consortium, _ ticket: TicketID, _ answer: [UInt8], by key: SigningKey? = nil
    ) throws -> OutboundResponse {
        let receipt = AnswerReceipt(ticket: ticket, answer: Digest256(of: answer), received: consortium.clock.now)
        let document = try SignedDocument(signing: receipt, with: key ?? consortium.coordinator)
        return OutboundResponse(status: 201, body: document.bytes)
    }

    @Test func `A receipt for another answer is not accepted, and the answer is sent again later`() async throws {
        let consortium = try Consortium()
        let ticket = try consortium.ticket().id
        let other = try consortium.ticket().id
        let bytes = Array("the answer".utf8)
        let good = try receipt(consortium, ticket, bytes)
        #expect(try await link(consortium, answering: good).answer(bytes, to: ticket).bytes == good.body)

        let bad = try [
            receipt(consortium, ticket, Array("another answer".utf8)), receipt(consortium, other, bytes),
            receipt(consortium, ticket, bytes, by: SigningKey()),
        ]
        for response in bad {
            let failure = await #expect(throws: LinkFailure.self) {
                _ = try await link(consortium, answering: response).answer(bytes, to: ticket)
            }
            #expect(failure?.kind == .later)
        }
    }

    @Test(arguments: [404, 409, 410, 422])
    func `A page of something in between settles nothing`(status: Int) {
        let page = Array("<html><body><h1>Not found</h1></body></html>".utf8)
        #expect(LinkFailure(OutboundResponse(status: status, body: page)).kind == .later)
        #expect(LinkFailure(OutboundResponse(status: status, body: [])).kind == .later)
        #expect(LinkFailure(OutboundResponse(status: status, body: Array(#"{"code":"NO_ROUTE"}"#.utf8))).kind == .later)
    }

    @Test(arguments: ["TICKET_UNKNOWN", "TICKET_EXPIRED", "TICKET_CANCELLED", "ANSWER_CONFLICT", "ANSWER_REFUSED"])
    func `The coordinator's own codes settle a ticket`(code: String) {
        let body = Array(#"{"code":"\#(code)"}"#.utf8)
        #expect(LinkFailure(OutboundResponse(status: 409, body: body)).kind == .refused)
        // Only with an answer that says so: a server in trouble is asked again.
        #expect(LinkFailure(OutboundResponse(status: 503, body: body)).kind == .later)
    }

    @Test func `Finished work outlives a proxy that answers in the coordinator's place`() async throws {
        let node = try TestNode()
        await node.coordinator.makeTrouble("answers", .refuse(404, code: "<html>"), .refuse(410, code: "GONE"))
        let ticket = try node.consortium.ticket(Consortium.question(100))
        try await node.running {
            try await node.coordinator.offer(node.consortium.signed(ticket))
            try await node.settles([.sent: 1])
        }
        #expect(await node.coordinator.posted.count == 1)
    }
}
