import Foundation
import StoreServers
import Testing

@testable import OMOPStore

/// Stores behind ODBC, through Debian's drivers for SQLite and PostgreSQL.
@Suite struct ODBCStoreTests {
    private func sqlite(_ path: String) -> ODBCAddress {
        ODBCAddress(connection: "Driver=\(Drivers.sqlite ?? "");Database=\(path)")
    }

    @Test(.enabled(if: Drivers.sqlite != nil, "the ODBC driver libsqliteodbc is not installed"))
    func `A SQLite store through its ODBC driver reads as it does without`() throws {
        let made = try TestStore(
            Tables.core + Tables.conditions(starting: (0..<3_000).map { "date('1990-01-01', '+\($0) days')" }, type: "TEXT"))
        let store = try ODBCClinicalStore(sqlite(made.path))
        #expect(store.profile.kind.hasPrefix("ODBC (SQLite"))
        #expect(store.profile.dataRelease.id == "2026-11-02")
        #expect(store.profile.vocabularyRelease == "v5.0 27-AUG-26")
        let plain = try made.open()
        for table in [CDMTable.person, .observationPeriod, .conditionOccurrence, .concept] {
            for column in table.columns where plain.profile.has(table, column.name) {
                #expect(
                    try store.column(table, column.name) { $0.text(0) } == plain.column(table, column.name) { $0.text(0) },
                    "\(table.rawValue).\(column.name)")
            }
        }
        #expect(try store.days(.conditionOccurrence, "condition_start_date").first == 7_305)
    }

    @Test(.enabled(if: Drivers.sqlite != nil, "the ODBC driver libsqliteodbc is not installed"))
    func `Everything that is wrong behind ODBC is told in one list too`() throws {
        let made = try TestStore("CREATE TABLE person (person_id INTEGER); CREATE TABLE death (person_id INTEGER)")
        let error = #expect(throws: OMOPStoreError.self) { try ODBCClinicalStore(sqlite(made.path)) }
        #expect(error?.code == .unusable)
        let told = Set((error?.problems ?? []).map { "\($0.severity.rawValue) \($0.code.rawValue) \($0.table?.rawValue ?? "")" })
        #expect(
            told.isSuperset(of: [
                "fatal missing-column person", "warning missing-table observation_period", "warning missing-column death",
                "note may-write ", "note may-change ",
            ]), "\(told)")
    }

    @Test(
        .enabled(
            if: TestServer.isInstalled && Drivers.postgresql != nil, "PostgreSQL's server or its ODBC driver is not installed"))
    func `PostgreSQL through its ODBC driver reads every type`() throws {
        let server = TestServer.shared!
        try server.database("odbc_types")
        try server.sql(
            """
            CREATE SCHEMA "Data_1"; SET search_path = "Data_1";
            CREATE TABLE "PERSON" (person_id bigint, gender_concept_id int, year_of_birth smallint);
            INSERT INTO "PERSON" SELECT i, 8507, 1950 FROM generate_series(5000, 1, -1) i;
            CREATE TABLE observation_period (observation_period_id bigint, person_id bigint, observation_period_start_date date,
              observation_period_end_date date, period_type_concept_id int);
            CREATE TABLE measurement (measurement_id bigint, person_id numeric, measurement_concept_id int,
              measurement_date date, measurement_datetime timestamp, measurement_type_concept_id int,
              value_as_number numeric, range_low double precision, value_source_value text);
            INSERT INTO measurement VALUES (9007199254740993, 2, 1, '2026-11-22', '2026-11-22 15:04:59', 0, 0.1, 1e-300, '혈당 😀'),
              (1, 1, NULL, NULL, NULL, 0, NULL, NULL, repeat('x', 9000)), (2, 1, 1, '1969-12-31', '1969-12-31', 0, 7, 7, '');
            GRANT USAGE ON SCHEMA "Data_1" TO reader; GRANT SELECT ON ALL TABLES IN SCHEMA "Data_1" TO reader;
            GRANT DELETE ON measurement TO reader
            """, "odbc_types")
        var address = try server.odbc("odbc_types", schema: "Data_1")
        #expect(
            #expect(throws: OMOPStoreError.self) { try ODBCClinicalStore(address) }?.problems.contains { $0.code == .mayWrite }
                == true)
        address.requiresReadOnly = false
        let store = try ODBCClinicalStore(address)
        var persons: [Int64] = []
        try store.scan(.person, columns: ["person_id"], order: .byPerson) { persons.append($0.int64(0) ?? -1) }
        #expect(persons == (1...5_000).map(Int64.init))
        #expect(try store.column(.measurement, "measurement_id") { $0.int64(0) } == [9_007_199_254_740_993, 1, 2])
        #expect(try store.column(.measurement, "person_id") { $0.int64(0) } == [2, 1, 1])
        #expect(try store.days(.measurement, "measurement_date") == [20_779, nil, -1])
        #expect(try store.column(.measurement, "measurement_datetime") { $0.minute(0) } == [20_779 * 1_440 + 904, nil, -1_440])
        #expect(try store.column(.measurement, "value_as_number") { $0.double(0) } == [0.1, nil, 7])
        #expect(try store.column(.measurement, "range_low") { $0.double(0) } == [1e-300, nil, 7])
        #expect(try store.column(.measurement, "value_source_value") { $0.text(0) } == ["혈당 😀", nil, nil])
        #expect(
            try store.scan(.measurement, columns: ["value_source_value"]) { _ = $0.text(0) }.unreadable == [
                "value_source_value": 1
            ])
        address.password = try server.password("not-the-password")
        let refused = #expect(throws: OMOPStoreError.self) { try ODBCClinicalStore(address) }
        #expect(refused?.description.contains("not-the-password") == false)
    }

    @Test func `SQL Server is spoken to in its own words`() {
        let reading = TableReading(
            storedName: "PERSON",
            columns: [
                "person_id": ColumnReading(
                    storedName: "person_id", type: .integer, numbers: DateNumber(storage: .compactDate), isCleanInteger: true),
                "year_of_birth": ColumnReading(
                    storedName: "odd]name", type: .integer, numbers: DateNumber(storage: .compactDate), isCleanInteger: true),
            ], header: nil)
        let dialect = SQLDialect(databaseName: "Microsoft SQL Server")
        #expect(dialect == .sqlserver)
        let columns = ["year_of_birth", "person_id", "month_of_birth"].compactMap { CDMTable.person.column($0) }
        let plain = ODBCScanQuery(
            dialect: dialect, reading: reading, place: "[dbo].[PERSON]", columns: columns, order: .unordered)
        #expect(plain.sql == "SELECT [odd]]name], [person_id], NULL FROM [dbo].[PERSON]")
        let sorted = ODBCScanQuery(
            dialect: dialect, reading: reading, place: "[dbo].[PERSON]", columns: columns, order: .byPerson)
        #expect(sorted.sql == "SELECT [odd]]name], [person_id], NULL, [person_id] FROM [dbo].[PERSON] ORDER BY [person_id]")
        #expect(sorted.orderColumn == 3)
        #expect(dialect.order(by: "[person_id]", isNumber: false) == "TRY_CAST([person_id] AS bigint)")
        #expect(dialect.firstRows("[a]", of: "[dbo].[PERSON]", 5) == "SELECT TOP (5) [a] FROM [dbo].[PERSON]")
        #expect(
            dialect.mayWrite("[dbo].[it's]")
                == "SELECT CASE WHEN HAS_PERMS_BY_NAME(N'[dbo].[it''s]', N'OBJECT', N'INSERT') = 1 OR "
                + "HAS_PERMS_BY_NAME(N'[dbo].[it''s]', N'OBJECT', N'UPDATE') = 1 OR "
                + "HAS_PERMS_BY_NAME(N'[dbo].[it''s]', N'OBJECT', N'DELETE') = 1 THEN 1 ELSE 0 END")
        // bit, tinyint and bigint as whole numbers; datetime2 and smalldatetime as moments; datetimeoffset as written.
        #expect(
            [-7, -6, -5, 93, 91, -155, 3, 6, -9, -4].map { ODBCRows.Form(sqlType: $0) } == [
                .integer, .integer, .integer, .moment(hasTime: true), .moment(hasTime: false), .ascii, .ascii, .real, .text,
                .binary,
            ])
    }

    @Test(arguments: [
        ("Driver={ODBC Driver 18 for SQL Server};Server=a;PWD=x", true), ("DSN=a;uid = b", true), ("User ID=b", true),
        ("Driver={a;PWD=x};Server=b", false), ("DSN=pwd", false),
    ])
    func `A connection string must hold no secret`(text: String, holds: Bool) {
        #expect(ODBCAddress.holdsSecret(text) == holds)
    }

    @Test func `A secret may hold anything and is never described`() throws {
        #expect(ODBCAddress.braced("a;b}c") == "{a;b}}c}")
        #expect(ODBCAddress.braced("dure_reader") == "dure_reader")
        #expect("\(StoreSecret.given("kept"))" == "given")
    }
}
