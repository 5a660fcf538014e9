import CanonicalJSON
import Federation
import HTTPTypes
import Hummingbird

/// Asking, watching, reading and stopping questions.
struct QueryRoutes: Sendable {
    let submit: SubmitQuery
    let queries: QueryDesk
    let results: ResultDesk
    let body: JSONBody
    /// The longest long poll, in seconds.
    let longestPoll: Int

    func add(to router: RouterGroup<PeopleContext>) {
        router.post("queries", use: ask)
        router.get("queries", use: list)
        router.get("queries/{id}", use: show)
        router.get("queries/{id}/result", use: result)
        router.get("queries/{id}/export", use: export)
        router.post("queries/{id}/cancel", use: cancel)
    }

    /// `POST /v1/queries`, with an optional `Idempotency-Key`: 201, or 200 where this very submission was made before.
    @Sendable private func ask(_ request: Request, _ context: PeopleContext) async throws -> Response {
        let caller = try context.caller
        let key = request.headers[.idempotencyKey]
        guard key.map({ (8...128).contains($0.utf8.count) }) ?? true else {
            throw CoordinatorError(.badRequest, "An idempotency key has 8 to 128 bytes.")
        }
        let submission = try await body.message(QuerySubmission.self, of: request)
        let outcome = try await submit.submit(submission, by: caller, idempotencyKey: key)
        return JSONResponse.make(outcome.query.json, status: outcome.isRepetition ? .ok : .created)
    }

    /// `GET /v1/queries?project=P-0042&limit=50`
    @Sendable private func list(_ request: Request, _ context: PeopleContext) async throws -> Response {
        let found = try await queries.list(
            for: try context.caller, project: try request.identifier("project", ProjectID.self),
            limit: try request.number("limit", in: 1...1_000, standard: 50))
        return JSONResponse.make(["queries": .array(found.map(\.summary.json))])
    }

    /// `GET /v1/queries/{id}`: how far it is at each hospital. No count of patients.
    @Sendable private func show(_: Request, _ context: PeopleContext) async throws -> Response {
        let id = try context.parameters.identifier(QueryID.self)
        return JSONResponse.make(try await queries.find(id, for: try context.caller).json)
    }

    /// `GET /v1/queries/{id}/result?version=3&wait=25`: the result as soon as it is newer than the version already known.
    @Sendable private func result(_ request: Request, _ context: PeopleContext) async throws -> Response {
        let id = try context.parameters.identifier(QueryID.self)
        let version = try request.number("version", in: -1...Int.max, standard: -1)
        let wait = try request.number("wait", in: 0...longestPoll, standard: 0)
        let result = try await results.result(
            id, for: try context.caller, newerThan: version, wait: .seconds(wait))
        return JSONResponse.make(result.json)
    }

    /// `GET /v1/queries/{id}/export`
    @Sendable private func export(_: Request, _ context: PeopleContext) async throws -> Response {
        let id = try context.parameters.identifier(QueryID.self)
        return JSONResponse.make(try await results.export(id, for: try context.caller).json)
    }

    /// `POST /v1/queries/{id}/cancel`
    @Sendable private func cancel(_: Request, _ context: PeopleContext) async throws -> Response {
        let id = try context.parameters.identifier(QueryID.self)
        return JSONResponse.make(try await queries.cancel(id, by: try context.caller).json)
    }
}

extension HTTPField.Name {
    static let idempotencyKey = HTTPField.Name("Idempotency-Key") ?? .ifMatch
}

extension QueryRecord {
    /// The query with what is known of each hospital: the summary and `expires`, `mode`, `version`, `hospitals`. Under a release
    /// mode that hides names, only how many there are in each state.
    var json: JSONValue {
        guard case .object(var object) = summary.json else { return summary.json }
        object["expires"] = expires.json
        object["mode"] = .string(mode.rawValue)
        object["version"] = .int(version)
        if mode != .coded {
            object["hospitals"] = .array(tickets.map(\.json))
        } else {
            let counts = Dictionary(grouping: tickets, by: \.state.rawValue).mapValues(\.count)
            object["states"] = .object(JSONObject(counts.sorted { $0.key < $1.key }.map { ($0.key, .int($0.value)) }))
        }
        return .object(object)
    }
}

extension QueryRecord.TicketRow {
    fileprivate var json: JSONValue {
        var object: JSONObject = [
            "node": hospital.json, "ticket": id.json, "state": .string(state.rawValue), "since": since.json,
        ]
        if let progress, !state.isFinal { object["progress"] = .string(progress.rawValue) }
        return .object(object)
    }
}
