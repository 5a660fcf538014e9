import CClp

/// The attacker's linear program: atoms are unknowns of at least 0, every published cell is an equation. CLP solves it, warm
/// from one question to the next.
///
/// It owns a C object and is used by one task at a time.
final class TableProgram {
    private let model: UnsafeMutableRawPointer
    private let table: SuppressionTable
    /// Row of each cell of two and more atoms; cells of one atom are bounds of its column.
    private var rowOf: [Int32]
    private var objective: [Double]
    /// Programs solved so far.
    private(set) var solved = 0

    /// One consistent table that the solver found.
    struct Solution {
        let value: Double
        let atoms: [Double]
    }

    /// The program of a pattern.
    init(table: SuppressionTable, hidden: [Bool]) {
        self.table = table
        guard let model = dure_clp_new() else { preconditionFailure("CLP gave no model: out of memory") }
        self.model = model
        rowOf = [Int32](repeating: -1, count: table.cells.count)
        objective = [Double](repeating: 0, count: table.atomCount)

        var rows: Int32 = 0
        var columns = [[Int32]](repeating: [], count: table.atomCount)
        for (index, cell) in table.cells.enumerated() where cell.atoms.count > 1 {
            rowOf[index] = rows
            for atom in cell.atoms { columns[Int(atom)].append(rows) }
            rows += 1
        }
        var starts: [Int32] = [0]
        var indices: [Int32] = []
        for column in columns {
            indices += column
            starts.append(Int32(indices.count))
        }
        var columnLower = [Double](repeating: 0, count: table.atomCount)
        var columnUpper = [Double](repeating: .greatestFiniteMagnitude, count: table.atomCount)
        var rowLower = [Double](repeating: 0, count: Int(rows))
        var rowUpper = [Double](repeating: .greatestFiniteMagnitude, count: Int(rows))
        for (index, cell) in table.cells.enumerated() where !hidden[index] {
            if rowOf[index] >= 0 {
                rowLower[Int(rowOf[index])] = Double(cell.value)
                rowUpper[Int(rowOf[index])] = Double(cell.value)
            } else if let atom = cell.atoms.first {
                columnLower[Int(atom)] = Double(cell.value)
                columnUpper[Int(atom)] = Double(cell.value)
            }
        }
        dure_clp_load(
            model, Int32(table.atomCount), rows, starts, indices, [Double](repeating: 1, count: indices.count), columnLower,
            columnUpper, objective, rowLower, rowUpper)
    }

    deinit { dure_clp_delete(model) }

    /// Takes a cell out of the published ones, or back in.
    func set(_ cell: Int, hidden: Bool) {
        let value = Double(table.cells[cell].value)
        let bounds = hidden ? (0, Double.greatestFiniteMagnitude) : (value, value)
        if rowOf[cell] >= 0 {
            dure_clp_set_row_bounds(model, rowOf[cell], bounds.0, bounds.1)
        } else if let atom = table.cells[cell].atoms.first {
            dure_clp_set_column_bounds(model, atom, bounds.0, bounds.1)
        }
    }

    /// The largest (or smallest) value that a weighted sum of cells can have.
    /// - Returns: nil when it has no bound.
    func extreme(of weighted: [(cell: Int, weight: Double)], maximise: Bool) throws(DisclosureError) -> Solution? {
        for index in objective.indices { objective[index] = 0 }
        for (cell, weight) in weighted { for atom in table.cells[cell].atoms { objective[Int(atom)] += weight } }
        dure_clp_set_objective(model, objective)
        dure_clp_set_direction(model, maximise ? -1 : 1)
        solved += 1
        switch dure_clp_primal(model) {
        case 0: break
        case 2: return nil
        case let status:
            throw DisclosureError(
                .notProtected, "the linear program of a table of \(table.cells.count) cells ended with status \(status)",
                advice: "Ask with fewer dimensions; if that does not help, report it")
        }
        guard let columns = dure_clp_columns(model) else { return nil }
        let atoms = Array(UnsafeBufferPointer(start: columns, count: table.atomCount))
        var value = 0.0
        for index in atoms.indices { value += objective[index] * atoms[index] }
        return Solution(value: value, atoms: atoms)
    }

    /// Published cells whose release held the last extreme back, with their shadow prices.
    func binding(_ hidden: [Bool]) -> [(cell: Int, price: Double)] {
        guard let duals = dure_clp_row_duals(model), let costs = dure_clp_reduced_costs(model) else { return [] }
        var found: [(cell: Int, price: Double)] = []
        for (index, cell) in table.cells.enumerated() where !hidden[index] {
            guard let atom = cell.atoms.first else { continue }
            let price = rowOf[index] >= 0 ? duals[Int(rowOf[index])] : costs[Int(atom)]
            if abs(price) > 1e-7 { found.append((index, price)) }
        }
        return found
    }
}
