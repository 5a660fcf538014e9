import OMOPStore
import Testing

@testable import EventIndex

@Suite struct StatisticsTests {
    @Test(arguments: [21, 22] as [UInt64])
    func `totals are what a loop over the store counts`(seed: UInt64) throws {
        let folder = try TemporaryFolder()
        let store = RandomStore(seed: seed, persons: 90, rowsPerTable: 600).store
        let index = try folder.index(store)
        let naive = NaiveRows(store)
        for table in EventTable.allCases {
            let rows = naive.rows(table)
            let totals = index.statistics(table)
            #expect(totals.isPresent)
            #expect(totals.records == rows.count)
            #expect(totals.persons == Set(rows.map(\.person)).count)
            #expect(totals.firstDay == rows.map(\.start).min())
            #expect(totals.lastDay == rows.map(\.start).max())
            let unmapped = rows.count { $0.concept == 0 || $0.concept == EventRows.nullConcept }
            #expect(totals.unmappedRecords == (table.hasConcept ? unmapped : 0))
            let byConcept = Dictionary(grouping: rows, by: \.concept)
            for (concept, rows) in byConcept {
                #expect(index.statistics(table, concept: concept).records == rows.count)
                #expect(index.statistics(table, concept: concept).persons == Set(rows.map(\.person)).count)
            }
            #expect(index.concepts(in: table) == byConcept.keys.filter { $0 != EventRows.nullConcept }.sorted())
            #expect(index.statistics(table, concept: 12) == ConceptStatistics(records: 0, persons: 0))
        }
    }

    @Test func `persons come back in the order of their ids, orphans without a row`() throws {
        let folder = try TemporaryFolder()
        let store = RandomStore(seed: 23, persons: 300, rowsPerTable: 10).store
        let index = try folder.index(store)
        let naive = NaiveRows(store)
        let persons = try index.persons(block: 0)
        #expect(persons.count == naive.ordinals.count)
        let rows = Dictionary(
            uniqueKeysWithValues: (store.tables[.person] ?? []).map { (RandomStore.whole($0["person_id"]), $0) })
        func value(_ row: RowStore.Row?, _ name: String) -> Int32 {
            row?[name].map { Int32(RandomStore.whole($0)) } ?? Int32.min
        }
        for (id, ordinal) in naive.ordinals {
            #expect(persons.hasRow[ordinal] == (rows[id] != nil))
            #expect(persons.yearOfBirth[ordinal] == value(rows[id], "year_of_birth"))
            #expect(persons.monthOfBirth[ordinal] == value(rows[id], "month_of_birth"))
            #expect(persons.dayOfBirth[ordinal] == Int32.min)
            #expect(persons.gender[ordinal] == value(rows[id], "gender_concept_id"))
            #expect(persons.race[ordinal] == value(rows[id], "race_concept_id"))
            #expect(persons.ethnicity[ordinal] == value(rows[id], "ethnicity_concept_id"))
            #expect(persons.genderSource[ordinal] == Int32.min)
        }
        let map = try PersonMap.open(of: index, at: folder.file("index"))
        #expect(map.ids == naive.ordinals.keys.sorted())
    }
}
