/// One event table in one block: its hot columns, checked against one another.
struct TableBlock {
    let table: EventTable
    let block: Int
    /// Ordinals within the block, in the order (concept code, person, start, id).
    let person: UnsafeBufferPointer<UInt16>
    /// Codes of the start days (see `HotDay`), in the same order.
    let start: UnsafeBufferPointer<UInt16>
    private let directory: UnsafeBufferPointer<UInt32>
    private let escapes: Bytes?
    private let segments: SegmentTable

    /// Rows of the table in the block.
    var count: Int { person.count }
    /// Whether the start of one of the rows lies outside what the hot column can hold.
    func hasEscape(in spans: [Range<Int>]) throws(EventIndexError) -> Bool {
        guard let escapes else { return false }
        for place in 0..<escapes.count / 8 {
            let row = Int(try escapes.load(place * 8, as: UInt32.self))
            if spans.contains(where: { $0.contains(row) }) { return true }
        }
        return false
    }

    /// Nil if the table has no rows in the block.
    init?(_ table: EventTable, block: Int, in segments: SegmentTable) throws(EventIndexError) {
        let kind = UInt16(table.number)
        guard let persons = segments.find(kind, PostingColumn.person, block: block), persons.rows > 0 else { return nil }
        guard let starts = segments.find(kind, PostingColumn.start, block: block),
            let places = segments.find(kind, PostingColumn.directory, block: block), starts.rows == persons.rows
        else { throw .damaged("\(table.rawValue) lacks a column in block \(block)") }
        self.table = table
        self.block = block
        self.segments = segments
        let rows = Int(persons.rows)
        person = try segments.bytes(persons).array(0, count: rows, "a column of persons")
        start = try segments.bytes(starts).array(0, count: rows, "a column of starts")
        directory = try segments.bytes(places).array(0, count: Int(places.rows), "a directory")
        escapes = segments.find(kind, PostingColumn.escapes, block: block).map { segments.bytes($0) }
    }

    /// The rows of a concept, by its local code.
    @inline(__always)
    func rows(code: UInt32) throws(EventIndexError) -> Range<Int> {
        let place = Int(code)
        guard place + 1 < directory.count else { return 0..<0 }
        let from = Int(UInt32(littleEndian: directory[place]))
        let to = Int(UInt32(littleEndian: directory[place + 1]))
        guard from <= to, to <= count else { throw .damaged("a directory of \(table.rawValue) is not in order") }
        return from..<to
    }

    /// How many codes the directory covers.
    var codeCount: Int { max(0, directory.count - 1) }

    /// The day of a row whose start is escaped.
    func escapedStart(_ row: Int) throws(EventIndexError) -> Int32 {
        guard let escapes else { throw .damaged("a start day is missing") }
        var low = 0
        var high = escapes.count / 8
        while low < high {
            let middle = (low + high) / 2
            if Int(try escapes.load(middle * 8, as: UInt32.self)) < row { low = middle + 1 } else { high = middle }
        }
        guard low < escapes.count / 8, Int(try escapes.load(low * 8, as: UInt32.self)) == row else {
            throw .damaged("a start day is missing")
        }
        return try escapes.load(low * 8 + 4)
    }

    /// The start day of a row.
    @inline(__always)
    func startDay(_ row: Int) throws(EventIndexError) -> Int32 {
        let code = start[row]
        return code == HotDay.escape ? try escapedStart(row) : Int32(code) + HotDay.origin
    }

    /// A column's bytes; nil if it is not in the file (all NULL).
    func bytes(_ column: UInt16) throws(EventIndexError) -> Bytes? {
        guard let entry = segments.find(UInt16(table.number), column, block: block) else { return nil }
        guard Int(entry.rows) == count else { throw .damaged("a column of \(table.rawValue) has the wrong number of rows") }
        return segments.bytes(entry)
    }

    /// Which rows start inside an observation period of their person; nil if all do.
    func observed() throws(EventIndexError) -> RowFlags? {
        guard let bytes = try bytes(PostingColumn.observed) else { return nil }
        return try RowFlags(bytes, rows: count)
    }

    /// The bitmaps of the concepts with many persons in the block; nil if there are none.
    func bitmaps() throws(EventIndexError) -> PersonBitmaps? {
        guard let entry = segments.find(UInt16(table.number), PostingColumn.bitmaps, block: block) else { return nil }
        return try PersonBitmaps(segments.bytes(entry))
    }
}

/// Bitmaps of persons by concept code.
struct PersonBitmaps {
    private let codes: UnsafeBufferPointer<UInt32>
    private let words: UnsafeBufferPointer<UInt64>

    init(_ bytes: Bytes) throws(EventIndexError) {
        let count = Int(try bytes.load(0, as: UInt32.self))
        codes = try bytes.array(4, count: count, "a list of bitmaps")
        let offset = (4 + count * 4 + FileLayout.alignment - 1) / FileLayout.alignment * FileLayout.alignment
        words = try bytes.array(offset, count: count * FileLayout.bitmapBytes / 8, "a list of bitmaps")
    }

    /// The 1,024 words of a concept's bitmap, if it has one.
    func words(code: UInt32) -> UnsafePointer<UInt64>? {
        guard let place = codes.sortedPlace(of: code), let start = words.baseAddress else { return nil }
        return start + place * (FileLayout.bitmapBytes / 8)
    }
}
