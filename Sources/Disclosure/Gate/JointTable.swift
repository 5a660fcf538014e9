/// A table together with the tables that were released before of the same patients by other dimensions: one additive system,
/// so that nothing small can be worked out from all of them together.
///
/// Its atoms are all combinations of the categories of all dimensions, because nobody outside knows which of them are empty;
/// where those are too many, the combinations that somebody is in, which protects more than is needed.
struct JointTable {
    /// The cells of the table, in its order, then those of the earlier tables.
    let suppression: SuppressionTable
    /// What was said before of cells that an earlier table has, too.
    let known: [DisclosedCount?]

    /// Combinations that are laid out in full.
    private static let largestGrid = 5_000
    /// More earlier tables than these are not protected together.
    static let mostEarlier = 3

    /// A dimension of any of the tables.
    private typealias Dimension = EvaluatedBreakdown.Dimension

    /// - Parameters:
    ///   - demands: what each cell of the new table needs.
    ///   - unions: inner cells of the new table that are together a group whose number was shown before.
    init(
        _ table: BreakdownTable, _ dimensions: [EvaluatedBreakdown.Dimension], demands: [SuppressionTable.Demand],
        unions: [[Int32]], threshold: Int,
        with earlier: [(key: ReleaseLedger.TableKey, table: ReleaseLedger.ReleasedTable)], universe: Int
    ) {
        let others = earlier.map { one in one.key.shape.map { Dimension(name: $0[0], categories: Array($0.dropFirst())) } }
        var all = dimensions
        for dimension in others.joined() where !all.contains(where: { $0.name == dimension.name }) { all.append(dimension) }
        let strides = all.indices.map { place in all[(place + 1)...].reduce(1) { $0 * $1.categories.count } }
        func place(_ name: String) -> Int { all.firstIndex { $0.name == name } ?? 0 }

        // Each patient's combination.
        var combinationOf = [Int32](repeating: 0, count: universe)
        var isIn = [Bool](repeating: false, count: universe)
        func add(_ set: (_ body: (Int) -> Void) -> Void, _ key: [String], _ names: [Dimension], isNew: (Int) -> Bool) {
            var offset: Int32 = 0
            for (dimension, category) in zip(names, key) where isNew(place(dimension.name)) {
                let index = all[place(dimension.name)].categories.firstIndex(of: category) ?? 0
                offset += Int32(index * strides[place(dimension.name)])
            }
            set { combinationOf[$0] += offset }
        }
        for (key, set) in zip(table.innerKeys, table.inner) {
            set.forEachMember { isIn[$0] = true }
            add(set.forEachMember, key, dimensions) { $0 < dimensions.count }
        }
        var seen = dimensions.count
        for (one, names) in zip(earlier, others) {
            let fresh = seen
            for (key, set) in one.table.inner { add(set.forEachMember, key, names) { $0 >= fresh } }
            seen = max(seen, (names.map { place($0.name) + 1 }.max() ?? 0))
        }
        let combinations = all.reduce(1) { $0 * $1.categories.count }
        var countOf: [Int32: Int] = [:]
        for person in 0..<universe where isIn[person] { countOf[combinationOf[person], default: 0] += 1 }
        let atoms = combinations <= Self.largestGrid ? (0..<combinations).map(Int32.init) : countOf.keys.sorted()
        let values = atoms.map { countOf[$0] ?? 0 }

        func members(_ key: [String], _ names: [Dimension]) -> [Int32] {
            let wanted = zip(names, key).compactMap { dimension, category in
                category == DisclosedBreakdown.all
                    ? nil : (place(dimension.name), all[place(dimension.name)].categories.firstIndex(of: category) ?? 0)
            }
            return atoms.indices.filter { atom in
                wanted.allSatisfy { Int(atoms[atom]) / strides[$0.0] % all[$0.0].categories.count == $0.1 }
            }.map(Int32.init)
        }
        func value(_ members: [Int32]) -> Int { members.reduce(0) { $0 + values[Int($1)] } }

        var cells: [SuppressionTable.Cell] = []
        var places: [[Int32]: Int] = [:]
        for (index, key) in table.keys.enumerated() {
            let found = members(key, dimensions)
            places[found] = index
            cells.append(.init(id: key.joined(separator: "|"), atoms: found, value: value(found), demand: demands[index]))
        }
        var known = [DisclosedCount?](repeating: nil, count: cells.count)
        for (number, (one, names)) in zip(earlier, others).enumerated() {
            for cell in one.table.disclosed.cells {
                let found = members(cell.key, names)
                let size = value(found)
                let demand: SuppressionTable.Demand =
                    cell.count.kind != .hidden ? .released : size < threshold ? .none : .withheld
                if let same = places[found] {
                    // A cell of both: it stays what it was. The total is decided by the caller.
                    guard same < table.keys.count - 1 else { continue }
                    known[same] = cell.count
                    cells[same] = .init(id: cells[same].id, atoms: found, value: size, demand: demand)
                } else {
                    places[found] = cells.count
                    cells.append(
                        .init(id: "\u{1}\(number) " + cell.key.joined(separator: "|"), atoms: found, value: size, demand: demand))
                }
            }
        }
        for (number, union) in unions.enumerated() {
            let found = union.flatMap { members(table.innerKeys[Int($0)], dimensions) }.sorted()
            if let same = places[found] {
                guard same != table.keys.count - 1, cells[same].demand != .released else { continue }
                cells[same] = .init(id: cells[same].id, atoms: found, value: cells[same].value, demand: .known)
            } else {
                places[found] = cells.count
                cells.append(.init(id: "\u{1}union \(number)", atoms: found, value: value(found), demand: .known))
            }
        }
        self.known = known
        suppression = SuppressionTable(atomValues: values, cells: cells)
    }
}
