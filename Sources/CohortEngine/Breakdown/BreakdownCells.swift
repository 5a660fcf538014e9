import Cohorts
@_spi(Hospital) import Disclosure

/// Sorts persons into the cells of a breakdown.
struct BreakdownCells {
    private let dimensions: [BreakdownDimension]
    private let names: [[String]]
    private let universe: Int
    /// Persons of each cell that somebody is in; a cell's place counts through the dimensions, the last one fastest.
    private var cells: [[UInt64]]

    init(_ dimensions: [BreakdownDimension], universe: Int) {
        self.dimensions = dimensions
        self.universe = universe
        names = dimensions.map { BreakdownCategories.names(of: $0) }
        cells = Array(repeating: [], count: dimensions.isEmpty ? 0 : names.reduce(1) { $0 * $1.count })
    }

    /// Puts a person into a cell.
    /// - Parameter category: the category of the person in a dimension.
    @inline(__always)
    mutating func add(
        _ ordinal: Int, _ budget: EvaluationBudget, _ category: (BreakdownDimension) -> Int
    ) throws(CohortEngineError) {
        var cell = 0
        for place in dimensions.indices { cell = cell * names[place].count + category(dimensions[place]) }
        if cells[cell].isEmpty {
            let words = (universe + 63) / 64
            try budget.hold(bytes: words * 8)
            cells[cell] = [UInt64](repeating: 0, count: words)
        }
        cells[cell][ordinal >> 6] |= 1 << UInt64(ordinal & 63)
    }

    /// The table for the gate; nil when no breakdown was asked. The cells are empty afterwards.
    mutating func breakdown() -> EvaluatedBreakdown? {
        if dimensions.isEmpty { return nil }
        var sets: [[String]: PersonSet] = [:]
        for cell in cells.indices where !cells[cell].isEmpty {
            // Moved out, so that the set need not copy them.
            var words: [UInt64] = []
            swap(&words, &cells[cell])
            var key: [String] = []
            var rest = cell
            for own in names.reversed() {
                key.append(own[rest % own.count])
                rest /= own.count
            }
            sets[key.reversed()] = PersonSet(universe: universe, words: words)
        }
        return EvaluatedBreakdown(
            dimensions: zip(dimensions, names).map { EvaluatedBreakdown.Dimension(name: $0.rawValue, categories: $1) },
            cells: sets)
    }
}
