import OMOPStore
import Testing

@testable import EventIndex

/// Which rows lie in an observation period of their person, as the builder writes it down.
@Suite struct ObservedTests {
    /// The periods of each person by ordinal, from the store's rows.
    private func periods(_ store: RowStore, _ naive: NaiveRows) -> [Int: [ClosedRange<Int32>]] {
        var found: [Int: [ClosedRange<Int32>]] = [:]
        for row in store.tables[.observationPeriod] ?? [] {
            guard case .day(let start)? = row["observation_period_start_date"],
                case .day(let end)? = row["observation_period_end_date"], start <= end,
                let person = naive.ordinals[RandomStore.whole(row["person_id"])]
            else { continue }
            found[person, default: []].append(start...end)
        }
        return found
    }

    /// A store without days that the hot columns cannot hold, but for the observation periods'.
    private func store(_ seed: UInt64) -> RowStore {
        var store = RandomStore(seed: seed, persons: 200, rowsPerTable: 3_000).store
        for table in EventTable.allCases where table != .observationPeriod {
            let layout = TableLayout.of(table)
            store.tables[layout.table]?.removeAll {
                if case .day(let day)? = $0[layout.start] { HotDay.code(day) == HotDay.escape } else { false }
            }
        }
        return store
    }

    @Test(arguments: [81, 82] as [UInt64], [5, 100_000])
    func `the observed rows of a table are those of a loop over periods`(seed: UInt64, threshold: Int) throws {
        let folder = try TemporaryFolder()
        let store = store(seed)
        let naive = NaiveRows(store)
        let periods = periods(store, naive)
        var options = IndexBuildOptions()
        options.bitmapThreshold = threshold
        let index = try folder.index(store, options: options)
        let concepts: [Int32] = [4_000_000, 4_000_006, 4_000_012, 4_000_018]
        for table in EventTable.allCases where table.hasConcept {
            let selection = try index.selection(table, .standard(concepts))
            let postings = try #require(try index.postings(selection, block: 0, observed: true))
            let rows = naive.rows(table) { standard, _ in concepts.contains(standard) }
            let observed = rows.filter { row in periods[row.person]?.contains { $0.contains(row.start) } ?? false }
            #expect(observed.count > 0 && observed.count < rows.count)
            #expect(postings.count == observed.count)
            let (bits, days) = (PersonBits(), DayVector())
            try postings.insert(into: bits)
            postings.lower(days)
            for person in 0..<200 {
                let own = observed.filter { $0.person == person }
                #expect(bits.contains(person) == !own.isEmpty)
                #expect(days.day(of: person) == own.map(\.start).min())
            }
        }
    }

    @Test func `a period is observed in itself, unless it ends before it begins`() throws {
        let folder = try TemporaryFolder()
        var store = RowStore()
        func add(_ person: Int64, _ start: Int32, _ end: Int32) {
            store.tables[.observationPeriod, default: []].append([
                "observation_period_id": .whole(person * 10), "person_id": .whole(person),
                "observation_period_start_date": .day(start), "observation_period_end_date": .day(end),
            ])
        }
        add(1, 14_000, 14_100)
        add(2, 14_000, 13_999)
        add(3, 14_000, 14_000)
        let index = try folder.index(store)
        let selection = try index.selection(.observationPeriod, .all)
        let bits = PersonBits()
        try #require(try index.postings(selection, block: 0, observed: true)).insert(into: bits)
        #expect((0..<3).map { bits.contains($0) } == [true, false, true])
    }

    @Test func `where all rows are observed nothing is written down`() throws {
        let folder = try TemporaryFolder()
        var store = RowStore()
        for person in Int64(1)...20 {
            store.tables[.observationPeriod, default: []].append([
                "observation_period_id": .whole(person), "person_id": .whole(person),
                "observation_period_start_date": .day(14_000), "observation_period_end_date": .day(14_100),
            ])
            store.tables[.conditionOccurrence, default: []].append([
                "condition_occurrence_id": .whole(person), "person_id": .whole(person), "condition_concept_id": .whole(5),
                "condition_start_date": .day(14_000 + Int32(person)),
            ])
        }
        func isWritten(_ name: String) throws -> Bool {
            let segments = try SegmentTable(try MappedFile(path: folder.file(name)), path: name)
            return segments.find(UInt16(EventTable.condition.number), PostingColumn.observed) != nil
        }
        try IndexBuilder(store: store).build(to: folder.file("inside"))
        #expect(try !isWritten("inside"))
        store.tables[.conditionOccurrence]?[7]["condition_start_date"] = .day(14_101)
        try IndexBuilder(store: store).build(to: folder.file("one outside"))
        #expect(try isWritten("one outside"))
    }

    @Test func `stretches of set bits are found whatever the range`() throws {
        var random = SeededRandom(83)
        for density in [0.02, 0.5, 0.98] {
            let flags = (0..<500).map { _ in random.chance(density) }
            var words = [UInt64](repeating: 0, count: 8)
            for (row, flag) in flags.enumerated() where flag { words[row >> 6] |= 1 << UInt64(row & 63) }
            try words.withUnsafeBytes { raw in
                let read = try RowFlags(Bytes(raw), rows: 500)
                #expect(throws: EventIndexError.self) { try RowFlags(Bytes(raw), rows: 513) }
                for _ in 0..<50 {
                    let from = random.whole(0...500)
                    let range = from..<random.whole(from...500)
                    var found: [Int] = []
                    var stretches = 0
                    read.forEachStretch(in: range) {
                        found += $0
                        stretches += 1
                    }
                    #expect(found == range.filter { flags[$0] })
                    #expect(stretches == range.count { flags[$0] && ($0 == range.lowerBound || !flags[$0 - 1]) })
                }
            }
        }
    }
}
