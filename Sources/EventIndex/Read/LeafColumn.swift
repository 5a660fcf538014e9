/// A column of whole numbers that are stored directly: `nulls`, `packed` or `framed` (see `ColumnCoding`).
///
/// Opening checks sizes; a frame is checked when it is read. A value is never read outside the column's bytes.
struct LeafColumn {
    /// A run of codes of one width.
    private struct Run {
        let bits: UnsafeRawPointer
        let width: Int
        let mask: UInt64
        let base: Int64
        let nullable: Bool

        @inline(__always) func value(_ place: Int) -> Int64 {
            let bit = place &* width
            let word = UInt64(littleEndian: bits.loadUnaligned(fromByteOffset: bit >> 3, as: UInt64.self))
            let code = (word >> UInt64(bit & 7)) & mask
            if nullable { return code == 0 ? Int64.min : base &+ Int64(bitPattern: code) &- 1 }
            return base &+ Int64(bitPattern: code)
        }

        @inline(__always) func decode(_ places: Range<Int>, into out: UnsafeMutablePointer<Int64>) {
            var to = out
            for place in places {
                to.pointee = value(place)
                to += 1
            }
        }
    }

    let rows: Int
    private let bytes: Bytes
    private let whole: Run?
    private let base: Int64
    private let bitsOffset: Int
    private let isNull: Bool

    init(_ bytes: Bytes, rows: Int) throws(EventIndexError) {
        guard rows >= 0, rows <= 1 << 32 else { throw .damaged("a column has too many rows") }
        self.rows = rows
        self.bytes = bytes
        let coding = ColumnCoding(rawValue: try bytes.load(0))
        base = try bytes.load(8)
        switch coding {
        case .nulls:
            isNull = true
            whole = nil
            bitsOffset = 0
        case .packed:
            isNull = false
            bitsOffset = 0
            let width = Int(try bytes.load(1, as: UInt8.self))
            let nullable = try bytes.load(2, as: UInt8.self) != 0
            whole = try Self.run(
                bytes, offset: ColumnCoding.headerSize, rows: rows, width: width, base: base, nullable: nullable)
        case .framed:
            isNull = false
            whole = nil
            let frames = (rows + FileLayout.frame - 1) / FileLayout.frame
            guard Int(try bytes.load(4, as: UInt32.self)) == frames else { throw .damaged("a column has the wrong frames") }
            let offset: UInt64 = try bytes.load(16)
            guard offset <= UInt64(bytes.count), ColumnCoding.headerSize + frames * ColumnCoding.frameEntrySize <= bytes.count
            else { throw .damaged("a column's frames lie outside it") }
            bitsOffset = Int(offset)
        default:
            throw .damaged("a column has an unknown coding")
        }
    }

    private static func run(
        _ bytes: Bytes, offset: Int, rows: Int, width: Int, base: Int64, nullable: Bool
    ) throws(EventIndexError) -> Run {
        guard width <= 56 || width == 64, let start = bytes.raw.baseAddress else {
            throw .damaged("a column has an impossible width")
        }
        guard offset >= 0, offset <= bytes.count, (rows * width + 7) / 8 + 8 <= bytes.count - offset else {
            throw .damaged("a column's values lie outside it")
        }
        let mask: UInt64 = width == 64 ? .max : (1 << UInt64(width)) - 1
        return Run(bits: start + offset, width: width, mask: mask, base: base, nullable: nullable)
    }

    private func frame(_ number: Int) throws(EventIndexError) -> Run {
        let entry = ColumnCoding.headerSize + number * ColumnCoding.frameEntrySize
        let offset: UInt32 = try bytes.load(entry)
        let word: UInt64 = try bytes.load(entry + 4)
        let length = min(FileLayout.frame, rows - number * FileLayout.frame)
        return try Self.run(
            bytes, offset: bitsOffset + Int(offset), rows: length, width: Int(word >> 57),
            base: base &+ Int64(bitPattern: word & ((1 << 56) - 1)), nullable: word >> 56 & 1 == 1)
    }

    /// Decodes rows; `Int64.min` is NULL.
    func decode(_ range: Range<Int>, into out: UnsafeMutablePointer<Int64>) throws(EventIndexError) {
        guard range.lowerBound >= 0, range.upperBound <= rows else { throw .damaged("rows lie outside a column") }
        if isNull {
            out.update(repeating: Int64.min, count: range.count)
        } else if let whole {
            whole.decode(range, into: out)
        } else {
            var at = range.lowerBound
            while at < range.upperBound {
                let number = at / FileLayout.frame
                let first = number * FileLayout.frame
                let end = min(range.upperBound, first + FileLayout.frame)
                try frame(number).decode(at - first..<end - first, into: out + (at - range.lowerBound))
                at = end
            }
        }
    }

    /// One value; `Int64.min` is NULL.
    func value(_ row: Int) throws(EventIndexError) -> Int64 {
        guard row >= 0, row < rows else { throw .damaged("a row lies outside a column") }
        if isNull { return Int64.min }
        if let whole { return whole.value(row) }
        return try frame(row / FileLayout.frame).value(row % FileLayout.frame)
    }
}
