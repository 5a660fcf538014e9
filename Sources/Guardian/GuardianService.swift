import CanonicalJSON
import Federation
public import Logging
import Outbound
public import ServiceLifecycle

/// The running guardian: fetches requests, opens what may be opened, hands the openings over. It dials out and listens nowhere.
public struct GuardianService: Service {
    private let desk: OpeningDesk
    private let base: String
    private let client: OutboundClient
    private let lock: GuardianLock
    private let logger: Logger
    /// How long one request waits at the coordinator, in seconds.
    private static let pollSeconds = 20
    private static let longestPause = 60

    /// The service of the guardian in `folder`.
    ///
    /// - Parameters:
    ///   - environment: for the proxy.
    ///   - logger: where to tell what happens.
    public init(_ folder: GuardianFolder, environment: [String: String], logger: Logger) throws(GuardianError) {
        let configuration = try folder.configuration()
        lock = try GuardianLock(folder)
        desk = try OpeningDesk(folder)
        base =
            configuration.coordinatorURL.hasSuffix("/")
            ? String(configuration.coordinatorURL.dropLast()) : configuration.coordinatorURL
        self.logger = logger
        do throws(OutboundError) {
            client = try OutboundClient(
                OutboundConfiguration(
                    trust: .only(pem: configuration.authority), proxy: .fromEnvironment(environment),
                    userAgent: "\(GuardianRoom.name) \(GuardianRoom.version)"))
        } catch {
            throw GuardianError(.configuration, error.message, advice: error.advice)
        }
    }

    /// Runs until it is told to stop.
    public func run() async throws {
        logger.notice("The guardian has started.")
        await cancelWhenGracefulShutdown {
            var failures = 0
            while !Task.isCancelled {
                do throws(GuardianError) {
                    for request in try await requests() { try await settle(request) }
                    failures = 0
                } catch {
                    if Task.isCancelled { return }
                    failures = min(failures + 1, 10)
                    logger.warning(
                        "A round was not finished; it will be tried again.",
                        metadata: ["code": "\(error.code.rawValue)", "what": "\(error.message)", "advice": "\(error.advice)"])
                    try? await Task.sleep(for: .seconds(min(Self.longestPause, 1 << failures)))
                }
            }
        }
        client.close()
    }

    private func requests() async throws(GuardianError) -> [SignedDocument] {
        let poll: SignedDocument
        do throws(FederationError) {
            poll = try desk.poll()
        } catch {
            throw GuardianError(.folder, error.message, advice: error.advice)
        }
        let body = try await send("v1/guardian/poll?wait=\(Self.pollSeconds)", poll, limit: 64 << 20)
        do throws(JSONError) {
            return try JSONReader(JSONValue(parsing: body, limits: JSONLimits(maxBytes: 64 << 20))).required("requests")
                .list(of: SignedDocument.self, maxCount: 100)
        } catch {
            throw GuardianError(.unavailable, "The coordinator's answer cannot be read: \(error)", advice: "Compare versions.")
        }
    }

    private func settle(_ request: SignedDocument) async throws(GuardianError) {
        let opening = try desk.open(request)
        _ = try await send("v1/guardian/openings", opening, limit: 1 << 20)
        logger.info("A total was settled.", metadata: ["request": "\(request.digest.short)"])
    }

    private func send(_ path: String, _ document: SignedDocument, limit: Int) async throws(GuardianError) -> [UInt8] {
        let response: OutboundResponse
        do throws(OutboundError) {
            response = try await client.send(
                OutboundRequest(
                    .post, "\(base)/\(path)", headers: [("content-type", "application/json")], body: document.bytes,
                    timeout: .seconds(Self.pollSeconds + 30), responseLimit: limit))
        } catch {
            throw GuardianError(.unavailable, error.message, advice: error.advice)
        }
        guard (200..<300).contains(response.status) else {
            let problem = try? Problem(from: JSONReader(JSONValue(parsing: response.body)))
            throw GuardianError(
                .unavailable, problem?.detail ?? "The coordinator answered \(response.status).", advice: problem?.advice ?? "")
        }
        return response.body
    }
}
