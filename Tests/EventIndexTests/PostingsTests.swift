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
        let chosen = try sample.postings.choose(.valueNumber, from: 300.0.nextUp, through: .infinity)
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

    @Test(arguments: [77, 78] as [UInt64]) func `counts and marks around a day are those of a loop over the rows`(seed: UInt64)
        throws
    {
        let folder = try TemporaryFolder()
        let sample = try sample(folder, seed: seed)
        var random = SeededRandom(seed)
        let center = DayVector()
        var centers: [Int: Int32] = [:]
        for person in 0..<300 where random.chance(0.8) {
            centers[person] = Int32(random.whole(13_900...14_500))
            center.lower(person, to: centers[person] ?? 0)
        }
        let chosen = try sample.postings.choose(.valueNumber, from: 300.0.nextUp, through: .infinity)
        let bounds: [(Int?, Int?)] = [(0, 30), (-365, -1), (nil, 0), (1, nil), (-10_000_000, 10_000_000), (5, 5)]
        for choice in [nil, chosen] {
            let rows = sample.rows.filter { choice == nil || (Double($0.values[.valueNumber] ?? "") ?? -1) > 300 }
            let (once, twice, all, ever) = (PersonBits(), PersonBits(), PersonBits(), PersonCounters())
            sample.postings.count(once: once, twice: twice, choice: choice)
            sample.postings.count(ever, choice: choice)
            if let choice { sample.postings.insert(into: all, choice: choice) } else { try sample.postings.insert(into: all) }
            for person in 0..<300 {
                let count = rows.count { $0.person == person }
                #expect(Int(ever[person]) == count)
                #expect([once, all].map { $0.contains(person) } == [count > 0, count > 0])
                #expect(twice.contains(person) == (count > 1))
            }
            for (lower, upper) in bounds {
                let window = try #require(DaysAround(from: lower, through: upper))
                let (marked, counters) = (PersonBits(), PersonCounters())
                sample.postings.mark(marked, around: center, window, choice: choice)
                sample.postings.count(counters, around: center, window, choice: choice)
                for (person, day) in centers {
                    let count = rows.count {
                        $0.person == person && Int($0.start - day) >= lower ?? .min && Int($0.start - day) <= upper ?? .max
                    }
                    #expect(marked.contains(person) == (count > 0))
                    #expect(Int(counters[person]) == count)
                }
            }
        }
        #expect(DaysAround(from: 3, through: 2) == nil)
        #expect(DaysAround(from: 1_000_000, through: nil) == nil)
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

@Suite struct WindowSettingTests {
    @Test(arguments: [91, 92] as [UInt64]) func `windows and earliest days of many persons are those of one after another`(
        seed: UInt64
    ) {
        var random = SeededRandom(seed)
        let (observation, days, persons) = (WindowVector(), DayVector(), PersonBits())
        var periods: [Int: [ClosedRange<Int>]] = [:]
        var chosen: [Int: Int] = [:]
        for person in 0..<400 {
            if random.chance(0.8) { persons.insert(person) }
            let start = random.whole(13_000...13_400)
            if random.chance(0.9) {
                periods[person] = [start...start + random.whole(0...300)]
                observation.set(person, from: start, through: start + (periods[person]?[0].count ?? 1) - 1)
                if random.chance(0.3) {
                    periods[person]?.append(13_900...14_100)
                    observation.setSecond(person, from: 13_900, through: 14_100)
                }
            }
            if random.chance(0.05) { observation.setPuzzling(person) }
            if random.chance(0.9) {
                chosen[person] = random.chance(0.3) ? random.whole(13_880...14_110) : start + random.whole(-10...320)
                days.lower(person, to: Int32(chosen[person] ?? 0))
            }
        }
        let isPuzzling = (0..<400).map { observation.windows[$0] == WindowVector.puzzling }
        for (lower, upper) in [(0, 30), (-100, nil), (nil, -1), (nil, nil)] as [(Int?, Int?)] {
            for inside in [observation, nil] {
                let windows = WindowVector()
                let left = windows.set(persons, around: days, from: lower, through: upper, inside: inside)
                let puzzling = (0..<400).filter { inside != nil && persons.contains($0) && isPuzzling[$0] }
                #expect(left == puzzling)
                for (person, day) in chosen where persons.contains(person) && !puzzling.contains(person) {
                    let period = inside == nil ? 0...40_000 : periods[person]?.first { $0.contains(day) }
                    for offset in [-101, -100, -1, 0, 1, 29, 30, 31, 200] {
                        let holds =
                            (period?.contains(day + offset) ?? false) && offset >= lower ?? .min && offset <= upper ?? .max
                        #expect(windows.contains(person, Int32(day + offset)) == holds, "\(person) \(offset)")
                    }
                }
            }
        }
        for (prior, post) in [(0, 0), (30, 0), (10, 20)] {
            let (first, found) = (DayVector(), PersonBits())
            let left = first.lower(
                persons, from: days, inside: observation, prior: prior, post: post, found: found, where: { $1 % 7 != 0 || $0 < 0 }
            )
            #expect(left == (0..<400).filter { persons.contains($0) && isPuzzling[$0] })
            for person in 0..<400 where !isPuzzling[person] {
                let day = chosen[person] ?? 0
                let holds = periods[person]?.contains { $0.lowerBound + prior <= day && day + post <= $0.upperBound } ?? false
                let isTaken = persons.contains(person) && chosen[person] != nil && holds && day % 7 != 0
                #expect(first.day(of: person) == (isTaken ? Int32(day) : nil))
                #expect(found.contains(person) == isTaken)
            }
        }
    }
}
