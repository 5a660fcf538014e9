import Federation
import Foundation
import GRDB
import Testing

@testable import Coordinator

@Suite struct AuditTests {
    @Test func everyDeedHasItsLineAndTheChainHolds() async throws {
        let coordinator = try await TestCoordinator.make()
        _ = try await coordinator.enrol(.busan)
        try await coordinator.addPerson("kim", .researcher)
        try await coordinator.addProject(hospitals: [.busan], members: ["kim"])
        let token = try await coordinator.signIn("kim")
        let query = try await coordinator.ask(token)
        let lines = try await coordinator.office.audit.entries(limit: 1_000)
        let actions = lines.compactMap { line in
            line.split(separator: "\"").dropFirst(3).first.map(String.init)
        }
        #expect(
            actions == [
                "coordinator.init", "person.add", "enrolment.code", "node.enrol", "person.add", "project.add",
                "project.hospital.add", "project.member.add", "session.open", "query.create",
            ])
        #expect(lines.last?.contains("\"query:\(query)\"") == true)
        #expect(lines.allSatisfy { !$0.contains(TestCoordinator.password) && !$0.contains(token) })
        #expect(try await coordinator.office.audit.verify().count == 10)
    }

    @Test func eachVersionThatSomebodySeesIsWrittenDownOnce() async throws {
        let coordinator = try await TestCoordinator.make()
        let busan = try await coordinator.enrol(.busan)
        try await coordinator.addPerson("kim", .researcher)
        try await coordinator.addProject(hospitals: [.busan], members: ["kim"])
        let token = try await coordinator.signIn("kim")
        let query = try await coordinator.ask(token)
        for _ in 0..<3 { _ = try await coordinator.result(query, token) }
        #expect(try await coordinator.office.audit.entries(action: "result.read").count == 1)
        let ticket = try #require(try await busan.tickets(coordinator).first)
        _ = try await busan.acknowledge(ticket.id, coordinator)
        for _ in 0..<3 { _ = try await coordinator.result(query, token) }
        #expect(try await coordinator.office.audit.entries(action: "result.read").count == 2)
    }

    @Test func theDatabaseRefusesToChangeOrRemoveALine() async throws {
        let coordinator = try await TestCoordinator.make()
        for sql in ["UPDATE audit SET action = 'x'", "DELETE FROM audit"] {
            await #expect(throws: CoordinatorError.self) {
                try await coordinator.office.database.write { db in try db.execute(sql: sql) }
            }
        }
    }

    @Test(arguments: [
        "UPDATE audit SET entry = CAST(replace(CAST(entry AS TEXT), 'person.add', 'person.xxx') AS BLOB) WHERE sequence = 1",
        "DELETE FROM audit WHERE sequence = 1",
        "UPDATE audit SET hash = 'sha256:' || substr('0000000000000000000000000000000000000000000000000000000000000000', 1) WHERE sequence = 1",
    ])
    func whoGoesAroundTheTriggersIsFoundOut(_ sql: String) async throws {
        let coordinator = try await TestCoordinator.make()
        try await coordinator.addPerson("kim", .researcher)
        try await coordinator.office.database.write { db in
            try db.execute(sql: "DROP TRIGGER audit_is_append_only_1; DROP TRIGGER audit_is_append_only_2")
            try db.execute(sql: sql)
        }
        do {
            _ = try await coordinator.office.audit.verify()
            Issue.record("the chain was taken as whole")
        } catch let error as CoordinatorError {
            #expect(error.code == .integrity)
        }
    }

    @Test func aStateWithAValueOfAnotherKindIsNotWorkedWith() async throws {
        let coordinator = try await TestCoordinator.make()
        try await coordinator.addPerson("kim", .researcher)
        try await coordinator.office.check()
        // As a damaged page may say it: a text that is bytes, in a table that holds texts only.
        try await coordinator.office.database.pool.writeWithoutTransaction { db in
            try db.execute(
                sql: """
                    PRAGMA writable_schema = ON;
                    UPDATE sqlite_schema SET sql = replace(sql, ') STRICT', ')') WHERE name = 'person';
                    PRAGMA writable_schema = RESET;
                    UPDATE person SET display_name = x'FF' WHERE login = 'kim';
                    PRAGMA writable_schema = ON;
                    UPDATE sqlite_schema SET sql = sql || ' STRICT' WHERE name = 'person';
                    PRAGMA writable_schema = RESET;
                    """)
        }
        await #expect { try await coordinator.office.check() } throws: { ($0 as? CoordinatorError)?.code == .integrity }
    }

    @Test func aBackupIsWholeAndAnsweredFrom() async throws {
        let coordinator = try await TestCoordinator.make()
        let path = coordinator.directory.path + "/copy.sqlite"
        try await coordinator.office.backUp(to: path, by: .operatorAccount("test"))
        let copy = try CoordinatorDatabase(path: path)
        #expect(try await AuditLog(database: copy).verify().count == 3)
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        await #expect(throws: CoordinatorError.self) {
            try await coordinator.office.backUp(to: path, by: .operatorAccount("test"))
        }
    }
}
