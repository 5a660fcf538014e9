import CanonicalJSON
import Federation
import Outbound

/// Everything that a node says to its coordinator, over its own certificate. One method an endpoint; nothing is retried here.
struct CoordinatorLink: Sendable {
    /// `https://host:port`, without a slash at the end.
    let base: String
    let transport: NodeTransport
    /// The key that the coordinator signs with.
    let coordinatorKey: VerificationKey
    /// This start of the process.
    let boot: BootID

    /// The largest delivery accepted, which is the largest text that the parser takes.
    private static let responseLimit = JSONLimits.standard.maxBytes

    /// Waits for tickets, at most `seconds`. An empty delivery says that there are none.
    /// - Parameter sequence: 1 for the first poll of this process, then 2, ...: by it the coordinator tells one agent from two.
    func poll(wait seconds: Int, sequence: Int) async throws(LinkFailure) -> TicketDelivery? {
        let response = try await send(
            OutboundRequest(
                .get, "\(base)/v1/node/tickets?wait=\(seconds)&boot=\(boot)&seq=\(sequence)",
                timeout: .seconds(seconds + 20), responseLimit: Self.responseLimit))
        switch response.status {
        case 204: return nil
        case 200: return try read(response, "the delivery") { json throws(JSONError) in try TicketDelivery(from: json) }
        default: throw LinkFailure(response)
        }
    }

    /// Says that a ticket is stored here.
    func acknowledge(_ ticket: TicketID) async throws(LinkFailure) {
        try await post("tickets/\(ticket)/ack", .object(JSONObject()))
    }

    /// Hands an answer over and brings back the coordinator's receipt, verified. May be repeated.
    func answer(_ bytes: [UInt8], to ticket: TicketID) async throws(LinkFailure) -> SignedDocument {
        var request = request("answers", bytes)
        request.headers.append(("Dure-Padding", ReplySlots.padding(for: bytes.count)))
        let response = try await send(request)
        guard response.status == 200 || response.status == 201 else { throw LinkFailure(response) }
        do throws(FederationError) {
            let document = try SignedDocument(parsing: response.body)
            let receipt = try document.verified(as: AnswerReceipt.self, by: coordinatorKey)
            guard receipt.ticket == ticket, receipt.answer == Digest256(of: bytes) else {
                throw FederationError(.ticketMismatch, "The receipt is for another answer.")
            }
            return document
        } catch {
            throw LinkFailure(unreadable: "the receipt does not verify (\(error.code.rawValue))")
        }
    }

    /// Says what this hospital was asked about a total without a guardian. May be repeated.
    func total(_ document: SignedDocument) async throws(LinkFailure) { try await post("totals", document.json) }

    /// Says where a ticket stands.
    func progress(_ progress: NodeProgress) async throws(LinkFailure) { try await post("progress", progress.json) }

    /// Says how the node is.
    func health(_ health: NodeHealth) async throws(LinkFailure) { try await post("health", health.json) }

    /// Publishes the hospital's catalogue.
    func publish(_ catalogue: SignedDocument) async throws(LinkFailure) { try await post("catalogue", catalogue.json) }

    /// Asks for the next certificate.
    func renew(_ request: SignedDocument) async throws(LinkFailure) -> (document: SignedDocument, grant: EnrolmentGrant) {
        let response = try await send(self.request("renewal", request.bytes))
        guard response.status == 200 || response.status == 201 else { throw LinkFailure(response) }
        do throws(FederationError) {
            let document = try SignedDocument(parsing: response.body)
            return (document, try document.verified(as: EnrolmentGrant.self, by: coordinatorKey))
        } catch {
            throw LinkFailure(unreadable: "the certificate's grant does not verify (\(error.code.rawValue))")
        }
    }

    // MARK: -

    private func request(_ path: String, _ body: [UInt8]) -> OutboundRequest {
        OutboundRequest(
            .post, "\(base)/v1/node/\(path)", headers: [("Content-Type", "application/json")], body: body, timeout: .seconds(30),
            responseLimit: 1 << 20)
    }

    private func post(_ path: String, _ body: JSONValue) async throws(LinkFailure) {
        let response = try await send(request(path, body.canonicalBytes()))
        guard (200..<300).contains(response.status) else { throw LinkFailure(response) }
    }

    private func send(_ request: OutboundRequest) async throws(LinkFailure) -> OutboundResponse {
        do throws(OutboundError) {
            return try await transport.send(request)
        } catch {
            throw LinkFailure(error)
        }
    }

    private func read<Value>(
        _ response: OutboundResponse, _ what: String, _ body: (JSONReader) throws(JSONError) -> Value
    ) throws(LinkFailure) -> Value {
        do throws(JSONError) {
            return try body(JSONReader(try JSONValue(parsing: response.body)))
        } catch {
            throw LinkFailure(unreadable: "\(what): \(error.code) at \(error.pointer)")
        }
    }
}
