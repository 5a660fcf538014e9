/// A column of texts: places in a sorted dictionary.
struct TextColumn {
    private let places: LeafColumn?
    private let offsets: UnsafeBufferPointer<UInt32>
    private let text: Bytes

    init(_ bytes: Bytes, rows: Int) throws(EventIndexError) {
        switch ColumnCoding(rawValue: try bytes.load(0)) {
        case .nulls:
            places = nil
            offsets = UnsafeBufferPointer(start: nil, count: 0)
            text = bytes
        case .texts:
            let count = Int(try bytes.load(4, as: UInt32.self))
            places = try LeafColumn(try WholeColumn.firstPart(bytes), rows: rows)
            offsets = try bytes.array(ColumnCoding.headerSize, count: count + 1, "a dictionary of texts")
            text = try bytes.rest(ColumnCoding.headerSize + (count + 1) * 4, "a dictionary of texts")
        default:
            throw .damaged("a column of texts has an unknown coding")
        }
    }

    /// Decodes rows into places in the dictionary, -1 for NULL. `scratch` holds as many rows.
    func decode(
        _ range: Range<Int>, scratch: UnsafeMutablePointer<Int64>, into out: UnsafeMutablePointer<Int32>
    ) throws(EventIndexError) {
        guard let places else { return out.update(repeating: -1, count: range.count) }
        try places.decode(range, into: scratch)
        let count = Int64(max(0, offsets.count - 1))
        for place in 0..<range.count {
            let code = scratch[place]
            guard code == Int64.min || (code >= 0 && code < count) else { throw .damaged("a text lies outside its dictionary") }
            out[place] = code == Int64.min ? -1 : Int32(truncatingIfNeeded: code)
        }
    }

    /// One text of the dictionary.
    func text(_ code: Int32) throws(EventIndexError) -> String {
        guard code >= 0, Int(code) + 1 < offsets.count else { throw .damaged("a text lies outside its dictionary") }
        let from = Int(UInt32(littleEndian: offsets[Int(code)]))
        let to = Int(UInt32(littleEndian: offsets[Int(code) + 1]))
        guard from <= to else { throw .damaged("a dictionary of texts is not in order") }
        return String(decoding: try text.part(from, to - from, "a text").raw, as: UTF8.self)
    }
}
