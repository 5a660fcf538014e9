import CanonicalJSON
import Daemon
import Federation
import Foundation
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
    private let metricsFile: String?
    private let id: GuardianID
    private let pulse = Pulse()
    /// How long one request waits at the coordinator, in seconds.
    private static let pollSeconds = 20
    private static let longestPause = 60

    /// The metadata that may stand in its log: codes and words of this program and the coordinator, no counts.
    public static let logFields: Set<String> = ["code", "what", "advice", "request"]

    /// The service of the guardian in `folder`.
    ///
    /// - Parameters:
    ///   - environment: for the proxy.
    ///   - logger: where to tell what happens.
    ///   - metricsFile: where metrics are written for node_exporter; nil for none.
    public init(
        _ folder: GuardianFolder, environment: [String: String], logger: Logger, metricsFile: String? = nil
    ) throws(GuardianError) {
        let configuration = try folder.configuration()
        lock = try GuardianLock(folder)
        desk = try OpeningDesk(folder)
        base =
            configuration.coordinatorURL.hasSuffix("/")
            ? String(configuration.coordinatorURL.dropLast()) : configuration.coordinatorURL
        self.logger = logger
        self.metricsFile = metricsFile
        id = configuration.id
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
        await withGracefulShutdownHandler {
            await cancelWhenGracefulShutdown {
                await withTaskGroup(of: Void.self) { group in
                    group.addTask { await watch() }
                    await rounds()
                    group.cancelAll()
                }
            }
        } onGracefulShutdown: {
            ServiceManager.stopping()
        }
        client.close()
    }

    private func rounds() async {
        var (failures, metrics) = (0, GuardianMetrics(id: id, started: now))
        ServiceManager.ready("waiting for totals to open")
        while !Task.isCancelled {
            write(metrics)
            await promise()
            do throws(GuardianError) {
                for request in try await requests() {
                    await promise()
                    try await settle(request)
                    metrics.settled += 1
                }
                failures = 0
                metrics.lastContact = now
            } catch {
                if Task.isCancelled { break }
                failures = min(failures + 1, 10)
                metrics.failures += 1
                logger.warning(
                    "A round was not finished; it will be tried again.",
                    metadata: ["code": "\(error.code.rawValue)", "what": "\(error.message)", "advice": "\(error.advice)"])
                try? await Task.sleep(for: .seconds(min(Self.longestPause, 1 << failures)))
            }
        }
        metrics.isUp = false
        write(metrics)
    }

    private var now: Timestamp { Timestamp(Int64(Date().timeIntervalSince1970)) }

    /// A round has one request that waits, and one for each total; each has its own time.
    private func promise() async { await pulse.promise("rounds", within: .seconds(Self.longestPause + Self.pollSeconds + 90)) }

    /// The watchdog is fed only while rounds go on; that the coordinator does not answer is no standstill.
    private func watch() async {
        await pulse.feedWatchdog { _ in logger.error("The rounds hang; the watchdog is no longer fed.") }
    }

    private func write(_ metrics: GuardianMetrics) {
        guard let metricsFile else { return }
        do {
            try metrics.text(at: now).write(to: metricsFile)
        } catch {
            logger.warning("The metrics cannot be written.", metadata: ["advice": "Check the folder of \(metricsFile)."])
        }
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
