@_spi(Hospital) import Disclosure

/// Keyed randomness of a made-up node. Not cryptographic: the tests only need "same in, same out, otherwise unrelated".
struct TestKey: StickyKey {
    var secret: UInt64 = 0x1234_5678_9ABC_DEF0

    func draw(_ purpose: String, _ digest: SetDigest) -> UInt64 {
        var state = secret
        for byte in purpose.utf8 { state = (state ^ UInt64(byte)) &* 0x100_0000_01B3 }
        state ^= UInt64(truncatingIfNeeded: digest.sum)
        var first = SeededGenerator(seed: state)
        var second = SeededGenerator(seed: first.next() ^ UInt64(truncatingIfNeeded: digest.sum >> 64))
        return second.next()
    }
}

extension PatientKeys {
    /// Keys of a made-up node's patients.
    static func made(_ universe: Int, seed: UInt64 = 99) -> PatientKeys {
        var generator = SeededGenerator(seed: seed)
        return PatientKeys(universe: universe) { _ in UInt128(generator.next()) << 64 | UInt128(generator.next()) }
    }
}
