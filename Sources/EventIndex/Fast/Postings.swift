/// The rows of a selection in one block, where they lie in the mapped file: nothing is copied, decoded or sorted.
///
/// Made only where every start day fits the hot column; where one does not, `EventIndex.postings` gives nil and the caller
/// reads `EventRows` instead.
public struct Postings {
    let block: TableBlock?
    /// The concept of each code of the table.
    let concepts: [Int32]
    /// Rows of the concepts, one stretch for each, and their codes.
    let spans: [(code: UInt32, rows: Range<Int>)]
    /// How many rows there are.
    public let count: Int

    /// For each row, in the order of the spans, whether it is to be looked at.
    public typealias Choice = [Bool]

    /// Adds everybody who has a row. Concepts of many persons have a bitmap for it.
    public func insert(into bits: PersonBits) throws(EventIndexError) {
        guard let block else { return }
        let bitmaps = try block.bitmaps()
        for span in spans {
            if span.rows.count > PersonBits.wordCount, let words = bitmaps?.words(code: span.code) {
                for word in 0..<PersonBits.wordCount { bits.words[word] |= words[word] }
            } else {
                for row in span.rows {
                    let person = Int(block.person[row])
                    bits.words[person >> 6] |= 1 << UInt64(person & 63)
                }
            }
        }
    }

    /// Adds everybody who has a row inside the own window.
    ///
    /// - Returns: person and start day of the rows of persons whose window says that they must be looked at one by one.
    public func insert(
        into bits: PersonBits, within windows: WindowVector, choice: Choice? = nil
    ) -> [(person: Int, day: Int32)] {
        visit(within: windows, choice: choice) { person, _ in bits.words[person >> 6] |= 1 << UInt64(person & 63) }
    }

    /// Hands over person and day of every row inside the person's window, and gives those that must be looked at one by one.
    /// Inlined, so that what is done with a row stands in the loop.
    @inline(__always)
    private func visit(
        within windows: WindowVector, choice: Choice?, _ take: (_ person: Int, _ day: UInt32) -> Void
    ) -> [(person: Int, day: Int32)] {
        guard let block else { return [] }
        var puzzling: [(person: Int, day: Int32)] = []
        var place = 0
        for span in spans {
            for row in span.rows {
                defer { place += 1 }
                if let choice, !choice[place] { continue }
                let person = Int(block.person[row])
                let day = UInt32(block.start[row])
                let window = windows.windows[person]
                if WindowVector.contains(window, day)
                    || (windows.hasSeconds && WindowVector.contains(windows.seconds[person], day))
                {
                    take(person, day)
                } else if window == WindowVector.puzzling {
                    puzzling.append((person, Int32(day) + HotDay.origin))
                }
            }
        }
        return puzzling
    }

    /// Lowers each person's day to that of the earliest row.
    public func lower(_ first: DayVector) {
        guard let block else { return }
        for span in spans {
            for row in span.rows {
                let person = Int(block.person[row])
                first.days[person] = min(first.days[person], block.start[row])
            }
        }
    }

    /// Lowers each person's day to that of the earliest row inside the person's window.
    ///
    /// - Returns: person and start day of the rows of persons whose window says that they must be looked at one by one.
    public func lower(_ first: DayVector, within windows: WindowVector, choice: Choice? = nil) -> [(person: Int, day: Int32)] {
        visit(within: windows, choice: choice) { person, day in
            first.days[person] = min(first.days[person], UInt16(truncatingIfNeeded: day))
        }
    }

    /// Adds everybody who has a row inside the own window.
    public func mark(_ bits: PersonBits, within windows: WindowVector, choice: Choice? = nil) {
        guard let block else { return }
        var place = 0
        for span in spans {
            if let choice {
                for row in span.rows {
                    let isChosen = choice[place]
                    place += 1
                    if isChosen { Self.mark(row, block, bits, windows) }
                }
            } else {
                for row in span.rows { Self.mark(row, block, bits, windows) }
            }
        }
    }

    @inline(__always)
    private static func mark(_ row: Int, _ block: TableBlock, _ bits: PersonBits, _ windows: WindowVector) {
        let person = Int(block.person[row])
        let day = UInt32(block.start[row])
        let window = windows.windows[person]
        let inside: UInt64 = (day >= window & 0xFFFF ? 1 : 0) & (day <= window >> 16 ? 1 : 0)
        bits.words[person >> 6] |= inside << UInt64(person & 63)
    }

    /// Counts each person's rows inside the own window, up to 255.
    public func count(_ counters: PersonCounters, within windows: WindowVector, choice: Choice? = nil) {
        guard let block else { return }
        var place = 0
        for span in spans {
            for row in span.rows {
                defer { place += 1 }
                if let choice, !choice[place] { continue }
                let person = Int(block.person[row])
                let day = UInt32(block.start[row])
                let window = windows.windows[person]
                let inside: UInt8 = (day >= window & 0xFFFF ? 1 : 0) & (day <= window >> 16 ? 1 : 0)
                let count = counters.counts[person]
                counters.counts[person] = count &+ (count == 255 ? 0 : inside)
            }
        }
    }

    // MARK: Choosing rows by a cold column

    /// The rows whose concept in a column passes a test; NULL is `EventRows.nullConcept`, see also `EventRows.absentRow`.
    public func choose(_ column: EventColumn, _ test: (Int32) -> Bool, from choice: Choice? = nil) throws(EventIndexError)
        -> Choice
    {
        guard let block else { return [] }
        guard let bytes = try block.bytes(UInt16(column.rawValue)) else {
            return Self.all(count, choice, test(EventRows.nullConcept))
        }
        let values = try WholeColumn(bytes, rows: block.count)
        // Concepts repeat: the last answer is nearly always the next one.
        var last = Int64.min
        var holds = test(EventRows.nullConcept)
        return try decoded(Int64.self, 0, choice) { (rows, out) throws(EventIndexError) in
            try values.decode(rows, persons: block.person, into: out)
        } test: { value in
            if value != last {
                last = value
                holds = test(value == Int64.min ? EventRows.nullConcept : Int32(truncatingIfNeeded: value))
            }
            return holds
        }
    }

    /// The rows whose number in a column passes a test; NaN is NULL.
    public func choose(
        _ column: EventColumn, number test: (Double) -> Bool, from choice: Choice? = nil
    ) throws(EventIndexError) -> Choice {
        guard let block else { return [] }
        guard let bytes = try block.bytes(UInt16(column.rawValue)) else { return Self.all(count, choice, test(.nan)) }
        let values = try NumberColumn(bytes, rows: block.count)
        return try decoded(Double.self, 0, choice) { (rows, out) throws(EventIndexError) in
            try values.decode(rows, into: out)
        } test: {
            test($0)
        }
    }

    private static func all(_ count: Int, _ choice: Choice?, _ holds: Bool) -> Choice {
        holds ? choice ?? Choice(repeating: true, count: count) : Choice(repeating: false, count: count)
    }

    @inline(__always)
    private func decoded<T>(
        _ type: T.Type, _ zero: T, _ choice: Choice?,
        _ decode: (Range<Int>, UnsafeMutablePointer<T>) throws(EventIndexError) -> Void, test: (T) -> Bool
    ) throws(EventIndexError) -> Choice {
        var result = Choice()
        result.reserveCapacity(count)
        let buffer = UnsafeMutablePointer<T>.allocate(capacity: 1_024)
        buffer.initialize(repeating: zero, count: 1_024)
        defer { buffer.deallocate() }
        for span in spans {
            var from = span.rows.lowerBound
            while from < span.rows.upperBound {
                let to = min(span.rows.upperBound, from + 1_024)
                try decode(from..<to, buffer)
                for place in 0..<to - from {
                    let wanted = choice.map { $0[result.count] } ?? true
                    result.append(wanted && test(buffer[place]))
                }
                from = to
            }
        }
        return result
    }
}

extension EventIndex {
    /// The rows of a selection in a block, in place; nil where the block must be read as `EventRows`: when the selection
    /// tests source concepts, or when a start day among its rows lies before 1900 or after 2079-06-04.
    public func postings(_ selection: ConceptSelection, block: Int) throws(EventIndexError) -> Postings? {
        guard selection.sourceTest == nil else { return nil }
        guard let table = try tableBlock(selection.table, block) else {
            return Postings(block: nil, concepts: [], spans: [], count: 0)
        }
        var spans: [(code: UInt32, rows: Range<Int>)] = []
        var count = 0
        func add(_ code: UInt32) throws(EventIndexError) {
            let rows = try table.rows(code: code)
            if rows.isEmpty { return }
            spans.append((code, rows))
            count += rows.count
        }
        if let codes = selection.codes {
            for code in codes { try add(code) }
        } else {
            for code in 0..<UInt32(clamping: table.codeCount) { try add(code) }
        }
        if try table.hasEscape(in: spans.map(\.rows)) { return nil }
        return Postings(block: table, concepts: conceptsByCode(of: selection.table), spans: spans, count: count)
    }
}
