import CanonicalJSON
import Daemon
import Disclosure
import Federation
import Foundation
import Logging
import ServiceLifecycle
import Testing

@testable import NodeAgent

@Suite struct `The daemon` {
    @Test func `Told to end, it lets what runs finish and sends it`() async throws {
        var node = try TestNode()
        let began = Locked(false)
        node.source.instead = { _ throws(EvaluationRefusal) in
            began.withLock { $0 = true }
            usleep(400_000)
        }
        let ticket = try node.consortium.ticket(Consortium.question(64))
        let running = try await RunningNode(try node.parts(), try NodeIdentity(in: node.folder.state))
        let task = Task { await running.run() }
        await node.coordinator.offer(try node.consortium.signed(ticket))
        try await eventually { began.withLock { $0 } }
        running.stop.stop()
        await task.value
        #expect(await node.coordinator.answers[ticket.id]?.outcome.word == "answered")
        #expect(NodeStatus.read(in: try node.folder.state)?.connection == "stopped")
    }

    @Test func `What takes longer than the drain is called off, and answered after the next start`() async throws {
        var node = try TestNode()
        let slow = Locked(true)
        let began = Locked(false)
        node.source.instead = { isCancelled throws(EvaluationRefusal) in
            began.withLock { $0 = true }
            while slow.withLock({ $0 }) { if isCancelled() { throw .cancelled } else { usleep(10_000) } }
        }
        var parts = try node.parts()
        parts.configuration.limits.drainSeconds = 1
        parts.configuration.limits.secondsPerQuery = 60
        let ticket = try node.consortium.ticket(Consortium.question(64))
        let first = try await RunningNode(parts, try NodeIdentity(in: node.folder.state))
        let task = Task { await first.run() }
        await node.coordinator.offer(try node.consortium.signed(ticket))
        try await eventually { began.withLock { $0 } }
        first.stop.stop()
        await task.value
        #expect(await node.coordinator.answers.isEmpty)
        slow.withLock { $0 = false }
        let again = node
        try await again.running { try await again.coordinator.answered() }
        #expect(await node.coordinator.answers[ticket.id]?.outcome.word == "answered")
    }

    @Test func `A cancelled run ends at once and leaves the ticket to be taken up again`() async throws {
        var node = try TestNode()
        let began = Locked(false)
        node.source.instead = { isCancelled throws(EvaluationRefusal) in
            began.withLock { $0 = true }
            while !isCancelled() { usleep(10_000) }
            throw .cancelled
        }
        let running = node
        let ticket = try node.consortium.ticket()
        try await running.running {
            await running.coordinator.offer(try running.consortium.signed(ticket))
            try await eventually { began.withLock { $0 } }
        }
        #expect(try await node.spool().counts() == [.evaluating: 1])
    }

    @Test func `It runs in a service group and ends with it`() async throws {
        let node = try TestNode()
        let service = try NodeService(try node.parts())
        let group = ServiceGroup(
            configuration: .init(services: [service], logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }))
        let task = Task { try await group.run() }
        try await eventually { await !node.coordinator.polls.isEmpty }
        await group.triggerGracefulShutdown()
        try await task.value
    }

    @Test func `Polls carry this process's boot and a rising number`() async throws {
        let node = try TestNode()
        try await node.running {
            try await node.coordinator.offer(node.consortium.signed(node.consortium.ticket()))
            try await eventually { await node.coordinator.polls.count >= 2 }
        }
        let polls = await node.coordinator.polls
        let boots = Set(polls.compactMap { $0.split(separator: "&").first { $0.hasPrefix("boot=") } })
        #expect(boots.count == 1)
        #expect(polls[0].hasSuffix("&seq=1") && polls[1].hasSuffix("&seq=2"))
    }
}

@Suite struct `Logs and times` {
    @Test func `A line is one JSON object, and fields outside the list are dropped`() throws {
        let lines = Locked<[String]>([])
        var logger = Logger(label: "x") { label in JSONLogHandler(label: label) { line in lines.withLock { $0.append(line) } } }
        logger[metadataKey: "person"] = "1234567"
        logger.info("a \"word\"\nand a line", metadata: ["ticket": "T-1", "count": "17"])
        let object = try #require(try JSONValue(parsing: lines.withLock { $0[0] }).objectValue)
        #expect(object["message"] == "a \"word\"\nand a line")
        #expect(object["ticket"] == "T-1")
        #expect(object["count"] == nil && object["person"] == nil)
        #expect(!lines.withLock { $0[0] }.contains("\n"))
    }

    @Test func `The time in an HTTP header is read as the specification writes it`() {
        // RFC 9110's own example, and its seconds since 1970.
        #expect(HTTPDate.seconds("Sun, 06 Nov 1994 08:49:37 GMT") == 784_111_777)
        #expect(HTTPDate.seconds("yesterday") == nil)
        #expect(HTTPDate.seconds("Sun, 31 Feb 1994 08:49:37 GMT") == nil)
    }
}

@Suite struct `What a person is told` {
    @Test func `Status says that a node runs, what waits, and in which language one likes`() async throws {
        let node = try TestNode()
        let state = try node.folder.state
        #expect(try await !StatusReport(state: state).isRunning)
        try await node.running {
            try await node.coordinator.offer(node.consortium.signed(node.consortium.ticket(Consortium.question(50))))
            try await node.settles([.sent: 1])
            let report = try await StatusReport(state: state)
            #expect(report.isRunning)
            #expect(report.lines(korean: false)[0] == "KR-H-0011  connected")
            #expect(report.lines(korean: true)[0] == "KR-H-0011  연결됨")
            #expect(report.json.objectValue?["tickets"]?.objectValue?["sent"] == 1)
        }
    }

    @Test func `A proxy's 407 reaches the status with what to set`() async throws {
        let node = try TestNode()
        try await node.running {
            await node.coordinator.makeTrouble("tickets", .unreachable)
            try await node.coordinator.offer(node.consortium.signed(node.consortium.ticket()))
            try await eventually { node.logged.contains("CONNECTION_REFUSED") }
        }
    }

    @Test func `A preview is what would leave, byte for byte but for ids and time, and nothing is stored`() async throws {
        let node = try TestNode()
        let question = try Consortium.question(240)
        var configuration = try Consortium.configuration(node.folder)
        configuration.limits.secondsPerQuery = 60
        let preview = Preview(
            configuration: configuration, policy: try Consortium.policy(),
            state: try node.folder.state,
            clock: node.consortium.clock.clock, source: node.source)
        let asking = Preview.Asking(project: ProjectID(unchecked: "P-0042"), organisation: "ORG-0007")
        let result = try await preview.run(question, as: asking)
        #expect(!Files.exists(try node.folder.state.database))
        let ticket = try node.consortium.ticket(question)
        try await node.running {
            try await node.coordinator.offer(node.consortium.signed(ticket))
            try await node.coordinator.answered()
        }
        let shown = try NodeAnswer(parsing: result.bytes)
        let sent = try #require(await node.coordinator.answers[ticket.id])
        #expect(shown.outcome == sent.outcome)
        #expect(shown.policy == sent.policy && shown.provenance == sent.provenance && shown.questionHash == sent.questionHash)
        #expect(try await preview.run(question, as: asking).isRepeat)
    }

    @Test func `A preview says which rule would say no`() async throws {
        let node = try TestNode()
        var configuration = try Consortium.configuration(node.folder)
        configuration.limits.secondsPerQuery = 60
        let preview = Preview(
            configuration: configuration, policy: try Consortium.policy(),
            state: try node.folder.state,
            clock: node.consortium.clock.clock, source: node.source)
        let result = try await preview.run(try Consortium.question(), as: .init(project: ProjectID(unchecked: "P-9999")))
        #expect(result.outcome == .declined(.projectUnknown, at: []))
        #expect(result.rules.last == ListedProjectRule.words)
        #expect(node.source.evaluations.withLock { $0 } == 0)
    }

    @Test func `The doctor names what is missing, in order, and does not stop at the first`() async throws {
        let folder = try TemporaryFolder()
        try Consortium.nodeYAML.write(toFile: folder.path + "/node.yaml", atomically: true, encoding: .utf8)
        try "schema: x".write(toFile: folder.path + "/policy.yaml", atomically: true, encoding: .utf8)
        let findings = await Doctor(
            configurationFile: folder.path + "/node.yaml", policyFile: folder.path + "/policy.yaml",
            stateDirectory: folder.path + "/state", environment: [:]
        ).examine()
        let states = Dictionary(findings.map { ($0.check, $0.state) }, uniquingKeysWith: { first, _ in first })
        #expect(states["configuration"] == .ok)
        #expect(states["policy"] == .failed)
        #expect(states["state"] == .ok)
        #expect(states["store"] == .failed)
        #expect(states["index"] == .warning)
        #expect(states["certificate"] == .failed)
        #expect(states["coordinator"] == .failed)
        #expect(findings.filter { $0.state == .failed }.allSatisfy { !$0.advice.isEmpty })
    }

    /// What the doctor says about an enrolled node.
    private func examine(_ node: TestNode, _ environment: [String: String] = [:]) async -> [String: Doctor.Finding] {
        let findings = await Doctor(
            configurationFile: node.folder.path + "/node.yaml", policyFile: node.folder.path + "/policy.yaml",
            stateDirectory: node.folder.path + "/state", environment: environment
        ).examine()
        return Dictionary(findings.map { ($0.check, $0) }, uniquingKeysWith: { first, _ in first })
    }

    @Test func `The doctor sees a key that others may read, and a policy that others may change`() async throws {
        let node = try TestNode()
        let folder = node.folder.path
        try Consortium.nodeYAML.write(toFile: folder + "/node.yaml", atomically: true, encoding: .utf8)
        try Consortium.policyYAML.write(toFile: folder + "/policy.yaml", atomically: true, encoding: .utf8)
        for name in ["node.yaml", "policy.yaml"] { chmod("\(folder)/\(name)", 0o640) }
        #expect(await examine(node)["permissions"]?.state == .ok)
        chmod(folder + "/policy.yaml", 0o666)
        #expect(await examine(node)["permissions"]?.message.contains("policy.yaml") == true)
        chmod(folder + "/policy.yaml", 0o640)
        chmod(try node.folder.state.file("identity/signing-key"), 0o644)
        let finding = await examine(node)["permissions"]
        #expect(finding?.state == .failed && finding?.message.contains("signing-key") == true)
    }

    @Test func `The doctor's report names credentials and keys, and tells no secret`() async throws {
        let node = try TestNode()
        let folder = node.folder.path
        let yaml =
            Consortium.nodeYAML + """

                transport:
                  proxy: { url: "http://127.0.0.1:1", username_file: "proxy-user", password_file: "proxy-password" }
                """
        try yaml.write(toFile: folder + "/node.yaml", atomically: true, encoding: .utf8)
        try Consortium.policyYAML.write(toFile: folder + "/policy.yaml", atomically: true, encoding: .utf8)
        let credentials = folder + "/credentials"
        try FileManager.default.createDirectory(atPath: credentials, withIntermediateDirectories: true)
        for (name, text) in [("proxy-user", "user-hunter"), ("proxy-password", "password-hunter")] {
            try text.write(toFile: "\(credentials)/\(name)", atomically: true, encoding: .utf8)
        }
        let findings = await examine(node, ["CREDENTIALS_DIRECTORY": credentials])
        // Found by their bare names, although they are nowhere beside node.yaml.
        #expect(findings["configuration"]?.state == .ok)
        #expect(findings["credentials"]?.message == "proxy-password, proxy-user")
        #expect(findings["signatures"]?.state == .ok)
        let secret = try Files.text(try node.folder.state.file("identity/signing-key"), what: "key")
        let text = findings.values.map { $0.json.text() }.joined()
        for word in ["user-hunter", "password-hunter", secret] { #expect(!text.contains(word)) }
    }
}
