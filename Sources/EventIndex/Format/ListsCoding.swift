// Lists of concepts by concept: u32 count, u32 zero, i32 keys ascending (count), padding to 8 bytes, u64 offsets (count + 1)
// into the bytes that follow. A list is its ids ascending: the first plus 2^31 and then the differences as LEB128.

/// Reads lists of concepts by concept.
struct ConceptLists: @unchecked Sendable {
    // @unchecked because the pointers lead into the read-only mapping that the owning index keeps.
    private let keys: UnsafeBufferPointer<Int32>
    private let offsets: UnsafeBufferPointer<UInt64>
    private let lists: Bytes

    init(_ bytes: Bytes) throws(EventIndexError) {
        let count = Int(try bytes.load(0, as: UInt32.self))
        keys = try bytes.array(8, count: count, "a list of concepts")
        let after = (8 + count * 4 + 7) / 8 * 8
        offsets = try bytes.array(after, count: count + 1, "a list of concepts")
        lists = try bytes.rest(after + (count + 1) * 8, "a list of concepts")
    }

    /// The list of a concept; empty if it has none.
    subscript(concept: Int32) -> [Int32] {
        get throws(EventIndexError) {
            guard let place = keys.sortedPlace(of: concept) else { return [] }
            let from = offsets[place]
            let to = offsets[place + 1]
            guard from <= to, to <= UInt64(lists.count) else { throw .damaged("a list of concepts lies outside its segment") }
            return try Self.decode(try lists.part(Int(from), Int(to - from), "a list of concepts").raw)
        }
    }

    private static func decode(_ bytes: UnsafeRawBufferPointer) throws(EventIndexError) -> [Int32] {
        var found: [Int32] = []
        var value = Int64(Int32.min)
        var step: UInt64 = 0
        var shift: UInt64 = 0
        for byte in bytes {
            step |= UInt64(byte & 0x7F) << shift
            shift += 7
            if byte & 0x80 == 0 {
                value += Int64(step)
                guard value <= Int64(Int32.max) else { throw .damaged("a list of concepts leaves the range of ids") }
                found.append(Int32(value))
                step = 0
                shift = 0
            } else if shift > 35 {
                throw .damaged("a list of concepts has an endless number")
            }
        }
        return found
    }

    /// The bytes of lists. `pairs` are key and member in the order of (key, member), without doubles: each key and each
    /// member plus 2^31, the key in the upper half.
    struct Writer {
        private var keys: [Int32] = []
        private var offsets: [UInt64] = [0]
        private var bytes: [UInt8] = []
        private var last: Int64 = Int64(Int32.min)

        /// Adds a pair that comes after all before; a repeated pair is left out.
        mutating func append(key: Int32, member: Int32) {
            if keys.last != key {
                keys.append(key)
                offsets.append(UInt64(bytes.count))
                last = Int64(Int32.min)
            } else if Int64(member) == last {
                return
            }
            var step = UInt64(Int64(member) - last)
            last = Int64(member)
            while step >= 0x80 {
                bytes.append(UInt8(truncatingIfNeeded: step) | 0x80)
                step >>= 7
            }
            bytes.append(UInt8(truncatingIfNeeded: step))
            offsets[offsets.count - 1] = UInt64(bytes.count)
        }

        /// How many keys there are.
        var count: Int { keys.count }

        /// The segment.
        consuming func finished() -> [UInt8] {
            var out: [UInt8] = []
            out.reserveCapacity(16 + keys.count * 12 + bytes.count)
            out.append(number: UInt32(keys.count))
            out.append(number: UInt32(0))
            for key in keys { out.append(number: key) }
            out.pad(to: 8)
            for offset in offsets { out.append(number: offset) }
            out += bytes
            return out
        }
    }
}

extension UnsafeBufferPointer where Element: FixedWidthInteger {
    /// The place of a value in ascending values, by halving. Whatever the order, no place outside is looked at.
    func sortedPlace(of value: Element) -> Int? {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if self[middle] < value { low = middle + 1 } else { high = middle }
        }
        return low < count && self[low] == value ? low : nil
    }
}

extension [UInt8] {
    /// Appends a number, little-endian.
    mutating func append<T: FixedWidthInteger>(number: T) {
        Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
    }

    /// Appends zeros until the length is a multiple of `unit`.
    mutating func pad(to unit: Int) {
        while count % unit != 0 { append(0) }
    }
}
