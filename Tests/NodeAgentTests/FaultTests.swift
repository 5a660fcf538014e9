import CanonicalJSON
@_spi(Hospital) import Disclosure
import FaultPoints
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
        var found = 0
        for round in 0..<60 {
            var bad = good
            // Scattered over the whole file by Knuth's multiplier, the same in every run.
            for change in round * 4..<round * 4 + 4 { bad[change * 2_654_435_761 % bad.count] ^= UInt8(1 + change * 37 % 255) }
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

    @Test(.enabled(if: canMount, "a small file system needs root and the right to mount it"))
    func `A disk that fills while an index is made leaves the old one, and the next refresh works`() async throws {
        let (folder, stores) = (try TemporaryFolder(), try TemporaryFolder())
        try #require(Self.run("mount", "-t", "tmpfs", "-o", "size=16m,mode=0700", "tmpfs", folder.path))
        defer { _ = Self.run("umount", "--lazy", folder.path) }
        // The store is on another disk.
        let path = stores.path + "/omop.sqlite"
        let yaml = Consortium.nodeYAML.replacing("omop.sqlite", with: path)
        let configuration = try Consortium.configuration(folder, yaml: yaml)
        let (state, person) = (try folder.state, Operator(uid: 4_000, name: "kim"))
        let refresh = DataRefresh(configuration: configuration, state: state)
        func count() throws -> Int {
            try NodeStore.open(configuration, path: state.index(of: "omop")).evaluate(SmallStore.question) { false }.total.count
                .value
        }
        try SmallStore.write(to: path, persons: 30)
        _ = try await refresh.finish(release: nil, by: person)
        try SmallStore.write(to: path, persons: 8_000)
        // Room for an index like the present one, so that it is begun, and not for the one that is coming.
        let filler = folder.path + "/filler"
        _ = FileManager.default.createFile(atPath: filler, contents: nil)
        let file = try #require(FileHandle(forWritingAtPath: filler))
        let needed = IndexShelf(state, source: "omop").currentBytes
        while let free = state.freeBytes, free > needed + 131_072 { try file.write(contentsOf: Data(count: 4_096)) }
        let reached = Locked<Set<FaultPoint>>([])
        let error = await FaultPoint.$observer.withValue({ step in reached.withLock { _ = $0.insert(step) } }) {
            await #expect(throws: NodeError.self) { try await refresh.finish(release: nil, by: person) }
        }
        #expect(error?.code == .diskFull, "\(String(describing: error))")
        #expect(reached.withLock { $0.contains(.refreshBuilding) && !$0.contains(.refreshBuilt) })
        #expect(refresh.status.word == "idle")
        #expect(try count() == 30)
        unlink(filler)
        try file.close()
        #expect(try await refresh.finish(release: nil, by: person).isTaken)
        #expect(try count() == 8_000)
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
