import Daemon
import Federation
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
public import Logging
import NIOCore
import NIOSSL
public import ServiceLifecycle

/// The running coordinator: both listeners, the queue's sweeper and the certificate's renewal, as one service.
///
/// Embeddable: a test runs it in a task, asks `addresses` for the ports, and cancels the task (or shuts the group down) in the end.
public struct CoordinatorService: Service {
    /// Where the listeners were bound.
    public struct Addresses: Sendable, Hashable {
        /// The port of the nodes' listener.
        public let nodesPort: Int
        /// The port of the people's listener.
        public let peoplePort: Int
    }

    private let office: CoordinatorOffice
    private let logger: Logger
    private let certificate: ServerCertificate
    private let ports: PortBoard
    private let pulse = Pulse()
    let nodesWaiting = WaitingRoom<HospitalID>(isExclusive: true)
    let readersWaiting = WaitingRoom<QueryID>(isExclusive: false)
    let totalsWaiting = WaitingRoom<TotalsBell>(isExclusive: false)
    private let sweepInterval: Duration

    /// The service of the coordinator in `office`.
    ///
    /// - Parameters:
    ///   - office: the opened coordinator.
    ///   - logger: where to tell what happens.
    ///   - sweepInterval: how often leases and expiry are looked at.
    public init(_ office: CoordinatorOffice, logger: Logger, sweepInterval: Duration = .seconds(1)) throws {
        self.office = office
        self.logger = logger
        self.sweepInterval = sweepInterval
        ports = PortBoard()
        certificate = try ServerCertificate(
            directory: office.directory, authority: office.keys.authority, hosts: office.configuration.hosts,
            clock: office.clock)
    }

    /// The bound ports, once both listeners listen.
    ///
    /// - Throws: `CoordinatorError` where the service ended before they did (a port is taken).
    public func addresses() async throws -> Addresses {
        Addresses(nodesPort: try await ports.port(.nodes), peoplePort: try await ports.port(.people))
    }

    /// Runs until it is told to stop.
    public func run() async throws {
        defer { ports.fail(CoordinatorError(.unavailable, "The coordinator has stopped.")) }
        try await note(.started)
        let group = ServiceGroup(
            configuration: .init(services: try services().map { .init(service: $0) }, logger: logger))
        do {
            try await group.run()
        } catch {
            try? await note(.stopped)
            throw error
        }
        try await note(.stopped)
    }

    private func note(_ action: AuditAction) async throws {
        let now = office.clock.now
        try await office.database.write { db in try AuditLog.append(db, action, by: .system, on: .none, at: now) }
    }

    private func services() throws -> [any Service] {
        let configuration = office.configuration
        return [
            Watch(database: office.database, ports: ports, pulse: pulse, logger: logger),
            sweeper,
            CertificateKeeper(certificate: certificate, logger: logger),
            try listener(
                nodesRouter(), at: configuration.nodes, as: .nodes,
                tls: try ListenerTLS.nodes(certificate, authorityPEM: office.keys.authorityPEM)),
            try listener(
                peopleRouter(), at: configuration.people, as: .people,
                tls: try ListenerTLS.people(certificate, own: configuration.peopleCertificate)),
        ] + (metrics().map { [$0] } ?? []) + [
            // Last in the list: a group stops its last service first.
            WaitingRoomCloser(nodesWaiting: nodesWaiting, readersWaiting: readersWaiting, totalsWaiting: totalsWaiting)
        ]
    }

    private func listener<Context: RequestContext>(
        _ router: Router<Context>, at address: CoordinatorConfiguration.Address, as name: PortBoard.Name, tls: TLSConfiguration
    ) throws -> any Service where Context.Source == ApplicationRequestContextSource {
        let limits = office.configuration.limits
        // Room for a certificate chain in a header of some proxies; far below the library's standard.
        let decoder = HTTP1Channel.Configuration.DecoderConfiguration(
            maxHeaderFieldSize: 16 << 10, maxHeaderListSize: 32 << 10, maxHeaderFieldCount: 100)
        return Application(
            router: router,
            server: try .tls(
                .http1(
                    configuration: .init(
                        idleTimeout: .seconds(Int64(limits.idleSeconds)), httpDecoderConfiguration: decoder)),
                tlsConfiguration: tls),
            configuration: .init(
                address: .hostname(address.host, port: address.port), serverName: CoordinatorRoom.name,
                availableConnectionsDelegate: MaximumAvailableConnections(limits.connections)),
            onServerRunning: { [ports, logger] channel in
                let port = channel.localAddress?.port ?? address.port
                logger.notice("Listening for \(name.rawValue).", metadata: ["port": "\(port)"])
                ports.set(name, port)
            },
            logger: QuietLogger.make(logger))
    }

    /// The metrics' own listener: this machine's, and no other's.
    private func metrics() -> (any Service)? {
        guard let port = office.configuration.metricsPort else { return nil }
        let router = Router()
        let metrics = CoordinatorMetrics(office: office) { [certificate] in certificate.material.facts.expires }
        router.get("metrics") { _, _ in
            Response(
                status: .ok, headers: [.contentType: MetricsText.mediaType],
                body: ResponseBody(byteBuffer: ByteBuffer(string: try await metrics.text().text)))
        }
        return Application(
            router: router,
            configuration: .init(
                address: .hostname("127.0.0.1", port: port), serverName: CoordinatorRoom.name,
                availableConnectionsDelegate: MaximumAvailableConnections(16)),
            onServerRunning: { [ports] channel in ports.set(.metrics, channel.localAddress?.port ?? port) },
            logger: QuietLogger.make(logger))
    }

    /// The port of the metrics' listener, once it listens.
    func metricsPort() async throws -> Int { try await ports.port(.metrics) }

    // MARK: Routers, which tests also drive without sockets

    var body: (nodes: JSONBody, people: JSONBody) {
        let limits = office.configuration.limits
        return (
            JSONBody(maxBytes: limits.nodeBody, time: .seconds(limits.bodySeconds)),
            JSONBody(maxBytes: limits.peopleBody, time: .seconds(limits.bodySeconds))
        )
    }

    func nodesRouter(authenticator: NodeAuthenticator? = nil) -> Router<NodeContext> {
        let router = Router(context: NodeContext.self)
        router.add(middleware: ProblemMiddleware(logger: logger))
        router.add(middleware: authenticator ?? NodeAuthenticator(register: office.nodes))
        router.add(
            middleware: PeerLimit(
                limiter: RequestLimiter(most: office.configuration.limits.requestsPerNode, rate: .node)
            ) { context in
                (try? context.peer.hospital.rawValue) ?? ""
            })
        NodeRoutes(
            tickets: ticketDesk,
            answers: AcceptAnswer(
                database: office.database, clock: office.clock, keys: office.keys, readersWaiting: readersWaiting,
                totalsWaiting: totalsWaiting),
            totals: peerDesk, enrolment: office.enrolment, register: office.nodes, catalogues: office.catalogues,
            body: body.nodes,
            longestPoll: office.configuration.longestPoll, nodesURL: nodesURL
        ).add(to: router.group("v1/node"))
        return router
    }

    func peopleRouter() -> Router<PeopleContext> {
        let router = Router(context: PeopleContext.self)
        router.add(middleware: ProblemMiddleware(logger: logger))
        router.add(
            middleware: PeerLimit(limiter: RequestLimiter(most: office.configuration.limits.requestsPerAddress)) { context in
                context.address
            })
        openRoutes.add(to: router)
        GuardianRoutes(totals: totalDesk, body: body.people, longestPoll: office.configuration.longestPoll).add(to: router)
        let signedIn = router.group("v1").add(middleware: SessionAuthenticator(register: office.credentials))
        PeopleRoutes(
            credentials: office.credentials, projects: office.projects, nodes: office.nodes, rosters: office.rosters,
            catalogues: office.catalogues, clock: office.clock, body: body.people, silentAfter: office.configuration.silentAfter
        ).add(to: signedIn)
        queryRoutes.add(to: signedIn)
        return router
    }

    var ticketDesk: TicketDesk {
        TicketDesk(
            database: office.database, clock: office.clock,
            guardian: NodeGuard(database: office.database, clock: office.clock), nodesWaiting: nodesWaiting,
            readersWaiting: readersWaiting, polls: PollOrder(), ticketsPerPoll: office.configuration.ticketsPerPoll,
            leaseSeconds: office.configuration.leaseSeconds, keys: office.keys)
    }

    var peerDesk: PeerDesk {
        PeerDesk(
            database: office.database, clock: office.clock, keys: office.keys, nodesWaiting: nodesWaiting,
            readersWaiting: readersWaiting)
    }

    var totalDesk: TotalDesk {
        TotalDesk(
            database: office.database, clock: office.clock, keys: office.keys, totalsWaiting: totalsWaiting,
            readersWaiting: readersWaiting)
    }

    var sweeper: QueueSweeper {
        QueueSweeper(
            database: office.database, clock: office.clock, nodesWaiting: nodesWaiting, readersWaiting: readersWaiting,
            totalsWaiting: totalsWaiting, peers: peerDesk, interval: sweepInterval, pulse: pulse, logger: logger)
    }

    private var openRoutes: OpenRoutes {
        OpenRoutes(
            readiness: Readiness(database: office.database), enrolment: office.enrolment,
            signIn: SignInDesk(
                database: office.database, clock: office.clock, passwords: office.passwords,
                sessionSeconds: Int64(office.configuration.sessionHours) * 3_600),
            keys: office.keys, body: body.people, clock: office.clock,
            serverCertificateExpires: { [certificate] in certificate.material.facts.expires }, nodesURL: nodesURL)
    }

    private var queryRoutes: QueryRoutes {
        QueryRoutes(
            submit: SubmitQuery(
                database: office.database, clock: office.clock, keys: office.keys, nodesWaiting: nodesWaiting,
                standardLifetime: Int64(office.configuration.queryHours) * 3_600,
                wish: QueryTicket.Wish(
                    threshold: office.configuration.wishThreshold, roundTo: office.configuration.wishRoundTo)),
            queries: QueryDesk(
                database: office.database, clock: office.clock, nodesWaiting: nodesWaiting, readersWaiting: readersWaiting),
            results: ResultDesk(
                database: office.database, clock: office.clock, keys: office.keys, readersWaiting: readersWaiting,
                reads: ReadRecord()),
            body: body.people, longestPoll: office.configuration.longestPoll)
    }

    /// What enrolled nodes are told to connect to.
    private var nodesURL: @Sendable () -> String {
        { [configuration = office.configuration, ports] in
            if let url = configuration.nodesURL { return url }
            let port = ports.known(.nodes) ?? configuration.nodes.port
            return "https://\(configuration.hosts.first ?? "localhost"):\(port)"
        }
    }
}

/// Hummingbird's own lines below warning tell nothing that ours do not.
enum QuietLogger {
    static func make(_ logger: Logger) -> Logger {
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        return quiet
    }
}
