import HTTPTypes
import Hummingbird

/// What stands before every page: only this machine's own names, only own pages' forms, nothing that a browser keeps or frames.
struct ConsoleGuard<Context: RequestContext>: RouterMiddleware {
    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        // A foreign page that points its own name at this machine is asked for under that name.
        guard Self.isLocal(request.head.authority) else { return Self.refusal }
        if request.method != .get, !Self.isOwn(request) { return Self.refusal }
        var response = try await next(request, context)
        for (name, value) in Self.headers { response.headers[name] = value }
        return response
    }

    /// `localhost` and the loopback addresses, with any port: a tunnel may have another than the console.
    static func isLocal(_ authority: String?) -> Bool {
        guard let authority else { return false }
        let host =
            authority.hasPrefix("[") ? String(authority.prefix { $0 != "]" }) + "]" : String(authority.prefix { $0 != ":" })
        return ["localhost", "127.0.0.1", "[::1]"].contains(host.lowercased())
    }

    /// Whether a form was sent by a page of this console: browsers say from where.
    static func isOwn(_ request: Request) -> Bool {
        guard let authority = request.head.authority, let origin = request.headers[.origin] else { return false }
        return origin.lowercased() == "http://\(authority.lowercased())"
    }

    private static var refusal: Response { Response(status: .forbidden) }

    private static var headers: [(HTTPField.Name, String)] {
        [
            (
                .contentSecurityPolicy,
                "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
            ),
            (.xContentTypeOptions, "nosniff"), (.cacheControl, "no-store"), (.referrerPolicy, "same-origin"),
            (.crossOriginResourcePolicy, "same-origin"),
        ]
    }
}

extension HTTPField.Name {
    // Names of letters and hyphens are always valid; the fallback is never used.
    static let referrerPolicy = HTTPField.Name("Referrer-Policy") ?? .via
}
