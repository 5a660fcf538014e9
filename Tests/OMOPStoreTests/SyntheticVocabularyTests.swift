import Foundation
import Testing

@testable import OMOPStore

@Suite struct SyntheticVocabularyTests {
    private let path = SyntheticTestStores.all["KR-H-0009"]?.path ?? ""

    @Test func `only our own vocabularies are in it`() throws {
        let found = try SyntheticTestStores.rows(
            path, "SELECT DISTINCT vocabulary_id FROM concept UNION SELECT vocabulary_id FROM vocabulary")
        #expect(Set(found.map { $0[0] }) == ["None", "Dure sample", "Dure local"])
        // Our codes: S and the id, L and a number; nothing that another vocabulary could have issued.
        let strangers = try SyntheticTestStores.rows(
            path,
            "SELECT concept_code FROM concept WHERE concept_code NOT GLOB 'L[0-9][0-9][0-9][0-9][0-9]' AND concept_code <> 'S' || concept_id"
        )
        #expect(strangers == [["None"]])
    }

    @Test func `every concept that a row names exists`() throws {
        for made in SyntheticTestStores.all.values {
            for table in RecordWriter.clinicalTables + StoreLayout.referenceTables {
                for column in table.columns where column.name.hasSuffix("concept_id") || column.name.hasPrefix("concept_id_") {
                    let missing = try SyntheticTestStores.rows(
                        made.path,
                        """
                        SELECT DISTINCT \(column.name) FROM \(table.rawValue) WHERE \(column.name) IS NOT NULL
                        AND \(column.name) NOT IN (SELECT concept_id FROM concept)
                        """)
                    #expect(missing.isEmpty, "\(table.rawValue).\(column.name): \(missing)")
                }
            }
        }
    }

    @Test func `every concept that a question names exists, is valid, and is called the same`() throws {
        let concepts = try SyntheticTestStores.rows(
            path, "SELECT concept_id, concept_name, domain_id FROM concept WHERE invalid_reason IS NULL")
        let known = Set(concepts)
        for workload in WorkloadFile.names {
            let named = try WorkloadFile(workload).conceptsNamed
            #expect(!named.isEmpty)
            for concept in named { #expect(known.contains(concept), "\(workload): \(concept)") }
        }
    }

    @Test func `the hierarchy is closed: an ancestor's ancestor is an ancestor`() throws {
        #expect(
            try SyntheticTestStores.number(
                path,
                """
                SELECT count(*) FROM concept_ancestor a JOIN concept_ancestor b ON a.descendant_concept_id = b.ancestor_concept_id
                WHERE NOT EXISTS (SELECT 1 FROM concept_ancestor c WHERE c.ancestor_concept_id = a.ancestor_concept_id
                AND c.descendant_concept_id = b.descendant_concept_id)
                """) == 0)
        let kidney = try SyntheticTestStores.rows(
            path,
            "SELECT ancestor_concept_id, min_levels_of_separation FROM concept_ancestor WHERE descendant_concept_id = 2000000071 ORDER BY 2"
        )
        #expect(kidney == [["2000000071", "0"], ["443732", "1"], ["201826", "2"], ["201820", "3"]])
    }

    @Test func `every concept has a name in English and in Korean`() throws {
        #expect(
            try SyntheticTestStores.number(
                path,
                """
                SELECT count(*) FROM concept c WHERE vocabulary_id = 'Dure sample' AND 2 <> (SELECT count(DISTINCT language_concept_id)
                FROM concept_synonym s WHERE s.concept_id = c.concept_id AND length(s.concept_synonym_name) > 0)
                """) == 0)
        let ids = SampleVocabulary().concepts.map(\.id)
        #expect(Set(ids).count == ids.count)
    }

    @Test func `local codes map to the concept that their rows carry`() throws {
        #expect(
            try SyntheticTestStores.number(
                path,
                """
                SELECT count(*) FROM drug_exposure d WHERE d.drug_concept_id <> 0 AND NOT EXISTS (SELECT 1 FROM concept_relationship r
                WHERE r.concept_id_1 = d.drug_source_concept_id AND r.concept_id_2 = d.drug_concept_id AND r.relationship_id = 'Maps to')
                """) == 0)
    }
}
