/// Codes a column of whole numbers as `nulls`, `packed` or `framed`, whichever is smallest (see `ColumnCoding`).
enum LeafEncoder {
    /// What a run of values looks like.
    private struct Extent {
        var lowest = Int64.max
        var highest = Int64.min
        var nulls = 0

        @inline(__always)
        init(_ values: UnsafeBufferPointer<Int64>, _ range: Range<Int>) {
            for place in range {
                let value = values[place]
                if value == Int64.min {
                    nulls += 1
                } else {
                    lowest = min(lowest, value)
                    highest = max(highest, value)
                }
            }
        }

        mutating func join(_ other: Extent) {
            lowest = min(lowest, other.lowest)
            highest = max(highest, other.highest)
            nulls += other.nulls
        }

        /// Bits a code: 64 where differences would not fit.
        func width(of count: Int) -> Int {
            if nulls == count { return 0 }
            let span = UInt64(bitPattern: highest &- lowest)
            if span >= 1 << 56 { return 64 }
            return BitWriter.width(span + (nulls > 0 ? 1 : 0))
        }
    }

    /// The column's bytes; `Int64.min` is NULL.
    static func encode(_ values: UnsafeBufferPointer<Int64>) -> [UInt8] {
        var whole = Extent(values, 0..<0)
        var frames: [Extent] = []
        frames.reserveCapacity(values.count / FileLayout.frame + 1)
        var framedBytes = 0
        var at = 0
        while at < values.count {
            let end = min(values.count, at + FileLayout.frame)
            let extent = Extent(values, at..<end)
            frames.append(extent)
            whole.join(extent)
            framedBytes += ColumnCoding.frameEntrySize + BitWriter.size(end - at, width: extent.width(of: end - at))
            at = end
        }
        if whole.nulls == values.count { return header(.nulls, width: 0, nullable: false, base: 0, extra: 8) }
        let width = whole.width(of: values.count)
        if width == 64 { return plain(values) }
        if BitWriter.size(values.count, width: width) <= framedBytes {
            return packed(values, base: whole.lowest, width: width, nullable: whole.nulls > 0)
        }
        return framed(values, frames, base: whole.lowest, bytes: framedBytes)
    }

    /// A column of one value and no other; not NULL.
    static func encode(only value: Int64) -> [UInt8] {
        header(.packed, width: 0, nullable: false, base: value, extra: 8)
    }

    static func header(
        _ coding: ColumnCoding, width: Int, nullable: Bool, count: Int = 0, base: Int64, firstPart: Int = 0,
        decimals: Int = 0, extra: Int
    ) -> [UInt8] {
        var out = [UInt8](repeating: 0, count: ColumnCoding.headerSize + extra)
        out[0] = coding.rawValue
        out[1] = UInt8(width)
        out[2] = nullable ? 1 : 0
        out[3] = UInt8(decimals)
        out.withUnsafeMutableBytes { bytes in
            bytes.storeBytes(of: UInt32(count).littleEndian, toByteOffset: 4, as: UInt32.self)
            bytes.storeBytes(of: base.littleEndian, toByteOffset: 8, as: Int64.self)
            bytes.storeBytes(of: UInt64(firstPart).littleEndian, toByteOffset: 16, as: UInt64.self)
        }
        return out
    }

    /// 64 bits each, NULL as itself.
    private static func plain(_ values: UnsafeBufferPointer<Int64>) -> [UInt8] {
        var out = header(.packed, width: 64, nullable: false, base: 0, extra: 0)
        out.reserveCapacity(ColumnCoding.headerSize + values.count * 8 + 8)
        for value in values { out.append(number: value) }
        out.append(number: UInt64(0))
        return out
    }

    private static func packed(
        _ values: UnsafeBufferPointer<Int64>, base: Int64, width: Int, nullable: Bool
    ) -> [UInt8] {
        var out = header(
            .packed, width: width, nullable: nullable, base: base, extra: BitWriter.size(values.count, width: width) + 8)
        out.withUnsafeMutableBytes { bytes in
            guard let start = bytes.baseAddress else { return }
            put(values, 0..<values.count, base: base, width: width, nullable: nullable, to: start + ColumnCoding.headerSize)
        }
        return out
    }

    private static func framed(
        _ values: UnsafeBufferPointer<Int64>, _ frames: [Extent], base: Int64, bytes framedBytes: Int
    ) -> [UInt8] {
        let firstPart = ColumnCoding.headerSize + frames.count * ColumnCoding.frameEntrySize
        var out = header(
            .framed, width: 0, nullable: false, count: frames.count, base: base, firstPart: firstPart,
            extra: framedBytes + 8)
        out.withUnsafeMutableBytes { bytes in
            guard let start = bytes.baseAddress else { return }
            var bits = firstPart
            for (number, frame) in frames.enumerated() {
                let from = number * FileLayout.frame
                let range = from..<min(values.count, from + FileLayout.frame)
                let width = frame.width(of: range.count)
                let lowest = frame.nulls == range.count ? base : frame.lowest
                let nullable = frame.nulls > 0
                let entry = ColumnCoding.headerSize + number * ColumnCoding.frameEntrySize
                let word = UInt64(width) << 57 | (nullable ? 1 << 56 : 0) | UInt64(bitPattern: lowest &- base)
                bytes.storeBytes(of: UInt32(bits - firstPart).littleEndian, toByteOffset: entry, as: UInt32.self)
                bytes.storeBytes(of: word.littleEndian, toByteOffset: entry + 4, as: UInt64.self)
                put(values, range, base: lowest, width: width, nullable: nullable, to: start + bits)
                bits += BitWriter.size(range.count, width: width)
            }
        }
        return out
    }

    private static func put(
        _ values: UnsafeBufferPointer<Int64>, _ range: Range<Int>, base: Int64, width: Int, nullable: Bool,
        to bits: UnsafeMutableRawPointer
    ) {
        guard width > 0 else { return }
        let shift: Int64 = nullable ? 1 : 0
        for place in range {
            let value = values[place]
            if value == Int64.min { continue }
            let code = UInt64(bitPattern: value &- base &+ shift)
            BitWriter.put(code, at: place - range.lowerBound, width: width, to: bits)
        }
    }
}
