/// A breakdown as an additive table: its inner cells are the atoms, and every sum over one or more dimensions is a cell.
struct BreakdownTable {
    /// Keys of all cells in wire order: the categories of each dimension in register order, then `*`.
    let keys: [[String]]
    /// For each cell the inner cells that it sums over, ascending.
    let atoms: [[Int32]]
    /// Persons of each inner cell, in the order of the categories (the last dimension runs fastest).
    let inner: [PersonSet]
    /// Key of each inner cell.
    let innerKeys: [[String]]
    /// Whether nobody can be in the cell.
    let impossible: [Bool]

    init(_ breakdown: EvaluatedBreakdown, universe: Int) {
        let sizes = breakdown.dimensions.map(\.categories.count)
        var strides = [Int](repeating: 1, count: sizes.count)
        for index in stride(from: sizes.count - 2, through: 0, by: -1) { strides[index] = strides[index + 1] * sizes[index + 1] }

        let empty = PersonSet(universe: universe)
        var inner: [PersonSet] = []
        var innerKeys: [[String]] = []
        var innerImpossible: [Bool] = []
        Self.walk(sizes) { place in
            let key = zip(breakdown.dimensions, place).map { $0.categories[$1] }
            inner.append(breakdown.cells[key] ?? empty)
            innerKeys.append(key)
            innerImpossible.append(breakdown.impossible.contains(key))
        }

        var keys: [[String]] = []
        var atoms: [[Int32]] = []
        Self.walk(sizes.map { $0 + 1 }) { place in
            keys.append(
                zip(breakdown.dimensions, place).map { $1 < $0.categories.count ? $0.categories[$1] : DisclosedBreakdown.all })
            var found = [0]
            for (dimension, index) in place.enumerated() {
                let range = index < sizes[dimension] ? index..<index + 1 : 0..<sizes[dimension]
                found = found.flatMap { start in range.map { start + $0 * strides[dimension] } }
            }
            atoms.append(found.map(Int32.init).sorted())
        }
        self.keys = keys
        self.atoms = atoms
        self.inner = inner
        self.innerKeys = innerKeys
        impossible = atoms.map { $0.allSatisfy { innerImpossible[Int($0)] } }
    }

    /// Calls `body` for every place of a grid, the last index running fastest.
    private static func walk(_ sizes: [Int], _ body: ([Int]) -> Void) {
        guard sizes.allSatisfy({ $0 > 0 }) else { return }
        var place = [Int](repeating: 0, count: sizes.count)
        while true {
            body(place)
            var dimension = sizes.count - 1
            while dimension >= 0 {
                place[dimension] += 1
                if place[dimension] < sizes[dimension] { break }
                place[dimension] = 0
                dimension -= 1
            }
            if dimension < 0 { return }
        }
    }

    /// Persons of a cell.
    func persons(of cell: Int) -> PersonSet {
        var set = inner[Int(atoms[cell][0])]
        for atom in atoms[cell].dropFirst() { set.formUnion(inner[Int(atom)]) }
        return set
    }
}
