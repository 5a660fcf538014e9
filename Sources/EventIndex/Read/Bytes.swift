/// Checked reads from a stretch of the mapped file. Everything that is loaded from the file by an offset that the file
/// itself gave goes through here (or through a check of the same kind made once for a whole loop).
struct Bytes {
    let raw: UnsafeRawBufferPointer

    init(_ raw: UnsafeRawBufferPointer) { self.raw = raw }

    var count: Int { raw.count }

    /// A part of these bytes.
    func part(_ offset: Int, _ length: Int, _ what: StaticString) throws(EventIndexError) -> Bytes {
        guard offset >= 0, length >= 0, offset <= count, length <= count - offset else {
            throw .damaged("\(what) lies outside its segment")
        }
        return Bytes(UnsafeRawBufferPointer(rebasing: raw[offset..<offset + length]))
    }

    /// Everything from an offset on.
    func rest(_ offset: Int, _ what: StaticString) throws(EventIndexError) -> Bytes {
        guard offset >= 0, offset <= count else { throw .damaged("\(what) lies outside its segment") }
        return Bytes(UnsafeRawBufferPointer(rebasing: raw[offset...]))
    }

    /// One number.
    @inline(__always)
    func load<T: FixedWidthInteger & BitwiseCopyable>(_ offset: Int, as: T.Type = T.self) throws(EventIndexError) -> T {
        guard offset >= 0, offset <= count - MemoryLayout<T>.size, let start = raw.baseAddress else {
            throw .damaged("a number lies outside its segment")
        }
        return T(littleEndian: start.loadUnaligned(fromByteOffset: offset, as: T.self))
    }

    /// `count` numbers from an aligned offset, in place.
    func array<T: BitwiseCopyable>(
        _ offset: Int, count items: Int, of: T.Type = T.self, _ what: StaticString
    ) throws(EventIndexError) -> UnsafeBufferPointer<T> {
        let size = MemoryLayout<T>.stride
        guard items >= 0, items <= count / size else { throw .damaged("\(what) is longer than its segment") }
        let bytes = try part(offset, items * size, what).raw
        guard let start = bytes.baseAddress, Int(bitPattern: start) % MemoryLayout<T>.alignment == 0 else {
            if items == 0 { return UnsafeBufferPointer(start: nil, count: 0) }
            throw .damaged("\(what) is not aligned")
        }
        return UnsafeBufferPointer(start: start.assumingMemoryBound(to: T.self), count: items)
    }
}
