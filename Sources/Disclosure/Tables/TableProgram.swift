import CClp

/// The attacker's linear program: atoms are unknowns of at least 0, every published cell is an equation, and so is every cell
/// that is known from elsewhere. CLP solves it, warm from one question to the next.
///
/// Atoms that single equations fix are taken out first, and so are equations that others imply. It owns a C object and is used
/// by one task at a time.
final class TableProgram {
    private let model: UnsafeMutableRawPointer
    private let table: SuppressionTable
    /// Value of each fixed atom; nil for the unknowns.
    private let fixed: [Double?]
    /// Column of each unknown atom.
    private let columnOf: [Int32]
    /// Unknown atoms by column.
    private let unknowns: [Int]
    /// Row of each published cell that is an equation of its own; -1 for hidden cells and for those that others imply.
    private let rowOf: [Int32]
    /// Rows of cells that are known from elsewhere, and what they sum to.
    private let known: [(cell: Int, row: Int, right: Double)]
    private var areKnownOn = true
    private var objective: [Double]
    private var isWarm = false
    /// Programs solved so far.
    private(set) var solved = 0

    /// One consistent table that the solver found.
    struct Solution {
        /// Value of the objective.
        let value: Double
        /// Value of every atom.
        let atoms: [Double]
        /// Whether no larger (or smaller) value is possible; false where the search was stopped before.
        let isExtreme: Bool
    }

    /// The program of a pattern.
    init(table: SuppressionTable, hidden: [Bool]) {
        self.table = table
        guard let model = dure_clp_new() else { preconditionFailure("CLP gave no model: out of memory") }
        self.model = model
        let fixed = Self.fixedAtoms(table, hidden)
        self.fixed = fixed
        unknowns = fixed.indices.filter { fixed[$0] == nil }
        var columnOf = [Int32](repeating: -1, count: table.atomCount)
        for (column, atom) in unknowns.enumerated() { columnOf[atom] = Int32(column) }
        self.columnOf = columnOf

        var rowOf = [Int32](repeating: -1, count: table.cells.count)
        var columns = [[Int32]](repeating: [], count: unknowns.count)
        var right: [Double] = []
        let cells = Self.independentCells(table, hidden)
        var known: [(cell: Int, row: Int, right: Double)] = []
        for index in cells.published + cells.known {
            let cell = table.cells[index]
            let live = cell.atoms.filter { columnOf[Int($0)] >= 0 }
            guard live.count > (hidden[index] ? 0 : 1) else { continue }
            let row = right.count
            right.append(cell.atoms.reduce(Double(cell.value)) { $0 - (fixed[Int($1)] ?? 0) })
            if hidden[index] { known.append((index, row, right[row])) } else { rowOf[index] = Int32(row) }
            for atom in live { columns[Int(columnOf[Int(atom)])].append(Int32(row)) }
        }
        self.rowOf = rowOf
        self.known = known
        var starts: [Int32] = [0]
        for column in columns { starts.append((starts.last ?? 0) + Int32(column.count)) }
        let indices = columns.flatMap(\.self)
        objective = [Double](repeating: 0, count: unknowns.count)
        dure_clp_load(
            model, Int32(unknowns.count), Int32(right.count), starts, indices, [Double](repeating: 1, count: indices.count),
            [Double](repeating: 0, count: unknowns.count),
            [Double](repeating: .greatestFiniteMagnitude, count: unknowns.count), objective, right, right)
    }

    deinit { dure_clp_delete(model) }

    /// Atoms whose value the published cells give one by one: an equation with one unknown left fixes it.
    private static func fixedAtoms(_ table: SuppressionTable, _ hidden: [Bool]) -> [Double?] {
        var fixed = [Double?](repeating: nil, count: table.atomCount)
        var cellsOf = [[Int32]](repeating: [], count: table.atomCount)
        var open = [Int](repeating: 0, count: table.cells.count)
        var queue: [Int] = []
        for (index, cell) in table.cells.enumerated() where !hidden[index] {
            for atom in cell.atoms { cellsOf[Int(atom)].append(Int32(index)) }
            open[index] = cell.atoms.count
            if cell.atoms.count == 1 { queue.append(index) }
        }
        while let index = queue.popLast() {
            let cell = table.cells[index]
            guard let atom = cell.atoms.first(where: { fixed[Int($0)] == nil }) else { continue }
            fixed[Int(atom)] = cell.atoms.reduce(Double(cell.value)) { $0 - (fixed[Int($1)] ?? 0) }
            for other in cellsOf[Int(atom)] {
                open[Int(other)] -= 1
                if open[Int(other)] == 1 { queue.append(Int(other)) }
            }
        }
        return fixed
    }

    /// Published cells that imply all others, and known ones that these do not imply. Those with few atoms are preferred: sums of
    /// whole tables would fill the solver's matrix, and say nothing that their parts do not.
    private static func independentCells(_ table: SuppressionTable, _ hidden: [Bool]) -> (published: [Int], known: [Int]) {
        var elimination = Elimination(atomCount: table.atomCount, primaries: [])
        func independent(_ cells: [Int]) -> [Int] {
            cells.sorted { (table.cells[$0].atoms.count, $0) < (table.cells[$1].atoms.count, $1) }.filter { index in
                let vector = elimination.reduced(table.cells[index].atoms)
                if !vector.isZero { elimination.publish(vector) }
                return !vector.isZero
            }
        }
        let cells = table.cells.indices
        return (
            independent(cells.filter { !hidden[$0] }),
            independent(cells.filter { hidden[$0] && table.cells[$0].demand == .known })
        )
    }

    /// Whether an attacker has numbers from elsewhere.
    var hasKnown: Bool { !known.isEmpty }

    /// The largest (or smallest) value that a weighted sum of cells can have.
    /// - Parameters:
    ///   - withKnown: whether what is known from elsewhere is an equation.
    ///   - steps: stops after so many steps of the simplex method, at a table that is consistent with the release all the same.
    /// - Returns: nil when it has no bound.
    func extreme(
        of weighted: [(cell: Int, weight: Double)], maximise: Bool, withKnown: Bool = true, steps: Int32 = .max
    ) throws(DisclosureError) -> Solution? {
        if withKnown != areKnownOn {
            areKnownOn = withKnown
            for (_, row, right) in known {
                let edge = Double.greatestFiniteMagnitude
                dure_clp_set_row_bounds(model, Int32(row), withKnown ? right : -edge, withKnown ? right : edge)
            }
        }
        if !isWarm {
            // Any consistent table first: the dual simplex finds one fast, the objective being 0.
            try check(dure_clp_dual(model))
            isWarm = true
        }
        for index in objective.indices { objective[index] = 0 }
        var constant = 0.0
        for (cell, weight) in weighted {
            for atom in table.cells[cell].atoms {
                if columnOf[Int(atom)] >= 0 {
                    objective[Int(columnOf[Int(atom)])] += weight
                } else {
                    constant += weight * (fixed[Int(atom)] ?? 0)
                }
            }
        }
        dure_clp_set_objective(model, objective)
        dure_clp_set_direction(model, maximise ? -1 : 1)
        solved += 1
        dure_clp_set_iteration_limit(model, steps)
        let status = dure_clp_primal(model)
        if status == 2 { return nil }
        let isStopped = status == 3 && steps < .max
        if !isStopped { try check(status) }
        guard let columns = dure_clp_columns(model) else { return nil }
        // The solver can be stopped where it has not come back to a consistent table after an equation was switched on.
        if isStopped, !dure_clp_is_feasible(model) {
            return try extreme(of: weighted, maximise: maximise, withKnown: withKnown)
        }
        var atoms = fixed.map { $0 ?? 0 }
        var value = constant
        for (column, atom) in unknowns.enumerated() {
            atoms[atom] = columns[column]
            value += objective[column] * columns[column]
        }
        return Solution(value: value, atoms: atoms, isExtreme: !isStopped)
    }

    private func check(_ status: Int32) throws(DisclosureError) {
        guard status == 0 else {
            throw DisclosureError(
                .notProtected, "the linear program of a table of \(table.cells.count) cells ended with status \(status)",
                advice: "Ask with fewer dimensions; if that does not help, report it")
        }
    }

    /// Published cells whose release held the last extreme back, with their shadow prices.
    func binding(_ hidden: [Bool]) -> [(cell: Int, price: Double)] {
        guard let duals = dure_clp_row_duals(model) else { return [] }
        var priceOf = [Double](repeating: 0, count: table.atomCount)
        var found: [(cell: Int, price: Double)] = []
        for (index, cell) in table.cells.enumerated() where rowOf[index] >= 0 {
            let price = duals[Int(rowOf[index])]
            guard abs(price) > 1e-7 else { continue }
            found.append((index, price))
            for atom in cell.atoms { priceOf[Int(atom)] += price }
        }
        for (cell, row, _) in known { for atom in table.cells[cell].atoms { priceOf[Int(atom)] += duals[row] } }
        for (index, cell) in table.cells.enumerated() where !hidden[index] && rowOf[index] < 0 && cell.atoms.count == 1 {
            let price = priceOf[Int(cell.atoms[0])]
            if fixed[Int(cell.atoms[0])] != nil, abs(price) > 1e-7 { found.append((index, price)) }
        }
        return found
    }
}
