import Federation
import Foundation
import Outbound

/// Sends one request. A closure, so that a test is the coordinator.
public struct NodeTransport: Sendable {
    /// Sends the request and brings back the whole answer.
    public var send: @Sendable (OutboundRequest) async throws(OutboundError) -> OutboundResponse

    /// A transport from its one function.
    public init(send: @escaping @Sendable (OutboundRequest) async throws(OutboundError) -> OutboundResponse) {
        self.send = send
    }

    /// The real way out, with a client that is made anew when the certificate was renewed.
    static func live(_ holder: LiveClient) -> NodeTransport {
        NodeTransport { request async throws(OutboundError) in try await holder.current.send(request) }
    }
}

/// The client in use. A renewed certificate needs a new one; requests under way end on the old.
final class LiveClient: Sendable {
    private let client: Locked<OutboundClient>

    init(_ configuration: OutboundConfiguration) throws(OutboundError) {
        client = Locked(try OutboundClient(configuration))
    }

    var current: OutboundClient { client.withLock { $0 } }

    func replace(_ configuration: OutboundConfiguration) throws(OutboundError) {
        let new = try OutboundClient(configuration)
        client.withLock { $0 = new }
    }
}

extension NodeConfiguration {
    /// The way out with `identity` (mutual TLS), trusting the consortium's authority and the configured extra ones.
    func outbound(_ identity: NodeIdentity) throws(NodeError) -> OutboundConfiguration {
        OutboundConfiguration(
            trust: .only(pem: try authorities(identity.grant.authority)),
            identity: .init(certificateFile: identity.certificateFile, keyFile: identity.keyFile),
            proxy: transport.proxy, minimumTLS: transport.minimumTLS, userAgent: NodeSoftware.name)
    }

    /// `authority` and the configured extra authorities, as one PEM text.
    func authorities(_ authority: String) throws(NodeError) -> String {
        var pem = authority
        for path in transport.extraCA { pem += "\n" + (try Files.text(path, what: "an extra authority")) }
        return pem
    }
}

/// What this program calls itself.
public enum NodeSoftware {
    /// Name and version, as answers and requests carry it.
    public static let name = "dure-node \(version)"
    /// The version.
    public static let version = FederationProtocol.softwareVersion
}
