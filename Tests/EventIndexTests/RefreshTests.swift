import Foundation
import OMOPStore
import Synchronization
import Testing

@testable import EventIndex

/// A refresh against the whole build of the same store.
@Suite struct RefreshTests {
    @Test(arguments: 0..<8)
    func `a refresh makes the bytes of a whole build`(seed: Int) throws {
        let folder = try TemporaryFolder()
        var made = RandomStore(seed: UInt64(900 + seed), persons: 60, rowsPerTable: 250, shuffled: seed % 3 == 0)
        try IndexBuilder(store: made.store).build(to: folder.file("refreshed"))
        for _ in 0..<3 {
            try folder.copyIndex("refreshed", to: "whole")
            let delta = IndexDelta(persons: made.changeSome())
            let report = try IndexBuilder(store: made.store).refresh(delta, at: folder.file("refreshed"))
            #expect(report.wholeBecause == nil)
            let whole = try IndexBuilder(store: made.store).build(to: folder.file("whole"))
            #expect(report.build.events == whole.events)
            #expect(report.build.generation == whole.generation)
            #expect(try folder.bytes("refreshed") == folder.bytes("whole"))
            #expect(try folder.bytes("refreshed.persons") == folder.bytes("whole.persons"))
            _ = try EventIndex.open(folder.file("refreshed"))
        }
    }

    @Test(.enabled(if: ProcessInfo.processInfo.environment["DURE_LONG_TESTS"] == "1", "takes half a minute"))
    func `persons who move to another block take their rows along`() throws {
        let folder = try TemporaryFolder()
        var store = RowStore()
        for person in 0..<66_000 {
            let id = Int64(1_000 + person * 2)
            store.tables[.person, default: []].append(["person_id": .whole(id), "year_of_birth": .whole(1_950)])
            if person % 100 == 0 || person > 65_500 { store.addCondition(person: id, id: Int64(person)) }
        }
        try IndexBuilder(store: store).build(to: folder.file("refreshed"))
        try folder.copyIndex("refreshed", to: "whole")
        // Three new persons before all others push as many over the edge of the block; two at the end leave.
        for id in [1, 2, 3] as [Int64] {
            store.tables[.person, default: []].append(["person_id": .whole(id)])
            store.addCondition(person: id, id: 900_000 + id)
        }
        let gone: [Int64] = [1_000 + 65_998 * 2, 1_000 + 65_999 * 2]
        for table in [CDMTable.person, .conditionOccurrence] {
            store.tables[table]?.removeAll { gone.contains(RandomStore.whole($0["person_id"])) }
        }
        // Nobody is named: who came and who left shows in PERSON.
        let report = try IndexBuilder(store: store).refresh(IndexDelta(persons: []), at: folder.file("refreshed"))
        #expect(report.wholeBecause == nil)
        #expect(report.personsRead == 3)
        try IndexBuilder(store: store).build(to: folder.file("whole"))
        #expect(try folder.bytes("refreshed") == folder.bytes("whole"))
    }

    @Test func `only the changed persons are read from the tables of events`() throws {
        let folder = try TemporaryFolder()
        let made = RandomStore(seed: 77, persons: 60, rowsPerTable: 250)
        let watched = WatchedStore(store: made.store)
        try IndexBuilder(store: watched).build(to: folder.file("index"))
        watched.scanned.withLock { $0 = [] }
        let some = Array(made.personIDs.prefix(3))
        let report = try IndexBuilder(store: watched).refresh(IndexDelta(persons: some), at: folder.file("index"))
        #expect(report.personsRead == 3)
        let scanned = watched.scanned.withLock { $0 }
        #expect(Set(scanned) == [.person, .observationPeriod, .provider, .careSite])
        #expect(watched.asked.withLock { $0 } == [some])
    }

    @Test func `the vocabulary is read again only when it changed`() throws {
        let folder = try TemporaryFolder()
        var made = RandomStore(seed: 78, persons: 30, rowsPerTable: 50)
        try IndexBuilder(store: made.store).build(to: folder.file("index"))
        made.store.tables[.concept, default: []].append(["concept_id": .whole(77), "domain_id": .text("Drug")])
        try IndexBuilder(store: made.store).refresh(IndexDelta(persons: []), at: folder.file("index"))
        #expect(try EventIndex.open(folder.file("index")).concept(77) == nil)
        try IndexBuilder(store: made.store).refresh(
            IndexDelta(persons: [], vocabularyChanged: true), at: folder.file("index"))
        #expect(try EventIndex.open(folder.file("index")).concept(77)?.domain == "Drug")
    }

    @Test func `an index that cannot serve is built whole, and the report says why`() throws {
        let folder = try TemporaryFolder()
        var made = RandomStore(seed: 79, persons: 40, rowsPerTable: 60)
        let path = folder.file("index")
        func refresh(_ options: IndexBuildOptions = IndexBuildOptions(), persons: [Int64] = []) throws -> String? {
            try IndexBuilder(store: made.store, options: options).refresh(IndexDelta(persons: persons), at: path).wholeBecause
        }
        #expect(try refresh() == "there is no index yet")
        #expect(try refresh() == nil)
        #expect(try refresh(persons: made.personIDs) == "more than a quarter of the persons changed")
        made.store.missingColumns = ["unit_concept_id"]
        #expect(try refresh() == "the store has other columns than it had")
        made.store.tables[.provider, default: []].append(["provider_id": .whole(99), "specialty_concept_id": .whole(1)])
        #expect(try refresh() == "providers or care sites changed")
        var options = IndexBuildOptions()
        options.bitmapThreshold = 9
        #expect(try refresh(options) == "the index was built with other options")
        #expect(try refresh(options) == nil)
        try FileManager.default.removeItem(atPath: path + ".persons")
        #expect(try refresh(options) != nil)
        var bytes = try folder.bytes("index")
        bytes[bytes.count / 2] ^= 1
        try Data(bytes).write(to: URL(filePath: path))
        #expect(try refresh(options)?.contains("damaged") == true)
        #expect(try refresh(options) == nil)
    }

    @Test func `a list of changed persons is read line by line`() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("changed")
        func read(_ text: String) throws -> IndexDelta {
            try Data(text.utf8).write(to: URL(filePath: path))
            return try IndexDelta.read(path)
        }
        #expect(try read("12\n\n # night of the 3rd\n 7 # twice\n12\n") == IndexDelta(persons: [12, 7, 12]))
        #expect(try read("vocabulary\r\n5\r\n") == IndexDelta(persons: [5], vocabularyChanged: true))
        let error = #expect(throws: EventIndexError.self) { try read("1\n2 3\n") }
        #expect(error?.message.contains("Line 2") == true)
        #expect(throws: EventIndexError.self) { try IndexDelta.read(folder.file("nothing")) }
    }
}

/// Notes what is asked of a store.
private struct WatchedStore: ClinicalStore {
    final class Notes<Value: Sendable>: Sendable {
        private let value: Mutex<Value>
        init(_ value: Value) { self.value = Mutex(value) }
        func withLock<T>(_ body: (inout Value) -> T) -> T { value.withLock { body(&$0) } }
    }

    let store: RowStore
    let scanned = Notes<[CDMTable]>([])
    let asked = Notes<Set<[Int64]>>([])
    var profile: StoreProfile { store.profile }

    func cursor(
        _ table: CDMTable, columns: [String], order: ScanOrder, isCancelled: @escaping @Sendable () -> Bool
    ) throws(OMOPStoreError) -> any CDMCursor {
        scanned.withLock { $0.append(table) }
        return try store.cursor(table, columns: columns, order: order, isCancelled: isCancelled)
    }

    func cursor(
        _ table: CDMTable, columns: [String], persons: [Int64], isCancelled: @escaping @Sendable () -> Bool
    ) throws(OMOPStoreError) -> any CDMCursor {
        asked.withLock { _ = $0.insert(persons) }
        return try store.cursor(table, columns: columns, persons: persons, isCancelled: isCancelled)
    }
}

extension TemporaryFolder {
    fileprivate func copyIndex(_ name: String, to copy: String) throws {
        for ending in ["", ".persons"] {
            let target = file(copy + ending)
            if FileManager.default.fileExists(atPath: target) { try FileManager.default.removeItem(atPath: target) }
            try FileManager.default.copyItem(atPath: file(name + ending), toPath: target)
        }
    }
}

extension RowStore {
    fileprivate mutating func addCondition(person: Int64, id: Int64) {
        tables[.conditionOccurrence, default: []].append([
            "person_id": .whole(person), "condition_occurrence_id": .whole(id),
            "condition_concept_id": .whole(4_000_000 + id % 7), "condition_start_date": .day(14_000 + Int32(id % 300)),
        ])
    }
}

extension RandomStore {
    /// What an ETL run might do: rows of some persons disappear, change and appear, persons come and go.
    /// - Returns: the persons that were changed.
    mutating func changeSome() -> [Int64] {
        let chosen = Set((0..<6).map { _ in random.pick(personIDs) })
        let gone = random.pick(personIDs)
        let come = Int64(random.whole(1...250))
        for layout in EventTable.allCases.map(TableLayout.of) {
            var rows = store.tables[layout.table] ?? []
            rows.removeAll { Self.whole($0["person_id"]) == gone }
            rows.removeAll { chosen.contains(Self.whole($0["person_id"])) && random.chance(0.3) }
            for place in rows.indices where chosen.contains(Self.whole(rows[place]["person_id"])) {
                if random.chance(0.4), layout.table != .observationPeriod { rows[place][layout.start] = .day(14_200) }
                if let concept = layout.concept, random.chance(0.3) { rows[place][concept] = .whole(4_000_555) }
            }
            if var row = rows.last {
                row["person_id"] = .whole(come)
                if layout.table != .death { row[layout.id] = .whole(Int64(500_000 + random.whole(0...9_999))) }
                rows.append(row)
            }
            // Deaths share their ids, and their order decides between equal ones.
            if layout.table != .death { rows.sort { Self.whole($0["person_id"]) < Self.whole($1["person_id"]) } }
            store.tables[layout.table] = rows
        }
        store.tables[.person]?.removeAll { Self.whole($0["person_id"]) == gone }
        personIDs.removeAll { $0 == gone }
        if !personIDs.contains(come) { personIDs.append(come) }
        return Array(chosen) + [gone, come, come]
    }
}
