import HTTPTypes
import Hummingbird

/// Finds the person behind a request by the bearer secret of a session or token. Every route behind it has a caller.
struct SessionAuthenticator: RouterMiddleware {
    let register: CredentialRegister

    func handle(
        _ request: Request, context: PeopleContext, next: (Request, PeopleContext) async throws -> Response
    ) async throws -> Response {
        let header = request.headers[.authorization] ?? ""
        let parts = header.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer", (1...200).contains(parts[1].utf8.count) else {
            throw CoordinatorError(.signInNeeded, "This needs a session or a token.", advice: "Sign in: `dure login`.")
        }
        return try await next(request, context.with(try await register.caller(secret: String(parts[1]))))
    }
}
