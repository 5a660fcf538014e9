import Federation
import HTTPTypes
import Hummingbird
import Logging

/// Turns every error into a problem, and writes one line a request. Outermost, so that nothing gets past it.
struct ProblemMiddleware<Context: RequestContext>: RouterMiddleware {
    let logger: Logger

    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        let begin = ContinuousClock.now
        var response: Response
        do {
            response = try await next(request, context)
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            response = ProblemResponse.response(for: error, logger: logger)
        }
        response.headers[.xContentTypeOptions] = "nosniff"
        response.headers[.strictTransportSecurity] = "max-age=31536000"
        let elapsed = ContinuousClock.now - begin
        // The route's template, not the path as it came: what a stranger types there is not ours to log.
        logger.debug(
            "request",
            metadata: [
                "method": "\(request.method.rawValue)", "path": "\(context.endpointPath ?? "-")",
                "status": "\(response.status.code)", "milliseconds": "\(elapsed.components.seconds * 1000)",
            ])
        return response
    }
}

/// Lets only so many requests of one peer be served at a time.
struct PeerLimit<Context: RequestContext>: RouterMiddleware {
    let limiter: RequestLimiter
    let key: @Sendable (Context) -> String

    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        let key = key(context)
        guard await limiter.enter(key) else {
            throw CoordinatorError(
                .tooManyRequests, "Too many requests of yours are being served at this moment.",
                advice: "Wait for their answers.",
                retryAfter: 2)
        }
        do {
            let response = try await next(request, context)
            await limiter.leave(key)
            return response
        } catch {
            await limiter.leave(key)
            throw error
        }
    }
}

/// How many requests of each peer are being served.
actor RequestLimiter {
    private let most: Int
    private var running: [String: Int] = [:]

    init(most: Int) { self.most = most }

    func enter(_ key: String) -> Bool {
        let count = running[key, default: 0]
        guard count < most else { return false }
        running[key] = count + 1
        return true
    }

    func leave(_ key: String) {
        let count = running[key, default: 0] - 1
        running[key] = count > 0 ? count : nil
    }
}
