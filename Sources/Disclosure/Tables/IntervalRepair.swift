/// Makes the interval that an attacker can compute for every primary cell wide enough (A.4, step 5).
///
/// Every solution of a linear program is a whole table that is consistent with the release: a *witness* for each cell that it
/// stretches. Freeing a cell only widens intervals, so old witnesses stay valid and the repair ends.
struct IntervalRepair {
    let table: SuppressionTable
    let isPrimary: [Bool]
    let isFixed: [Bool]
    /// What each primary's interval must reach.
    let needs: [IntervalNeed]

    /// Cells in which a solution differs from the true table by less than this count as unchanged.
    private static let tolerance = 1e-6

    /// What has been proved so far about each cell: how far down and up witnesses stretch it.
    private struct Reach {
        var low: [Double]
        var high: [Double]
    }

    /// Hides more cells until all needs are met.
    /// - Parameter hidden: the pattern of the greedy choice.
    func repaired(_ hidden: [Bool], seed: UInt64) throws(DisclosureError) -> [Bool] {
        var hidden = hidden
        let program = TableProgram(table: table, hidden: hidden)
        var reach = Reach(low: table.cells.map { Double($0.value) }, high: table.cells.map { Double($0.value) })
        try sweep(program, &reach, seed)
        for cell in table.cells.indices where isPrimary[cell] {
            for upwards in [false, true] { try repair(cell, upwards, program, &reach, &hidden) }
        }
        for cell in table.cells.indices where hidden[cell] && !isPrimary[cell] {
            try keepUncertain(cell, program, &reach, &hidden)
        }
        return hidden
    }

    private func isMet(_ cell: Int, _ upwards: Bool, _ reach: Reach) -> Bool {
        upwards
            ? reach.high[cell] >= needs[cell].high - Self.tolerance : reach.low[cell] <= needs[cell].low + Self.tolerance
    }

    private func record(_ atoms: [Double], _ reach: inout Reach) {
        for (index, cell) in table.cells.enumerated() {
            var sum = 0.0
            for atom in cell.atoms { sum += atoms[Int(atom)] }
            reach.low[index] = min(reach.low[index], sum)
            reach.high[index] = max(reach.high[index], sum)
        }
    }

    /// A few programs that stretch many cells at once: random weights over the primaries that still need it.
    private func sweep(_ program: TableProgram, _ reach: inout Reach, _ seed: UInt64) throws(DisclosureError) {
        var jitter = JitterStream(seed: seed ^ 0x5EED)
        for upwards in [true, false] {
            for _ in 0..<64 {
                let open = table.cells.indices.filter { isPrimary[$0] && !isMet($0, upwards, reach) }
                guard open.count > 8 else { break }
                let weighted = open.map { (cell: $0, weight: jitter.fraction() < 0.5 ? 0.01 : jitter.fraction()) }
                guard let solution = try program.extreme(of: weighted, maximise: upwards) else { break }
                record(solution.atoms, &reach)
                let left = open.count { !isMet($0, upwards, reach) }
                if left * 20 > open.count * 19 { break }
            }
        }
    }

    private func repair(
        _ cell: Int, _ upwards: Bool, _ program: TableProgram, _ reach: inout Reach, _ hidden: inout [Bool]
    ) throws(DisclosureError) {
        while !isMet(cell, upwards, reach) {
            guard let solution = try program.extreme(of: [(cell, 1)], maximise: upwards) else {
                reach.high[cell] = .infinity
                return
            }
            record(solution.atoms, &reach)
            if isMet(cell, upwards, reach) { return }
            let need = upwards ? needs[cell].high - solution.value : solution.value - needs[cell].low
            guard let freed = choose(program.binding(hidden), need, hidden) else {
                throw DisclosureError(
                    .notProtected, "no published cell is left that could protect the cell \(table.cells[cell].id)",
                    advice: "Ask with fewer dimensions")
            }
            hidden[freed] = true
            program.set(freed, hidden: true)
        }
    }

    /// A secondary cell that can have one value only is no protection and looks hidden when it is not: give it room, too.
    private func keepUncertain(
        _ cell: Int, _ program: TableProgram, _ reach: inout Reach, _ hidden: inout [Bool]
    ) throws(DisclosureError) {
        for upwards in [true, false] where reach.high[cell] - reach.low[cell] < 1 - Self.tolerance {
            guard let solution = try program.extreme(of: [(cell, 1)], maximise: upwards) else { return }
            record(solution.atoms, &reach)
        }
        guard reach.high[cell] - reach.low[cell] < 1 - Self.tolerance else { return }
        if let freed = choose(program.binding(hidden), 1, hidden) {
            hidden[freed] = true
            program.set(freed, hidden: true)
            try keepUncertain(cell, program, &reach, &hidden)
        }
    }

    /// The smallest binding cell that can absorb the need; the largest when none can.
    private func choose(_ binding: [(cell: Int, price: Double)], _ need: Double, _ hidden: [Bool]) -> Int? {
        let open = binding.filter { !isFixed[$0.cell] }
        let able = open.filter { Double(table.cells[$0.cell].value) * abs($0.price) >= need }
        return able.min { value(of: $0) < value(of: $1) }?.cell ?? open.max { value(of: $0) < value(of: $1) }?.cell
    }

    private func value(of binding: (cell: Int, price: Double)) -> (Int, Int) { (table.cells[binding.cell].value, binding.cell) }
}

/// What the interval of a primary cell must reach: `low` or less, and `high` or more.
struct IntervalNeed {
    let low: Double
    let high: Double
}
