import Foundation
import Testing

@testable import OMOPStore

@Suite struct StoreProblemTests {
    @Test func `A store in good order has nothing but notes`() throws {
        let problems = try TestStore(Tables.core).problems()
        #expect(problems.allSatisfy { $0.severity == .note && $0.code == .missingTable })
    }

    @Test func `Everything wrong is told at once, worst first, with place and advice`() throws {
        let made = try TestStore(
            """
            CREATE TABLE person (person_id TEXT, gender_concept_id INTEGER);
            CREATE VIEW observation_period AS SELECT 1 AS person_id;
            CREATE TABLE condition_occurrence (condition_occurrence_id INTEGER, person_id INTEGER, condition_concept_id INTEGER);
            CREATE TABLE drug_exposure (drug_exposure_id REAL, person_id TEXT, drug_concept_id INTEGER,
              drug_exposure_start_date TEXT, colour TEXT);
            INSERT INTO drug_exposure VALUES (1.0, '1', 5, '01/02/2015', 'red');
            """)
        let problems = try made.problems()
        func find(_ code: StoreProblem.Code, _ table: CDMTable) -> StoreProblem? {
            problems.first { $0.code == code && $0.table == table }
        }
        #expect(find(.missingColumn, .person)?.severity == .fatal)
        #expect(find(.missingColumn, .person)?.what == "it has no year_of_birth")
        #expect(find(.notATable, .observationPeriod)?.severity == .fatal)
        #expect(find(.missingColumn, .conditionOccurrence)?.severity == .warning)
        #expect(find(.dateStorage, .drugExposure)?.column == "drug_exposure_start_date")
        #expect(find(.numberAsText, .drugExposure) != nil)
        #expect(find(.unknownColumn, .drugExposure)?.what.contains("colour") == true)
        #expect(find(.missingTable, .concept)?.severity == .warning)
        #expect(find(.missingTable, .procedureOccurrence)?.severity == .note)
        #expect(problems.map(\.severity) == problems.map(\.severity).sorted())
        #expect(problems.allSatisfy { !$0.what.isEmpty && !$0.advice.isEmpty })

        let error = #expect(throws: OMOPStoreError.self) { try SQLiteClinicalStore(path: made.path) }
        #expect(error?.code == .unusable)
        #expect(error?.problems.count == problems.count)
        #expect(error?.description.contains("fatal: person: it has no year_of_birth.") == true)
        #expect(try SQLiteClinicalStore.inspect(path: made.path).problems.count == problems.count)
    }

    @Test func `A table that cannot be read counts as absent, the rest stays`() throws {
        let store = try TestStore(
            Tables.core + "CREATE TABLE specimen (specimen_id INTEGER, person_id INTEGER); INSERT INTO specimen VALUES (1, 1);"
        ).open()
        #expect(!store.profile.has(.specimen))
        #expect(try store.scan(.specimen, columns: ["specimen_id"]) { _ in }.rows == 0)
        #expect(try store.scan(.person, columns: ["person_id"]) { _ in }.rows == 3)
    }

    @Test func `A header loaded as a row is skipped and told`() throws {
        let store = try TestStore(
            Tables.core
                + """
                CREATE TABLE drug_exposure (DRUG_EXPOSURE_ID, PERSON_ID, DRUG_CONCEPT_ID, DRUG_EXPOSURE_START_DATE);
                INSERT INTO drug_exposure VALUES ('DRUG_EXPOSURE_ID', 'PERSON_ID', 'DRUG_CONCEPT_ID', 'DRUG_EXPOSURE_START_DATE'),
                  ('1', '2', '3', '2015-01-01');
                """
        ).open()
        #expect(try store.column(.drugExposure, "person_id") { $0.int64(0) } == [2])
        #expect(try store.days(.drugExposure, "drug_exposure_start_date") == [16_436])
        #expect(store.profile.problems.contains { $0.code == .headerAsData && $0.table == .drugExposure })
        var persons: [Int64?] = []
        try store.scan(.drugExposure, columns: ["person_id"], order: .byPerson) { persons.append($0.int64(0)) }
        #expect(persons == [2])
    }

    @Test func `Columns without names are known by a header loaded as a row`() throws {
        let store = try TestStore(
            Tables.core
                + """
                CREATE TABLE death (column0, column1, column2);
                INSERT INTO death VALUES ('PERSON_ID', 'CAUSE_CONCEPT_ID', 'DEATH_DATE'), (3, 77, '2015-01-01');
                """
        ).open()
        #expect(try store.days(.death, "death_date") == [16_436])
        #expect(try store.column(.death, "cause_concept_id") { $0.int64(0) } == [77])
    }

    @Test func `An empty table of persons or periods is a warning, others a note`() throws {
        let problems = try TestStore(
            Tables.core + "DELETE FROM observation_period; CREATE TABLE death (person_id, cause_concept_id, death_date);"
        ).problems().filter { $0.code == .emptyTable }
        #expect(problems.map(\.table) == [.observationPeriod, .death])
        #expect(problems.map(\.severity) == [.warning, .note])
    }

    @Test func `Days that cannot be right are told`() throws {
        let problems = try TestStore(
            Tables.core + Tables.conditions(starting: ["'2015-01-01'", "'2099-12-31'", "'1015-01-01'"])
        ).problems()
        let told = problems.first { $0.code == .implausibleDate }
        #expect(told?.column == "condition_start_date")
        #expect(told?.what.hasPrefix("67 %") == true)
    }

    @Test func `The validity of concepts may reach to 2099`() throws {
        #expect(try TestStore(Tables.core).problems().contains { $0.code == .implausibleDate } == false)
    }

    @Test func `One doubtful value follows the columns that are sure`() throws {
        let doubtful = Tables.conditions(starting: ["2419200"])
        let julian = """
            CREATE TABLE death (person_id INTEGER, death_date REAL, cause_concept_id INTEGER);
            INSERT INTO death VALUES (1, 2457023.5, 0), (2, 2457024.5, 0), (3, 2457025.5, 0);
            """
        let store = try TestStore(Tables.core + doubtful + julian).open()
        // Julian day 2,419,200 began at noon of 1911-06-23.
        #expect(try store.days(.conditionOccurrence, "condition_start_date") == [-21_388])
        let told = store.profile.problems.first { $0.table == .conditionOccurrence && $0.code == .dateStorage }
        #expect(told?.what.contains("like the other date columns") == true)
    }

    @Test func `Midnights of another time zone are told and read as local days`() throws {
        let store = try TestStore(
            Tables.core + Tables.conditions(starting: ["1420038000", "1420124400", "1420210800"])
        ).open()
        #expect(try store.days(.conditionOccurrence, "condition_start_date") == [16_436, 16_437, 16_438])
        #expect(store.profile.problems.contains { $0.what.contains("+9 h from midnight UTC") })
    }

    @Test func `A column that holds two storages is read value by value and told`() throws {
        let store = try TestStore(
            Tables.core + Tables.conditions(starting: ["'2015-01-01'", "'2015-01-02'", "1420070400", "'soon'"])
        ).open()
        #expect(try store.days(.conditionOccurrence, "condition_start_date") == [16_436, 16_437, 16_436, nil])
        let codes = Set(store.profile.problems.filter { $0.column == "condition_start_date" }.map(\.code))
        #expect(codes == [.mixedStorage, .unreadableValue])
    }

    @Test func `Two columns of one meaning are told, and the CDM's own name wins`() throws {
        let store = try TestStore(
            Tables.core
                + """
                CREATE TABLE visit_occurrence (visit_occurrence_id INTEGER, person_id INTEGER, visit_concept_id INTEGER,
                  visit_start_date TEXT, visit_end_date TEXT, admitted_from_concept_id INTEGER, admitting_source_concept_id INTEGER);
                INSERT INTO visit_occurrence VALUES (1, 1, 9201, '2015-01-01', '2015-01-01', 5, 6);
                """
        ).open()
        #expect(try store.column(.visitOccurrence, "admitted_from_concept_id") { $0.int64(0) } == [5])
        #expect(store.profile.problems.contains { $0.code == .duplicateColumn })
    }

    @Test func `What the store does not say of itself is unknown, and told`() throws {
        let store = try TestStore(Tables.person + Tables.period + Tables.vocabulary).open()
        #expect(store.profile.cdmVersion == "unknown")
        #expect(store.profile.vocabularyRelease == "unknown")
        #expect(store.profile.dataRelease == .unknown)
        #expect(store.profile.problems.count { $0.code == .release } == 2)
    }

    @Test func `The vocabulary's own table tells its release when the source does not`() throws {
        let store = try TestStore(
            Tables.person + Tables.period
                + """
                CREATE TABLE vocabulary (vocabulary_id TEXT, vocabulary_name TEXT, vocabulary_version TEXT);
                INSERT INTO vocabulary VALUES ('Ours', 'Ours', '1'), ('None', 'All', 'v5.0 31-AUG-25');
                """
        ).open()
        #expect(store.profile.vocabularyRelease == "v5.0 31-AUG-25")
    }

    @Test func `Of several loads in the source table the latest counts`() throws {
        let store = try TestStore(
            Tables.core
                + "INSERT INTO cdm_source VALUES ('Old', 'S', 'Us', '2020-10-01', '2020-11-02', 'v5.3.1', 0, 'v5.0 OLD');"
        ).open()
        #expect(store.profile.sourceName == "Small")
        #expect(store.profile.dataRelease.id == "2026-11-02")
    }

    @Test(arguments: [("v5.4", "5.4"), ("5.3.1", "5.3"), ("CDM v5.4.0", "5.4"), ("5", nil), ("latest", nil), (".", nil)])
    func `The version is read from the ways people write it`(text: String, version: String?) {
        #expect(StoreIdentity.version(in: text) == version)
    }
}
