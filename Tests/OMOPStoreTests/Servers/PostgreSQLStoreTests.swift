import Foundation
import StoreServers
import Testing

@testable import OMOPStore

/// A PostgreSQL server as a store, against a real server.
@Suite(.enabled(if: TestServer.isInstalled, "PostgreSQL's server is not installed: apt install postgresql"))
struct PostgreSQLStoreTests {
    let server: TestServer

    init() throws { server = try #require(TestServer.shared) }

    private func make(_ name: String, _ sql: String) throws -> String {
        let database = "store_\(name)"
        try server.database(database)
        try server.sql(
            "CREATE SCHEMA cdm; SET search_path = cdm;" + sql
                + "; GRANT USAGE ON SCHEMA cdm TO reader; GRANT SELECT ON ALL TABLES IN SCHEMA cdm TO reader;", database)
        return database
    }

    private static let core = """
        CREATE TABLE person (person_id bigint, gender_concept_id int, year_of_birth int, race_concept_id int,
          ethnicity_concept_id int, month_of_birth int);
        INSERT INTO person VALUES (3, 8532, 2010, 0, 0, 1), (1, 8507, 1950, 0, 0, NULL), (2, 8532, 1980, 0, 0, 12);
        CREATE TABLE observation_period (observation_period_id bigint, person_id bigint, observation_period_start_date date,
          observation_period_end_date date, period_type_concept_id int);
        INSERT INTO observation_period VALUES (1, 1, '2010-01-01', '2020-12-31', 0), (2, 2, '1969-12-31', 'infinity', 0), (3, 3, '2011-02-03', '2020-01-01', 0);
        """

    @Test func `Values of every type are read as they stand, with NULL, escapes and Korean text`() throws {
        let database = try make(
            "values",
            Self.core + """
                CREATE TABLE measurement (measurement_id bigint, person_id bigint, measurement_concept_id int,
                  measurement_date date, measurement_datetime timestamp, measurement_type_concept_id int,
                  value_as_number numeric, range_low double precision, value_source_value text);
                INSERT INTO measurement VALUES
                  (9223372036854775807, 1, -5, '2026-11-22', '2026-11-22 15:04:59.9', 0, 0.1, 1e-300, E'a\\tb\\\\c\\nd'),
                  (-1, 1, 1, '0001-01-01', '1969-12-31 23:59:00', 0, 'NaN', 'Infinity', '혈당'),
                  (0, 1, NULL, NULL, NULL, 0, NULL, NULL, ''), (1, 1, 1, NULL, NULL, 0, 12345678901234567890.5, -0.0, '\\N')
                """)
        let store = try PostgreSQLClinicalStore(try server.address(database))
        #expect(
            try store.column(.measurement, "measurement_id") { $0.int64(0) } == [9_223_372_036_854_775_807, -1, 0, 1])
        #expect(try store.column(.measurement, "measurement_concept_id") { $0.int64(0) } == [-5, 1, nil, 1])
        #expect(try store.days(.measurement, "measurement_date") == [20_779, -719_162, nil, nil])
        #expect(
            try store.column(.measurement, "measurement_datetime") { $0.minute(0) } == [20_779 * 1_440 + 904, -1, nil, nil])
        #expect(
            try store.column(.measurement, "value_as_number") { $0.double(0) } == [0.1, nil, nil, 12_345_678_901_234_567_890.5])
        #expect(try store.column(.measurement, "range_low") { $0.double(0) } == [1e-300, nil, nil, -0.0])
        #expect(try store.column(.measurement, "value_source_value") { $0.text(0) } == ["a\tb\\c\nd", "혈당", nil, "\\N"])
        #expect(try store.days(.observationPeriod, "observation_period_end_date") == [18_627, nil, 18_262])
        #expect(
            try store.scan(.observationPeriod, columns: ["observation_period_end_date"]) { _ = $0.day(0) }.unreadable
                == ["observation_period_end_date": 1])
    }

    @Test func `Rows asked for by person come by person, also when persons are kept as text`() throws {
        let database = try make(
            "order",
            Self.core + """
                CREATE TABLE condition_occurrence (condition_occurrence_id bigint, person_id text, condition_concept_id int,
                  condition_start_date date, condition_type_concept_id int);
                INSERT INTO condition_occurrence SELECT i, (100 - i)::text, 1, '2020-01-01', 0 FROM generate_series(1, 99) i
                """)
        let store = try PostgreSQLClinicalStore(try server.address(database))
        var persons: [Int64] = []
        try store.scan(.conditionOccurrence, columns: ["person_id"], order: .byPerson) { persons.append($0.int64(0) ?? -1) }
        #expect(persons == (1...99).map(Int64.init))
        var own: [Int64] = []
        try store.scan(.person, columns: ["person_id"], order: .byPerson) { own.append($0.int64(0) ?? -1) }
        #expect(own == [1, 2, 3])
    }

    @Test func `The rows of some persons are looked up by the server`() throws {
        let database = try make("chosen", Self.core)
        let store = try PostgreSQLClinicalStore(try server.address(database))
        let cursor = try store.cursor(
            .person, columns: ["year_of_birth", "person_id"], persons: [1, 3, 99], isCancelled: { false })
        var found: [[Int64?]] = []
        while try cursor.next() { found.append([cursor.int64(0), cursor.int64(1)]) }
        #expect(found == [[1950, 1], [2010, 3]])
        #expect(try !store.cursor(.person, columns: ["person_id"], persons: [], isCancelled: { false }).next())
    }

    @Test func `Every table is read as of one moment, whatever is loaded meanwhile`() throws {
        let database = try make("moment", Self.core)
        let store = try PostgreSQLClinicalStore(try server.address(database))
        try server.sql("DELETE FROM cdm.observation_period; INSERT INTO cdm.person VALUES (4, 8507, 1999, 0, 0, 1)", database)
        #expect(try store.column(.person, "person_id") { $0.int64(0) }.count == 3)
        #expect(try store.column(.observationPeriod, "person_id") { $0.int64(0) }.count == 3)
        let later = try PostgreSQLClinicalStore.inspect(try server.address(database))
        #expect(later.problems.contains { $0.table == .observationPeriod && $0.code == .emptyTable })
    }

    @Test func `An account that may write, tables that it may not read and missing columns are told in one list`() throws {
        let database = try make(
            "rights",
            Self.core + """
                CREATE TABLE death (person_id bigint, death_date date); CREATE TABLE specimen (specimen_id bigint);
                CREATE TABLE visit_occurrence (visit_occurrence_id bigint, person_id bigint, visit_concept_id int,
                  visit_start_date date, visit_end_date date, visit_type_concept_id int)
                """)
        try server.sql(
            "GRANT UPDATE ON cdm.person TO reader; REVOKE SELECT ON cdm.death FROM reader; ALTER TABLE cdm.person DROP year_of_birth",
            database)
        var address = try server.address(database)
        let error = #expect(throws: OMOPStoreError.self) { try PostgreSQLClinicalStore(address) }
        let told = Set((error?.problems ?? []).map { "\($0.severity.rawValue) \($0.code.rawValue) \($0.table?.rawValue ?? "")" })
        #expect(
            told.isSuperset(of: [
                "fatal may-write ", "fatal missing-column person", "note no-permission death", "warning missing-column specimen",
                "note empty-table visit_occurrence", "warning release ",
            ]), "\(told)")
        try server.sql("ALTER TABLE cdm.person ADD year_of_birth int", database)
        address.requiresReadOnly = false
        #expect(
            try PostgreSQLClinicalStore(address).profile.problems.contains { $0.code == .mayWrite && $0.severity == .warning })
    }

    @Test func `Views, partitions and a vocabulary schema of its own are read; the wrong schema names the right one`() throws {
        let database = try make(
            "places",
            Self.core + """
                CREATE TABLE loaded (condition_occurrence_id bigint, person_id bigint, condition_concept_id int,
                  condition_start_date date, condition_type_concept_id int, hospital text) PARTITION BY LIST (hospital);
                CREATE TABLE loaded_1 PARTITION OF loaded FOR VALUES IN ('x');
                INSERT INTO loaded VALUES (1, 1, 7, '2020-02-29', 0, 'x');
                CREATE VIEW condition_occurrence AS SELECT * FROM loaded;
                CREATE SCHEMA words; CREATE TABLE words.concept (concept_id int, invalid_reason text);
                INSERT INTO words.concept VALUES (7, NULL); CREATE TABLE concept (concept_id int, invalid_reason text);
                GRANT USAGE ON SCHEMA words TO reader; GRANT SELECT ON ALL TABLES IN SCHEMA words TO reader
                """)
        let store = try PostgreSQLClinicalStore(try server.address(database, vocabulary: "words"))
        #expect(try store.days(.conditionOccurrence, "condition_start_date") == [18_321])
        #expect(try store.column(.concept, "concept_id") { $0.int64(0) } == [7])
        let wrong = #expect(throws: OMOPStoreError.self) {
            try PostgreSQLClinicalStore(try server.address(database, schema: "public"))
        }
        #expect(wrong?.code == .notAStore)
        #expect(wrong?.advice.contains("cdm") == true)
    }

    @Test func `A wrong password, a readable password file and a server that is not there are told without the password`() throws
    {
        let database = try make("doors", Self.core)
        var address = try server.address(database)
        address.password = try server.password("not-the-password")
        let refused = #expect(throws: OMOPStoreError.self) { try PostgreSQLClinicalStore(address) }
        #expect(refused?.code == .cannotOpen)
        #expect(refused?.description.contains("not-the-password") == false)
        #expect(refused?.message.contains("password authentication failed") == true)
        let file = try TemporaryFolders.make().appendingPathComponent("open").path
        _ = FileManager.default.createFile(atPath: file, contents: Data("x".utf8), attributes: [.posixPermissions: 0o644])
        address.password = .file(file)
        #expect(throws: OMOPStoreError.self) { try PostgreSQLClinicalStore(address) }
        address = try server.address(database)
        address.port = 1
        #expect(#expect(throws: OMOPStoreError.self) { try PostgreSQLClinicalStore(address) }?.code == .cannotOpen)
    }

    @Test func `A scan is stopped while the server sorts, and a statement has an end`() throws {
        let database = try make(
            "stop",
            Self.core + """
                CREATE TABLE many AS SELECT i::bigint FROM generate_series(1, 3000) i;
                CREATE VIEW condition_occurrence AS SELECT a.i AS condition_occurrence_id, b.i % 7 AS person_id,
                  1 AS condition_concept_id, DATE '2020-01-01' AS condition_start_date, 0 AS condition_type_concept_id
                  FROM many a, many b, many c
                """)
        var address = try server.address(database)
        let store = try PostgreSQLClinicalStore(address)
        let stopped = #expect(throws: OMOPStoreError.self) {
            try store.scan(.conditionOccurrence, columns: ["person_id"], order: .byPerson, isCancelled: { true }) { _ in }
        }
        #expect(stopped?.code == .cancelled)
        // The query is over by now, also where the order to stop would have come before it had begun.
        let running = try server.sql(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = '\(database)' AND state = 'active'", "postgres")
        #expect(running.split(separator: "\n").contains { $0.trimmingCharacters(in: .whitespaces) == "0" })
        address.statementSeconds = 1
        let ended = #expect(throws: OMOPStoreError.self) {
            try PostgreSQLClinicalStore(address).scan(.conditionOccurrence, columns: ["person_id"], order: .byPerson) { _ in }
        }
        #expect(ended?.message.contains("57014") == true)
    }

    @Test func `What the server says about a row stays on the server`() throws {
        let database = try make(
            "secret",
            Self.core + """
                CREATE TABLE raw (n text); INSERT INTO raw VALUES ('hidden-name');
                CREATE VIEW death AS SELECT n::bigint AS person_id, DATE '2020-01-01' AS death_date FROM raw
                """)
        let error = #expect(throws: OMOPStoreError.self) { try PostgreSQLClinicalStore.inspect(try server.address(database)) }
        #expect(error?.description.contains("hidden-name") == false)
        #expect(error?.message.contains("22P02") == true)
    }
}
