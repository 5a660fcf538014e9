import Disclosure
import Federation
import Foundation
import Testing

@testable import NodeAgent

@Suite struct `A changed configuration` {
    /// A node whose files are on the disk.
    private func node() throws -> (TestNode, NodeService.Parts) {
        let node = try TestNode()
        try write(node, policy: Consortium.policyYAML)
        var parts = try node.parts()
        let folder = node.folder.path
        parts.reread = { @Sendable () throws(NodeError) in
            (
                try NodeConfiguration(file: folder + "/node.yaml", environment: [:]), try Policy(file: folder + "/policy.yaml")
            )
        }
        return (node, parts)
    }

    private func write(_ node: TestNode, yaml: String = Consortium.nodeYAML, policy: String) throws {
        try yaml.write(toFile: node.folder.path + "/node.yaml", atomically: true, encoding: .utf8)
        try policy.write(toFile: node.folder.path + "/policy.yaml", atomically: true, encoding: .utf8)
    }

    private static let closed = Consortium.policyYAML.replacing("version: 3", with: "version: 4").replacing(
        "P-0042", with: "P-0001")

    private func running(_ parts: NodeService.Parts, _ body: @escaping @Sendable (NodeService) async throws -> Void) async throws
    {
        let service = try NodeService(parts)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await service.run() }
            try await body(service)
            group.cancelAll()
        }
    }

    @Test func `Is used from the next question on`() async throws {
        let (node, parts) = try node()
        try await running(parts) { service in
            let first = try node.consortium.ticket()
            await node.coordinator.offer(try node.consortium.signed(first))
            try await node.coordinator.answered(1)
            try write(node, policy: Self.closed)
            service.reload()
            try await eventually { node.logged.contains("the configuration was read anew") }
            let second = try node.consortium.ticket()
            await node.coordinator.offer(try node.consortium.signed(second))
            try await node.coordinator.answered(2)
            let answer = try #require(await node.coordinator.answers[second.id])
            #expect(answer.outcome == .declined(.projectUnknown, at: []))
            #expect(answer.policy == (try Policy(text: Self.closed, name: "policy.yaml")).hash)
        }
    }

    @Test func `With a mistake is not used, and the log says where, but not what stands there`() async throws {
        let (node, parts) = try node()
        try await running(parts) { service in
            try await eventually { await !node.coordinator.polls.isEmpty }
            try write(
                node, yaml: Consortium.nodeYAML.replacing("seconds_per_query: 300", with: "seconds_per_query: hunter2"),
                policy: Self.closed)
            service.reload()
            try await eventually { node.logged.contains("the one before is kept") }
            #expect(node.logged.contains("limits.seconds_per_query"))
            #expect(!node.logged.contains("hunter2"))
            let status = NodeStatus.read(in: try node.folder.state)
            #expect(status?.problem?.code == "CONFIGURATION")
            // The old policy still answers.
            let ticket = try node.consortium.ticket()
            await node.coordinator.offer(try node.consortium.signed(ticket))
            try await node.coordinator.answered(1)
            #expect(await node.coordinator.answers[ticket.id]?.outcome.word == "answered")
        }
    }

    @Test func `Of another hospital is not used`() async throws {
        let (node, parts) = try node()
        try await running(parts) { service in
            try await eventually { await !node.coordinator.polls.isEmpty }
            try write(node, yaml: Consortium.nodeYAML.replacing("KR-H-0011", with: "KR-H-0012"), policy: Self.closed)
            service.reload()
            try await eventually { node.logged.contains("the one before is kept") }
        }
    }

    @Test func `That holds but whose store cannot be opened is given up for the one before`() async throws {
        let (node, parts) = try node()
        let bell = Bell()
        let desk = ReloadDesk(parts, bell)
        let open = { @Sendable (parts: NodeService.Parts) async throws(NodeError) in
            if parts.policy.version == 4 { throw NodeError(.store, "It is gone.", advice: "Look.") }
            return try await RunningNode(parts, try NodeIdentity(in: parts.state))
        }
        let first = try await desk.open(open)
        try write(node, policy: Self.closed)
        bell.ring()
        await desk.wait(telling: first)
        #expect(desk.parts.policy.version == 4)
        let second = try await desk.open(open)
        #expect(desk.parts.policy.version == 3)
        #expect(await second.board.current.problem?.code == "STORE")
        #expect(node.logged.contains("the one before is kept"))
    }

    @Test func `Lets what runs finish under the old one`() async throws {
        let (node, ready) = try node()
        var parts = ready
        let began = Locked(false)
        var source = node.source
        source.instead = { _ throws(EvaluationRefusal) in
            began.withLock { $0 = true }
            usleep(300_000)
        }
        parts.source = source
        try await running(parts) { service in
            let ticket = try node.consortium.ticket()
            await node.coordinator.offer(try node.consortium.signed(ticket))
            try await eventually { began.withLock { $0 } }
            try write(node, policy: Self.closed)
            service.reload()
            try await node.coordinator.answered(1)
            #expect(await node.coordinator.answers[ticket.id]?.outcome.word == "answered")
        }
    }
}
