/// Secondary suppression of a whole table: which cells are hidden so that no small one can be worked out.
@_spi(Hospital) public struct TableProtection: Sendable {
    /// How far the protection goes.
    public enum Goal: String, Sendable, Hashable, CaseIterable {
        /// No primary cell is a combination of published cells (what most programs promise).
        case exact
        /// And every primary cell can be 0 (1 where zeros are published) and can be k or more.
        case intervals
    }

    /// Tables larger than this are refused.
    public static let largestTable = 20_000
    /// Larger tables get fewer restarts, so that an answer stays a matter of seconds.
    private static let largestCareful = 1_000

    /// k: cells below it are primary.
    public let threshold: Int
    /// Whether zeros are small counts, too.
    public let zero: DisclosureRules.ZeroRule
    /// How far the protection goes.
    public let goal: Goal

    /// A protection.
    public init(threshold: Int, zero: DisclosureRules.ZeroRule = .merge, goal: Goal = .intervals) {
        self.threshold = threshold
        self.zero = zero
        self.goal = goal
    }

    /// The status of each cell, in the order of the table.
    /// - Parameter seed: a keyed draw for the table and epoch.
    public func statuses(of table: SuppressionTable, seed: UInt64) throws(DisclosureError) -> [CellStatus] {
        guard table.cells.count <= Self.largestTable else {
            throw DisclosureError(
                .tableTooLarge, "the table has \(table.cells.count) cells, at most \(Self.largestTable) can be protected",
                advice: "Ask with fewer dimensions or coarser bands")
        }
        let canonical = CanonicalTable(table)
        let cells = canonical.table.cells
        let isPrimary = cells.map(isPrimary)
        let isFixed = cells.map {
            $0.demand == .impossible || $0.demand == .released || (zero == .show && $0.value == 0 && $0.demand == .none)
        }
        let greedy = GreedySuppression(table: canonical.table, isPrimary: isPrimary, isFixed: isFixed)
        let isLarge = cells.count > Self.largestCareful || canonical.table.atomCount > Self.largestCareful
        let patterns = greedy.best(
            goal == .exact || isLarge ? 1 : cells.count <= 300 ? 4 : 3, restarts: isLarge ? 2 : 40, seed: seed)
        let hidden = goal == .exact ? patterns[0].hidden : try repaired(patterns, greedy, seed)
        return canonical.place.map { isPrimary[$0] ? .primary : hidden[$0] ? .secondary : .published }
    }

    private func isPrimary(_ cell: SuppressionTable.Cell) -> Bool {
        switch cell.demand {
        case .impossible, .released, .withheld: false
        case .small, .uncertain, .known: true
        case .none: cell.value < threshold && (cell.value > 0 || zero == .merge)
        }
    }

    /// The best of the patterns after each was repaired.
    private func repaired(
        _ patterns: [GreedySuppression.Pattern], _ greedy: GreedySuppression, _ seed: UInt64
    ) throws(DisclosureError) -> [Bool] {
        let cells = greedy.table.cells
        let repair = IntervalRepair(greedy: greedy, needs: cells.map(need))
        var best: (hidden: [Bool], loss: Int)?
        for pattern in patterns {
            let hidden = try repair.repaired(pattern.hidden, seed: seed)
            let loss = cells.indices.reduce(0) { hidden[$1] && !greedy.isPrimary[$1] ? $0 + max(1, cells[$1].value) : $0 }
            if best.map({ loss < $0.loss }) ?? true { best = (hidden, loss) }
        }
        return best?.hidden ?? greedy.isPrimary
    }

    /// A small cell must be able to be 0 (1 where zeros are published) and k; the exact value of a larger one that is hidden
    /// must stay uncertain by k either way, or by 2k together.
    private func need(_ cell: SuppressionTable.Cell) -> IntervalNeed {
        let floor = zero == .show ? 1 : 0
        guard cell.demand == .uncertain || cell.demand == .known, cell.value >= threshold else {
            return IntervalNeed(low: Double(min(cell.value, floor)), high: Double(threshold))
        }
        return IntervalNeed(low: Double(cell.value), high: Double(cell.value), width: Double(2 * threshold))
    }
}
