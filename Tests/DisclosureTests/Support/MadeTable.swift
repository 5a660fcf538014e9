@_spi(Hospital) import Disclosure

/// Made-up tables in the shape of a hospital's breakdown.
enum MadeTable {
    /// A table of all combinations of dimensions with the given numbers of categories, with skewed counts.
    static func crossed(_ sizes: [Int], seed: UInt64, scale: Double) -> SuppressionTable {
        var generator = SeededGenerator(seed: seed)
        let shares = sizes.map { size in (0..<size).map { _ in 0.1 + generator.fraction() * generator.fraction() } }
        var values: [Int] = []
        var places: [[Int]] = [[]]
        for size in sizes { places = places.flatMap { place in (0..<size).map { place + [$0] } } }
        for place in places {
            let mean = zip(shares, place).reduce(scale) { $0 * $1.0[$1.1] }
            values.append(Int(mean * (0.2 + 1.6 * generator.fraction())))
        }
        var cells: [SuppressionTable.Cell] = []
        var combinations: [[Int]] = [[]]
        for size in sizes { combinations = combinations.flatMap { place in (0...size).map { place + [$0] } } }
        for place in combinations {
            let atoms = places.indices.filter { atom in
                zip(zip(place, places[atom]), sizes).allSatisfy { $0.0 == $1 || $0.0 == $0.1 }
            }
            cells.append(
                SuppressionTable.Cell(
                    id: place.map(String.init).joined(separator: "|"), atoms: atoms.map(Int32.init),
                    value: atoms.reduce(0) { $0 + values[$1] }))
        }
        return SuppressionTable(atomValues: values, cells: cells)
    }
}

extension TableAttacker {
    /// The attacker's view of a protected table.
    init(_ table: SuppressionTable, _ statuses: [CellStatus]) {
        self.init(
            atomCount: table.atomCount,
            cells: zip(table.cells, statuses).map { cell, status in
                Cell(id: cell.id, atoms: cell.atoms.map(Int.init), published: status == .published ? cell.value : nil)
            })
    }
}
