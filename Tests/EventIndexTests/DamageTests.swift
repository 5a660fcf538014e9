import Foundation
import OMOPStore
import Testing

@testable import EventIndex

@Suite struct DamageTests {
    /// Four times as many rounds are asked for by `DURE_LONG_TESTS=1`.
    private static let effort = ProcessInfo.processInfo.environment["DURE_LONG_TESTS"] == "1" ? 4 : 1

    private func sample(_ folder: TemporaryFolder) throws -> [UInt8] {
        var options = IndexBuildOptions()
        options.bitmapThreshold = 5
        _ = try folder.index(RandomStore(seed: 41, persons: 40, rowsPerTable: 300).store, options: options)
        return try folder.bytes("index")
    }

    /// Asks everything that can be asked.
    private func readEverything(_ index: EventIndex) throws {
        for block in 0..<index.blockCount {
            for table in EventTable.allCases {
                _ = try? index.rows(table, concepts: .all, columns: table.columns, block: block)
                _ = try? index.rows(table, concepts: .standard([4_000_000, 4_000_006, 0]), columns: table.columns, block: block)
                _ = try? index.rows(table, concepts: .source([581_373, 45_000_007]), block: block)
                if let part = try? index.tableBlock(table, block), let bitmaps = try? part.bitmaps() {
                    for code in 0..<UInt32(80) { _ = bitmaps.words(code: code)?[1_023] }
                }
                try readPostings(index, table, block)
            }
            _ = try? index.persons(block: block)
            _ = try? index.observationPeriods(block: block)
        }
        for concept in Int32(4_000_000)..<4_000_040 {
            _ = index.concept(concept)
            _ = try? index.descendants(of: concept)
            _ = try? index.ancestors(of: concept)
            _ = try? index.mappedSources(of: concept)
        }
    }

    /// Asks the loops over rows in place.
    private func readPostings(_ index: EventIndex, _ table: EventTable, _ block: Int) throws {
        for filter in [ConceptFilter.all, .standard([4_000_000, 4_000_006])] {
            for observed in [false, true] {
                guard let selection = try? index.selection(table, filter),
                    let postings = try? index.postings(selection, block: block, observed: observed)
                else { continue }
                let (bits, counters, days) = (PersonBits(), PersonCounters(), DayVector())
                try? postings.insert(into: bits)
                postings.lower(days)
                postings.count(counters)
                if let choice = try? postings.choose(.unitConcept, { $0 == 32_817 }) {
                    postings.insert(into: bits, choice: choice)
                }
                let lists = DayLists()
                lists.add(postings, of: bits)
                lists.sort()
            }
        }
    }

    /// Makes the checksums fit again, as somebody would who means harm.
    private func resealed(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        func number(_ at: Int) -> Int { (0..<8).reduce(0) { $0 | Int(bytes[at + $1]) << (8 * $1) } }
        func put(_ value: UInt64, _ at: Int) {
            for place in 0..<8 { bytes[at + place] = UInt8(truncatingIfNeeded: value >> (8 * UInt64(place))) }
        }
        let list = number(32)
        guard list > 0, list < bytes.count else { return bytes }
        put(bytes[list...].withUnsafeBytes(Checksum.of), 56)
        put(bytes[..<120].withUnsafeBytes(Checksum.of), 120)
        return bytes
    }

    @Test func `a changed byte anywhere is found when the file is opened`() throws {
        let folder = try TemporaryFolder()
        let good = try sample(folder)
        let segments = try SegmentTable(try MappedFile(path: folder.file("index")), path: "")
        // Bytes between segments are padding and mean nothing.
        let covered = segments.entries.flatMap { Array(Int($0.offset)..<Int($0.offset + $0.length)) }
        var random = SeededRandom(42)
        for round in 0..<170 * Self.effort {
            var bad = good
            let at = round < 128 ? round : random.pick(covered)
            bad[at] ^= UInt8(1 << random.whole(0...7))
            try folder.write(bad, to: "bad")
            #expect(throws: EventIndexError.self, "byte \(at)") { try EventIndex.open(folder.file("bad")) }
        }
    }

    @Test func `a file cut off anywhere is an error`() throws {
        let folder = try TemporaryFolder()
        let good = try sample(folder)
        var random = SeededRandom(43)
        for _ in 0..<60 {
            try folder.write(Array(good[..<random.whole(0...good.count - 1)]), to: "bad")
            #expect(throws: EventIndexError.self) { try EventIndex.open(folder.file("bad"), checksums: false) }
        }
    }

    @Test func `other files are refused by what they are`() throws {
        let folder = try TemporaryFolder()
        try folder.write(Array(repeating: 65, count: 4_096), to: "text")
        func code(_ path: String) -> EventIndexError.Code? {
            do throws(EventIndexError) {
                _ = try EventIndex.open(path)
                return nil
            } catch { return error.code }
        }
        #expect(code(folder.file("text")) == .notAnIndex)
        #expect(code(folder.file("nothing")) == .notFound)
        #expect(code(folder.path) == .notAnIndex)
        try folder.write([], to: "empty")
        #expect(code(folder.file("empty")) == .notAnIndex)
        var newer = try sample(folder)
        newer[8] = 99
        try folder.write(newer, to: "newer")
        #expect(code(folder.file("newer")) == .unknownVersion)
    }

    @Test func `hostile bytes behind right checksums are an error or a wrong value, never a crash`() throws {
        let folder = try TemporaryFolder()
        let good = try sample(folder)
        var random = SeededRandom(44)
        let interesting: [UInt64] = [0, 1, 0x7F, 0xFF, 0xFFFF, 0xFFFF_FFFF, 1 << 31, 1 << 40, 1 << 63, .max, .max - 7]
        for round in 0..<100 * Self.effort {
            var bad = good
            for _ in 0..<random.whole(1...12) {
                let at = round % 4 == 0 ? random.whole(0...127) : random.whole(0...good.count - 9)
                let value = random.chance(0.5) ? random.pick(interesting) : random.next()
                for place in 0..<random.pick([1, 2, 4, 8]) {
                    bad[at + place] = UInt8(truncatingIfNeeded: value >> (8 * UInt64(place)))
                }
            }
            // Most of the damage must get past the first check: keep the magic and the version.
            for place in 0..<16 { bad[place] = good[place] }
            try folder.write(resealed(bad), to: "bad")
            guard let index = try? EventIndex.open(folder.file("bad"), checksums: false) else { continue }
            try readEverything(index)
        }
    }

    @Test func `hostile lengths in the list of segments and in columns stay inside the file`() throws {
        let folder = try TemporaryFolder()
        let good = try sample(folder)
        let segments = try SegmentTable(try MappedFile(path: folder.file("index")), path: "")
        var random = SeededRandom(45)
        let interesting: [UInt64] = [0, 1, 31, 255, 65_535, 65_536, 0xFFFF_FFFF, 1 << 32, 1 << 62, .max, .max - 63]
        let listOffset = Int(good[32]) | Int(good[33]) << 8 | Int(good[34]) << 16 | Int(good[35]) << 24
        for round in 0..<150 * Self.effort {
            var bad = good
            func put(_ at: Int, _ value: UInt64, _ size: Int) {
                for place in 0..<size where at + place < bad.count {
                    bad[at + place] = UInt8(truncatingIfNeeded: value >> (8 * UInt64(place)))
                }
            }
            if round % 2 == 0 {
                let entry = listOffset + random.whole(0...segments.entries.count - 1) * FileLayout.entrySize
                put(entry + random.pick([0, 2, 4, 8, 16, 24]), random.pick(interesting), random.pick([2, 4, 8]))
            } else {
                let entry = random.pick(segments.entries)
                put(Int(entry.offset) + random.whole(0...47), random.pick(interesting), random.pick([1, 4, 8]))
            }
            try folder.write(resealed(bad), to: "bad")
            guard let index = try? EventIndex.open(folder.file("bad"), checksums: false) else { continue }
            try readEverything(index)
        }
    }
}
