/// Shamir's secret sharing modulo p = 2^61 - 1, for totals without a guardian: a seed is cut into 56-bit limbs, each
/// shared so that any `threshold` of the hospitals can put it together and fewer learn nothing.
public enum SecretShare {
    /// 2^61 - 1.
    static let prime: UInt64 = (1 << 61) - 1

    /// One hospital's share of a secret.
    public struct Share: Sendable, Hashable {
        /// Which share: 1, 2, 3, ... (never 0).
        public let index: UInt64
        /// One value a limb, each below 2^61 - 1.
        public let limbs: [UInt64]

        /// A share.
        public init(index: UInt64, limbs: [UInt64]) {
            self.index = index
            self.limbs = limbs
        }
    }

    /// Limbs of a secret of so many bytes.
    public static func limbCount(bytes count: Int) -> Int { (count + 6) / 7 }

    /// Shares of a secret of up to 64 bytes.
    /// - Parameters:
    ///   - count: number of shares.
    ///   - threshold: number of shares that put it together, 2 to `count`.
    ///   - random: secret random words, from the node's generator.
    /// - Throws: `mismatch` when the numbers do not fit.
    public static func split(
        _ secret: [UInt8], count: Int, threshold: Int, random: () -> UInt64
    ) throws(DisclosureError) -> [Share] {
        guard secret.count <= 64, threshold >= 2, threshold <= count, count <= 10_000 else {
            throw DisclosureError(
                .mismatch, "\(threshold) of \(count) shares of \(secret.count) bytes cannot be made",
                advice: "Use two or more, and no more than there are hospitals")
        }
        let polynomials = limbs(of: secret).map { limb in [limb] + (1..<threshold).map { _ in uniform(random) } }
        return (1...UInt64(count)).map { index in
            Share(index: index, limbs: polynomials.map { $0.reversed().reduce(0) { sum(product($0, index), $1) } })
        }
    }

    /// The secret of at least `threshold` shares.
    /// - Parameter count: length of the secret in bytes.
    /// - Throws: `mismatch` when shares repeat or have different lengths.
    public static func join(_ shares: [Share], bytes count: Int) throws(DisclosureError) -> [UInt8] {
        let limbCount = limbCount(bytes: count)
        guard Set(shares.map(\.index)).count == shares.count, !shares.isEmpty,
            shares.allSatisfy({
                $0.index > 0 && $0.index < prime && $0.limbs.count == limbCount && $0.limbs.allSatisfy { $0 < prime }
            })
        else {
            throw DisclosureError(
                .mismatch, "the shares of a secret do not fit together", advice: "Use one share of each hospital, of one secret")
        }
        let weights = shares.map { share in
            var numerator: UInt64 = 1
            var denominator: UInt64 = 1
            for other in shares where other.index != share.index {
                numerator = product(numerator, other.index)
                denominator = product(denominator, difference(other.index, share.index))
            }
            return product(numerator, inverse(denominator))
        }
        var bytes: [UInt8] = []
        for limb in 0..<limbCount {
            let value = zip(shares, weights).reduce(UInt64(0)) { sum($0, product($1.0.limbs[limb], $1.1)) }
            for shift in 0..<7 where bytes.count < count { bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * shift))) }
        }
        return bytes
    }

    private static func limbs(of secret: [UInt8]) -> [UInt64] {
        stride(from: 0, to: secret.count, by: 7).map { start in
            secret[start..<min(start + 7, secret.count)].enumerated().reduce(UInt64(0)) {
                $0 | UInt64($1.element) << UInt64(8 * $1.offset)
            }
        }
    }

    /// A uniform number below p: words of 61 bits, the one value that is too large drawn again.
    private static func uniform(_ random: () -> UInt64) -> UInt64 {
        while true {
            let word = random() >> 3
            if word < prime { return word }
        }
    }

    static func sum(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let sum = left + right
        return sum >= prime ? sum - prime : sum
    }

    static func difference(_ left: UInt64, _ right: UInt64) -> UInt64 { left >= right ? left - right : left + prime - right }

    static func product(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let (high, low) = left.multipliedFullWidth(by: right)
        // 2^64 is 8 modulo p, and low is cut at 61 bits.
        return sum(((high << 3) | (low >> 61)) % prime, (low & prime) % prime)
    }

    static func inverse(_ number: UInt64) -> UInt64 {
        var result: UInt64 = 1
        var square = number
        var exponent = prime - 2
        while exponent > 0 {
            if exponent & 1 == 1 { result = product(result, square) }
            square = product(square, square)
            exponent >>= 1
        }
        return result
    }
}
