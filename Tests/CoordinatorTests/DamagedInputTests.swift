import CanonicalJSON
import Decoders
import Federation
import Foundation
import Testing

@testable import Coordinator

/// The coordinator's own readers on bytes that are nearly right; those that other rooms have, too, are in Tests/Decoders.
@Suite struct DamagedInputTests {
    private static let isLong = ProcessInfo.processInfo.environment["DURE_LONG_TESTS"] == "1"

    /// A reader, and what it reads when nothing is wrong.
    struct Reader: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let seed: @Sendable () throws -> String
        /// Whether it took the text.
        let read: @Sendable (String) -> Bool
    }

    static let readers: [Reader] = [
        Reader(testDescription: "coordinator.yaml") {
            ConfigurationTemplate.text(
                CoordinatorConfiguration(
                    consortiumID: "C-PNUH", consortiumName: BilingualText(ko: "시험", en: "Test"),
                    nodes: .init(host: "127.0.0.1", port: 1), people: .init(host: "127.0.0.1", port: 2), hosts: ["localhost"]))
        } read: {
            (try? CoordinatorConfiguration(yaml: $0)) != nil
        },
        Reader(testDescription: "a roster's YAML") {
            """
            schema: dure.roster/1
            notice: "n"
            hospitals: [{id: "KR-H-0011", name: {en: "H"}}]
            consortia: []
            """
        } read: { text in
            guard let json = try? YAMLDocument.json(text, file: "roster.yaml") else { return false }
            return (try? JSONValue(parsing: json.canonicalBytes())) == json
        },
        Reader(testDescription: "a request for a token") {
            #"{"label":"l","scopes":["read","run"],"days":30}"#
        } read: {
            (try? TokenRequest(parsing: Array($0.utf8))) != nil
        },
        Reader(testDescription: "scopes") {
            "read,run"
        } read: {
            Scope.parse($0) != nil
        },
        Reader(testDescription: "a password's hash") {
            try PasswordHash(of: "four unrelated words", cost: .trivial).text
        } read: { text in
            guard let hash = PasswordHash(text) else { return false }
            return PasswordHash(hash.text) == hash
        },
    ]

    @Test(arguments: readers) func nearlyRightTextIsRefusedOrReadAndNothingTraps(_ reader: Reader) throws {
        let seed = Array(try reader.seed().utf8)
        #expect(reader.read(String(decoding: seed, as: UTF8.self)))
        var mutator = Mutator(seed: 2_026)
        for _ in 0..<(Self.isLong ? 20_000 : 200) {
            _ = reader.read(String(decoding: mutator.mutated(seed, with: seed), as: UTF8.self))
        }
    }

    @Test func aDamagedStateFileIsFoundOrHarmlessAndNothingTraps() async throws {
        let coordinator = try await TestCoordinator.make()
        _ = try await coordinator.enrol(.busan)
        try await coordinator.addPerson("kim", .researcher)
        try await coordinator.addProject(hospitals: [.busan], members: ["kim"])
        _ = try await coordinator.ask(try await coordinator.signIn("kim"))
        let path = coordinator.directory.path + "/damaged.sqlite"
        try await coordinator.office.backUp(to: path, by: .operatorAccount("test"))
        let good = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
        var random = Mutator(seed: 7)
        var found = 0
        for _ in 0..<(Self.isLong ? 2_000 : 30) {
            for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
            try Data(random.flipped(good, count: 4)).write(to: URL(fileURLWithPath: path))
            do {
                try await Self.readEverything(in: path, coordinator.time.clock)
            } catch {
                #expect(error is CoordinatorError, "\(error)")
                found += 1
            }
        }
        #expect(found > 0)
    }

    private static func readEverything(in path: String, _ clock: CoordinatorClock) async throws {
        let database = try CoordinatorDatabase(path: path)
        defer { database.close() }
        try await database.check()
        _ = try await PeopleRegister(database: database, clock: clock, passwords: PasswordDesk(cost: .trivial)).list()
        _ = try await ProjectRegister(database: database, clock: clock).list()
        _ = try await RosterRegister(database: database, clock: clock).current()
        _ = try await AuditLog(database: database).verify()
    }
}
