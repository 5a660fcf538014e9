import Foundation
import Testing

@testable import OMOPStore

@Suite struct SQLiteReadingTests {
    @Test func `A plain store opens without a warning and says what it is`() throws {
        let store = try TestStore(Tables.core + Tables.conditions(starting: ["'2015-01-01'"])).open()
        let profile = store.profile
        #expect(profile.kind == "SQLite")
        #expect(profile.cdmVersion == "5.4")
        #expect(profile.sourceName == "Small")
        #expect(profile.vocabularyRelease == "v5.0 27-AUG-26")
        #expect(profile.dataRelease == DataRelease(id: "2026-11-02", date: 20_759, sourceDate: 20_727))
        #expect(profile[.person]?.approximateRows == 3)
        #expect(profile.has(.person, "year_of_birth") && !profile.has(.person, "day_of_birth") && !profile.has(.measurement))
        #expect(profile.problems.filter { $0.severity != .note } == [])
    }

    @Test func `Values come in the order asked, absent columns and tables as nothing`() throws {
        let store = try TestStore(Tables.core).open()
        var rows: [[Int64?]] = []
        try store.scan(.person, columns: ["year_of_birth", "day_of_birth", "person_id", "month_of_birth"]) { row in
            rows.append((0..<4).map { row.int64($0) })
        }
        #expect(rows == [[1950, nil, 1, 5], [1980, nil, 2, nil], [2010, nil, 3, 1]])
        let summary = try store.scan(.measurement, columns: ["measurement_id"]) { _ in Issue.record("a row from nowhere") }
        #expect(summary == ScanSummary())
    }

    @Test func `Names may be in any case and of the older version`() throws {
        let store = try TestStore(
            """
            CREATE TABLE PERSON (PERSON_ID INTEGER, Gender_Concept_Id INTEGER, YEAR_OF_BIRTH INTEGER);
            INSERT INTO PERSON VALUES (7, 8507, 1950);
            CREATE TABLE Visit_Occurrence (VISIT_OCCURRENCE_ID INTEGER, PERSON_ID INTEGER, VISIT_CONCEPT_ID INTEGER,
              VISIT_START_DATE TEXT, VISIT_END_DATE TEXT, ADMITTING_SOURCE_CONCEPT_ID INTEGER, " Discharge_To_Concept_Id" INTEGER);
            INSERT INTO Visit_Occurrence VALUES (1, 7, 9201, '2015-01-01', '2015-01-02', 8870, 8536);
            """
        ).open()
        #expect(try store.column(.person, "person_id") { $0.int64(0) } == [7])
        #expect(try store.column(.visitOccurrence, "admitted_from_concept_id") { $0.int64(0) } == [8870])
        #expect(try store.column(.visitOccurrence, "discharged_to_concept_id") { $0.int64(0) } == [8536])
        #expect(store.profile.cdmVersion == "5.3")
        #expect(store.profile[.person]?.storedName == "PERSON")
        #expect(store.profile.problems.contains { $0.code == .oldColumnName && $0.table == .visitOccurrence })
    }

    /// 2015-01-01 and 1968-02-29 in each storage, as SQL, with the column's declared type.
    static let dates: [(ColumnStorage, String, String, String)] = [
        (.isoText, "DATE", "'2015-01-01'", "'1968-02-29'"), (.isoText, "TEXT", "'2015-01-01 10:30:00'", "'1968-02-29T00:00:00'"),
        (.compactDate, "TEXT", "'20150101'", "'19680229'"), (.compactDate, "INTEGER", "20150101", "19680229"),
        (.epochSeconds, "REAL", "1420070400.0", "-58060800.0"), (.epochSeconds, "INTEGER", "1420070400", "-58060800"),
        (.epochSeconds, "TEXT", "'1420070400'", "'-58060800'"), (.epochMilliseconds, "", "1420070400000", "-58060800000"),
        (.epochDays, "REAL", "16436.0", "-672.0"), (.epochDays, "DATE", "16436", "-672"),
        (.julianDay, "REAL", "2457023.5", "2439915.5"), (.julianDay, "INTEGER", "2457024", "2439916"),
    ]

    @Test(arguments: dates.indices) func `The same days are read from every storage`(index: Int) throws {
        let (storage, type, first, second) = Self.dates[index]
        let store = try TestStore(Tables.core + Tables.conditions(starting: [first, second, "NULL", "''"], type: type)).open()
        #expect(store.profile[.conditionOccurrence]?.columns["condition_start_date"]?.storage == storage)
        #expect(try store.days(.conditionOccurrence, "condition_start_date") == [16_436, -672, nil, nil])
        #expect(store.profile.problems.filter { $0.severity != .note } == [])
    }

    @Test func `Moments are minutes, and days without a time have none`() throws {
        let store = try TestStore(
            Tables.core
                + """
                CREATE TABLE measurement (measurement_id INTEGER, person_id INTEGER, measurement_concept_id INTEGER,
                  measurement_date TEXT, measurement_datetime);
                INSERT INTO measurement VALUES (1, 1, 0, '2015-01-01', '2015-01-01 00:00:00'), (2, 1, 0, '2015-01-01', '2015-01-01'),
                  (3, 1, 0, '2015-01-01', '2015-01-01T23:59:59.9'), (4, 1, 0, '2015-01-01', NULL);
                """
        ).open()
        let midnight: Int64 = 16_436 * 1440
        #expect(
            try store.column(.measurement, "measurement_datetime") { $0.minute(0) } == [midnight, nil, midnight + 1439, nil])
        #expect(try store.days(.measurement, "measurement_datetime") == [16_436, 16_436, 16_436, nil])
    }

    @Test func `Moments in seconds carry their time`() throws {
        let store = try TestStore(
            Tables.core
                + """
                CREATE TABLE measurement (measurement_id INTEGER, person_id INTEGER, measurement_concept_id INTEGER,
                  measurement_date REAL, measurement_datetime REAL);
                INSERT INTO measurement VALUES (1, 1, 0, 1420070400.0, 1420070400.0), (2, 1, 0, 1420070400.0, 1420074061.0);
                """
        ).open()
        let midnight: Int64 = 16_436 * 1440
        #expect(try store.column(.measurement, "measurement_datetime") { $0.minute(0) } == [midnight, midnight + 61])
    }

    @Test func `Numbers are numbers also as text or with a fraction, and what is none is counted`() throws {
        let store = try TestStore(
            Tables.core
                + """
                CREATE TABLE measurement (measurement_id, person_id, measurement_concept_id, measurement_date TEXT, value_as_number);
                INSERT INTO measurement VALUES (1.0, '1', ' 42 ', '2015-01-01', '1.5'), ('2.0', 1, 42.0, '2015-01-01', 2),
                  (3, '1.0', '42', '2015-01-01', ''), (4, 1, 42, '2015-01-01', 'NULL'), (5, 'one', 4.5, '2015-01-01', 'high'),
                  (6, x'01', NULL, '2015-01-01', 9e999);
                """
        ).open()
        var ids: [Int64?] = []
        var persons: [Int64?] = []
        var concepts: [Int64?] = []
        var values: [Double?] = []
        let columns = ["measurement_id", "person_id", "measurement_concept_id", "value_as_number"]
        let summary = try store.scan(.measurement, columns: columns) { row in
            ids.append(row.int64(0))
            persons.append(row.int64(1))
            concepts.append(row.int64(2))
            values.append(row.double(3))
        }
        #expect(ids == [1, 2, 3, 4, 5, 6])
        #expect(persons == [1, 1, 1, 1, nil, nil])
        #expect(concepts == [42, 42, 42, 42, nil, nil])
        #expect(values == [1.5, 2, nil, nil, nil, nil])
        #expect(summary.rows == 6)
        #expect(summary.unreadable == ["person_id": 2, "measurement_concept_id": 1, "value_as_number": 2])
    }

    @Test func `Empty text is NULL, and a number asked as text stays the number`() throws {
        let store = try TestStore(
            Tables.person + Tables.period + Tables.source
                + """
                CREATE TABLE concept (concept_id INTEGER, concept_name TEXT, domain_id TEXT, vocabulary_id TEXT,
                  concept_class_id TEXT, standard_concept TEXT, concept_code, valid_start_date TEXT, valid_end_date TEXT,
                  invalid_reason TEXT);
                INSERT INTO concept VALUES (1, '감기', 'Condition', 'Ours', 'Finding', '', 17, '1970-01-01', '2099-12-31', ''),
                  (2, 'gone', 'Condition', 'Ours', 'Finding', NULL, 'b', '1970-01-01', '2001-12-31', 'D');
                """
        ).open()
        #expect(try store.column(.concept, "invalid_reason") { $0.text(0) } == [nil, "D"])
        #expect(try store.column(.concept, "standard_concept") { $0.text(0) } == [nil, nil])
        #expect(try store.column(.concept, "concept_name") { $0.text(0) } == ["감기", "gone"])
        var codes: [String] = []
        try store.scan(.concept, columns: ["concept_code"]) { row in
            let number = row.int64(0)
            codes.append("\(row.text(0) ?? "-") \(number ?? -1) \(row.int64(0) ?? -1)")
        }
        #expect(codes == ["17 17 17", "b -1 -1"])
        #expect(
            store.profile.problems.contains {
                $0.code == .emptyText && $0.table == .concept && $0.what.contains("invalid_reason")
            })
    }

    @Test func `A database written in UTF-16 reads the same`() throws {
        let store = try TestStore(
            "PRAGMA encoding = 'UTF-16le';" + Tables.core + Tables.conditions(starting: ["'2015-01-01'"])
        ).open()
        #expect(try store.days(.conditionOccurrence, "condition_start_date") == [16_436])
        #expect(try store.column(.concept, "concept_name") { $0.text(0) } == ["sugar"])
    }

    @Test func `A path with any character in it opens`() throws {
        for name in ["저장소 100%?mode=rw#.sqlite", "a&immutable=1.sqlite", "file:x.sqlite"] {
            #expect(try TestStore(Tables.core, name: name).open().profile[.person] != nil)
        }
    }

    @Test func `A column the CDM does not know is refused, an older name is not`() throws {
        let store = try TestStore(Tables.core).open()
        #expect(throws: OMOPStoreError.self) { try store.cursor(.person, columns: ["height"]) }
        #expect(throws: OMOPStoreError.self) { try store.cursor(.concept, columns: ["concept_id"], order: .byPerson) }
        #expect(throws: Never.self) { try store.cursor(.visitOccurrence, columns: ["admitting_source_concept_id"]) }
    }

    @Test func `Several cursors walk at once on one store`() async throws {
        let made = try TestStore(
            Tables.core
                + Tables.conditions(starting: (0..<3000).map { "'20\(10 + $0 % 10)-01-01'" }))
        let store = try made.open()
        let counts = try await withThrowingTaskGroup(of: Int64.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    try store.scan(.conditionOccurrence, columns: ["person_id"], order: .byPerson) { _ in }.rows
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(counts == [Int64](repeating: 3000, count: 8))
    }

    @Test func `A scan stops when asked to, also while the database sorts`() throws {
        let made = try TestStore(Tables.core + Tables.conditions(starting: ["'2015-01-01'"]))
        try made.run(
            """
            WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 60000)
            INSERT INTO condition_occurrence SELECT i, 60000 - i, 201826, '2015-01-01', 0 FROM n;
            """)
        let store = try made.open()
        for order in [ScanOrder.unordered, .byPerson] {
            let error = #expect(throws: OMOPStoreError.self) {
                try store.scan(.conditionOccurrence, columns: ["person_id"], order: order, isCancelled: { true }) { _ in }
            }
            #expect(error?.code == .cancelled)
        }
    }
}
