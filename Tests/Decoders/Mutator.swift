/// Changes bytes as hostile and damaged ones differ from good ones. The same seed makes the same changes.
public struct Mutator: Sendable {
    private var state: UInt64

    /// A mutator that is always the same for one seed.
    public init(seed: UInt64) { state = seed }

    /// SplitMix64.
    private mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    private mutating func below(_ bound: Int) -> Int { bound <= 1 ? 0 : Int(next() % UInt64(bound)) }

    private static let tokens: [[UInt8]] =
        [
            "null", "true", "{}", "[]", "\"\"", "-1", "1e308", "-0", "0.1", "9007199254740993", "9223372036854775807",
            "-9223372036854775808", "18446744073709551615", "1e99999", "\\u0000", "\\ud800", "\u{0}", "\u{FEFF}", "가", "e\u{301}",
            "*", "&a", "- ", ": ", "\n", "\t", "\\N", "\"", "'", ",", "9999-12-31", "0000-00-00", "2026-02-30T24:00:60Z",
        ].map { Array($0.utf8) } + [[0xFF], [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7F], [0xC0, 0x80]]

    /// One to eight changes.
    public mutating func mutated(_ seed: [UInt8], with other: [UInt8]) -> [UInt8] {
        var bytes = seed
        for _ in 0...below(8) { change(&bytes, other) }
        return bytes
    }

    /// So many bytes made others, and as many bytes as before: what a disk does.
    public mutating func flipped(_ seed: [UInt8], count: Int) -> [UInt8] {
        var bytes = seed
        for _ in 0..<(bytes.isEmpty ? 0 : count) { bytes[below(bytes.count)] ^= UInt8(1 + below(255)) }
        return bytes
    }

    private mutating func change(_ bytes: inout [UInt8], _ other: [UInt8]) {
        let at = below(bytes.count + 1)
        switch below(9) {
        case 0 where !bytes.isEmpty: bytes[below(bytes.count)] ^= 1 << UInt8(below(8))
        case 1 where !bytes.isEmpty: bytes[below(bytes.count)] = UInt8(truncatingIfNeeded: next())
        case 2: bytes.insert(contentsOf: Self.tokens[below(Self.tokens.count)], at: at)
        case 3: bytes.removeSubrange(at..<min(bytes.count, at + below(32)))
        case 4: bytes.removeSubrange(at...)
        case 5:
            let piece = Array(bytes[at..<min(bytes.count, at + 1 + below(64))])
            for _ in 0...below(20) { bytes.insert(contentsOf: piece, at: at) }
        case 6:
            let start = below(other.count + 1)
            bytes.insert(contentsOf: other[start..<min(other.count, start + below(64))], at: at)
        case 7: replaceNumber(&bytes)
        default:
            let opening = [UInt8(ascii: "["), UInt8(ascii: "{"), UInt8(ascii: "-")][below(3)]
            bytes.insert(contentsOf: Array(repeating: opening, count: 1 + below(300)), at: at)
        }
    }

    /// Puts another number where one stands.
    private mutating func replaceNumber(_ bytes: inout [UInt8]) {
        let isDigit = { (byte: UInt8) in byte &- 0x30 < 10 }
        let places = bytes.indices.filter { isDigit(bytes[$0]) && ($0 == 0 || !isDigit(bytes[$0 - 1])) }
        guard !places.isEmpty else { return }
        let start = places[below(places.count)]
        let end = bytes[start...].firstIndex { !isDigit($0) } ?? bytes.count
        let numbers = ["0", "-1", "1", "255", "65536", "4294967296", "9007199254740991", "9223372036854775808", "1e300", "0.5"]
        bytes.replaceSubrange(start..<end, with: Array(numbers[below(numbers.count)].utf8))
    }
}
