import CanonicalJSON
import Disclosure
import Federation
import HTTPTypes
import HummingbirdTesting
import Logging
import NIOCore
import NIOSSL
import ServiceLifecycle
import Testing

@testable import Coordinator

/// Both listeners on loopback with real certificates: what only a handshake can show.
@Suite struct LiveListenerTests {
    /// Runs the service while `body` talks to it, and ends it the way SIGTERM does.
    func serving(
        _ coordinator: TestCoordinator, _ body: @escaping @Sendable (CoordinatorService.Addresses) async throws -> Void
    ) async throws {
        let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let group = ServiceGroup(
            configuration: .init(services: [.init(service: coordinator.service)], logger: quiet))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            do {
                try await body(try await coordinator.service.addresses())
            } catch {
                await group.triggerGracefulShutdown()
                throw error
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    func tls(_ coordinator: TestCoordinator, certificate: String? = nil, key: String? = nil) throws -> TLSConfiguration {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.trustRoots = .certificates(
            try NIOSSLCertificate.fromPEMBytes(Array(coordinator.office.keys.authorityPEM.utf8)))
        if let certificate, let key {
            tls.certificateChain = try NIOSSLCertificate.fromPEMBytes(Array(certificate.utf8)).map { .certificate($0) }
            tls.privateKey = .privateKey(try NIOSSLPrivateKey(bytes: Array(key.utf8), format: .pem))
        }
        return tls
    }

    func with(_ port: Int, _ tls: TLSConfiguration, _ body: @escaping @Sendable (TestClient) async throws -> Void) async throws {
        try await TestClient.withClient(
            host: "127.0.0.1", port: port,
            configuration: .init(tlsConfiguration: tls, timeout: .seconds(20), serverName: "localhost"), operation: body)
    }

    func with(
        _ coordinator: TestCoordinator, _ node: TestNode, _ port: Int,
        _ body: @escaping @Sendable (TestClient) async throws -> Void
    ) async throws {
        try await with(port, try tls(coordinator, certificate: node.grant.certificate, key: node.keys.tlsPEM), body)
    }

    /// The machine's time: certificates are checked against it in a handshake.
    func coordinator() async throws -> TestCoordinator {
        let now = CoordinatorClock.system.now
        return try await TestCoordinator.make(time: FakeClock(now.description))
    }

    @Test func aNodeIsKnownByItsCertificateAndRevokedAtOnce() async throws {
        let coordinator = try await coordinator()
        let busan = try await coordinator.enrol(.busan)
        try await coordinator.addPerson("kim", .researcher)
        try await coordinator.addProject(hospitals: [.busan], members: ["kim"])
        let query = try await coordinator.ask(try await coordinator.signIn("kim"))
        try await serving(coordinator) { addresses in
            try await with(coordinator, busan, addresses.nodesPort) { client in
                let response = try await client.get("/v1/node/tickets?wait=5&seq=1&boot=\(busan.boot)")
                #expect(response.status.code == 200)
                let body = try #require(response.body)
                let delivery = try TicketDelivery(from: JSONReader(JSONValue(parsing: body.readableBytesView)))
                let ticket = try TicketVerifier(audience: .busan, coordinatorKey: busan.grant.coordinatorKey)
                    .verify(try #require(delivery.tickets.first), now: coordinator.time.now)
                #expect(ticket.query == query)
                // On the same connection: the certificate was good when the connection was made.
                try await coordinator.office.nodes.revoke(.busan, reason: "test", by: .operatorAccount("test"))
                let revoked = try await client.get("/v1/node/tickets?wait=0&seq=2&boot=\(busan.boot)").status.code
                #expect(revoked == 403)
            }
        }
    }

    @Test func withoutACertificateOfThisConsortiumThereIsNoConnection() async throws {
        let coordinator = try await coordinator()
        let elsewhere = try await self.coordinator()
        let stranger = try await elsewhere.enrol(.busan)
        try await serving(coordinator) { addresses in
            await #expect(throws: (any Error).self) {
                try await with(addresses.nodesPort, try tls(coordinator)) { client in
                    _ = try await client.get("/v1/node/tickets?boot=\(stranger.boot)")
                }
            }
            await #expect(throws: (any Error).self) {
                try await with(coordinator, stranger, addresses.nodesPort) { client in
                    _ = try await client.get("/v1/node/tickets?boot=\(stranger.boot)")
                }
            }
        }
    }

    @Test func anOldTLSIsRefused() async throws {
        let coordinator = try await coordinator()
        try await serving(coordinator) { addresses in
            var old = try tls(coordinator)
            old.minimumTLSVersion = .tlsv1
            old.maximumTLSVersion = .tlsv11
            let configuration = old
            await #expect(throws: (any Error).self) {
                try await with(addresses.peoplePort, configuration) { client in _ = try await client.get("/healthz") }
            }
        }
    }

    @Test func thePeoplesListenerAnswersWithoutACertificateAndLeadsNoWhereElse() async throws {
        let coordinator = try await coordinator()
        try await serving(coordinator) { addresses in
            try await with(addresses.peoplePort, try tls(coordinator)) { client in
                let expected = [
                    ("/healthz", 200), ("/readyz", 200), ("/v1/ca", 200), ("/v1/me", 401),
                    ("/v1/node/tickets?boot=9f3c0a1b2c3d4e5f", 404),
                ]
                for (path, code) in expected {
                    let status = try await client.get(path).status.code
                    #expect(status == code, "\(path)")
                }
            }
        }
    }

    @Test func stoppingAnswersParkedPollsAndEndsSoon() async throws {
        let coordinator = try await coordinator()
        let busan = try await coordinator.enrol(.busan)
        let asked = Locked<ContinuousClock.Instant?>(nil)
        let answered = Locked<Int?>(nil)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            let (stream, started) = AsyncStream.makeStream(of: CoordinatorService.Addresses.self)
            tasks.addTask {
                try await serving(coordinator) { addresses in
                    started.yield(addresses)
                    try await Task.sleep(for: .seconds(1))
                    asked.withLock { $0 = .now }
                }
            }
            var iterator = stream.makeAsyncIterator()
            let addresses = try #require(await iterator.next())
            try await with(coordinator, busan, addresses.nodesPort) { client in
                let response = try await client.get("/v1/node/tickets?wait=50&seq=1&boot=\(busan.boot)")
                answered.withLock { $0 = response.status.code }
            }
            try await tasks.waitForAll()
        }
        #expect(answered.withLock { $0 } == 204)
        _ = try #require(asked.withLock { $0 })
    }

    @Test func aPortThatIsTakenIsAnErrorAndNotAHang() async throws {
        let coordinator = try await coordinator()
        try await serving(coordinator) { addresses in
            let other = try await self.coordinatorOn(addresses.peoplePort)
            let run = Task { try await other.service.run() }
            await #expect(throws: CoordinatorError.self) { try await other.service.addresses() }
            await #expect(throws: (any Error).self) { try await run.value }
        }
    }

    private func coordinatorOn(_ port: Int) async throws -> TestCoordinator {
        try await TestCoordinator.make(time: FakeClock(CoordinatorClock.system.now.description)) { $0.people.port = port }
    }
}
