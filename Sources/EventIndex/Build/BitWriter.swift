/// Writes codes of a fixed width one after another.
struct BitWriter {
    /// Bytes that `count` codes of `width` bits take, without the eight zero bytes at the end of a column.
    static func size(_ count: Int, width: Int) -> Int { (count * width + 7) / 8 }

    /// How many bits a code needs; more than 56 are stored as 64 (see `ColumnCoding`).
    static func width(_ highest: UInt64) -> Int {
        let bits = 64 - highest.leadingZeroBitCount
        return bits > 56 ? 64 : bits
    }

    /// Writes codes of at most 56 bits to zeroed memory that reaches at least eight bytes beyond the last one.
    @inline(__always)
    static func put(_ code: UInt64, at place: Int, width: Int, to bits: UnsafeMutableRawPointer) {
        let bit = place &* width
        let at = bits + (bit >> 3)
        let word = at.loadUnaligned(as: UInt64.self) | (code << UInt64(bit & 7)).littleEndian
        at.storeBytes(of: word, as: UInt64.self)
    }
}
