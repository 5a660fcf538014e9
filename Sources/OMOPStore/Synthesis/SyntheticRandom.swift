/// The generator's dice: xoshiro256** seeded by SplitMix64 (Blackman and Vigna, <https://prng.di.unimi.it>).
///
/// Our own, and integers and the four basic operations only, so that one seed gives the same bytes on every machine and
/// with every release of Swift: the standard library's algorithms and libm's `log` and `cos` promise neither.
struct SyntheticRandom: Sendable {
    private var a: UInt64
    private var b: UInt64
    private var c: UInt64
    private var d: UInt64

    /// Dice for one `stream` (a person's ordinal, say) of one `seed`. Streams do not depend on each other's use.
    init(seed: UInt64, stream: UInt64 = 0) {
        var state = seed &+ Self.mixed(stream &+ 0x9E37_79B9_7F4A_7C15)
        func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            return Self.mixed(state)
        }
        a = next()
        b = next()
        c = next()
        d = next()
    }

    private static func mixed(_ value: UInt64) -> UInt64 {
        var z = value
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// 64 random bits.
    mutating func next() -> UInt64 {
        let product = b &* 5
        let result = ((product << 7) | (product >> 57)) &* 9
        let t = b << 17
        c ^= a
        d ^= b
        b ^= c
        a ^= d
        c ^= t
        d = (d << 45) | (d >> 19)
        return result
    }

    /// A whole number in `0 ..< bound`. The bias of the multiplication is below 2^-32, which no count here can show.
    mutating func below(_ bound: Int) -> Int {
        Int(((next() >> 32) &* UInt64(bound)) >> 32)
    }

    /// A whole number in `range`, both ends included.
    mutating func between(_ low: Int, _ high: Int) -> Int {
        high <= low ? low : low + below(high - low + 1)
    }

    /// A number in [0, 1).
    mutating func fraction() -> Double {
        Double(next() >> 11) * 0x1p-53
    }

    /// Whether something of this probability happens.
    mutating func chance(_ probability: Double) -> Bool {
        fraction() < probability
    }

    /// One of the elements; the collection must not be empty.
    mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[below(elements.count)]
    }

    /// A bell-shaped number about `mean`: the sum of four uniform ones, within `mean` ± 3.46 `deviation`.
    mutating func bell(mean: Double, deviation: Double) -> Double {
        let sum = fraction() + fraction() + fraction() + fraction() - 2
        return mean + sum * deviation * 1.7320508075688772
    }

    /// How often something happened that is expected `mean` times, spread about as widely as a Poisson variable.
    mutating func times(_ mean: Double) -> Int {
        let whole = Int(mean)
        guard whole >= 8 else {
            // Few: as many coins as keep each coin fair enough.
            let coins = whole * 4 + 4
            let probability = mean / Double(coins)
            var count = 0
            for _ in 0..<coins where chance(probability) { count += 1 }
            return count
        }
        return max(0, Int(bell(mean: mean, deviation: mean.squareRoot()) + 0.5))
    }

    /// Puts `elements` in a random order.
    mutating func shuffle<Element>(_ elements: inout [Element]) {
        guard elements.count > 1 else { return }
        for index in stride(from: elements.count - 1, through: 1, by: -1) {
            elements.swapAt(index, below(index + 1))
        }
    }
}
