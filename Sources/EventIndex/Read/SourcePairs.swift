/// Which standard concepts occur together with a source concept, so that a criterion on source concepts alone need not
/// read its whole table: u32 count, i32 source concepts ascending, u32 codes of standard concepts.
struct SourcePairs {
    private let sources: UnsafeBufferPointer<Int32>
    private let codes: UnsafeBufferPointer<UInt32>

    /// Nil if the table has no source concepts.
    init?(_ table: EventTable, in segments: SegmentTable) throws(EventIndexError) {
        guard let entry = segments.find(SegmentKind.sourcePairs, UInt16(table.number)) else { return nil }
        let bytes = segments.bytes(entry)
        let count = Int(try bytes.load(0, as: UInt32.self))
        sources = try bytes.array(4, count: count, "a list of source concepts")
        codes = try bytes.array(4 + count * 4, count: count, "a list of source concepts")
    }

    /// Codes of the standard concepts that occur with any of the source concepts.
    func codes(of wanted: [Int32]) -> [UInt32] {
        var found: [UInt32] = []
        for source in wanted {
            var low = 0
            var high = sources.count
            while low < high {
                let middle = (low + high) / 2
                if sources[middle] < source { low = middle + 1 } else { high = middle }
            }
            while low < sources.count, sources[low] == source {
                found.append(codes[low])
                low += 1
            }
        }
        return found
    }

    /// A pair as one number that sorts by source concept, then code.
    static func key(source: Int32, code: UInt32) -> UInt64 {
        UInt64(UInt32(bitPattern: source) ^ 0x8000_0000) << 32 | UInt64(code)
    }

    /// The segment's bytes.
    static func bytes(_ keys: Set<UInt64>) -> [UInt8] {
        let sorted = keys.sorted()
        var out: [UInt8] = []
        out.reserveCapacity(4 + sorted.count * 8)
        out.append(number: UInt32(sorted.count))
        for key in sorted { out.append(number: UInt32(key >> 32) ^ 0x8000_0000) }
        for key in sorted { out.append(number: UInt32(truncatingIfNeeded: key)) }
        return out
    }
}
