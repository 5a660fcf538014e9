/// XXH64: a fast 64-bit checksum against damage (not against forgery), as specified in
/// <https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md>, with seed 0.
enum Checksum {
    private static let p1: UInt64 = 0x9E37_79B1_85EB_CA87
    private static let p2: UInt64 = 0xC2B2_AE3D_27D4_EB4F
    private static let p3: UInt64 = 0x1656_67B1_9E37_79F9
    private static let p4: UInt64 = 0x85EB_CA77_C2B2_AE63
    private static let p5: UInt64 = 0x27D4_EB2F_1656_67C5

    static func of(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        let count = bytes.count
        guard let start = bytes.baseAddress else { return finish(p5) }
        var at = 0
        var hash: UInt64
        if count >= 32 {
            var a = p1 &+ p2
            var b = p2
            var c: UInt64 = 0
            var d = 0 &- p1
            while at + 32 <= count {
                a = round(a, load64(start, at))
                b = round(b, load64(start, at + 8))
                c = round(c, load64(start, at + 16))
                d = round(d, load64(start, at + 24))
                at += 32
            }
            hash = rotate(a, 1) &+ rotate(b, 7) &+ rotate(c, 12) &+ rotate(d, 18)
            for lane in [a, b, c, d] { hash = (hash ^ round(0, lane)) &* p1 &+ p4 }
        } else {
            hash = p5
        }
        hash &+= UInt64(count)
        while at + 8 <= count {
            hash = rotate(hash ^ round(0, load64(start, at)), 27) &* p1 &+ p4
            at += 8
        }
        if at + 4 <= count {
            let word = UInt64(UInt32(littleEndian: start.loadUnaligned(fromByteOffset: at, as: UInt32.self)))
            hash = rotate(hash ^ (word &* p1), 23) &* p2 &+ p3
            at += 4
        }
        while at < count {
            hash = rotate(hash ^ (UInt64(bytes[at]) &* p5), 11) &* p1
            at += 1
        }
        return finish(hash)
    }

    private static func finish(_ value: UInt64) -> UInt64 {
        var hash = value
        hash = (hash ^ (hash >> 33)) &* p2
        hash = (hash ^ (hash >> 29)) &* p3
        return hash ^ (hash >> 32)
    }

    @inline(__always) private static func load64(_ start: UnsafeRawPointer, _ at: Int) -> UInt64 {
        UInt64(littleEndian: start.loadUnaligned(fromByteOffset: at, as: UInt64.self))
    }

    @inline(__always) private static func round(_ lane: UInt64, _ word: UInt64) -> UInt64 {
        rotate(lane &+ word &* p2, 31) &* p1
    }

    @inline(__always) private static func rotate(_ value: UInt64, _ bits: UInt64) -> UInt64 {
        (value << bits) | (value >> (64 - bits))
    }
}
