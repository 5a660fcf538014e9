import CClp

/// A linear program built row by row: unknowns with bounds, sums of them with bounds, and CLP to find the extremes of a sum.
/// It shares no code with the release gate.
struct LinearAttacker {
    private(set) var lower: [Double]
    private(set) var upper: [Double]
    private var rows: [(terms: [(Int, Double)], low: Double, high: Double)] = []

    /// Unknowns of at least 0.
    init(unknowns: Int) {
        lower = [Double](repeating: 0, count: unknowns)
        upper = [Double](repeating: .greatestFiniteMagnitude, count: unknowns)
    }

    mutating func bound(_ unknown: Int, _ low: Double, _ high: Double) {
        lower[unknown] = max(lower[unknown], low)
        upper[unknown] = min(upper[unknown], high)
    }

    /// The sum of these unknowns lies between two numbers.
    mutating func require(_ members: [Int], _ low: Double, _ high: Double) {
        rows.append((members.map { ($0, 1) }, low, high))
    }

    mutating func require(_ terms: [(Int, Double)], _ low: Double, _ high: Double) { rows.append((terms, low, high)) }

    /// The smallest and the largest value of each of several sums; nil where no table fits what is known.
    func intervals(of targets: [[Int]]) -> [(low: Double, high: Double)?] {
        guard let model = load([Double](repeating: 0, count: lower.count)) else { return targets.map { _ in nil } }
        defer { dure_clp_delete(model) }
        guard dure_clp_dual(model) == 0 else { return targets.map { _ in nil } }
        return targets.map { target in
            var objective = [Double](repeating: 0, count: lower.count)
            for unknown in target { objective[unknown] += 1 }
            dure_clp_set_objective(model, objective)
            func extreme(_ direction: Double) -> Double? {
                dure_clp_set_direction(model, direction)
                let status = dure_clp_primal(model)
                if status == 2 { return direction > 0 ? -Double.infinity : .infinity }
                guard status == 0, let columns = dure_clp_columns(model) else { return nil }
                return target.reduce(0) { $0 + columns[$1] }
            }
            guard let low = extreme(1), let high = extreme(-1) else { return nil }
            return (low, high)
        }
    }

    /// The unknowns that make a weighted sum smallest.
    func minimise(_ objective: [Double]) -> [Double]? {
        guard let model = load(objective) else { return nil }
        defer { dure_clp_delete(model) }
        dure_clp_set_direction(model, 1)
        guard dure_clp_dual(model) == 0, let columns = dure_clp_columns(model) else { return nil }
        return (0..<lower.count).map { columns[$0] }
    }

    private func load(_ objective: [Double]) -> UnsafeMutableRawPointer? {
        guard let model = dure_clp_new() else { return nil }
        var columns = [[(Int32, Double)]](repeating: [], count: lower.count)
        for (row, content) in rows.enumerated() {
            for (unknown, factor) in content.terms { columns[unknown].append((Int32(row), factor)) }
        }
        var starts: [Int32] = [0]
        for column in columns { starts.append((starts.last ?? 0) + Int32(column.count)) }
        let entries = columns.flatMap(\.self)
        dure_clp_load(
            model, Int32(lower.count), Int32(rows.count), starts, entries.map(\.0), entries.map(\.1), lower, upper, objective,
            rows.map(\.low), rows.map(\.high))
        return model
    }
}
