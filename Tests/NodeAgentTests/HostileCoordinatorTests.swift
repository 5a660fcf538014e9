import CanonicalJSON
import Federation
import Foundation
import Outbound
import Testing

@testable import NodeAgent

/// What a coordinator of bad will can make a node do: nothing that costs more than a little memory and time.
@Suite struct `A hostile coordinator` {
    private func client() throws -> OutboundClient {
        try OutboundClient(OutboundConfiguration(trust: .only(pem: ""), connectTimeout: .seconds(5), allowsPlainLoopback: true))
    }

    private func failure(of server: HostileServer) async throws -> LinkFailure? {
        var random = SystemRandomNumberGenerator()
        let client = try client()
        defer { client.close() }
        let link = CoordinatorLink(
            base: "http://127.0.0.1:\(server.port)",
            transport: NodeTransport { request async throws(OutboundError) in try await client.send(request) },
            coordinatorKey: SigningKey().verificationKey, boot: .random(using: &random))
        do throws(LinkFailure) {
            _ = try await link.poll(wait: 1, sequence: 1)
            return nil
        } catch {
            return error
        }
    }

    private static let blank = [UInt8](repeating: UInt8(ascii: " "), count: 1 << 16)
    /// What the system keeps in buffers on both sides, generously.
    private static let buffers = 16 << 20

    @Test func `An endless body is cut off at the limit`() async throws {
        let server = try HostileServer { peer in
            peer.send("HTTP/1.1 200 OK\r\n\r\n")
            while peer.send(Self.blank) {}
        }
        #expect(try await failure(of: server)?.code == "ANSWER_TOO_LARGE")
        #expect(server.sent <= JSONLimits.standard.maxBytes + Self.buffers)
    }

    @Test(arguments: ["HTTP/1.1 200 OK\r\n", "HTTP/1.1 100 Continue\r\nX: y\r\n\r\nHTTP/1.1 100 Continue\r\n"])
    func `An endless header is cut off, and so are interim answers without end`(beginning: String) async throws {
        let server = try HostileServer { peer in
            while peer.send(beginning), peer.send("X-Padding: " + String(repeating: "x", count: 1_000) + "\r\n") {
                if beginning.contains("100") { peer.send("\r\n") }
            }
        }
        let failure = try await failure(of: server)
        #expect(failure?.code == "ANSWER_TOO_LARGE" || failure?.code == "CONNECTION_LOST" || failure?.code == "OTHER")
        #expect(failure?.kind == .later)
        #expect(server.sent <= Self.buffers)
    }

    @Test func `A byte now and then does not keep a request alive beyond its time`() async throws {
        let server = try HostileServer { peer in
            peer.send("HTTP/1.1 200 OK\r\n\r\n")
            while peer.send(" ") { usleep(20_000) }
        }
        let client = try client()
        defer { client.close() }
        let error = await #expect(throws: OutboundError.self) {
            try await client.send(OutboundRequest(.get, "http://127.0.0.1:\(server.port)/", timeout: .milliseconds(600)))
        }
        #expect(error?.code == .timedOut)
    }

    @Test func `A redirect is an answer that is not the one hoped for, and nobody goes there`() async throws {
        let other = try HostileServer { $0.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}") }
        let server = try HostileServer { peer in
            peer.send("HTTP/1.1 307 X\r\nLocation: http://127.0.0.1:\(other.port)/\r\nContent-Length: 0\r\n\r\n")
        }
        #expect(try await failure(of: server)?.code == "HTTP_307")
        #expect(server.requests == 1 && other.requests == 0)
    }

    @Test func `A compressed bomb stays the few bytes that it is`() async throws {
        // RFC 1952: a gzip header, and then a stored block that claims more than it has.
        let server = try HostileServer { peer in
            peer.send("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 20\r\n\r\n")
            peer.send([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3] + [UInt8](repeating: 0xFF, count: 10))
        }
        #expect(try await failure(of: server)?.code == "UNREADABLE")
    }

    /// Deliveries that are none.
    private static let deliveries: [String] = [
        "", "null", "[]", "{}", String(repeating: "[", count: 1 << 20), String(repeating: "{\"a\":", count: 1 << 18),
        delivery("\"tickets\":[\(Array(repeating: "{}", count: 100_001).joined(separator: ","))]"),
        delivery("\"tickets\":[{}]"), delivery("\"tickets\":7"), delivery("\"tickets\":[],\"leaseSeconds\":1e308"),
        delivery("\"tickets\":[],\"leaseSeconds\":-1"), delivery("\"tickets\":[],\"leaseSeconds\":18446744073709551616"),
        delivery("\"tickets\":[],\"leaseSeconds\":60,\"time\":\"9999-99-99T99:99:99Z\""),
        delivery("\"tickets\":[],\"leaseSeconds\":60,\"time\":\"2026-11-22T00:00:00Z\",\"more\":1"),
        delivery(
            "\"leaseSeconds\":60,\"time\":\"2026-11-22T00:00:00Z\",\"tickets\":[],\"cancelled\":"
                + "[\(Array(repeating: "\"T-0000-0000-0000-0000-0001\"", count: 1_001).joined(separator: ","))]"),
        "\"\\ud800\"", "{\"a\":1,\"a\":1}",
    ]

    private static func delivery(_ members: String) -> String { "{\"schema\":\"dure.delivery/1\",\(members)}" }

    @Test func `Deep, huge and wrong deliveries are refused as unreadable`() async throws {
        for text in Self.deliveries {
            let server = try HostileServer { peer in
                peer.send("HTTP/1.1 200 OK\r\nContent-Length: \(text.utf8.count)\r\n\r\n")
                peer.send(text)
            }
            let failure = try await failure(of: server)
            #expect(failure?.code == "UNREADABLE" && failure?.kind == .later, "\(text.prefix(80))")
        }
    }

    @Test func `Empty deliveries without a pause are not asked for without a pause`() async throws {
        let node = try TestNode()
        let polls = Locked(0)
        var parts = try node.parts()
        parts.backoff = Backoff(base: .milliseconds(200), limit: .seconds(1))
        let other = node.coordinator.transport
        parts.transport = NodeTransport { request async throws(OutboundError) in
            guard request.url.contains("/tickets?") else { return try await other.send(request) }
            polls.withLock { $0 += 1 }
            return OutboundResponse(status: 204)
        }
        let service = try NodeService(parts)
        let task = Task { try await service.run() }
        try await eventually { polls.withLock { $0 } >= 3 }
        let began = ContinuousClock.now
        let before = polls.withLock { $0 }
        try await Task.sleep(for: .seconds(1))
        let passed = (ContinuousClock.now - began) / .seconds(1)
        let after = polls.withLock { $0 }
        task.cancel()
        try await task.value
        // A wait lasts at least half of the base: a busy machine polls less, never more.
        #expect(Double(after - before) <= passed / 0.1 + 1)
    }

    @Test func `More tickets in a day than are taken wait for the next, are said once, and are not lost`() async throws {
        let node = try TestNode()
        var parts = try node.parts()
        parts.allowance = IntakeAllowance(tickets: 3, bytes: 1 << 20, complaints: 2)
        let tickets = try (0..<5).map { try node.consortium.ticket(Consortium.question(50 + $0)) }
        let stranger = SigningKey()
        let forged = try (0..<6).map { number in
            try node.consortium.signed(node.consortium.ticket(Consortium.question(number + 1)), by: stranger)
        }
        let service = try NodeService(parts)
        let task = Task { try await service.run() }
        for document in forged { await node.coordinator.offer(document) }
        for ticket in tickets { await node.coordinator.offer(try node.consortium.signed(ticket)) }
        try await node.settles([.sent: 3])
        // Two forged ones and a line for the others; a line for the tickets that are too many.
        try await eventually { try await refusals(node).count == 4 }
        let posted = await node.coordinator.posted.count
        for ticket in tickets { await node.coordinator.offer(try node.consortium.signed(ticket)) }
        // What was taken is known, and its answer is said again, also when the day is full.
        try await eventually { await node.coordinator.posted.count > posted }
        task.cancel()
        try await task.value
        #expect(await node.coordinator.answers.count == 3)
        let refused = try await refusals(node)
        #expect(refused.filter { $0.object != "more" }.count == 2)
        #expect(refused.filter { $0.object == "more" }.map(\.outcome) == ["TOO_MANY", "TOO_MANY"])
    }

    private func refusals(_ node: TestNode) async throws -> [AuditEntry] {
        try await node.spool().auditLines().map { try AuditEntry(from: .init(.init(parsing: $0))) }
            .filter { $0.action == "ticket.refused" }
    }

    @Test func `An allowance begins anew with the day`() {
        var allowance = IntakeAllowance(tickets: 2, bytes: 100, complaints: 1)
        let monday = Timestamp(10 * 86_400 + 5)
        #expect(allowance.ticket(bytes: 60, at: monday) == .within)
        #expect(allowance.ticket(bytes: 60, at: monday) == .firstBeyond)
        #expect(allowance.ticket(bytes: 40, at: monday) == .within)
        #expect(allowance.ticket(bytes: 1, at: monday) == .beyond)
        #expect(allowance.complaint(at: monday) == .within)
        #expect(allowance.complaint(at: monday) == .firstBeyond)
        #expect(allowance.complaint(at: monday) == .beyond)
        #expect(allowance.ticket(bytes: 100, at: monday.adding(86_400)) == .within)
        #expect(allowance.complaint(at: monday.adding(86_400)) == .within)
    }
}
