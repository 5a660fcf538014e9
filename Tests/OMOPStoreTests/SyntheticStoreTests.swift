import Foundation
import Testing

@testable import OMOPStore

@Suite struct SyntheticStoreTests {
    private let general = SyntheticTestStores.all["KR-H-0009"]?.path ?? ""
    private let children = SyntheticTestStores.all["KR-H-0012"]?.path ?? ""

    private func number(_ path: String, _ sql: String) throws -> Int { try SyntheticTestStores.number(path, sql) }

    @Test func `one seed gives the same file byte for byte, another seed another`() throws {
        let hospital = try #require(SyntheticHospital.withID("KR-H-0011"))
        let first = try SyntheticTestStores.make(hospital, persons: 1_000, seed: 5)
        let again = try SyntheticTestStores.make(hospital, persons: 1_000, seed: 5)
        let other = try SyntheticTestStores.make(hospital, persons: 1_000, seed: 6)
        let bytes = try Data(contentsOf: URL(fileURLWithPath: first.path))
        #expect(try bytes == Data(contentsOf: URL(fileURLWithPath: again.path)))
        #expect(try bytes != Data(contentsOf: URL(fileURLWithPath: other.path)))
    }

    @Test func `the store opens without a fatal problem and says what it is`() throws {
        for (id, made) in SyntheticTestStores.all {
            let profile = try SQLiteClinicalStore(path: made.path).profile
            #expect(profile.cdmVersion == "5.4")
            #expect(profile.vocabularyRelease == made.store.hospital.vocabularyRelease)
            #expect(profile.dataRelease.date == made.store.hospital.dataUntil)
            #expect(profile.sourceName.hasPrefix("SYNTHETIC"), "\(id)")
            #expect(!profile.problems.contains { $0.severity == .fatal }, "\(id): \(profile.problems)")
        }
    }

    @Test func `a store has the persons asked for, under identifiers with gaps`() throws {
        for made in SyntheticTestStores.all.values {
            #expect(try number(made.path, "SELECT count(*) FROM person") == SyntheticTestStores.persons)
            #expect(try number(made.path, "SELECT max(person_id) - min(person_id) FROM person") > SyntheticTestStores.persons * 2)
        }
    }

    @Test func `it has the flaws of real stores`() throws {
        #expect(
            try number(
                general,
                "SELECT count(DISTINCT person_id) FROM condition_occurrence WHERE person_id NOT IN (SELECT person_id FROM person)"
            ) > 0)
        #expect(try number(general, "SELECT count(*) FROM condition_occurrence WHERE condition_end_date IS NULL") > 0)
        #expect(
            try number(general, "SELECT count(*) FROM drug_exposure WHERE drug_exposure_end_date IS NULL AND days_supply IS NULL")
                > 0)
        #expect(try number(general, "SELECT count(*) FROM visit_occurrence WHERE visit_end_date IS NULL") > 0)
        #expect(try number(general, "SELECT count(*) FROM person WHERE month_of_birth IS NULL") > 0)
        #expect(
            try number(general, "SELECT count(*) FROM (SELECT person_id FROM observation_period GROUP BY 1 HAVING count(*) = 2)")
                > 20)
        let unmapped = try number(general, "SELECT 1000 * sum(condition_concept_id = 0) / count(*) FROM condition_occurrence")
        #expect((10...60).contains(unmapped))
        #expect(
            try number(
                general,
                "SELECT count(*) FROM condition_occurrence WHERE condition_concept_id = 0 AND condition_source_value IS NULL")
                == 0)
        #expect(
            try number(
                general,
                """
                SELECT count(*) FROM condition_occurrence c WHERE NOT EXISTS (SELECT 1 FROM observation_period o
                WHERE o.person_id = c.person_id AND c.condition_start_date BETWEEN o.observation_period_start_date AND o.observation_period_end_date)
                """) > 0)
    }

    @Test func `periods of one person do not overlap, and nothing happens before birth`() throws {
        for made in SyntheticTestStores.all.values {
            #expect(
                try number(
                    made.path,
                    """
                    SELECT count(*) FROM observation_period a JOIN observation_period b ON a.person_id = b.person_id
                    AND a.observation_period_id < b.observation_period_id
                    AND a.observation_period_end_date >= b.observation_period_start_date
                    """) == 0)
            for (table, date) in [
                ("condition_occurrence", "condition_start_date"), ("observation_period", "observation_period_start_date"),
                ("visit_occurrence", "visit_start_date"), ("measurement", "measurement_date"),
            ] {
                let early =
                    "SELECT count(*) FROM \(table) e JOIN person p USING (person_id) WHERE date(e.\(date)) < date(p.birth_datetime)"
                #expect(try number(made.path, early) == 0)
            }
            #expect(
                try number(
                    made.path,
                    "SELECT count(*) FROM observation_period WHERE observation_period_start_date > observation_period_end_date")
                    == 0)
        }
    }

    @Test func `influenza comes in winter and high blood pressure with age`() throws {
        func influenza(_ months: String) throws -> Int {
            try number(
                general,
                "SELECT count(*) FROM condition_occurrence WHERE condition_concept_id = 4266367 AND substr(condition_start_date, 6, 2) IN (\(months))"
            )
        }
        #expect(try influenza("'12','01','02'") > 5 * influenza("'06','07','08'") + 20)
        func share(_ ages: String) throws -> Int {
            try number(
                general,
                """
                SELECT 1000 * count(DISTINCT c.person_id) / count(DISTINCT p.person_id) FROM person p LEFT JOIN condition_occurrence c
                ON c.person_id = p.person_id AND c.condition_concept_id = 320128 WHERE 2020 - p.year_of_birth BETWEEN \(ages)
                """)
        }
        #expect(try share("60 AND 90") > 4 * share("20 AND 40"))
    }

    @Test func `eras join records of one ingredient over gaps of up to 30 days`() throws {
        // Every exposure lies in an era of its ingredient, and no two eras of one ingredient are within 30 days.
        #expect(
            try number(
                general,
                """
                SELECT count(*) FROM drug_exposure x WHERE x.drug_concept_id NOT IN (0, 2000000101, 2000000102) AND NOT EXISTS (
                SELECT 1 FROM drug_era e WHERE e.person_id = x.person_id AND e.drug_concept_id = x.drug_concept_id
                AND x.drug_exposure_start_date BETWEEN e.drug_era_start_date AND e.drug_era_end_date)
                """) == 0)
        #expect(try number(general, "SELECT count(*) FROM drug_era WHERE drug_concept_id IN (2000000101, 2000000102)") == 0)
        #expect(
            try number(
                general,
                """
                SELECT count(*) FROM drug_era a JOIN drug_era b ON a.person_id = b.person_id AND a.drug_concept_id = b.drug_concept_id
                AND a.drug_era_start_date < b.drug_era_start_date
                AND julianday(b.drug_era_start_date) - julianday(a.drug_era_end_date) <= 30
                """) == 0)
        #expect(
            try number(general, "SELECT sum(drug_exposure_count) FROM drug_era")
                == number(general, "SELECT count(*) FROM drug_exposure WHERE drug_concept_id <> 0"))
    }

    @Test func `each hospital has its own character`() throws {
        #expect(try number(children, "SELECT 100 * sum(2020 - year_of_birth < 18) / count(*) FROM person") > 55)
        let chilgok = try #require(SyntheticTestStores.all["KR-H-0014"]?.path)
        #expect(try number(chilgok, "SELECT count(*) FROM procedure_occurrence") > 100)
        #expect(try number(chilgok, "SELECT count(*) FROM procedure_occurrence WHERE procedure_concept_id <> 0") == 0)
        #expect(try number(chilgok, "SELECT count(*) FROM procedure_occurrence WHERE procedure_source_concept_id <> 0") > 100)
        let units = try SyntheticTestStores.all.mapValues {
            try SyntheticTestStores.rows(
                $0.path,
                "SELECT DISTINCT unit_concept_id FROM measurement WHERE measurement_concept_id = 4264825 AND unit_concept_id > 0")
        }
        #expect(units["KR-H-0013"] == [["9529"]])
        #expect(units["KR-H-0009"] == [["8504"]])
        let hwasun = try #require(SyntheticTestStores.all["KR-H-0010"]?.path)
        #expect(try number(hwasun, "SELECT count(*) FROM measurement WHERE measurement_concept_id = 2000000031") == 0)
        #expect(try number(hwasun, "SELECT count(*) FROM observation WHERE observation_concept_id = 2000000031") > 0)
        #expect(try number(hwasun, "SELECT count(*) FROM visit_detail WHERE visit_detail_concept_id = 2000000001") == 0)
    }

    @Test func `an existing file is refused, and replaced only when asked`() throws {
        let hospital = try #require(SyntheticHospital.withID("KR-H-0010"))
        let path = try TemporaryFolders.make().appendingPathComponent("kept.sqlite").path
        try Data("kept".utf8).write(to: URL(fileURLWithPath: path))
        let store = try SyntheticStore(hospital: hospital, persons: 1_000, eventsPerPerson: 1)
        let refusal = #expect(throws: OMOPStoreError.self) { try store.write(to: path) }
        #expect(refusal?.code == .writing)
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data("kept".utf8))
        try store.write(to: path, replacing: true)
        #expect(try number(path, "SELECT count(*) FROM person") == 1_000)
        #expect(!FileManager.default.fileExists(atPath: path + ".writing"))
    }

    @Test func `a folder that is not there is named, and nothing is left behind`() throws {
        let hospital = try #require(SyntheticHospital.withID("KR-H-0010"))
        let store = try SyntheticStore(hospital: hospital, persons: 1_000, eventsPerPerson: 1)
        let path = try TemporaryFolders.make().appendingPathComponent("missing/store.sqlite").path
        let failure = #expect(throws: OMOPStoreError.self) { try store.write(to: path) }
        #expect(failure?.code == .writing)
        #expect(failure?.message.contains(path) == true)
    }

    @Test(arguments: [(0, 32.0), (999, 32.0), (3_000_001, 32.0), (1_000, 0.0), (1_000, .nan), (1_000, 501.0)])
    func `impossible sizes are refused`(persons: Int, events: Double) throws {
        let hospital = try #require(SyntheticHospital.withID("KR-H-0009"))
        let refusal = #expect(throws: OMOPStoreError.self) {
            try SyntheticStore(hospital: hospital, persons: persons, eventsPerPerson: events)
        }
        #expect(refusal?.code == .synthesis)
    }

    @Test func `stopping leaves nothing behind`() throws {
        let hospital = try #require(SyntheticHospital.withID("KR-H-0012"))
        let store = try SyntheticStore(hospital: hospital, persons: 2_000, eventsPerPerson: 1)
        let folder = try TemporaryFolders.make()
        var asked = 0
        let failure = #expect(throws: OMOPStoreError.self) {
            try store.write(
                to: folder.appendingPathComponent("store.sqlite").path,
                isCancelled: {
                    asked += 1
                    return asked > 3
                })
        }
        #expect(failure?.code == .cancelled)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }

    @Test func `progress counts up and ends with the indices`() throws {
        let hospital = try #require(SyntheticHospital.withID("KR-H-0012"))
        let store = try SyntheticStore(hospital: hospital, persons: 1_000, eventsPerPerson: 1)
        let path = try TemporaryFolders.make().appendingPathComponent("store.sqlite").path
        var told: [SyntheticStore.Progress] = []
        let summary = try store.write(to: path) { told.append($0) }
        #expect(told.first == .persons(0, of: 1_000))
        #expect(told.last == .indices)
        #expect(told.count == told.map { "\($0)" }.reduce(into: Set<String>()) { $0.insert($1) }.count)
        #expect(summary.rows[.person] == 1_000)
        #expect(try summary.rows[.measurement] == number(path, "SELECT count(*) FROM measurement"))
    }
}
