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

/// How many requests of each peer are being served, and how fast they come.
actor RequestLimiter {
    /// How fast requests may come in the long run, and how many at once after a rest.
    struct Rate: Sendable, Hashable {
        var perSecond: Double
        var burst: Double

        /// For nodes: what an honest one needs for hundreds of answers in a minute.
        static let node = Rate(perSecond: 50, burst: 500)
    }

    private let most: Int
    private let rate: Rate?
    private var running: [String: Int] = [:]
    private var credit: [String: (left: Double, at: ContinuousClock.Instant)] = [:]

    /// - Parameter rate: nil where the peers are too many to be remembered.
    init(most: Int, rate: Rate? = nil) {
        self.most = most
        self.rate = rate
    }

    func enter(_ key: String, at now: ContinuousClock.Instant = .now) -> Bool {
        let count = running[key, default: 0]
        guard count < most, pay(key, now) else { return false }
        running[key] = count + 1
        return true
    }

    func leave(_ key: String) {
        let count = running[key, default: 0] - 1
        running[key] = count > 0 ? count : nil
    }

    /// Takes one request off the peer's credit, which grows with time.
    private func pay(_ key: String, _ now: ContinuousClock.Instant) -> Bool {
        guard let rate else { return true }
        var left = rate.burst
        if let known = credit[key] {
            left = min(rate.burst, known.left + max(0, (now - known.at) / .seconds(1)) * rate.perSecond)
        }
        guard left >= 1 else { return false }
        credit[key] = (left - 1, now)
        return true
    }
}
