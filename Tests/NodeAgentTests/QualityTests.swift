import EventIndex
import Foundation
import Testing

@testable import NodeAgent

/// Checks of the data, on a small store in which each fault was put by hand.
@Suite struct `Data quality` {
    /// The results of a store of ten persons (4, 7, ... 31), changed by `sql`.
    private func results(_ sql: String = "") throws -> [String: QualityResult] {
        let folder = try TemporaryFolder()
        try SmallStore.write(to: folder.path + "/omop.sqlite", persons: 10, changing: sql)
        let configuration = try Consortium.configuration(folder)
        try NodeStore.buildIndex(configuration, state: folder.state)
        let clock = HandClock("2026-11-22T09:00:00Z")
        let report = try QualityReport.make(configuration, state: folder.state, clock: clock.clock)
        return Dictionary(uniqueKeysWithValues: report.results.map { ("\($0.check) \($0.table ?? "-")", $0) })
    }

    @Test func `Nothing passes in silence: what cannot be looked at is not run, with the reason`() throws {
        let found = try results()
        for (name, result) in found {
            #expect((result.state == .notRun) == (result.reason != nil), "\(name)")
            #expect((result.state == .notRun) == (result.failing == nil), "\(name)")
        }
        // What the small store has not: drugs, visits, procedures, observations, deaths.
        #expect(found["start-before-end drug_exposure"]?.reason == "the store does not have the table")
        #expect(found["before-death condition_occurrence"]?.reason == "no death is recorded")
        #expect(found["unique-key death"]?.reason == "there is no row to look at")
        let failed = found.filter { $0.value.state == .fail }.keys.sorted()
        #expect(
            failed == ["drug_exposure", "observation", "procedure_occurrence", "visit_occurrence"].map { "table-there \($0)" })
        #expect(found["table-there measurement"]?.state == .pass)
    }

    @Test(
        arguments: [
            // One of ten rows, or of ten persons, in each; what more rows are added stands in the last number.
            (
                "UPDATE condition_occurrence SET condition_end_date = '2020-01-01' WHERE person_id = 4",
                "start-before-end condition_occurrence", 1, 10
            ),
            ("UPDATE person SET year_of_birth = 2021 WHERE person_id = 4", "after-birth condition_occurrence", 1, 10),
            ("INSERT INTO death VALUES (4, '2020-05-01', 0, 0)", "before-death measurement", 1, 1),
            (
                "UPDATE condition_occurrence SET condition_start_date = '2009-12-31' WHERE person_id = 4",
                "within-observation condition_occurrence", 1, 10
            ),
            ("UPDATE measurement SET measurement_date = '1899-12-31' WHERE person_id = 4", "plausible-year measurement", 1, 10),
            ("UPDATE measurement SET measurement_date = '2026-11-23' WHERE person_id = 4", "plausible-year measurement", 1, 10),
            ("UPDATE measurement SET measurement_concept_id = 99 WHERE person_id = 4", "known-concept measurement", 1, 10),
            (
                "UPDATE condition_occurrence SET condition_concept_id = 45000001 WHERE person_id = 4",
                "standard-concept condition_occurrence", 1, 10
            ),
            (
                "UPDATE condition_occurrence SET condition_concept_id = 3004410 WHERE person_id = 4",
                "own-domain condition_occurrence", 1, 10
            ),
            (
                "UPDATE condition_occurrence SET condition_concept_id = 0 WHERE person_id = 4",
                "mapped-rows condition_occurrence", 1,
                10
            ),
            ("UPDATE measurement SET unit_concept_id = NULL WHERE person_id = 4", "measurement-unit measurement", 1, 10),
            ("UPDATE measurement SET measurement_id = 7 WHERE person_id = 4", "unique-key measurement", 1, 10),
            ("INSERT INTO measurement VALUES (900, 5, 3004410, '2021-01-01', 0, 1, 8554, '')", "known-person measurement", 1, 11),
            ("UPDATE measurement SET measurement_date = NULL WHERE person_id = 4", "required-fields measurement", 1, 10),
            ("DELETE FROM observation_period WHERE person_id = 4", "observed-persons -", 1, 10),
            ("DELETE FROM person WHERE person_id = 4", "person-row -", 1, 10),
            ("INSERT INTO observation_period VALUES (900, 4, '2025-12-31', '2026-01-31', 0)", "periods-apart -", 1, 10),
            ("UPDATE person SET year_of_birth = 1849 WHERE person_id = 4", "birth-year -", 1, 10),
            ("UPDATE person SET gender_concept_id = 0 WHERE person_id = 4", "known-sex -", 1, 10),
            (
                "UPDATE observation_period SET observation_period_end_date = NULL WHERE person_id = 4",
                "visit-end observation_period", 1, 10
            ),
        ] as [(String, String, Int, Int)])
    func `Each fault is found by the check that is for it`(sql: String, check: String, failing: Int, of: Int) throws {
        let before = try #require(try results()[check])
        #expect(before.state != .fail)
        let result = try #require(try results(sql)[check])
        #expect(result.state == .fail)
        #expect(result.failing == failing && result.of == of)
    }

    @Test func `A check fails above its threshold, not at it`() throws {
        struct OneOfTwenty: QualityCheck {
            let name = "test"
            let category = QualityCategory.plausibility
            let threshold = 5.0
            let tables: [EventTable]? = nil
            func count(_ facts: QualityFacts, _ table: EventTable?) -> QualityCount { .failing(1, of: 20) }
        }
        let check = OneOfTwenty()
        #expect(QualityResult(check, nil, .failing(1, of: 20)).state == .pass)
        #expect(QualityResult(check, nil, .failing(2, of: 39)).state == .fail)
        #expect(QualityResult(check, nil, .failing(0, of: 0)).state == .notRun)
    }

    @Test func `After a refresh by changed persons, what only a whole reading can tell is not run`() async throws {
        let folder = try TemporaryFolder()
        try SmallStore.write(to: folder.path + "/omop.sqlite", persons: 40)
        let configuration = try Consortium.configuration(folder)
        let refresh = DataRefresh(configuration: configuration, state: try folder.state)
        let person = Operator(uid: 1, name: nil)
        _ = try await refresh.finish(release: nil, by: person)
        _ = try await refresh.finish(release: nil, changed: IndexDelta(persons: [4]), by: person)
        let report = try QualityReport.make(configuration, state: folder.state)
        let known = try #require(report.results.first { $0.check == "known-person" && $0.table == "measurement" })
        #expect(known.reason == "the last refresh read only the rows of changed persons")
    }
}
