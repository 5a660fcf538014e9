/// The rows of a selection in one block, where they lie in the mapped file: nothing is copied, decoded or sorted.
///
/// Made only where every start day fits the hot column; where one does not, `EventIndex.postings` gives nil and the caller
/// reads `EventRows` instead.
public struct Postings {
    /// Rows of one concept that follow one another.
    struct Span {
        let code: UInt32
        let rows: Range<Int>
        /// Whether these are all rows of the concept in the block.
        let isWhole: Bool
    }

    let block: TableBlock?
    /// The concept of each code of the table.
    let concepts: [Int32]
    /// The rows, by concept.
    let spans: [Span]
    /// How many rows there are.
    public let count: Int
    /// How many rows were looked at to find them.
    public let examined: Int

    /// For each row, in the order of the spans, whether it is to be looked at.
    public typealias Choice = [Bool]

    /// Bytes that the list of spans takes.
    public var bytes: Int { spans.count * MemoryLayout<Span>.stride }

    /// Hands over person, day code and choice of every row. Inlined, so that what is done with a row stands in the loop.
    @inline(__always)
    func forEachRow(_ choice: Choice?, _ take: (_ person: Int, _ day: UInt16, _ isChosen: Bool) -> Void) {
        guard let persons = block?.person.baseAddress, let starts = block?.start.baseAddress else { return }
        guard let choice else {
            for span in spans {
                for row in span.rows { take(Int(persons[row]), starts[row], true) }
            }
            return
        }
        choice.withUnsafeBufferPointer { chosen in
            var place = 0
            for span in spans {
                for row in span.rows {
                    take(Int(persons[row]), starts[row], chosen[place])
                    place += 1
                }
            }
        }
    }

    // MARK: Everything that was selected

    /// Adds everybody who has a row. Concepts of many persons have a bitmap for it.
    public func insert(into bits: PersonBits) throws(EventIndexError) {
        guard let block, let persons = block.person.baseAddress else { return }
        let bitmaps = try block.bitmaps()
        let words = bits.words
        for span in spans {
            if span.isWhole, span.rows.count > PersonBits.wordCount, let bitmap = bitmaps?.words(code: span.code) {
                for word in 0..<PersonBits.wordCount { words[word] |= bitmap[word] }
            } else {
                for row in span.rows {
                    let person = Int(persons[row])
                    words[person >> 6] |= 1 << UInt64(person & 63)
                }
            }
        }
    }

    /// Adds everybody who has a chosen row.
    public func insert(into bits: PersonBits, choice: Choice) {
        let words = bits.words
        forEachRow(choice) { person, _, isChosen in words[person >> 6] |= (isChosen ? 1 : 0) << UInt64(person & 63) }
    }

    /// Lowers each person's day to that of the earliest row.
    public func lower(_ first: DayVector, choice: Choice? = nil) {
        let days = first.days
        forEachRow(choice) { person, day, isChosen in days[person] = min(days[person], isChosen ? day : HotDay.escape) }
    }

    /// Counts each person's rows, up to 255.
    public func count(_ counters: PersonCounters, choice: Choice? = nil) {
        let counts = counters.counts
        forEachRow(choice) { person, _, isChosen in
            let count = counts[person]
            counts[person] = count &+ (isChosen && count < 255 ? 1 : 0)
        }
    }

    /// Adds everybody who has a row to `once`, and everybody who has two or is there already to `twice`.
    public func count(once: PersonBits, twice: PersonBits, choice: Choice? = nil) {
        let (once, twice) = (once.words, twice.words)
        forEachRow(choice) { person, _, isChosen in
            let bit: UInt64 = (isChosen ? 1 : 0) << UInt64(person & 63)
            let known = once[person >> 6]
            twice[person >> 6] |= known & bit
            once[person >> 6] = known | bit
        }
    }
}

extension EventIndex {
    /// The rows of a selection in a block, in place; nil where the block must be read as `EventRows`: when the selection
    /// tests source concepts, or when a start day among its rows lies before 1900 or after 2079-06-04.
    /// - Parameter observed: only the rows that start inside an observation period of their person.
    public func postings(
        _ selection: ConceptSelection, block: Int, observed: Bool = false
    ) throws(EventIndexError) -> Postings? {
        guard selection.sourceTest == nil else { return nil }
        guard let table = try tableBlock(selection.table, block) else {
            return Postings(block: nil, concepts: [], spans: [], count: 0, examined: 0)
        }
        var spans: [Postings.Span] = []
        var count = 0
        func add(_ code: UInt32) throws(EventIndexError) {
            let rows = try table.rows(code: code)
            if rows.isEmpty { return }
            spans.append(Postings.Span(code: code, rows: rows, isWhole: true))
            count += rows.count
        }
        if let codes = selection.codes {
            spans.reserveCapacity(codes.count)
            for code in codes { try add(code) }
        } else {
            for code in 0..<UInt32(clamping: table.codeCount) { try add(code) }
        }
        if try table.hasEscape(in: spans.map(\.rows)) { return nil }
        let examined = count
        if observed, let flags = try table.observed() {
            spans = Postings.Span.parts(of: spans, where: flags)
            count = spans.reduce(0) { $0 + $1.rows.count }
        }
        return Postings(
            block: table, concepts: conceptsByCode(of: selection.table), spans: spans, count: count, examined: examined)
    }
}

extension Postings.Span {
    /// The rows of spans whose flag is set: loops over them need no test of their own.
    fileprivate static func parts(of spans: [Self], where flags: RowFlags) -> [Self] {
        var parts: [Self] = []
        parts.reserveCapacity(spans.count)
        for span in spans {
            flags.forEachStretch(in: span.rows) { rows in
                parts.append(Self(code: span.code, rows: rows, isWhole: span.isWhole && rows == span.rows))
            }
        }
        return parts
    }
}
