import OMOPStore
import Testing

@testable import EventIndex

/// Indices of one store that lie in places of their own.
@Suite struct SuccessionTests {
    @Test func `an index follows another from its own place, and is the same as one made whole`() throws {
        let folder = try TemporaryFolder()
        var made = RandomStore(seed: 41, persons: 60, rowsPerTable: 250)
        try IndexBuilder(store: made.store).build(to: folder.file("first"))
        let before = try folder.bytes("first")
        let delta = IndexDelta(persons: made.changeSome())
        let succession = IndexSuccession(previous: folder.file("first"), generation: 7)
        let builder = IndexBuilder(store: made.store)
        let report = try builder.refresh(delta, at: folder.file("second"), after: succession)
        #expect(report.wholeBecause == nil)
        #expect(report.build.rowsRead == nil)
        let whole = try builder.build(to: folder.file("whole"), after: succession)
        #expect(try folder.bytes("second") == folder.bytes("whole"))
        #expect(try EventIndex.open(folder.file("second")).header.generation == 7)
        #expect(try folder.bytes("first") == before)
        // Every row that the store gave is in the index, or was left out for a reason.
        let index = try EventIndex.open(folder.file("whole"))
        for table in EventTable.allCases {
            let left = whole.skipped.filter { $0.table == table.rawValue }.reduce(0) { $0 + $1.rows }
            #expect(whole.rowsRead?[table] == index.statistics(table).records + left, "\(table)")
        }
    }

    @Test func `an index without one before it is made whole`() throws {
        let folder = try TemporaryFolder()
        let made = RandomStore(seed: 42, persons: 3, rowsPerTable: 5)
        let succession = IndexSuccession(previous: nil, generation: 1)
        let report = try IndexBuilder(store: made.store).refresh(
            IndexDelta(persons: []), at: folder.file("index"), after: succession)
        #expect(report.wholeBecause == "there is no index yet")
        // The map of a store of three persons is shorter than an index can be, and is read all the same.
        let index = try EventIndex.open(folder.file("index"))
        #expect(try PersonMap.open(of: index, at: folder.file("index")).ids.count == index.personCount)
        #expect(index.personCount < 12)
    }
}
