// A test may fail at once: a missing value here is a mistake in the test.
// swift-format-ignore-file: NeverForceUnwrap

import CanonicalJSON
import Foundation
import Glibc
import OMOPStore

/// Work for the official SQL: stores, and the definitions that are to be run on each.
struct OracleJob {
    /// What the SQL gave for one definition on one store.
    struct Outcome {
        let store: String
        let name: String
        /// Why the SQL could not be run, if it could not.
        let error: String?
        let rows: Set<[Int]>
        let qualifiedEvents: Int
        let anyEvent: [Set<Int>]
        let byEvent: [UInt64: Int]
        /// Nil for definitions without rules, for which upstream keeps no statistics.
        let byPerson: [UInt64: Int]?
    }

    private var stores: [(name: String, store: SmallStore, definitions: [(name: String, definition: JSONValue)])] = []

    mutating func add(_ name: String, _ store: SmallStore, _ definitions: [(name: String, definition: JSONValue)]) {
        stores.append((name, store, definitions))
    }

    /// Whether this machine can run the official SQL.
    static let isAvailable: Bool = {
        (try? python(["-c", "import duckcdm, duckdb"])) == 0
    }()

    /// Runs the job in a folder of its own.
    func run() throws -> [Outcome] {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("dure-oracle-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data(json.text().utf8).write(to: folder.appendingPathComponent("job.json"))
        let status = try Self.python([Self.script("oracle.py"), folder.path])
        guard status == 0 else { throw OracleFailure(status: status) }
        let result = try JSONValue(
            parsing: Data(contentsOf: folder.appendingPathComponent("result.json")),
            limits: JSONLimits(maxBytes: 1 << 30, maxDepth: 64, maxValues: 100_000_000))
        return try JSONReader(result).array(maxCount: 1_000_000).map { try Self.outcome($0) }
    }

    struct OracleFailure: Error { let status: Int32 }

    /// A script that lies beside this file.
    static func script(_ name: String) -> String {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(name).path
    }

    /// What a script prints, without the line break at the end.
    static func pythonOutput(_ arguments: [String]) throws -> String {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("dure-python-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: file) }
        let status = try python(arguments, output: file.path)
        guard status == 0 else { throw OracleFailure(status: status) }
        return try String(contentsOf: file, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Runs Python and waits for it. Foundation's `Process` sometimes misses the end of a short child.
    private static func python(_ arguments: [String], output: String = "/dev/null") throws -> Int32 {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        var words: [UnsafeMutablePointer<CChar>?] = (["python3"] + arguments).map { strdup($0) } + [nil]
        var environment: [UnsafeMutablePointer<CChar>?] =
            ProcessInfo.processInfo.environment.map { strdup("\($0)=\($1)") } + [nil]
        defer { for word in words + environment { free(word) } }
        var child = pid_t()
        let failure = posix_spawnp(&child, "python3", &actions, nil, &words, &environment)
        guard failure == 0 else { throw OracleFailure(status: failure) }
        var status: Int32 = 0
        while waitpid(child, &status, 0) == -1 && errno == EINTR {}
        return status & 0x7F == 0 ? status >> 8 & 0xFF : -1
    }

    private static func outcome(_ reader: JSONReader) throws -> Outcome {
        let (store, name) = (try reader.required("store").string(), try reader.required("name").string())
        if let error = try reader.optional("error") {
            return Outcome(
                store: store, name: name, error: try error.string(), rows: [], qualifiedEvents: 0, anyEvent: [], byEvent: [:],
                byPerson: nil)
        }
        func numbers(_ reader: JSONReader) throws -> [Int] {
            try reader.array(maxCount: 1_000_000).map { try $0.int(in: .min ... .max) }
        }
        func masks(_ reader: JSONReader) throws -> [UInt64: Int] {
            guard case .object(let object) = reader.value else { return [:] }
            var found: [UInt64: Int] = [:]
            for (mask, count) in object { found[UInt64(mask)!] = JSONReader(count).value.intValue }
            return found
        }
        return Outcome(
            store: store, name: name, error: nil,
            rows: Set(try reader.required("rows").array(maxCount: 1_000_000).map(numbers)),
            qualifiedEvents: try reader.required("qualifiedEvents").int(in: 0...Int.max),
            anyEvent: try reader.required("anyEvent").array().map { Set(try numbers($0)) },
            byEvent: try masks(try reader.required("byEvent")), byPerson: try reader.optional("byPerson").map(masks))
    }

    private var json: JSONValue {
        [
            "stores": .array(
                stores.map { entry in
                    [
                        "name": .string(entry.name), "tables": entry.store.json,
                        "definitions": .array(
                            entry.definitions.map { ["name": .string($0.name), "definition": $0.definition] }),
                    ]
                })
        ]
    }
}

extension JSONValue {
    /// The number as an integer, 0 for anything else.
    fileprivate var intValue: Int {
        if case .number(let number) = self { number.int ?? 0 } else { 0 }
    }
}

extension SmallStore {
    /// Every table as columns and rows, dates and datetimes as text.
    var json: JSONValue {
        var tables = JSONObject()
        for (table, rows) in self.tables.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            let columns = Set(rows.flatMap(\.keys)).sorted()
            tables[table.rawValue] = [
                "columns": .array(columns.map { .string($0) }),
                "rows": .array(rows.map { row in .array(columns.map { (row[$0] ?? .null).json }) }),
            ]
        }
        return .object(tables)
    }
}

extension Cell {
    fileprivate var json: JSONValue {
        switch self {
        case .null: nil
        case .int(let value): .number(JSONNumber(value))
        case .double(let value): .number(JSONNumber(value))
        case .text(let value): .string(value)
        case .day(let day): .string(CalendarDay(dayNumber: Int32(day)).description)
        case .minute(let minute):
            .string(
                CalendarDay(dayNumber: Int32(day!)).description + " "
                    + String(format: "%02d:%02d:00", minute / 60 % 24, minute % 60))
        }
    }
}
