/// One bit for each row of a table in a block.
struct RowFlags {
    private let words: UnsafeBufferPointer<UInt64>

    init(_ bytes: Bytes, rows: Int) throws(EventIndexError) {
        words = try bytes.array(0, count: (rows + 63) / 64, "a column of flags")
    }

    /// The stretches of rows inside a range (of rows of the block) whose bit is set, ascending.
    func forEachStretch(in rows: Range<Int>, _ body: (Range<Int>) -> Void) {
        var from = next(1, rows.lowerBound, rows.upperBound)
        while from < rows.upperBound {
            let to = next(0, from, rows.upperBound)
            body(from..<to)
            from = next(1, to, rows.upperBound)
        }
    }

    /// The first row from `row` on whose bit is `bit`; `end` if there is none before it.
    @inline(__always)
    private func next(_ bit: UInt64, _ row: Int, _ end: Int) -> Int {
        var row = row
        while row < end {
            let word = UInt64(littleEndian: words[row >> 6]) ^ (bit &- 1)
            let rest = word >> UInt64(row & 63)
            if rest != 0 { return min(end, row + rest.trailingZeroBitCount) }
            row = (row | 63) + 1
        }
        return end
    }
}
