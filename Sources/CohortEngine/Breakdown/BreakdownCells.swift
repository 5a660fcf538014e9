import Cohorts
@_spi(Hospital) import Disclosure

/// Sorts persons into the cells of a breakdown.
struct BreakdownCells {
    private let dimensions: [BreakdownDimension]
    private let names: [[String]]
    private let universe: Int
    /// Each person's cell, and the person's ordinal, in the order in which they came. A cell's number counts through the dimensions,
    /// the last one fastest.
    private var cells: [UInt32] = []
    private var ordinals: [UInt32] = []

    /// Bytes that a person takes, sorted into cells included.
    private static let bytes = 12

    init(_ dimensions: [BreakdownDimension], universe: Int) {
        self.dimensions = dimensions
        self.universe = universe
        names = dimensions.map { BreakdownCategories.names(of: $0) }
    }

    /// Accounts for so many more persons.
    func expect(_ count: Int, _ budget: EvaluationBudget) throws(CohortEngineError) {
        try budget.hold(bytes: count * Self.bytes)
    }

    /// Adds persons, ascending, who did not come before; then `divide` must be called for each dimension in its order.
    mutating func add(_ more: some Collection<Int>) {
        for ordinal in more { ordinals.append(UInt32(truncatingIfNeeded: ordinal)) }
        cells.append(contentsOf: repeatElement(0, count: more.count))
    }

    /// Divides the last so many persons by a dimension.
    /// - Parameter category: the category of one of them, by number.
    @inline(__always)
    mutating func divide(last count: Int, by dimension: BreakdownDimension, _ category: (Int) -> Int) {
        guard let place = dimensions.firstIndex(of: dimension) else { return }
        let (size, first) = (UInt32(names[place].count), cells.count - count)
        cells.withUnsafeMutableBufferPointer { cells in
            for number in 0..<count {
                cells[first + number] = cells[first + number] * size + UInt32(truncatingIfNeeded: category(number))
            }
        }
    }

    /// The table for the gate; nil when no breakdown was asked.
    func breakdown() -> EvaluatedBreakdown? {
        if dimensions.isEmpty { return nil }
        var sets: [[String]: PersonSet] = [:]
        for (cell, persons) in byCell() {
            sets[key(of: cell)] = PersonSet(universe: universe, ascending: persons)
        }
        return EvaluatedBreakdown(
            dimensions: zip(dimensions, names).map { EvaluatedBreakdown.Dimension(name: $0.rawValue, categories: $1) },
            cells: sets)
    }

    /// The persons of each cell that somebody is in.
    private func byCell() -> [(cell: Int, persons: [UInt32])] {
        var ends = [Int](repeating: 0, count: names.reduce(1) { $0 * $1.count })
        for cell in cells { ends[Int(cell)] += 1 }
        var lists = ends.map { count in
            var list: [UInt32] = []
            list.reserveCapacity(count)
            return list
        }
        for (place, cell) in cells.enumerated() { lists[Int(cell)].append(ordinals[place]) }
        return lists.enumerated().compactMap { cell, persons in persons.isEmpty ? nil : (cell, persons) }
    }

    private func key(of cell: Int) -> [String] {
        var key: [String] = []
        var rest = cell
        for own in names.reversed() {
            key.append(own[rest % own.count])
            rest /= own.count
        }
        return key.reversed()
    }
}
