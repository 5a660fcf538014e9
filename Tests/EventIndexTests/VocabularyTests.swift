import OMOPStore
import Testing

@testable import EventIndex

@Suite struct VocabularyTests {
    @Test func `concepts keep their flags and their domain`() throws {
        let folder = try TemporaryFolder()
        let store = RandomStore(seed: 3, persons: 5, rowsPerTable: 5).store
        let index = try folder.index(store)
        let rows = store.tables[.concept] ?? []
        #expect(index.conceptCount == rows.count)
        for row in rows {
            let facts = try #require(index.concept(Int32(RandomStore.whole(row["concept_id"]))))
            #expect(facts.isInvalid == (row["invalid_reason"] != nil))
            #expect(facts.isStandard == (row["standard_concept"] == .text("S")))
            #expect(facts.isClassification == (row["standard_concept"] == .text("C")))
            #expect(row["domain_id"] == .text(facts.domain))
        }
        #expect(index.concept(1) == nil)
        #expect(index.concept(Int32.max) == nil)
    }

    @Test func `hierarchy and mappings come back both ways`() throws {
        let folder = try TemporaryFolder()
        let store = RandomStore(seed: 4, persons: 5, rowsPerTable: 5).store
        let index = try folder.index(store)
        func pairs(_ table: CDMTable, _ from: String, _ to: String, _ keep: (RowStore.Row) -> Bool) -> [Int32: Set<Int32>] {
            var found: [Int32: Set<Int32>] = [:]
            for row in store.tables[table] ?? [] where keep(row) {
                found[Int32(RandomStore.whole(row[from])), default: []].insert(Int32(RandomStore.whole(row[to])))
            }
            return found
        }
        let down = pairs(.conceptAncestor, "ancestor_concept_id", "descendant_concept_id") { _ in true }
        let up = pairs(.conceptAncestor, "descendant_concept_id", "ancestor_concept_id") { _ in true }
        func isValidMapping(_ row: RowStore.Row) -> Bool {
            row["relationship_id"] == .text("Maps to") && row["invalid_reason"] == nil
        }
        let sources = pairs(.conceptRelationship, "concept_id_2", "concept_id_1", isValidMapping)
        let targets = pairs(.conceptRelationship, "concept_id_1", "concept_id_2", isValidMapping)
        for id in Int32(3_999_990)...4_000_220 {
            #expect(try index.descendants(of: id) == (down[id] ?? []).sorted())
            #expect(try index.ancestors(of: id) == (up[id] ?? []).sorted())
            #expect(try index.mappedSources(of: id) == (sources[id] ?? []).sorted())
            #expect(try index.mappedTargets(of: id) == (targets[id] ?? []).sorted())
        }
    }

    @Test func `more pairs than fit into memory at once come out in order`() throws {
        var random = SeededRandom(11)
        let sorter = PairSorter(runLength: 100)
        var expected: [[Int32]] = []
        for _ in 0..<1_234 {
            let pair = [Int32(random.whole(-50...50)), Int32.random(in: .min ... .max, using: &random)]
            expected.append(pair)
            try sorter.add(pair[0], pair[1])
        }
        expected.sort { ($0[0], $0[1]) < ($1[0], $1[1]) }
        var got: [[Int32]] = []
        try sorter.forEach { got.append([$0, $1]) }
        #expect(got == expected)
    }
}
