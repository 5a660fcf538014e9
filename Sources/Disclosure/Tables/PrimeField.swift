/// Arithmetic modulo p = 2^31 - 1, exact where floating point would only be nearly so.
enum PrimeField {
    static let prime: UInt64 = 0x7FFF_FFFF

    /// The rest of a number below 2^62.
    @inline(__always)
    static func reduced(_ number: UInt64) -> UInt32 {
        let folded = (number & prime) + (number >> 31)
        let again = (folded & prime) + (folded >> 31)
        return UInt32(truncatingIfNeeded: again == prime ? 0 : again)
    }

    @inline(__always)
    static func product(_ left: UInt32, _ right: UInt32) -> UInt32 { reduced(UInt64(left) * UInt64(right)) }

    @inline(__always)
    static func sum(_ left: UInt32, _ right: UInt32) -> UInt32 {
        let sum = left &+ right
        return sum >= UInt32(prime) ? sum &- UInt32(prime) : sum
    }

    @inline(__always)
    static func negated(_ number: UInt32) -> UInt32 { number == 0 ? 0 : UInt32(prime) &- number }

    /// The inverse of a number other than 0, by Fermat's little theorem.
    static func inverse(_ number: UInt32) -> UInt32 {
        if number == 1 { return 1 }
        var result: UInt32 = 1
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

/// A sparse vector over atoms with coefficients modulo p; atoms ascend, no coefficient is 0.
struct ModularVector {
    /// Atom in the high half, coefficient in the low half.
    var entries: [UInt64] = []

    @inline(__always) static func atom(_ entry: UInt64) -> Int { Int(entry >> 32) }
    @inline(__always) static func coefficient(_ entry: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: entry) }
    @inline(__always) static func entry(_ atom: Int, _ coefficient: UInt32) -> UInt64 { UInt64(atom) << 32 | UInt64(coefficient) }

    var isZero: Bool { entries.isEmpty }

    /// The coefficient of an atom, 0 when it is not there.
    func coefficient(of atom: Int) -> UInt32 {
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if Self.atom(entries[middle]) < atom { low = middle + 1 } else { high = middle }
        }
        return low < entries.count && Self.atom(entries[low]) == atom ? Self.coefficient(entries[low]) : 0
    }

    /// The vector times a number other than 0.
    func scaled(by factor: UInt32) -> ModularVector {
        guard factor != 1 else { return self }
        return ModularVector(
            entries: entries.map { Self.entry(Self.atom($0), PrimeField.product(Self.coefficient($0), factor)) })
    }

    /// A fingerprint of the vector up to a factor. Two vectors that are not multiples of one another collide with a chance of
    /// about 2^-64, and a collision only hides one cell too many.
    var directionHash: UInt64 {
        guard let first = entries.first else { return 0 }
        let factor = PrimeField.inverse(Self.coefficient(first))
        var hash: UInt64 = 0x9E37_79B9_7F4A_7C15
        for entry in entries {
            hash ^= Self.entry(Self.atom(entry), PrimeField.product(Self.coefficient(entry), factor))
            hash = (hash ^ (hash >> 32)) &* 0xD6E8_FEB8_6659_FD93
            hash = (hash ^ (hash >> 29)) &* 0x9FB2_1C65_1E98_DF25
        }
        return hash ^ (hash >> 32)
    }
}
