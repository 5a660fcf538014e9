import CanonicalJSON
import Federation
import Hummingbird

/// What a guardian can ask for. Every message is signed with a key that two officers put on the totals roster, so it needs no
/// session and no certificate of its own.
struct GuardianRoutes: Sendable {
    let totals: TotalDesk
    let body: JSONBody
    /// The longest long poll, in seconds.
    let longestPoll: Int

    func add(to router: Router<PeopleContext>) {
        router.post("v1/guardian/poll", use: poll)
        router.post("v1/guardian/openings", use: accept)
    }

    /// `POST /v1/guardian/poll?wait=25`
    @Sendable private func poll(_ request: Request, _: PeopleContext) async throws -> Response {
        let document = try await body.message(SignedDocument.self, of: request)
        let wait = try request.number("wait", in: 0...longestPoll, standard: 0)
        let requests = try await totals.poll(document, wait: .seconds(wait))
        return JSONResponse.make(["requests": .array(requests.map(\.json))])
    }

    /// `POST /v1/guardian/openings`
    @Sendable private func accept(_ request: Request, _: PeopleContext) async throws -> Response {
        try await totals.accept(try await body.message(SignedDocument.self, of: request))
        return JSONResponse.noContent
    }
}
