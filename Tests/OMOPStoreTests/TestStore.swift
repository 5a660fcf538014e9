import Foundation
import GRDBSQLite
import Testing

@testable import OMOPStore

/// A small SQLite store in a folder of its own, built by SQL, removed when the tests end.
struct TestStore {
    let folder: URL
    let path: String

    /// A store made by `sql`; every statement must succeed.
    init(_ sql: String, name: String = "store.sqlite") throws {
        folder = try TemporaryFolders.make()
        path = folder.appendingPathComponent(name).path
        try run(sql)
    }

    /// Runs more SQL on the file.
    func run(_ sql: String) throws {
        var handle: OpaquePointer?
        #expect(sqlite3_open(path, &handle) == SQLITE_OK)
        defer { sqlite3_close(handle) }
        var message: UnsafeMutablePointer<CChar>?
        let code = sqlite3_exec(handle, sql, nil, nil, &message)
        if code != SQLITE_OK {
            let text = message.map { String(cString: $0) } ?? ""
            sqlite3_free(message)
            throw TestFailure(description: "SQL failed: \(text)")
        }
    }

    /// The first value of the first row, as SQLite's own text of it: an independent reading.
    func plain(_ sql: String) throws -> String? {
        try Self.plain(path, sql)
    }

    static func plain(_ path: String, _ sql: String) throws -> String? {
        var handle: OpaquePointer?
        #expect(sqlite3_open_v2(path, &handle, SQLITE_OPEN_READONLY, nil) == SQLITE_OK)
        defer { sqlite3_close(handle) }
        var statement: OpaquePointer?
        guard sqlite3_prepare_v2(handle, sql, -1, &statement, nil) == SQLITE_OK else {
            throw TestFailure(description: String(cString: sqlite3_errmsg(handle)))
        }
        defer { sqlite3_finalize(statement) }
        guard sqlite3_step(statement) == SQLITE_ROW, let text = sqlite3_column_text(statement, 0) else { return nil }
        return String(cString: text)
    }

    /// The store opened as on 2026-11-22, fatal problems and all.
    func open() throws -> SQLiteClinicalStore {
        try SQLiteClinicalStore(path: path, today: 20_779)
    }

    /// What is told about the store.
    func problems() throws -> [StoreProblem] {
        try open().profile.problems
    }
}

/// Folders for tests, all in one that is removed when the process ends (a store is read after the value that made it is gone).
enum TemporaryFolders {
    private static let root: URL = {
        let root = FileManager.default.temporaryDirectory.appendingPathComponent("dure-store-\(UUID().uuidString)")
        atexit { try? FileManager.default.removeItem(at: TemporaryFolders.root) }
        return root
    }()

    static func make() throws -> URL {
        let folder = root.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }
}

struct TestFailure: Error, CustomStringConvertible {
    var description: String
}

/// Tables that most tests need, as CDM v5.4 has them.
enum Tables {
    static let person = """
        CREATE TABLE person (person_id INTEGER, gender_concept_id INTEGER, year_of_birth INTEGER, month_of_birth INTEGER,
          race_concept_id INTEGER, ethnicity_concept_id INTEGER);
        INSERT INTO person VALUES (1, 8507, 1950, 5, 0, 0), (2, 8532, 1980, NULL, 0, 0), (3, 8532, 2010, 1, 0, 0);
        """
    static let period = """
        CREATE TABLE observation_period (observation_period_id INTEGER, person_id INTEGER, observation_period_start_date TEXT,
          observation_period_end_date TEXT, period_type_concept_id INTEGER);
        INSERT INTO observation_period VALUES (1, 1, '2010-01-01', '2020-12-31', 0), (2, 2, '2012-06-30', '2021-01-01', 0);
        """
    static let source = """
        CREATE TABLE cdm_source (cdm_source_name TEXT, cdm_source_abbreviation TEXT, cdm_holder TEXT, source_release_date TEXT,
          cdm_release_date TEXT, cdm_version TEXT, cdm_version_concept_id INTEGER, vocabulary_version TEXT);
        INSERT INTO cdm_source VALUES ('Small', 'S', 'Us', '2026-10-01', '2026-11-02', 'v5.4', 756265, 'v5.0 27-AUG-26');
        """
    static let vocabulary = """
        CREATE TABLE concept (concept_id INTEGER, concept_name TEXT, domain_id TEXT, vocabulary_id TEXT, concept_class_id TEXT,
          standard_concept TEXT, concept_code TEXT, valid_start_date TEXT, valid_end_date TEXT, invalid_reason TEXT);
        INSERT INTO concept VALUES (201826, 'sugar', 'Condition', 'Ours', 'Finding', 'S', 'a', '1970-01-01', '2099-12-31', NULL);
        CREATE TABLE concept_ancestor (ancestor_concept_id INTEGER, descendant_concept_id INTEGER,
          min_levels_of_separation INTEGER, max_levels_of_separation INTEGER);
        INSERT INTO concept_ancestor VALUES (201826, 201826, 0, 0);
        CREATE TABLE concept_relationship (concept_id_1 INTEGER, concept_id_2 INTEGER, relationship_id TEXT,
          valid_start_date TEXT, valid_end_date TEXT, invalid_reason TEXT);
        INSERT INTO concept_relationship VALUES (201826, 201826, 'Maps to', '1970-01-01', '2099-12-31', NULL);
        """
    static let core = person + period + source + vocabulary

    /// `condition_occurrence` whose start dates are `values`, written as SQL, in a column of type `type`.
    static func conditions(starting values: [String], type: String = "") -> String {
        let rows = values.enumerated().map { "(\($0.offset + 1), 1, 201826, \($0.element), 0)" }.joined(separator: ", ")
        return """
            CREATE TABLE condition_occurrence (condition_occurrence_id INTEGER, person_id INTEGER, condition_concept_id INTEGER,
              condition_start_date \(type), condition_type_concept_id INTEGER);
            INSERT INTO condition_occurrence VALUES \(rows);
            """
    }
}

extension ClinicalStore {
    /// Every value of one column, by `read`.
    func column<Value>(_ table: CDMTable, _ name: String, _ read: (borrowing CDMRow) -> Value) throws -> [Value] {
        var values: [Value] = []
        try scan(table, columns: [name]) { values.append(read($0)) }
        return values
    }

    func days(_ table: CDMTable, _ name: String) throws -> [Int32?] {
        try column(table, name) { $0.day(0) }
    }
}
