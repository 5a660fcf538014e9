import CanonicalJSON

/// A HyperLogLog sketch of distinct patients over several hospitals: registers of the longest run of zero bits, merged
/// by their maximum.
///
/// The hash comes from outside, already keyed by a linkage key and salted by the question, so that two sketches of different
/// questions cannot be joined. A sketch is personal data: it is sealed for the guardian, never stored and never sent to the
/// coordinator; the type therefore has no JSON form, only `packed` for sealing.
public struct DistinctSketch: Sendable, Hashable {
    /// p: 2^p registers. 14 gives 0.81 % standard error in 16 kB before sealing.
    public let precision: Int
    /// The registers, 0...64 - p + 1 each.
    public private(set) var registers: [UInt8]

    /// An empty sketch.
    /// - Throws: `mismatch` when p is not 7 to 18.
    public init(precision: Int = 14) throws(DisclosureError) {
        guard (7...18).contains(precision) else {
            throw DisclosureError(.mismatch, "a sketch of precision \(precision)", advice: "Use 7 to 18; 14 is the default")
        }
        self.precision = precision
        registers = [UInt8](repeating: 0, count: 1 << precision)
    }

    /// A sketch that arrived.
    /// - Throws: `mismatch` when the registers are not those of a sketch of that precision.
    public init(precision: Int, registers: [UInt8]) throws(DisclosureError) {
        try self.init(precision: precision)
        guard registers.count == self.registers.count, registers.allSatisfy({ Int($0) <= 65 - precision }) else {
            throw DisclosureError(
                .mismatch, "the registers are not those of a sketch of precision \(precision)",
                advice: "All hospitals must use the plan's precision")
        }
        self.registers = registers
    }

    /// Adds one patient by a keyed and salted hash.
    public mutating func insert(hash: UInt64) {
        let register = Int(hash >> UInt64(64 - precision))
        let rest = hash << UInt64(precision)
        let rank = UInt8(min(rest.leadingZeroBitCount, 64 - precision) + 1)
        registers[register] = max(registers[register], rank)
    }

    /// The sketch of both hospitals' patients together.
    /// - Throws: `mismatch` when the precisions differ.
    public mutating func merge(_ other: DistinctSketch) throws(DisclosureError) {
        guard precision == other.precision else {
            throw DisclosureError(
                .mismatch, "sketches of precision \(precision) and \(other.precision)",
                advice: "All hospitals must use the plan's precision")
        }
        for index in registers.indices { registers[index] = max(registers[index], other.registers[index]) }
    }

    /// The estimated number of distinct patients, by linear counting while registers are empty and the estimate is small.
    public var estimate: Double {
        let count = Double(registers.count)
        var sum = 0.0
        var empty = 0
        for register in registers {
            sum += 1 / Double(UInt64(1) << UInt64(register))
            if register == 0 { empty += 1 }
        }
        let raw = 0.7213 / (1 + 1.079 / count) * count * count / sum
        if raw <= 2.5 * count, empty > 0 { return count * NaturalLogarithm.of(count / Double(empty)) }
        return raw
    }

    /// The registers as bytes to seal: six bits each, the highest first, so many bytes whatever is in them.
    public var packed: [UInt8] {
        stride(from: 0, to: registers.count, by: 4).flatMap { start in
            let word = registers[start..<start + 4].reduce(UInt32(0)) { $0 << 6 | UInt32($1) }
            return [UInt8(word >> 16), UInt8(word >> 8 & 0xFF), UInt8(word & 0xFF)]
        }
    }

    /// A sketch from its packed bytes.
    /// - Throws: `mismatch` when they are not those of a sketch of that precision.
    public init(precision: Int = 14, packed: [UInt8]) throws(DisclosureError) {
        let registers = stride(from: 0, to: packed.count - packed.count % 3, by: 3).flatMap { start in
            let word = packed[start..<start + 3].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            return stride(from: 18, through: 0, by: -6).map { UInt8(word >> UInt32($0) & 63) }
        }
        try self.init(precision: precision, registers: packed.count.isMultiple(of: 3) ? registers : [])
    }

    /// Relative standard error: 1.04 / sqrt(2^p).
    public var standardError: Double { 1.04 / Double(registers.count).squareRoot() }
}

extension DistinctSketch: CustomStringConvertible, CustomReflectable {
    /// A notice instead of the registers.
    public var description: String { "sketch of patients (for the guardian only)" }
    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: [] as [Mirror.Child]) }
}

@available(*, unavailable, message: "a sketch is personal data: seal its registers for the guardian")
extension DistinctSketch: JSONEncodable {
    /// Unavailable on purpose.
    public var json: JSONValue { fatalError("unavailable") }
}

/// ln x for x of at least 1, so that this room needs no C math library.
enum NaturalLogarithm {
    static func of(_ argument: Double) -> Double {
        var mantissa = argument
        var powers = 0.0
        while mantissa > 1.5 {
            mantissa /= 2
            powers += 1
        }
        // 2 artanh((m - 1) / (m + 1)), which converges fast near 1.
        let ratio = (mantissa - 1) / (mantissa + 1)
        var term = ratio
        var sum = 0.0
        for index in stride(from: 1, through: 41, by: 2) {
            sum += term / Double(index)
            term *= ratio * ratio
        }
        return 2 * sum + powers * 0.693_147_180_559_945_3
    }
}
