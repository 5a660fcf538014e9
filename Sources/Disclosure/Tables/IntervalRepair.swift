/// Makes the interval that an attacker can compute for every primary cell wide enough.
///
/// Every solution of a linear program is a whole table that is consistent with the release: a *witness* for each cell that it
/// stretches. Freeing a cell only widens intervals, so old witnesses stay valid and the repair ends. A cell that is freed
/// becomes one to protect, too, in a new greedy pass over what is still published: so that freeing it does free it.
struct IntervalRepair {
    let greedy: GreedySuppression
    /// What each primary's interval must reach.
    let needs: [IntervalNeed]

    private var table: SuppressionTable { greedy.table }
    private var isPrimary: [Bool] { greedy.isPrimary }
    private static let tolerance = 1e-6
    /// Tables up to this size get the second pass that publishes again what turned out not to be needed.
    private static let largestTrimmed = 700
    /// Steps of one program of a sweep. Each table on the way is a witness, too, and what it stretches need not be wanted any more:
    /// to ask anew often takes far fewer steps than to go to an extreme of what was wanted at first.
    private static let sweepSteps: Int32 = 100
    private static let mostSweeps = 1_000

    /// What has been proved so far about each cell: how far down and up witnesses stretch it.
    private struct Reach {
        var low: [Double]
        var high: [Double]
    }

    /// Hides more cells until all needs are met.
    /// - Parameter hidden: the pattern of the greedy choice.
    func repaired(_ hidden: [Bool], seed: UInt64) throws(DisclosureError) -> [Bool] {
        var hidden = hidden
        let values = table.cells.map { Double($0.value) }
        var reach = Reach(low: values, high: values)
        while true {
            let extra = try unmet(hidden, seed, &reach)
            if extra.isEmpty { break }
            hidden = greedy.closed(hidden, protecting: extra)
        }
        return table.cells.count <= Self.largestTrimmed ? try trimmed(hidden) : hidden
    }

    /// One round: what is stretched far enough is recorded, and for each cell that is not, one cell to free is named.
    private func unmet(_ hidden: [Bool], _ seed: UInt64, _ reach: inout Reach) throws(DisclosureError) -> Set<Int> {
        let program = TableProgram(table: table, hidden: hidden)
        try sweep(program, &reach, seed)
        var extra = Set<Int>()
        for cell in table.cells.indices where hidden[cell] {
            for upwards in [false, true] where !isMet(cell, upwards, reach) {
                guard let value = try stretch(cell, upwards, program, &reach), !isMet(cell, upwards, reach) else { continue }
                let need = missing(cell, upwards, value, reach)
                let binding = program.binding(hidden)
                if binding.contains(where: { extra.contains($0.cell) }) { continue }
                guard let freed = choose(binding, need) else {
                    // Downwards nothing holds it back but 0: the room it needs is upwards. And what holds it back without
                    // the table, numbers from elsewhere, hiding cells of the table does not take away.
                    if !isPrimary[cell] || !upwards || program.hasKnown { continue }
                    throw DisclosureError(
                        .notProtected, "no published cell is left that could protect the cell \(table.cells[cell].id)",
                        advice: "Ask with fewer dimensions")
                }
                extra.insert(freed)
            }
        }
        return extra
    }

    /// Stretches one cell as far as it goes. A known cell is asked for as if nothing were known from elsewhere, and what is found
    /// then proves nothing for the others.
    /// - Returns: the value that it can have; nil where it has no bound.
    private func stretch(
        _ cell: Int, _ upwards: Bool, _ program: TableProgram, _ reach: inout Reach
    ) throws(DisclosureError) -> Double? {
        let isKnown = table.cells[cell].demand == .known
        guard let solution = try program.extreme(of: [(cell, 1)], maximise: upwards, withKnown: !isKnown) else {
            reach.high[cell] = .infinity
            return nil
        }
        record(solution.atoms, &reach) { (table.cells[$0].demand == .known) == isKnown }
        return solution.value
    }

    /// A primary must reach its need. A secondary must only not be exact: one that is, is no protection and looks hidden
    /// when it is not.
    private func isMet(_ cell: Int, _ upwards: Bool, _ reach: Reach) -> Bool {
        let width = isPrimary[cell] ? needs[cell].width : 1
        if reach.high[cell] - reach.low[cell] < width - Self.tolerance { return false }
        return !isPrimary[cell]
            ? true
            : upwards
                ? reach.high[cell] >= needs[cell].high - Self.tolerance : reach.low[cell] <= needs[cell].low + Self.tolerance
    }

    /// How many patients are missing to the need.
    private func missing(_ cell: Int, _ upwards: Bool, _ value: Double, _ reach: Reach) -> Double {
        let width = (isPrimary[cell] ? needs[cell].width : 1) - (reach.high[cell] - reach.low[cell])
        guard isPrimary[cell] else { return width }
        return max(width, upwards ? needs[cell].high - value : value - needs[cell].low)
    }

    private func record(_ atoms: [Double], _ reach: inout Reach, where isMeant: (Int) -> Bool = { _ in true }) {
        for (index, cell) in table.cells.enumerated() where isMeant(index) {
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
            for _ in 0..<Self.mostSweeps {
                let open = table.cells.indices.filter {
                    isPrimary[$0] && table.cells[$0].demand != .known && !isMet($0, upwards, reach)
                }
                guard open.count > 8 else { break }
                let weighted = open.map { (cell: $0, weight: jitter.fraction()) }
                guard let solution = try program.extreme(of: weighted, maximise: upwards, steps: Self.sweepSteps) else { break }
                record(solution.atoms, &reach)
                let left = open.count { !isMet($0, upwards, reach) }
                if solution.isExtreme, left * 10 > open.count * 9 { break }
            }
        }
    }

    /// The smallest binding cell that can absorb the need; the largest when none can.
    private func choose(_ binding: [(cell: Int, price: Double)], _ need: Double) -> Int? {
        // Zeros that stay published are freed only where nothing else is left.
        let possible = binding.filter {
            table.cells[$0.cell].demand != .impossible && table.cells[$0.cell].demand != .released
        }
        let usual = possible.filter { !greedy.isFixed[$0.cell] }
        let open = usual.isEmpty ? possible : usual
        let able = open.filter { Double(table.cells[$0.cell].value) * abs($0.price) >= need }
        return able.min { value(of: $0) < value(of: $1) }?.cell ?? open.max { value(of: $0) < value(of: $1) }?.cell
    }

    private func value(of binding: (cell: Int, price: Double)) -> (Int, Int) { (table.cells[binding.cell].value, binding.cell) }

    // MARK: Publishing again what is not needed

    /// Tries to publish each secondary cell, the largest first; those without which all needs are still met are published.
    private func trimmed(_ hidden: [Bool]) throws(DisclosureError) -> [Bool] {
        var hidden = hidden
        let order = table.cells.indices.filter { hidden[$0] && !isPrimary[$0] && table.cells[$0].demand != .withheld }
            .sorted { (table.cells[$0].value, $0) > (table.cells[$1].value, $1) }
        for cell in order where hidden[cell] {
            var attempt = hidden
            attempt[cell] = false
            attempt = greedy.closed(attempt, protecting: [])
            if zip(attempt, isPrimary).allSatisfy({ $0 || !$1 }), try areMet(attempt) { hidden = attempt }
        }
        return hidden
    }

    private func areMet(_ hidden: [Bool]) throws(DisclosureError) -> Bool {
        let values = table.cells.map { Double($0.value) }
        var reach = Reach(low: values, high: values)
        let program = TableProgram(table: table, hidden: hidden)
        for cell in table.cells.indices where hidden[cell] {
            for upwards in [false, true] where !isMet(cell, upwards, reach) {
                guard try stretch(cell, upwards, program, &reach) != nil else { continue }
                if !isMet(cell, upwards, reach), upwards || needs[cell].width == 0 { return false }
            }
        }
        return true
    }
}

/// What the interval of a primary cell must reach: `low` or less, `high` or more, and `width` together.
struct IntervalNeed {
    var low = Double.infinity
    var high = -Double.infinity
    var width = 0.0
}
