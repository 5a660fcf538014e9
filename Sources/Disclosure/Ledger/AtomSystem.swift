/// Finds coefficients of released sets that make up a new set on every large atom: linear equations modulo p, solved exactly.
///
/// Each equation says "the coefficients of the sets that hold this atom sum to 0 (or 1)". Equations that the solution so far
/// already meets are skipped, so that the work depends on the rank and not on the number of atoms. A later equation changes the
/// solution, so whoever uses it requires all of them again until the rank no longer grows.
struct AtomSystem {
    private let unknowns: Int
    /// Reduced equations: coefficients and, last, the right side; the pivot's coefficient is 1.
    private var rows: [[UInt32]] = []
    private var pivots: [Int] = []
    /// The solution so far, unknowns without a pivot being 0.
    private(set) var solution: [UInt32]

    /// How many equations say something of their own.
    var rank: Int { rows.count }

    init(unknowns: Int) {
        self.unknowns = unknowns
        solution = [UInt32](repeating: 0, count: unknowns)
    }

    /// Adds one equation.
    /// - Returns: false when no coefficients can meet all equations.
    mutating func require(_ holders: [Int], equals right: UInt32) -> Bool {
        var sum: UInt32 = 0
        for holder in holders { sum = PrimeField.sum(sum, solution[holder]) }
        if sum == right { return true }

        var row = [UInt32](repeating: 0, count: unknowns + 1)
        for holder in holders { row[holder] = 1 }
        row[unknowns] = right
        for (index, pivot) in pivots.enumerated() where row[pivot] != 0 { subtract(rows[index], times: row[pivot], from: &row) }
        guard let pivot = row[..<unknowns].firstIndex(where: { $0 != 0 }) else { return row[unknowns] == 0 }
        let inverse = PrimeField.inverse(row[pivot])
        for index in row.indices where row[index] != 0 { row[index] = PrimeField.product(row[index], inverse) }
        for index in rows.indices where rows[index][pivot] != 0 { subtract(row, times: rows[index][pivot], from: &rows[index]) }
        rows.append(row)
        pivots.append(pivot)
        for (index, pivot) in pivots.enumerated() { solution[pivot] = rows[index][unknowns] }
        return true
    }

    private func subtract(_ other: [UInt32], times factor: UInt32, from row: inout [UInt32]) {
        let factor = PrimeField.negated(factor)
        for index in row.indices where other[index] != 0 {
            row[index] = PrimeField.sum(row[index], PrimeField.product(other[index], factor))
        }
    }

    /// The fraction with small numerator and denominator that equals the number modulo p (continued fractions).
    static func fraction(_ number: UInt32) -> Double {
        var (r0, r1) = (Int64(PrimeField.prime), Int64(number))
        var (t0, t1) = (Int64(0), Int64(1))
        while r1 * r1 * 2 > Int64(PrimeField.prime) {
            let quotient = r0 / r1
            (r0, r1) = (r1, r0 - quotient * r1)
            (t0, t1) = (t1, t0 - quotient * t1)
        }
        return Double(r1) / Double(t1)
    }
}
