import Cohorts
import Foundation
import GRDB

@testable import NodeAgent

/// A store of a few persons, each with one observation period, a condition and a measurement, in a SQLite file.
enum SmallStore {
    /// Writes it anew. Person ids are 4, 7, 10, ...
    /// - Parameters:
    ///   - release: what `cdm_source` says of the release's day.
    ///   - sql: changes what was written.
    static func write(to path: String, persons: Int, release: String = "2026-10-01", changing sql: String = "") throws {
        try? FileManager.default.removeItem(atPath: path)
        try DatabaseQueue(path: path).write { database in
            try database.execute(sql: tables)
            for number in 1...persons { try add(number * 3 + 1, database) }
            try database.execute(
                sql: "INSERT INTO cdm_source VALUES ('Small', '2026-09-30', '\(release)', 'v5.4', 'v5.0 27-AUG-26')")
            try database.execute(sql: sql)
        }
    }

    private static func add(_ id: Int, _ database: Database) throws {
        try database.execute(
            sql: """
                INSERT INTO person VALUES (\(id), \(id % 2 == 0 ? 8507 : 8532), \(1940 + id % 60), 3, 4, 0, 0);
                INSERT INTO observation_period VALUES (\(id), \(id), '2010-01-01', '2025-12-31', 0);
                INSERT INTO condition_occurrence VALUES (\(id), \(id), 201826, '2020-05-0\(id % 9 + 1)', '2020-06-01', 0);
                INSERT INTO measurement VALUES (\(id), \(id), 3004410, '2021-02-03', 0, 6.5, 8554, 'HbA1c');
                """)
    }

    private static let tables = """
        CREATE TABLE person (person_id INTEGER, gender_concept_id INTEGER, year_of_birth INTEGER, month_of_birth INTEGER,
          day_of_birth INTEGER, race_concept_id INTEGER, ethnicity_concept_id INTEGER);
        CREATE TABLE observation_period (observation_period_id INTEGER, person_id INTEGER,
          observation_period_start_date TEXT, observation_period_end_date TEXT, period_type_concept_id INTEGER);
        CREATE TABLE condition_occurrence (condition_occurrence_id INTEGER, person_id INTEGER, condition_concept_id INTEGER,
          condition_start_date TEXT, condition_end_date TEXT, condition_type_concept_id INTEGER);
        CREATE TABLE measurement (measurement_id INTEGER, person_id INTEGER, measurement_concept_id INTEGER,
          measurement_date TEXT, measurement_type_concept_id INTEGER, value_as_number REAL, unit_concept_id INTEGER,
          measurement_source_value TEXT);
        CREATE TABLE death (person_id INTEGER, death_date TEXT, death_type_concept_id INTEGER, cause_concept_id INTEGER);
        CREATE TABLE cdm_source (cdm_source_name TEXT, source_release_date TEXT, cdm_release_date TEXT, cdm_version TEXT,
          vocabulary_version TEXT);
        CREATE TABLE concept (concept_id INTEGER, concept_name TEXT, domain_id TEXT, vocabulary_id TEXT, concept_class_id TEXT,
          standard_concept TEXT, concept_code TEXT, valid_start_date TEXT, valid_end_date TEXT, invalid_reason TEXT);
        INSERT INTO concept VALUES
          (201826, 'sugar', 'Condition', 'Ours', 'Finding', 'S', 'a', '1970-01-01', '2099-12-31', NULL),
          (45000001, 'sugar, old', 'Condition', 'Theirs', 'Finding', NULL, 'c', '1970-01-01', '2099-12-31', NULL),
          (3004410, 'HbA1c', 'Measurement', 'Ours', 'Lab Test', 'S', 'b', '1970-01-01', '2099-12-31', NULL);
        CREATE TABLE concept_ancestor (ancestor_concept_id INTEGER, descendant_concept_id INTEGER,
          min_levels_of_separation INTEGER, max_levels_of_separation INTEGER);
        INSERT INTO concept_ancestor VALUES (201826, 201826, 0, 0), (3004410, 3004410, 0, 0);
        CREATE TABLE concept_relationship (concept_id_1 INTEGER, concept_id_2 INTEGER, relationship_id TEXT,
          valid_start_date TEXT, valid_end_date TEXT, invalid_reason TEXT);
        """

    /// Everybody with the condition.
    static var question: FeasibilityQuestion {
        get throws { try Consortium.question(201_826, attrition: false) }
    }
}
