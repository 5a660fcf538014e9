import Federation
import Hummingbird
import NIOCore
import NIOSSL

/// Finds the node behind a connection: the certificate that the TLS handshake proved, looked up in the register on each request, so
/// that revoking takes effect with the next one.
struct NodeAuthenticator: RouterMiddleware {
    let register: NodeRegister
    /// The certificate of a request's peer; tests put their own in.
    let certificate: @Sendable (Request, NodeContext) async throws -> CertificateFacts?

    init(
        register: NodeRegister,
        certificate: @escaping @Sendable (Request, NodeContext) async throws -> CertificateFacts? = Self.ofConnection
    ) {
        self.register = register
        self.certificate = certificate
    }

    func handle(
        _ request: Request, context: NodeContext, next: (Request, NodeContext) async throws -> Response
    ) async throws -> Response {
        guard let facts = try await certificate(request, context) else {
            throw CoordinatorError(
                .nodeUnknown, "The connection presented no client certificate.",
                advice: "Enrol the node first: `dure-node enrol`.")
        }
        return try await next(request, context.with(try await register.peer(facts)))
    }

    /// The certificate of the TLS connection that the request came by.
    @Sendable static func ofConnection(_: Request, _ context: NodeContext) async throws -> CertificateFacts? {
        guard let certificate = try await context.channel.nioSSL_peerCertificate().get() else { return nil }
        return try CertificateFacts(der: try certificate.toDERBytes())
    }
}
