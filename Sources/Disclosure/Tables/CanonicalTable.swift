/// The same table in an order that does not depend on how it was given: cells by name, atoms by the cells that hold them.
/// Atoms that stand in the same cells become one. So the same input and key give the same pattern.
struct CanonicalTable {
    let table: SuppressionTable
    /// For each cell of the given table its place in `table`.
    let place: [Int]

    init(_ given: SuppressionTable) {
        let order = given.cells.indices.sorted { given.cells[$0].id < given.cells[$1].id }
        var place = [Int](repeating: 0, count: order.count)
        for (new, old) in order.enumerated() { place[old] = new }

        var holders = [[Int32]](repeating: [], count: given.atomCount)
        for (new, old) in order.enumerated() { for atom in given.cells[old].atoms { holders[Int(atom)].append(Int32(new)) } }
        let atoms = holders.indices.filter { !holders[$0].isEmpty }.sorted { holders[$0].lexicographicallyPrecedes(holders[$1]) }
        var newAtom = [Int32](repeating: -1, count: given.atomCount)
        var values: [Int] = []
        for (index, atom) in atoms.enumerated() {
            if index == 0 || holders[atom] != holders[atoms[index - 1]] { values.append(0) }
            newAtom[atom] = Int32(values.count - 1)
            values[values.count - 1] += given.atomValues[atom]
        }
        table = SuppressionTable(
            atomValues: values,
            cells: order.map { old in
                let cell = given.cells[old]
                return SuppressionTable.Cell(
                    id: cell.id, atoms: Set(cell.atoms.map { newAtom[Int($0)] }).sorted(), value: cell.value,
                    demand: cell.demand)
            })
        self.place = place
    }
}
