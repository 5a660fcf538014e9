import CanonicalJSON
import Federation
import Foundation
import Testing

@testable import NodeAgent

/// What goes wrong on a hospital's machine: the node says so in words, and loses nothing.
@Suite struct `Faults of the machine` {
    private static func run(_ words: String...) -> Bool {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = words
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }

    /// Whether a small file system can be mounted here.
    private static let canMount: Bool = {
        guard getuid() == 0, let folder = try? TemporaryFolder(),
            run("mount", "-t", "tmpfs", "-o", "size=100k", "tmpfs", folder.path)
        else { return false }
        return run("umount", folder.path)
    }()

    private func end(_ task: Task<Void, any Error>) async throws {
        task.cancel()
        try await task.value
    }

    /// Starts a daemon on the state directory as it is, and brings back why it does not start.
    private func refusal(_ node: TestNode) async throws -> NodeError? {
        do {
            let identity = try NodeIdentity(in: node.folder.state)
            let service = try NodeService(try node.parts())
            _ = try await RunningNode(try node.parts(), identity)
            _ = service
            return nil
        } catch let error as NodeError {
            return error
        }
    }

    @Test(arguments: ["folder", "text", "nothing"]) func `What is not what it should be is named, whatever it is`(kind: String)
        async throws
    {
        let names = [
            "node-secret", "state.sqlite", "ledger-mark", "lock", "identity/signing-key", "identity/tls-key.pem",
            "identity/grant.json",
        ]
        for name in names {
            let node = try TestNode()
            let state = try node.folder.state
            // Everything is there and works.
            #expect(try await refusal(node) == nil)
            let path = state.file(name)
            try FileManager.default.removeItem(atPath: path)
            for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
            switch kind {
            case "folder": try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            case "text": try Data("something else".utf8).write(to: URL(fileURLWithPath: path))
            default: _ = FileManager.default.createFile(atPath: path, contents: nil)
            }
            // The lock's content is a note for people, and an empty database is a new one.
            let isHarmless = name == "lock" && kind != "folder" || name == "state.sqlite" && kind == "nothing"
            let error = try await refusal(node)
            if isHarmless { continue }
            #expect(error != nil, "\(name): \(kind)")
            #expect(error?.advice.isEmpty == false && error?.message.isEmpty == false, "\(name): \(kind)")
        }
    }

    @Test func `A changed byte anywhere in the state file is found or harmless, and nothing traps`() async throws {
        let node = try TestNode()
        try await node.running {
            for count in 0..<4 {
                await node.coordinator.offer(try node.consortium.signed(node.consortium.ticket(Consortium.question(40 + count))))
            }
            try await node.settles([.sent: 4])
        }
        let state = try node.folder.state
        let path = state.database
        // What is in the log goes into the file, so that there is one file to damage.
        let spool = try Spool(try node.folder.state, hospital: Consortium.hospital)
        try await spool.checkpoint()
        let good = try Data(contentsOf: URL(fileURLWithPath: path))
        var random = DamageRandom(state: 7)
        var found = 0
        for _ in 0..<60 {
            var bad = good
            for _ in 0..<4 { bad[Int.random(in: 0..<bad.count, using: &random)] ^= UInt8.random(in: 1...255, using: &random) }
            for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
            try bad.write(to: URL(fileURLWithPath: path))
            do throws(NodeError) {
                let spool = try Spool(state, hospital: Consortium.hospital)
                try await spool.check()
                _ = try await spool.counts()
                _ = try await spool.next(.send)
                _ = try await spool.ledgerRecord(0)
                _ = try await spool.verifyAudit()
            } catch {
                #expect([.integrity, .state].contains(error.code), "\(error)")
                found += 1
            }
        }
        #expect(found > 0)
    }

    @Test(.enabled(if: canMount, "a small file system needs root and the right to mount it"))
    func `On a full disk nothing is lost: what was not stored is taken once there is room`() async throws {
        let folder = try TemporaryFolder()
        try #require(Self.run("mount", "-t", "tmpfs", "-o", "size=16m,mode=0700", "tmpfs", folder.path))
        defer { _ = Self.run("umount", "--lazy", folder.path) }
        let node = try TestNode(in: folder)
        let tickets = try (0..<40).map { try node.consortium.ticket(Consortium.question(20 + $0)) }
        try await node.running {
            try await eventually { await !node.coordinator.polls.isEmpty }
            // All but some pages are taken by something else on that disk.
            let filler = folder.path + "/filler"
            _ = FileManager.default.createFile(atPath: filler, contents: nil)
            let file = try #require(FileHandle(forWritingAtPath: filler))
            while (try? file.write(contentsOf: Data(count: 4_096))) != nil {}
            for ticket in tickets { await node.coordinator.offer(try node.consortium.signed(ticket)) }
            try await eventually { node.logged.contains("DISK_FULL") }
            unlink(filler)
            try file.close()
            // As after the lease: what was not acknowledged is offered again.
            try await eventually {
                let known = Set(await node.coordinator.acknowledged)
                for ticket in tickets where !known.contains(ticket.id) {
                    await node.coordinator.offer(try node.consortium.signed(ticket))
                }
                try await Task.sleep(for: .milliseconds(200))
                return await node.coordinator.answers.count == tickets.count
            }
        }
        #expect(Set(await node.coordinator.answers.keys) == Set(tickets.map(\.id)))
        // The same bytes each time: nothing was answered twice in two ways.
        #expect(Set(await node.coordinator.posted).count == tickets.count)
        _ = try await node.spool().verifyAudit()
    }

    @Test func `The clock jumps a year ahead and back: late tickets are refused, and the node goes on`() async throws {
        let node = try TestNode()
        let service = try NodeService(try node.parts())
        let task = Task { try await service.run() }
        let first = try node.consortium.ticket(Consortium.question(64))
        await node.coordinator.offer(try node.consortium.signed(first))
        try await node.coordinator.answered(1)
        let second = try node.consortium.ticket(Consortium.question(65))
        let document = try node.consortium.signed(second)
        node.consortium.clock.move(365 * 86_400)
        await node.coordinator.offer(document)
        try await eventually { node.logged.contains("TICKET_EXPIRED") }
        #expect(await node.coordinator.answers.count == 1)
        node.consortium.clock.move(-365 * 86_400)
        await node.coordinator.offer(document)
        try await node.coordinator.answered(2)
        try await end(task)
        #expect(Set(await node.coordinator.answers.keys) == [first.id, second.id])
        _ = try await node.spool().verifyAudit()
    }

    @Test func `Tickets and withdrawals in any order end in the same answers`() async throws {
        let node = try TestNode()
        let tickets = try (0..<6).map { try node.consortium.ticket(Consortium.question(100 + 20 * $0)) }
        try await node.running {
            // A withdrawal before its ticket, tickets backwards, each three times, and a withdrawal after the answer.
            await node.coordinator.cancel(tickets[0].id)
            for _ in 0..<3 {
                for ticket in tickets.reversed() { await node.coordinator.offer(try node.consortium.signed(ticket)) }
            }
            try await node.coordinator.answered(tickets.count)
            await node.coordinator.cancel(tickets[1].id)
            try await node.settles([.sent: tickets.count])
        }
        #expect(Set(await node.coordinator.posted).count == tickets.count)
        #expect(node.source.evaluations.withLock { $0 } == tickets.count)
    }
}

/// SplitMix64.
private struct DamageRandom: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
