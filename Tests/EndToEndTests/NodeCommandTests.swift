import Foundation
import GRDB
import Testing

/// `dure-node refresh`, `quality` and `catalogue` through the program itself, as a hospital's ETL and its people call them, held
/// against plain SQL on the store.
@Suite struct NodeCommandTests {
    @Test func aLoadIsTakenUpLookedAtAndGoneBackFrom() throws {
        let node = try NodeProgram()
        defer { node.remove() }
        let made = try node.run("synthesise", "--hospital", "KR-H-0009", "--persons", "1000", "--to", node.store, "--quiet")
        #expect(made.status == 0)
        // Whoever has a row in either table; some who are observed have none in the other.
        let known = "SELECT person_id FROM person UNION SELECT person_id FROM observation_period"
        let persons = try node.count("SELECT count(*) FROM (\(known))")

        #expect(try node.run("refresh", "begin").status == 0)
        #expect(try node.run("refresh", "begin").status != 0)
        #expect(try node.status()["state"] as? String == "loading")
        #expect(try node.run("refresh", "finish", "--release", "2026-10", "--quiet").status == 0)
        let first = try #require(try node.status()["current"] as? [String: Any])
        #expect(first["name"] as? String == "2026-10" && first["persons"] as? Int == persons)
        #expect(try node.run("refresh", "confirm").status != 0)
        #expect(try node.run("refresh", "abort").status != 0)

        // Half of the measurements are gone, and a fifth of the persons were born in 1800: answers are held until somebody looks.
        try node.change("DELETE FROM measurement WHERE person_id % 2 = 0")
        try node.change("UPDATE person SET year_of_birth = 1800 WHERE person_id % 5 = 0")
        #expect(try node.run("refresh", "finish", "--release", "2026-11").status == 8)
        let held = try node.status()
        #expect(held["state"] as? String == "held")
        #expect((held["drops"] as? [String])?.contains("measurement/records") == true)
        #expect(try node.run("refresh", "confirm").status == 0)
        #expect((try node.status()["current"] as? [String: Any])?["name"] as? String == "2026-11")

        let quality = try node.run("quality", "--output", "json", "--all")
        #expect(quality.status == 1)
        let results = try #require(try node.object(quality.output)["results"] as? [[String: Any]])
        let birth = try #require(results.first { $0["check"] as? String == "birth-year" })
        let old = try node.count("SELECT count(*) FROM person WHERE year_of_birth < 1850")
        #expect(birth["state"] as? String == "fail" && birth["failing"] as? Int == old, "\(birth): \(old)")
        let all = try node.count("SELECT count(*) FROM person")
        #expect(birth["of"] as? Int == all)
        // Nothing passes in silence.
        for result in results where result["state"] as? String == "not-run" { #expect(result["reason"] != nil) }

        let catalogue = try node.run("catalogue", "--lang", "en")
        #expect(catalogue.status == 0 && catalogue.errors.contains("does not let it leave"))
        let line = try #require(catalogue.output.split(separator: "\n").first { $0.hasPrefix("measurement  ") })
        let numbers = line.matches(of: try Regex("[0-9]+")).compactMap { Int(line[$0.range]) }
        let truth = try node.count("SELECT count(DISTINCT person_id) FROM measurement")
        #expect(numbers.count == 4 && numbers[0] < numbers[1] && (numbers[0]...numbers[1]).contains(truth), "\(line): \(truth)")

        #expect(try node.run("refresh", "rollback").status == 0)
        #expect((try node.status()["current"] as? [String: Any])?["name"] as? String == "2026-10")
    }
}

/// A hospital's folder, and `dure-node` on it.
private struct NodeProgram {
    let folder: String
    var store: String { folder + "/omop.sqlite" }

    init() throws {
        folder = NSTemporaryDirectory() + "dure-commands-" + UUID().uuidString
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let node = """
            schema: dure.node/1
            node: {id: KR-H-0009, name_en: "Hospital"}
            coordinator: {url: "https://localhost:1"}
            source:
              - {id: omop, kind: sqlite, path: "\(store)", synthetic: true}
            """
        try node.write(toFile: folder + "/node.yaml", atomically: true, encoding: .utf8)
        try SmallConsortium.policyYAML.write(toFile: folder + "/policy.yaml", atomically: true, encoding: .utf8)
    }

    func remove() { try? FileManager.default.removeItem(atPath: folder) }

    func run(_ arguments: String...) throws -> (status: Int32, output: String, errors: String) {
        let programs = URL(fileURLWithPath: try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
            .deletingLastPathComponent()
        let process = Process()
        process.executableURL = programs.appending(path: "dure-node")
        let place = ["--config", folder + "/node.yaml", "--policy", folder + "/policy.yaml", "--state", folder + "/state"]
        process.arguments = arguments + (arguments.first == "synthesise" ? [] : place)
        // As from a terminal, wherever the tests run.
        process.environment = ProcessInfo.processInfo.environment.filter {
            !["INVOCATION_ID", "NOTIFY_SOCKET"].contains($0.key)
        }
        let (output, errors) = (folder + "/output", folder + "/errors")
        for path in [output, errors] { _ = FileManager.default.createFile(atPath: path, contents: nil) }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle(forWritingAtPath: output)
        process.standardError = FileHandle(forWritingAtPath: errors)
        try process.run()
        process.waitUntilExit()
        return (
            process.terminationStatus, try String(contentsOfFile: output, encoding: .utf8),
            try String(contentsOfFile: errors, encoding: .utf8)
        )
    }

    func object(_ text: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    func status() throws -> [String: Any] { try object(try run("refresh", "status", "--output", "json").output) }

    func count(_ sql: String) throws -> Int {
        try DatabaseQueue(path: store).read { try Int.fetchOne($0, sql: sql) } ?? -1
    }

    func change(_ sql: String) throws { try DatabaseQueue(path: store).write { try $0.execute(sql: sql) } }
}
