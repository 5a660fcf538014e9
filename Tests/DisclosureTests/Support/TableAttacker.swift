import CClp

/// An attacker on a published table, written apart from the gate: it builds its own program row by row and lets CLP's dual
/// simplex solve each question from nothing. It knows every published cell, every sum, and that counts are not negative.
struct TableAttacker {
    /// A cell as the attacker sees it: which atoms, and the value if it is published.
    struct Cell {
        let id: String
        let atoms: [Int]
        let published: Int?
    }

    let atomCount: Int
    let cells: [Cell]

    /// The interval that the attacker finds for the sum of some atoms; no upper bound is `nil`.
    func interval(_ target: [Int]) -> (low: Double, high: Double?) {
        (solve(target, sense: 1) ?? 0, solve(target, sense: -1))
    }

    private func solve(_ target: [Int], sense: Double) -> Double? {
        let known = cells.filter { $0.published != nil }
        guard let model = Clp_newModel() else { return nil }
        defer { Clp_deleteModel(model) }
        Clp_setLogLevel(model, 0)
        var entries: [(column: Int, row: Int)] = []
        for (row, cell) in known.enumerated() { for atom in cell.atoms { entries.append((atom, row)) } }
        entries.sort { $0 < $1 }
        var starts = [Int32](repeating: 0, count: atomCount + 1)
        for entry in entries { starts[entry.column + 1] += 1 }
        for column in 0..<atomCount { starts[column + 1] += starts[column] }
        var objective = [Double](repeating: 0, count: atomCount)
        for atom in target { objective[atom] = 1 }
        let values = known.map { Double($0.published ?? 0) }
        Clp_loadProblem(
            model, Int32(atomCount), Int32(known.count), starts, entries.map { Int32($0.row) },
            [Double](repeating: 1, count: entries.count), [Double](repeating: 0, count: atomCount),
            [Double](repeating: .infinity, count: atomCount), objective, values, values)
        Clp_setOptimizationDirection(model, sense)
        Clp_initialDualSolve(model)
        switch Clp_status(model) {
        case 0: return Clp_objectiveValue(model)
        case 2: return nil
        case let status: preconditionFailure("the attacker's program ended with status \(status)")
        }
    }
}
