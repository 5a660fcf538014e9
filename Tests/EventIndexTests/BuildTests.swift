import Foundation
import OMOPStore
import Synchronization
import Testing

@testable import EventIndex

@Suite struct BuildTests {
    @Test func `the same rows in any order make the same bytes`() throws {
        let folder = try TemporaryFolder()
        var made = RandomStore(seed: 31, persons: 50, rowsPerTable: 300)
        try IndexBuilder(store: made.store).build(to: folder.file("a"))
        try IndexBuilder(store: made.store).build(to: folder.file("b"))
        // Deaths share their ids, and equal visits of one person would too: those tables stay in order.
        for table in CDMTable.allCases where table != .death { made.store.tables[table]?.shuffle(using: &made.random) }
        try IndexBuilder(store: made.store).build(to: folder.file("c"))
        let first = try folder.bytes("a")
        #expect(try folder.bytes("b") == first)
        #expect(try folder.bytes("c") == first)
    }

    @Test func `a build in place of an older one counts up and leaves open readers alone`() throws {
        let folder = try TemporaryFolder()
        let small = RandomStore(seed: 32, persons: 20, rowsPerTable: 50).store
        let large = RandomStore(seed: 33, persons: 40, rowsPerTable: 400).store
        let old = try folder.index(small)
        let before = try old.rows(.condition, concepts: .all, block: 0).id
        let report = try IndexBuilder(store: large).build(to: folder.file("index"))
        #expect(report.generation == 2)
        #expect(try old.rows(.condition, concepts: .all, block: 0).id == before)
        let new = try EventIndex.open(folder.file("index"))
        #expect(new.header.generation == 2)
        #expect(new.personCount == NaiveRows(large).ordinals.count)
        #expect(throws: EventIndexError.self) { try PersonMap.open(of: old, at: folder.file("index")) }
    }

    @Test func `a build that is stopped leaves the old index and nothing else`() throws {
        let folder = try TemporaryFolder()
        let store = RandomStore(seed: 34, persons: 40, rowsPerTable: 3_000).store
        try IndexBuilder(store: store).build(to: folder.file("index"))
        let before = try folder.bytes("index")
        let asked = Mutex(0)
        let error = #expect(throws: EventIndexError.self) {
            try IndexBuilder(store: store).build(
                to: folder.file("index"),
                isCancelled: {
                    asked.withLock { count in
                        count += 1
                        return count > 20
                    }
                })
        }
        #expect(error?.code == .cancelled)
        #expect(try folder.bytes("index") == before)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["index", "index.persons"])
    }

    @Test func `rows that cannot be indexed are counted with their reason`() throws {
        let folder = try TemporaryFolder()
        var store = RowStore()
        store.tables[.person] = [["person_id": .whole(1)], ["person_id": .whole(1)], [:]]
        store.tables[.observationPeriod] = [
            [
                "person_id": .whole(2), "observation_period_id": .whole(1), "observation_period_start_date": .day(1),
                "observation_period_end_date": .day(9),
            ]
        ]
        let good: RowStore.Row = [
            "person_id": .whole(1), "condition_occurrence_id": .whole(5), "condition_start_date": .day(3),
            "condition_concept_id": .whole(7),
        ]
        store.tables[.conditionOccurrence] = [
            good, good.merging(["person_id": .whole(99)]) { $1 }, good.filter { $0.key != "person_id" },
            good.filter { $0.key != "condition_start_date" }, good.filter { $0.key != "condition_occurrence_id" },
            good.merging(["condition_concept_id": .whole(3_000_000_000)]) { $1 },
        ]
        let report = try IndexBuilder(store: store).build(to: folder.file("index"))
        #expect(report.persons == 2)
        #expect(report.events == 2)
        let skipped = Dictionary(grouping: report.skipped, by: \.table).mapValues { $0.map(\.rows).reduce(0, +) }
        #expect(skipped == ["person": 2, "condition_occurrence": 5])
        #expect(report.skipped.filter { $0.table == "condition_occurrence" }.count == 5)
    }

    @Test func `the header says where the rows come from`() throws {
        let folder = try TemporaryFolder()
        let header = try folder.index(RandomStore(seed: 35, persons: 3, rowsPerTable: 3).store).header
        #expect(header.sourceName == "a test")
        #expect(header.dataRelease == "2026-11-01")
        #expect(header.dataReleaseDate == "2026-11-01")
        #expect(header.cdmVersion == "5.4")
        #expect(header.vocabularyRelease == "v5.0 TEST")
        #expect(header.options["bitmap-threshold"] == "2048")
        #expect(header.generation == 1)
        #expect(header.fileSize == (try folder.bytes("index").count))
    }

    @Test func `the map of persons can be read by its owner alone`() throws {
        let folder = try TemporaryFolder()
        _ = try folder.index(RandomStore(seed: 36, persons: 3, rowsPerTable: 3).store)
        let rights = try FileManager.default.attributesOfItem(atPath: folder.file("index.persons"))[.posixPermissions]
        #expect((rights as? NSNumber)?.intValue == 0o600)
    }

    @Test func `an empty store makes an index of nobody`() throws {
        let folder = try TemporaryFolder()
        let index = try folder.index(RowStore())
        #expect(index.personCount == 0)
        #expect(index.blockCount == 0)
        #expect(throws: EventIndexError.self) { try index.rows(.drug, concepts: .all, block: 0) }
        #expect(throws: EventIndexError.self) { try index.persons(block: -1) }
    }
}
