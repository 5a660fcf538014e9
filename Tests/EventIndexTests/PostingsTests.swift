import OMOPStore
import Testing

@testable import EventIndex

@Suite struct PostingsTests {
    /// The rows of some concepts as a loop over the store gives them, and as they lie in the index.
    private struct Sample {
        var rows: [NaiveRows.Row]
        var postings: Postings
    }

    private func sample(_ folder: TemporaryFolder, seed: UInt64, threshold: Int = 5) throws -> Sample {
        var store = RandomStore(seed: seed, persons: 300, rowsPerTable: 6_000).store
        // Days that the hot column cannot hold are the other path's business.
        store.tables[.measurement]?.removeAll {
            guard case .day(let day)? = $0["measurement_date"] else { return true }
            return HotDay.code(day) == HotDay.escape
        }
        var options = IndexBuildOptions()
        options.bitmapThreshold = threshold
        let index = try folder.index(store, options: options)
        let concepts: [Int32] = [4_000_000, 4_000_006, 4_000_012, 4_000_018, 0]
        let selection = try index.selection(.measurement, .standard(concepts))
        let postings = try #require(try index.postings(selection, block: 0))
        return Sample(
            rows: NaiveRows(store).rows(.measurement) { standard, _ in concepts.contains(standard) }, postings: postings)
    }

    @Test(arguments: [5, 100_000]) func `everybody with a row is found, by bitmaps and without`(threshold: Int) throws {
        let folder = try TemporaryFolder()
        let sample = try sample(folder, seed: 71, threshold: threshold)
        let bits = PersonBits()
        try sample.postings.insert(into: bits)
        var found: [Int] = []
        bits.forEach { found.append($0) }
        #expect(found == Set(sample.rows.map(\.person)).sorted())
        #expect(bits.count == found.count)
        #expect(sample.postings.count == sample.rows.count)
    }

    @Test(arguments: [72, 73] as [UInt64]) func `earliest days, marks and counts are those of a loop over the rows`(seed: UInt64)
        throws
    {
        let folder = try TemporaryFolder()
        let sample = try sample(folder, seed: seed)
        var random = SeededRandom(seed)
        let windows = WindowVector()
        var bounds: [Int: ClosedRange<Int32>] = [:]
        for person in 0..<300 where random.chance(0.8) {
            let lower = Int32(random.whole(13_900...14_300))
            bounds[person] = lower...lower + Int32(random.whole(0...300))
            windows.set(person, from: Int(lower), through: Int(bounds[person]?.upperBound ?? 0))
        }
        windows.setPuzzling(301)
        let chosen = try sample.postings.choose(.valueNumber, number: { $0 > 300 })
        for choice in [nil, chosen] {
            let rows = sample.rows.filter { choice == nil || (Double($0.values[.valueNumber] ?? "") ?? -1) > 300 }
            let inside = rows.filter { bounds[$0.person]?.contains($0.start) ?? false }
            let first = DayVector()
            #expect(sample.postings.lower(first, within: windows, choice: choice).isEmpty)
            let marked = PersonBits()
            sample.postings.mark(marked, within: windows, choice: choice)
            let counters = PersonCounters()
            sample.postings.count(counters, within: windows, choice: choice)
            for person in 0..<300 {
                let own = inside.filter { $0.person == person }
                #expect(first.day(of: person) == own.map(\.start).min())
                #expect(marked.contains(person) == !own.isEmpty)
                #expect(Int(counters[person]) == own.count)
            }
        }
        let ever = DayVector()
        sample.postings.lower(ever)
        for person in 0..<300 { #expect(ever.day(of: person) == sample.rows.filter { $0.person == person }.map(\.start).min()) }
    }

    @Test func `rows of persons that must be looked at one by one are handed out`() throws {
        let folder = try TemporaryFolder()
        let sample = try sample(folder, seed: 74)
        let windows = WindowVector()
        let person = try #require(sample.rows.first?.person)
        windows.setPuzzling(person)
        let handed = sample.postings.lower(DayVector(), within: windows)
        #expect(handed.map(\.day).sorted() == sample.rows.filter { $0.person == person }.map(\.start).sorted())
        #expect(handed.allSatisfy { $0.person == person })
    }

    @Test func `rows are chosen by a concept column`() throws {
        let folder = try TemporaryFolder()
        let sample = try sample(folder, seed: 75)
        let chosen = try sample.postings.choose(.unitConcept) { $0 == 32_817 }
        let expected = sample.rows.count { $0.values[.unitConcept] == "32817" }
        #expect(chosen.count { $0 } == expected)
        #expect(expected > 0)
    }

    @Test func `a start day that the hot column cannot hold closes the way through postings`() throws {
        let folder = try TemporaryFolder()
        let index = try folder.index(RandomStore(seed: 76, persons: 100, rowsPerTable: 3_000).store)
        #expect(try index.postings(try index.selection(.measurement, .all), block: 0).map(\.count) == nil)
        #expect(try index.postings(try index.selection(.measurement, .source([581_373])), block: 0).map(\.count) == nil)
    }
}
