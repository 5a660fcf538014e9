import CanonicalJSON
import Federation
import HTTPTypes
import Hummingbird

/// What nodes can ask for. Read it as the table of contents of the node's protocol.
struct NodeRoutes: Sendable {
    let tickets: TicketDesk
    let answers: AcceptAnswer
    let totals: PeerDesk
    let enrolment: EnrolmentDesk
    let register: NodeRegister
    let catalogues: CatalogueRegister
    let body: JSONBody
    /// The longest long poll, in seconds.
    let longestPoll: Int
    let nodesURL: @Sendable () -> String

    func add(to router: RouterGroup<NodeContext>) {
        router.get("tickets", use: poll)
        router.post("tickets/{id}/ack", use: acknowledge)
        router.post("answers", use: answer)
        router.post("totals", use: total)
        router.post("progress", use: progress)
        router.post("health", use: health)
        router.post("catalogue", use: catalogue)
        router.post("renewal", use: renewal)
    }

    /// `GET /v1/node/tickets?wait=25&boot=9f3c0a1b2c3d4e5f&seq=7`
    @Sendable private func poll(_ request: Request, _ context: NodeContext) async throws -> Response {
        guard let boot = try request.identifier("boot", BootID.self) else {
            throw CoordinatorError(.badRequest, "The parameter boot is missing: 16 hexadecimal digits, drawn at each start.")
        }
        let wait = try request.number("wait", in: 0...longestPoll, standard: 25)
        let sequence = try request.number("seq", in: 0...Int.max, standard: 0)
        let delivery = try await tickets.poll(
            try context.peer.hospital, boot: boot, sequence: sequence, wait: .seconds(wait))
        return delivery.map { JSONResponse.make($0.json) } ?? JSONResponse.noContent
    }

    /// `POST /v1/node/tickets/{id}/ack`
    @Sendable private func acknowledge(_: Request, _ context: NodeContext) async throws -> Response {
        try await tickets.acknowledge(try context.parameters.identifier(TicketID.self), from: try context.peer)
        return JSONResponse.noContent
    }

    /// `POST /v1/node/answers`
    @Sendable private func answer(_ request: Request, _ context: NodeContext) async throws -> Response {
        let document = try await body.message(SignedDocument.self, of: request)
        return JSONResponse.make(try await answers.accept(document, from: try context.peer).json)
    }

    /// `POST /v1/node/totals`
    @Sendable private func total(_ request: Request, _ context: NodeContext) async throws -> Response {
        let document = try await body.message(SignedDocument.self, of: request)
        try await totals.accept(document, from: try context.peer)
        return JSONResponse.noContent
    }

    /// `POST /v1/node/progress`
    @Sendable private func progress(_ request: Request, _ context: NodeContext) async throws -> Response {
        let progress = try await body.message(NodeProgress.self, of: request)
        try await tickets.progress(progress, from: try context.peer)
        return JSONResponse.noContent
    }

    /// `POST /v1/node/health`
    @Sendable private func health(_ request: Request, _ context: NodeContext) async throws -> Response {
        let health = try await body.message(NodeHealth.self, of: request)
        try await register.report(health, from: try context.peer)
        return JSONResponse.noContent
    }

    /// `POST /v1/node/catalogue`
    @Sendable private func catalogue(_ request: Request, _ context: NodeContext) async throws -> Response {
        let document = try await body.message(SignedDocument.self, of: request)
        try await catalogues.accept(document, from: try context.peer)
        return JSONResponse.noContent
    }

    /// `POST /v1/node/renewal`
    @Sendable private func renewal(_ request: Request, _ context: NodeContext) async throws -> Response {
        let document = try await body.message(SignedDocument.self, of: request)
        let grant = try await enrolment.renew(document, from: try context.peer, nodesURL: nodesURL())
        return JSONResponse.make(grant.json)
    }
}
