import CanonicalJSON
import Federation
import Outbound

/// The coordinator's API for people, as calls. One method an endpoint; `protocol/openapi.yaml` is the specification.
public struct CoordinatorAPI: Sendable {
    /// Sends one request: libcurl in the executables, a closure in tests.
    public typealias Send = @Sendable (OutboundRequest) async throws(OutboundError) -> OutboundResponse

    private let base: String
    private let token: String?
    private let send: Send

    /// A client of the coordinator at `base` (`https://host:port`), signed in by `token`.
    public init(base: String, token: String?, send: @escaping Send) {
        self.base = base.hasSuffix("/") ? String(base.dropLast()) : base
        self.token = token
        self.send = send
    }

    /// `POST /v1/session`.
    public func signIn(user: String, password: String) async throws(ClientError) -> SessionGrant {
        try await decoded(.post, "/v1/session", SignInRequest(user: user, password: password))
    }

    /// `DELETE /v1/session`.
    public func signOut() async throws(ClientError) { _ = try await answer(.delete, "/v1/session") }

    /// `GET /v1/me`.
    public func whoAmI() async throws(ClientError) -> PersonSummary { try await decoded(.get, "/v1/me") }

    /// `GET /v1/projects`.
    public func projects() async throws(ClientError) -> [ProjectSummary] { try await list("/v1/projects", "projects") }

    /// `GET /v1/nodes`.
    public func nodes() async throws(ClientError) -> [NodeSummary] { try await list("/v1/nodes", "nodes") }

    /// `GET /v1/catalogues`: the hospitals that have published one.
    public func catalogues() async throws(ClientError) -> [HospitalID] {
        let entries: [CatalogueEntry] = try await list("/v1/catalogues", "catalogues")
        return entries.map(\.node)
    }

    /// `GET /v1/catalogues/{id}`: a signed `dure.catalogue/1`.
    public func catalogue(of node: HospitalID) async throws(ClientError) -> SignedDocument {
        try await decoded(.get, "/v1/catalogues/\(node)")
    }

    /// `GET /v1/queries`: the newest first.
    public func queries() async throws(ClientError) -> [QuerySummary] { try await list("/v1/queries", "queries") }

    /// `POST /v1/queries`. The same `key` never asks twice.
    public func submit(_ submission: QuerySubmission, idempotencyKey key: String) async throws(ClientError) -> QuerySummary {
        try await decoded(.post, "/v1/queries", submission, headers: [("idempotency-key", key)])
    }

    /// `GET /v1/queries/{id}`.
    public func query(_ id: QueryID) async throws(ClientError) -> QuerySummary { try await decoded(.get, "/v1/queries/\(id)") }

    /// `GET /v1/queries/{id}/result`: at once, or as soon as its version is above `after`, or after `wait` seconds.
    public func result(of id: QueryID, after: Int? = nil, wait: Int = 0) async throws(ClientError) -> MergedResult {
        let query = after.map { "?version=\($0)&wait=\(wait)" } ?? ""
        return try await decoded(.get, "/v1/queries/\(id)/result\(query)", timeout: .seconds(wait + 30))
    }

    /// `POST /v1/queries/{id}/cancel`.
    public func cancel(_ id: QueryID) async throws(ClientError) -> QuerySummary {
        try await decoded(.post, "/v1/queries/\(id)/cancel")
    }

    /// `GET /v1/queries/{id}/export`: a signed `dure.export/1`.
    public func export(_ id: QueryID) async throws(ClientError) -> SignedDocument {
        try await decoded(.get, "/v1/queries/\(id)/export")
    }

    private func list<Element: JSONDecodable>(_ path: String, _ member: String) async throws(ClientError) -> [Element] {
        let value = try await answer(.get, path)
        do throws(JSONError) {
            return try JSONReader(value).required(member).list(of: Element.self, maxCount: 100_000)
        } catch {
            throw ClientError(error)
        }
    }

    private func decoded<Answer: JSONDecodable>(
        _ method: OutboundRequest.Method, _ path: String, _ body: (any JSONEncodable)? = nil,
        headers: [(name: String, value: String)] = [], timeout: Duration = .seconds(60)
    ) async throws(ClientError) -> Answer {
        let value = try await answer(method, path, body, headers: headers, timeout: timeout)
        do throws(JSONError) {
            return try Answer(from: JSONReader(value))
        } catch {
            throw ClientError(error)
        }
    }

    private func answer(
        _ method: OutboundRequest.Method, _ path: String, _ body: (any JSONEncodable)? = nil,
        headers: [(name: String, value: String)] = [], timeout: Duration = .seconds(60)
    ) async throws(ClientError) -> JSONValue {
        var headers = headers + [("accept", "application/json")]
        if let token { headers.append(("authorization", "Bearer \(token)")) }
        if body != nil { headers.append(("content-type", "application/json")) }
        let request = OutboundRequest(
            method, base + path, headers: headers, body: body?.json.canonicalBytes(), timeout: timeout)
        let response: OutboundResponse
        do throws(OutboundError) {
            response = try await send(request)
        } catch {
            throw ClientError(error)
        }
        return try read(response)
    }

    private func read(_ response: OutboundResponse) throws(ClientError) -> JSONValue {
        guard (200...299).contains(response.status) else { throw ClientError(problem(response)) }
        guard !response.body.isEmpty else { return [:] }
        do throws(JSONError) {
            return try JSONValue(parsing: response.body)
        } catch {
            throw ClientError(error)
        }
    }

    private func problem(_ response: OutboundResponse) -> Problem {
        if let problem = try? Problem(from: JSONReader(try JSONValue(parsing: response.body))) { return problem }
        return Problem(
            status: response.status, code: "HTTP_\(response.status)", title: "Unexpected answer",
            detail: "The coordinator answered with HTTP status \(response.status) and no explanation.",
            advice: "Check the address: is it the coordinator's people address?")
    }
}

/// A line of `GET /v1/catalogues`.
private struct CatalogueEntry: JSONDecodable {
    let node: HospitalID

    init(from json: JSONReader) throws(JSONError) { node = try json.required("node").decode(HospitalID.self) }
}
