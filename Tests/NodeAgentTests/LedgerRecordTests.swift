import Crypto
@_spi(Hospital) import Disclosure
import Federation
import Foundation
import GRDB
import Testing

@testable import NodeAgent

/// The release ledger's records: each release appends one, and whoever changes, moves, drops or swaps one is noticed.
@Suite struct `The records of the release ledger` {
    private func ask(_ node: TestNode, _ sizes: [Int]) async throws {
        try await node.running {
            for size in sizes {
                let ticket = try node.consortium.ticket(Consortium.question(size, attrition: false))
                try await node.coordinator.offer(node.consortium.signed(ticket))
                try await eventually { await node.coordinator.answers[ticket.id] != nil }
            }
        }
    }

    private func write(_ node: TestNode, _ body: (Database) throws -> Void) throws {
        let database = try DatabaseQueue(path: try node.folder.state.database)
        try database.write(body)
    }

    /// Somebody with the file in an editor: the triggers that stop an honest program do not stop them.
    private func tamper(_ node: TestNode, _ sql: String) throws {
        try write(node) { database in
            try database.execute(sql: "DROP TRIGGER IF EXISTS ledger_is_append_only_1")
            try database.execute(sql: "DROP TRIGGER IF EXISTS ledger_is_append_only_2")
            try database.execute(sql: sql)
        }
    }

    private func start(_ node: TestNode) async throws {
        _ = try await RunningNode(try node.parts(), try NodeIdentity(in: node.folder.state))
    }

    @Test func `Each release appends one record, and none is written again`() async throws {
        let node = try TestNode()
        try await ask(node, [200, 400])
        let spool = try node.spool()
        let first = try await (0..<3).asyncMap { try await spool.ledgerRecord($0) }
        #expect(try await spool.ledgerHead().records == 3)
        try await ask(node, [600])
        let after = try await (0..<4).asyncMap { try await spool.ledgerRecord($0) }
        #expect(Array(after.prefix(3)) == first && after[3] != nil)
        for statement in ["DELETE FROM ledger_record", "UPDATE ledger_record SET sealed = x'00'"] {
            #expect(throws: DatabaseError.self) { try write(node) { try $0.execute(sql: statement) } }
        }
    }

    @Test(arguments: [
        // Cut short, a hole, two that changed places, one twice, one of the bytes changed, one of another ledger.
        "DELETE FROM ledger_record WHERE sequence = 3", "DELETE FROM ledger_record WHERE sequence = 1",
        """
        UPDATE ledger_record SET sequence = -1 WHERE sequence = 1; UPDATE ledger_record SET sequence = 1 WHERE sequence = 2;
        UPDATE ledger_record SET sequence = 2 WHERE sequence = -1
        """,
        "UPDATE ledger_record SET sealed = (SELECT sealed FROM ledger_record WHERE sequence = 1) WHERE sequence = 2",
        "UPDATE ledger_record SET sealed = CAST(substr(sealed, 1, 40) || x'00' || substr(sealed, 42) AS BLOB) WHERE sequence = 3",
        "INSERT INTO ledger_record VALUES (4, x'00')", "DELETE FROM ledger_record",
        "DELETE FROM setting WHERE name = 'release-ledger-head'",
        "DELETE FROM ledger_record; DELETE FROM setting WHERE name = 'release-ledger-head'",
        "INSERT INTO setting VALUES ('release-ledger', x'00')",
    ])
    func `A ledger that was cut, reordered or replaced is noticed at the start`(_ sql: String) async throws {
        let node = try TestNode()
        try await ask(node, [200, 400, 600])
        try await start(node)
        try tamper(node, sql)
        let error = await #expect(throws: NodeError.self) { try await start(node) }
        #expect(error?.code == .integrity)
        #expect(error?.advice.contains("backup") == true)
    }

    @Test func `Cut short together with its head it is noticed by the note beside the database, or at the next release`()
        async throws
    {
        let node = try TestNode()
        try await ask(node, [200, 400])
        let head = try #require(try await node.spool().ledgerHead().head)
        try await ask(node, [600])
        try await start(node)
        try tamper(node, "DELETE FROM ledger_record WHERE sequence = 3")
        try write(node) {
            try $0.execute(
                sql: "UPDATE setting SET value = ? WHERE name = 'release-ledger-head'", arguments: [Data(head)])
        }
        let error = await #expect(throws: NodeError.self) { try await start(node) }
        #expect(error?.code == .integrity)
    }

    @Test func `A ledger in the form of earlier versions becomes the first record, once, and is the same ledger`() async throws {
        let node = try TestNode()
        try await ask(node, [200])
        // As an earlier version left it: one sealed value, and no records.
        let secret = try NodeSecret(in: node.folder.state)
        let store = LedgerStore(secret: secret)
        let before = try await store.open(
            for: node.source, secret: secret, now: node.consortium.clock.now, spool: try node.spool()
        ).ledger
        let box = try AES.GCM.seal(before.bytesToSeal.bytes, using: secret.sealingKey)
        let whole: Data = try #require(box.combined)
        try tamper(node, "DELETE FROM ledger_record; DELETE FROM setting WHERE name = 'release-ledger-head'")
        try write(node) {
            try $0.execute(sql: "INSERT INTO setting VALUES ('release-ledger', ?)", arguments: [whole])
        }
        // A group that differs by three patients gets the number that the earlier version told.
        try await ask(node, [203])
        let head = try await node.spool().ledgerHead()
        #expect(head.earlier == nil && head.records == 2)
        let after = try await store.open(
            for: node.source, secret: secret, now: node.consortium.clock.now, spool: try node.spool()
        ).ledger
        #expect(after.count == before.count && after.count == 1)
    }

    @Test func `A record where one stands already is not stored, and nothing that goes with it`() async throws {
        let node = try TestNode()
        try await ask(node, [200])
        let spool = try node.spool()
        let before = try await spool.ledgerHead()
        await #expect(throws: NodeError.self) {
            try await spool.keep(["other": [1]], appending: LedgerAppend(sequence: 1, record: [9], head: [9]))
        }
        #expect(try await spool.setting("other") == nil)
        #expect(try await spool.ledgerHead().head == before.head)
    }
}

extension Range<Int> {
    fileprivate func asyncMap<Value>(_ body: (Int) async throws -> Value) async throws -> [Value] {
        var values: [Value] = []
        for place in self { values.append(try await body(place)) }
        return values
    }
}
