/// One pass of the greedy choice of secondary cells, and its keyed restarts.
struct GreedySuppression {
    let table: SuppressionTable
    /// Primary cells.
    let isPrimary: [Bool]
    /// Cells that are published whatever happens (impossible cells, and zeros where they stay published).
    let isFixed: [Bool]

    /// A pattern of hidden cells.
    struct Pattern {
        var hidden: [Bool]
        /// Patients in secondary cells, a cell counting at least 1.
        var loss: Int
    }

    private let weights: [Double]

    init(table: SuppressionTable, isPrimary: [Bool], isFixed: [Bool]) {
        self.table = table
        self.isPrimary = isPrimary
        self.isFixed = isFixed
        weights = Self.weights(table)
    }

    /// `(count + 1) + 0.99 * tie`: cells with more patients are published first; among equals the one that overlaps with more.
    private static func weights(_ table: SuppressionTable) -> [Double] {
        var cellsOf = [Int](repeating: 0, count: table.atomCount)
        for cell in table.cells { for atom in cell.atoms { cellsOf[Int(atom)] += 1 } }
        let overlap = table.cells.map { $0.atoms.reduce(0) { $0 + cellsOf[Int($1)] } }
        let largest = Double(max(1, overlap.max() ?? 1))
        return zip(table.cells, overlap).map { Double($0.value) + 1 + 0.99 * Double($1) / largest }
    }

    /// The best patterns of several passes, the one that loses fewest patients first, no pattern twice.
    /// - Parameter seed: of the node's key, the table and the epoch: the secret jitter also blunts guesses at values from
    ///   "why was this cell chosen".
    func best(_ wanted: Int, restarts: Int, seed: UInt64) -> [Pattern] {
        var found: [Pattern] = []
        var jitter = JitterStream(seed: seed)
        for pass in 0..<max(1, restarts) {
            let order = pass == 0 ? weights : weights.map { $0 * jitter.logNormal(0.6) }
            let limit = found.count < wanted ? Int.max : found[found.count - 1].loss
            guard let pattern = run(order, giveUpAt: limit), !found.contains(where: { $0.hidden == pattern.hidden }) else {
                continue
            }
            found.append(pattern)
            found.sort { $0.loss < $1.loss }
            if found.count > wanted { found.removeLast() }
        }
        return found
    }

    /// One pass in the given order; nil when it loses at least `limit` patients.
    private func run(_ weights: [Double], giveUpAt limit: Int) -> Pattern? {
        var hidden = table.cells.indices.map { isPrimary[$0] || isWithheld($0) }
        var loss = 0
        guard
            pass(
                order(weights), protecting: isPrimary, &hidden,
                lose: {
                    loss += $0; return loss < limit
                })
        else { return nil }
        return Pattern(hidden: hidden, loss: loss)
    }

    /// A pattern with some more cells to protect as if they were primary: what is hidden stays hidden unless it is implied,
    /// and more cells are hidden so that none of the protected ones can be worked out.
    func closed(_ hidden: [Bool], protecting extra: Set<Int>) -> [Bool] {
        var closed = hidden
        for cell in extra { closed[cell] = true }
        let protected = closed.indices.map { isPrimary[$0] || extra.contains($0) }
        let published = order(weights).filter { !closed[$0] }
        _ = pass(published, protecting: protected, &closed, lose: { _ in true })
        return closed
    }

    private func isWithheld(_ cell: Int) -> Bool { table.cells[cell].demand == .withheld }

    private func order(_ weights: [Double]) -> [Int] {
        table.cells.indices.sorted { one, two in
            if isFixed[one] != isFixed[two] { return isFixed[one] }
            return weights[one] != weights[two] ? weights[one] > weights[two] : one < two
        }
    }

    /// Publishes the candidates in their order as long as no protected cell can be worked out.
    private func pass(
        _ candidates: [Int], protecting protected: [Bool], _ hidden: inout [Bool], lose: (Int) -> Bool
    ) -> Bool {
        let cells = table.cells
        var elimination = Elimination(
            atomCount: table.atomCount, primaries: cells.indices.filter { protected[$0] }.map { cells[$0].atoms })
        for index in candidates where !protected[index] && !isWithheld(index) {
            let vector = elimination.reduced(cells[index].atoms)
            if vector.isZero { continue }
            if elimination.exposesPrimary(vector) {
                hidden[index] = true
                if !lose(max(1, cells[index].value)) { return false }
            } else {
                elimination.publish(vector)
            }
        }
        // A cell hidden early may be implied by what was published later: then hiding it protects nothing.
        for index in cells.indices
        where hidden[index] && !protected[index] && !isWithheld(index) && elimination.reduced(cells[index].atoms).isZero {
            hidden[index] = false
            _ = lose(-max(1, cells[index].value))
        }
        return true
    }
}

/// Reproducible jitter from a keyed seed (xorshift64*, and the Box-Muller transform without a library).
struct JitterStream {
    private var state: UInt64

    init(seed: UInt64) { state = seed == 0 ? 0x9E37_79B9_7F4A_7C15 : seed }

    mutating func next() -> UInt64 {
        state ^= state >> 12
        state ^= state << 25
        state ^= state >> 27
        return state &* 0x2545_F491_4F6C_DD1D
    }

    /// A fraction in `0..<1`.
    mutating func fraction() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// exp(sigma N(0, 1)), the normal deviate as the sum of twelve uniform ones less 6 (its tails beyond 6 do not matter here).
    mutating func logNormal(_ sigma: Double) -> Double {
        var sum = -6.0
        for _ in 0..<12 { sum += fraction() }
        return Exponential.of(sigma * sum)
    }
}

/// e^x for small arguments, so that this room needs no C math library and gives the same pattern on every machine.
enum Exponential {
    static func of(_ argument: Double) -> Double {
        // e^x = (e^(x/256))^256 with a Taylor series of the small part.
        let small = argument / 256
        var term = 1.0
        var sum = 1.0
        for index in 1...8 {
            term *= small / Double(index)
            sum += term
        }
        for _ in 0..<8 { sum *= sum }
        return sum
    }
}
