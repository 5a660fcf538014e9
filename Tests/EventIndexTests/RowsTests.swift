import OMOPStore
import Testing

@testable import EventIndex

@Suite struct RowsTests {
    static let seeds: [UInt64] = [1, 2, 3, 4]

    private func check(_ store: RowStore, _ index: EventIndex, _ table: EventTable, _ filter: ConceptFilter) throws {
        let naive = NaiveRows(store)
        let expected = naive.rows(table) { standard, source in
            switch filter {
            case .all: true
            case .standard(let ids): standard != Int32.min && ids.contains(standard)
            case .source(let ids): source != Int32.min && ids.contains(source)
            case .both(let standards, let sources):
                standard != Int32.min && standards.contains(standard) && source != Int32.min && sources.contains(source)
            case .either(let ids):
                (standard != Int32.min && ids.contains(standard)) || (source != Int32.min && ids.contains(source))
            }
        }
        var got: [NaiveRows.Row] = []
        for block in 0..<index.blockCount {
            got += try index.rows(table, concepts: filter, columns: table.columns, block: block).naive()
        }
        // Deaths of one person on one day have one id, so only their order is open.
        if table == .death {
            #expect(Set(got) == Set(expected), "\(table) \(filter)")
            #expect(got.count == expected.count)
        } else {
            #expect(got == expected, "\(table) \(filter)")
        }
    }

    @Test(arguments: seeds) func `every row of every table comes back with every attribute`(seed: UInt64) throws {
        let folder = try TemporaryFolder()
        let store = RandomStore(seed: seed, persons: 60, rowsPerTable: 700, shuffled: seed % 2 == 0).store
        let index = try folder.index(store)
        for table in EventTable.allCases { try check(store, index, table, .all) }
    }

    @Test(arguments: seeds) func `concept filters choose the rows that a loop over the store chooses`(seed: UInt64) throws {
        let folder = try TemporaryFolder()
        var made = RandomStore(seed: seed, persons: 80, rowsPerTable: 500)
        let index = try folder.index(made.store)
        let standards: [Int32] = (0..<12).map { _ in Int32(4_000_000 + made.random.whole(0...81)) } + [0]
        let sources: [Int32] = [581_373, 45_000_007, 45_000_008, 2_000_000_001, 5]
        for table in EventTable.allCases where table.hasConcept {
            try check(made.store, index, table, .standard(standards))
            try check(made.store, index, table, .standard([standards[0]]))
            try check(made.store, index, table, .standard([]))
            try check(made.store, index, table, .source(sources))
            try check(made.store, index, table, .both(standard: standards, source: sources))
            try check(made.store, index, table, .either(sources + standards))
        }
    }

    @Test func `persons beyond one block are found in theirs`() throws {
        let folder = try TemporaryFolder()
        let store = RandomStore(seed: 9, persons: 70_000, rowsPerTable: 4_000, shuffled: true).store
        let index = try folder.index(store)
        #expect(index.blockCount == 2)
        #expect(index.personCount == 70_000)
        #expect(index.personCount(block: 1) == 70_000 - 65_536)
        for table in [EventTable.measurement, .visit, .drugEra] { try check(store, index, table, .all) }
        let periods = try index.observationPeriods(block: 1)
        let expected = NaiveRows(store).rows(.observationPeriod).filter { $0.person >= 65_536 }
        #expect(periods.start == expected.map(\.start))
        #expect(periods.end == expected.map(\.end))
        #expect(periods.offsets.count == index.personCount(block: 1) + 1)
        for person in 0..<100 {
            #expect(periods.range(of: person).count == expected.count { $0.person == 65_536 + person })
        }
    }

    @Test func `columns and tables that a store does not have read as NULL and as no rows`() throws {
        let folder = try TemporaryFolder()
        var store = RandomStore(seed: 5, persons: 40, rowsPerTable: 200).store
        store.missingColumns = ["value_as_number", "stop_reason", "drug_exposure_end_date", "visit_occurrence_id"]
        store.missingTables = [.episode, .conceptAncestor]
        store.tables[.episode] = nil
        store.tables[.conceptAncestor] = nil
        store.missingColumns.remove("visit_occurrence_id")
        let index = try folder.index(store)
        #expect(
            index.statistics(.episode) == TableStatistics(isPresent: false, records: 0, persons: 0, unmappedRecords: 0, bytes: 0))
        let drugs = try index.rows(.drug, concepts: .all, columns: [.stopReason, .gapDays], block: 0)
        #expect(drugs.count > 0)
        #expect(drugs.end.allSatisfy { $0 == EventRows.nullDay })
        #expect(drugs.texts(.stopReason).codes.allSatisfy { $0 == -1 })
        #expect(drugs.integers(.gapDays).allSatisfy { $0 == EventRows.nullInteger })
        #expect(drugs.integers(.gapDays).count == drugs.count)
        let values = try index.rows(.measurement, concepts: .all, columns: [.valueNumber], block: 0)
        #expect(values.numbers(.valueNumber).allSatisfy { $0.isNaN })
        #expect(try index.descendants(of: 4_000_001).isEmpty)
        #expect(try index.rows(.episode, concepts: .all, columns: [.episodeNumber], block: 0).count == 0)
    }
}
