import Foundation
import Testing

@testable import Outbound

@Suite struct `The way out` {
    let certificates = Certificates.shared

    private func server(_ certificate: String = "server", asks: Bool = false, tls: String = "1.3") throws -> LoopbackProcess {
        try LoopbackProcess(Scripts.server, [certificates.folder, certificate, asks ? "asks" : "-", tls])
    }

    private func client(
        identity: String? = nil, proxy: ProxySettings = .direct, trust: OutboundConfiguration.Trust? = nil,
        minimumTLS: OutboundConfiguration.TLSVersion = .tls13, plain: Bool = false
    ) throws -> OutboundClient {
        try OutboundClient(
            OutboundConfiguration(
                trust: trust ?? .only(pem: certificates.authority),
                identity: identity.map {
                    .init(certificateFile: "\(certificates.folder)/\($0).pem", keyFile: "\(certificates.folder)/\($0).key")
                }, proxy: proxy, minimumTLS: minimumTLS, connectTimeout: .seconds(5), allowsPlainLoopback: plain))
    }

    private func failure(_ client: OutboundClient, _ request: OutboundRequest) async -> OutboundError? {
        do {
            _ = try await client.send(request)
            return nil
        } catch { return error }
    }

    @Test func `A GET brings back status, headers and body`() async throws {
        let server = try server()
        let answer = try await client().send(OutboundRequest(.get, "https://127.0.0.1:\(server.port)/hello"))
        #expect(answer.status == 200)
        #expect(String(decoding: answer.body, as: UTF8.self) == "hello")
        #expect(answer.headers["x-kind"] == "greeting")
    }

    @Test func `A POST sends its body byte for byte, and its headers`() async throws {
        let server = try server()
        let body = (0..<50_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let answer = try await client().send(
            OutboundRequest(.post, "https://127.0.0.1:\(server.port)/echo", headers: [("X-Ask", "why\r\nX-Evil: 1")], body: body))
        #expect(answer.status == 201)
        #expect(answer.body == body)
        #expect(answer.headers["x-asked"] == "whyX-Evil: 1")
    }

    @Test func `An empty POST has a length of nought`() async throws {
        let server = try server()
        let answer = try await client().send(OutboundRequest(.post, "https://127.0.0.1:\(server.port)/echo"))
        #expect(answer.status == 201)
        #expect(answer.body.isEmpty)
    }

    @Test func `The server learns from our certificate who we are`() async throws {
        let server = try server(asks: true)
        let answer = try await client(identity: "client").send(OutboundRequest(.get, "https://127.0.0.1:\(server.port)/identity"))
        #expect(String(decoding: answer.body, as: UTF8.self) == "KR-H-0009")
    }

    @Test(arguments: [nil, "stranger"]) func `Without a certificate of the consortium the server does not talk to us`(
        identity: String?
    ) async throws {
        let server = try server(asks: true)
        let error = await failure(try client(identity: identity), OutboundRequest(.get, "https://127.0.0.1:\(server.port)/hello"))
        #expect(error?.code == .connectionLost || error?.code == .handshake)
    }

    @Test func `A missing certificate file is named before anything is sent`() async throws {
        let error = await failure(try client(identity: "nowhere"), OutboundRequest(.get, "https://127.0.0.1:9/hello"))
        #expect(error?.code == .badFile)
        #expect(error?.message.contains("nowhere.pem") == true)
    }

    @Test func `One connection serves many requests`() async throws {
        let server = try server()
        let client = try client()
        for expected in 1...5 {
            let answer = try await client.send(OutboundRequest(.get, "https://127.0.0.1:\(server.port)/count"))
            #expect(String(decoding: answer.body, as: UTF8.self) == "\(expected)")
        }
    }

    @Test func `Many requests at once all come back`() async throws {
        let server = try server()
        let client = try client()
        let sum = try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 1...40 {
                group.addTask {
                    let answer = try await client.send(
                        OutboundRequest(.post, "https://127.0.0.1:\(server.port)/echo", body: Array("\(number)".utf8)))
                    return Int(String(decoding: answer.body, as: UTF8.self)) ?? 0
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(sum == 820)
    }

    @Test func `An inspecting proxy's certificate is refused, and its CA can be named`() async throws {
        let server = try server("inspected")
        let client = try client()
        let url = "https://127.0.0.1:\(server.port)/hello"
        let error = await failure(client, OutboundRequest(.get, url))
        #expect(error?.code == .untrustedCertificate)
        #expect(error?.advice.contains("transport.tls.extra_ca") == true)
        #expect(try await client.presentedCertificate(of: url)?.issuerName == "Hospital Inspection CA")
    }

    @Test func `With the inspecting CA added, it is accepted`() async throws {
        let server = try server("inspected")
        let inspector = try String(contentsOfFile: "\(certificates.folder)/inspector.pem", encoding: .utf8)
        let client = try client(trust: .only(pem: certificates.authority + inspector))
        #expect(try await client.send(OutboundRequest(.get, "https://127.0.0.1:\(server.port)/hello")).status == 200)
    }

    @Test func `The machine's own authorities do not speak for a consortium`() async throws {
        let server = try server()
        let error = await failure(
            try client(trust: .machine(andPEM: "")), OutboundRequest(.get, "https://127.0.0.1:\(server.port)/hello"))
        #expect(error?.code == .untrustedCertificate)
    }

    @Test func `A certificate for another name is refused`() async throws {
        let server = try server("elsewhere")
        let error = await failure(try client(), OutboundRequest(.get, "https://127.0.0.1:\(server.port)/hello"))
        #expect(error?.code == .wrongName)
    }

    @Test func `A certificate past its days points at the clock`() async throws {
        let server = try server("expired")
        let error = await failure(try client(), OutboundRequest(.get, "https://127.0.0.1:\(server.port)/hello"))
        #expect(error?.code == .certificateDates)
        #expect(error?.advice.contains("clock") == true)
    }

    @Test func `TLS 1.2 is spoken only where it is allowed`() async throws {
        let server = try server(tls: "1.2")
        let request = OutboundRequest(.get, "https://127.0.0.1:\(server.port)/hello")
        #expect(await failure(try client(), request)?.code == .handshake)
        #expect(try await client(minimumTLS: .tls12).send(request).status == 200)
    }

    @Test func `An answer over the limit is cut off, not stored`() async throws {
        let server = try server()
        let url = "https://127.0.0.1:\(server.port)/big"
        #expect(await failure(try client(), OutboundRequest(.get, url, responseLimit: 99_999))?.code == .tooLarge)
        #expect(try await client().send(OutboundRequest(.get, url, responseLimit: 100_000)).body.count == 100_000)
    }

    @Test func `A redirect is an answer like any other and is not followed`() async throws {
        let server = try server()
        #expect(try await client().send(OutboundRequest(.get, "https://127.0.0.1:\(server.port)/redirect")).status == 302)
    }

    @Test func `No answer in time is an error that says so`() async throws {
        let server = try server()
        let error = await failure(
            try client(), OutboundRequest(.get, "https://127.0.0.1:\(server.port)/slow", timeout: .milliseconds(400)))
        #expect(error?.code == .timedOut)
    }

    @Test func `A cancelled task gives its request up at once`() async throws {
        let server = try server()
        let client = try client()
        let task = Task { await failure(client, OutboundRequest(.get, "https://127.0.0.1:\(server.port)/slow")) }
        try await Task.sleep(for: .milliseconds(300))
        task.cancel()
        // The server would answer, much later: an answer would be another code, and no error at all.
        #expect(await task.value?.code == .cancelled)
    }

    @Test func `Closing ends what is under way and what comes later`() async throws {
        let server = try server()
        let client = try client()
        let slow = OutboundRequest(.get, "https://127.0.0.1:\(server.port)/slow")
        let task = Task { await failure(client, slow) }
        try await Task.sleep(for: .milliseconds(300))
        client.close()
        #expect(await task.value?.code == .closed)
        #expect(await failure(client, slow)?.code == .closed)
    }

    @Test func `Nobody listening is said in words`() async throws {
        let error = await failure(try client(), OutboundRequest(.get, "https://127.0.0.1:1/hello"))
        #expect(error?.code == .refused)
        #expect(error?.isTransient == true)
    }

    @Test func `An unknown name is said in words`() async throws {
        let error = await failure(try client(), OutboundRequest(.get, "https://coordinator.invalid/hello"))
        #expect(error?.code == .nameNotResolved)
        #expect(error?.message.contains("coordinator.invalid") == true)
    }

    @Test(arguments: ["http://coordinator.example/", "http://127.0.0.1.example/", "http://10.0.0.1/"])
    func `Plain HTTP is refused even where tests may use it on loopback`(url: String) async throws {
        #expect(await failure(try client(plain: true), OutboundRequest(.get, url))?.code == .plainRefused)
    }

    @Test func `Plain HTTP to this machine needs an explicit word`() async throws {
        let server = try server("plain")
        let request = OutboundRequest(.get, "http://127.0.0.1:\(server.port)/hello")
        #expect(await failure(try client(), request)?.code == .plainRefused)
        #expect(try await client(plain: true).send(request).status == 200)
    }

    @Test(arguments: ["", "coordinator", "ftp://x/", "file:///etc/passwd", "https://", "https://a b/"])
    func `What is no HTTPS address is refused`(url: String) async throws {
        #expect(await failure(try client(), OutboundRequest(.get, url))?.code == .badAddress)
    }
}

@Suite struct `Through a proxy` {
    let certificates = Certificates.shared

    private struct Way {
        let server: LoopbackProcess
        let proxy: LoopbackProcess
        let log: String
        var url: String { "https://localhost:\(server.port)/hello" }
        /// The CONNECT lines that the proxy saw (the first line of its log is its greeting).
        var seen: [String] {
            ((try? String(contentsOfFile: log, encoding: .utf8)) ?? "").split(separator: "\n").dropFirst().map(String.init)
        }
    }

    private func way(_ wants: String = "-") throws -> Way {
        let log = "\(certificates.folder)/proxy-\(UUID().uuidString).log"
        return Way(
            server: try LoopbackProcess(Scripts.server, [certificates.folder, "server", "asks", "1.3"]),
            proxy: try LoopbackProcess(Scripts.proxy, [wants, log]), log: log)
    }

    private func send(_ way: Way, _ settings: ProxySettings) async throws(OutboundError) -> OutboundResponse {
        let client = try OutboundClient(
            OutboundConfiguration(
                trust: .only(pem: certificates.authority),
                identity: .init(
                    certificateFile: "\(certificates.folder)/client.pem", keyFile: "\(certificates.folder)/client.key"),
                proxy: settings))
        return try await client.send(OutboundRequest(.get, way.url))
    }

    @Test func `Mutual TLS goes through CONNECT, and the proxy sees a host and a port only`() async throws {
        let way = try way()
        #expect(try await send(way, ProxySettings(url: "http://127.0.0.1:\(way.proxy.port)")).status == 200)
        #expect(way.seen == ["CONNECT localhost:\(way.server.port) HTTP/1.1"])
    }

    @Test func `A user name and password are given once the proxy asks`() async throws {
        let way = try way("node:pass:w0rd")
        let settings = ProxySettings(url: "http://127.0.0.1:\(way.proxy.port)", username: "node", password: "pass:w0rd")
        #expect(try await send(way, settings).status == 200)
        #expect(way.seen.count == 2)
    }

    @Test(arguments: [nil, "wrong"]) func `407 names the keys of node.yaml to set`(password: String?) async throws {
        let way = try way("node:secret")
        let settings = ProxySettings(
            url: "http://127.0.0.1:\(way.proxy.port)", username: password.map { _ in "node" }, password: password)
        let error = await #expect(throws: OutboundError.self) { try await send(way, settings) }
        #expect(error?.code == .proxyAuthentication)
        #expect(error?.advice.contains("transport.proxy.username_file") == true)
        #expect(error.map { "\($0) \($0.detail)" }?.contains("wrong") == false)
    }

    @Test func `A proxy that forbids the host is told apart from a dead network`() async throws {
        let way = try way("deny")
        let error = await #expect(throws: OutboundError.self) {
            try await send(way, ProxySettings(url: "http://127.0.0.1:\(way.proxy.port)"))
        }
        #expect(error?.code == .proxyRefused)
    }

    @Test func `A proxy with an unknown name is named as the proxy`() async throws {
        let error = await #expect(throws: OutboundError.self) {
            try await send(way(), ProxySettings(url: "http://proxy.invalid:3128"))
        }
        #expect(error?.code == .proxyNameNotResolved)
    }

    @Test func `An excepted host is reached directly`() async throws {
        let way = try way("deny")
        let settings = ProxySettings(url: "http://127.0.0.1:\(way.proxy.port)", exceptions: ["localhost"])
        #expect(try await send(way, settings).status == 200)
        #expect(way.seen.isEmpty)
    }

    @Test func `The environment's variables are read in either case, and an empty one is none`() {
        let settings = ProxySettings.fromEnvironment([
            "https_proxy": "", "HTTPS_PROXY": "http://proxy:3128", "NO_PROXY": "localhost, 10.0.0.0/8,.hospital.example",
        ])
        #expect(settings.url == "http://proxy:3128")
        #expect(settings.exceptions == ["localhost", "10.0.0.0/8", ".hospital.example"])
        #expect(ProxySettings.fromEnvironment(["HTTP_PROXY": "http://other:1"]) == .direct)
    }

    @Test func `A password is in no description or dump`() {
        let settings = ProxySettings(url: "http://me:hush@proxy:3128", username: "me", password: "hush")
        var dumped = ""
        dump(settings, to: &dumped)
        #expect(settings.description == "http://proxy:3128 (with a user name)")
        #expect(!"\(settings) \(String(reflecting: settings)) \(dumped)".contains("hush"))
    }
}
