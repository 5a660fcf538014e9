import CanonicalJSON
import Foundation
import Outbound
import Synchronization

/// Keeps every byte that a node sends and gets, above TLS.
final class WireRecorder: Sendable {
    struct Exchange: Sendable {
        let method: String
        let path: String
        let sent: [UInt8]
        let status: Int
        let received: [UInt8]
    }

    private let kept = Mutex([Exchange]())

    var exchanges: [Exchange] { kept.withLock { $0 } }

    func send(_ request: OutboundRequest, by client: OutboundClient) async throws(OutboundError) -> OutboundResponse {
        let response = try await client.send(request)
        let path = URLComponents(string: request.url)?.path ?? request.url
        let exchange = Exchange(
            method: request.method.rawValue, path: path, sent: request.body ?? [], status: response.status,
            received: response.body)
        kept.withLock { $0.append(exchange) }
        return response
    }
}
