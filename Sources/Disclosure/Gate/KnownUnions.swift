/// Cells of a table that are together, but for a few patients, a group whose number was shown before, or the sum or difference of
/// two such groups. The table must not give their sum, and whoever has that number must not work out another cell with it.
struct KnownUnions {
    private let ledger: ReleaseLedger
    private let persons: PersonSet
    private let inner: [PersonSet]
    /// The table's cells, as the inner cells that make them up.
    private let cells: [[Int32]]
    private let sizes: [Int32]
    /// Inner cell of each person; -1 for whoever is not in the table.
    private let cellOf: [Int32]
    /// The released set that is the whole table, if one is: it is looked after apart.
    private let total: Int?
    private let reach: Int

    init(_ table: BreakdownTable, of persons: PersonSet, total: Int?, in ledger: ReleaseLedger, _ rules: DisclosureRules) {
        self.ledger = ledger
        self.persons = persons
        self.total = total
        inner = table.inner
        cells = table.atoms
        sizes = inner.map { Int32($0.size) }
        reach = rules.threshold + rules.offset
        var cellOf = [Int32](repeating: -1, count: persons.universe)
        for (index, set) in inner.enumerated() { set.forEachMember { cellOf[$0] = Int32(index) } }
        self.cellOf = cellOf
    }

    /// Each union once, as the inner cells that make it up, in a fixed order. One that is a cell of the table, but for inner cells
    /// that nobody is in, is that cell.
    func all() -> [[Int32]] {
        let found = single().union(pairs())
        guard !found.isEmpty else { return [] }
        var cellWith: [[Int32]: [Int32]] = [:]
        for cell in cells { cellWith[cell.filter { sizes[Int($0)] > 0 }] = cell }
        return Set(found.map { cellWith[$0] ?? $0 }).sorted { $0.lexicographicallyPrecedes($1) }
    }

    /// A released set beside the table.
    private struct Part {
        let place: Int
        /// Members in each inner cell.
        var inside: [Int32] = []
        /// Members who are not in the table.
        let outside: Int
    }

    private func part(_ place: Int) -> Part {
        let set = ledger.entries[place].set
        return Part(place: place, outside: set.size - set.shared(with: persons))
    }

    private func inside(_ place: Int) -> [Int32] {
        var inside = [Int32](repeating: 0, count: inner.count)
        ledger.entries[place].set.forEachMember { person in
            // A set that was released before this data release can be over fewer persons, never over more.
            if cellOf[person] >= 0 { inside[Int(cellOf[person])] += 1 }
        }
        return inside
    }

    /// Unions that are one released set.
    private func single() -> Set<[Int32]> {
        var found = Set<[Int32]>()
        for place in ledger.places(sizesFrom: 1, through: persons.size + reach) where place != total {
            let one = part(place)
            guard one.outside < reach else { continue }
            let inside = inside(place)
            if let union = union(outside: one.outside, { Int(inside[$0]) }) { found.insert(union) }
        }
        return found
    }

    /// Unions that are a sum or a difference of two of the newest released sets.
    private func pairs() -> Set<[Int32]> {
        var parts = ledger.atoms.entries.filter { $0 != total }.map(part).sorted {
            ($0.outside, $0.place) < ($1.outside, $1.place)
        }
        // Outside of the table two sets must be the same but for a few patients, or hardly be there.
        func hasPartner(_ index: Int) -> Bool {
            [index - 1, index + 1].contains {
                parts.indices.contains($0) && abs(parts[$0].outside - parts[index].outside) < reach
            }
        }
        let fitting = parts.indices.filter(hasPartner)
        for index in fitting { parts[index].inside = inside(parts[index].place) }
        parts = fitting.map { parts[$0] }
        var found = Set<[Int32]>()
        for (index, one) in parts.enumerated() {
            for other in parts[(index + 1)...] {
                guard other.outside - one.outside < reach else { break }
                add(one, other, plus: false, to: &found)
                add(other, one, plus: false, to: &found)
                if one.outside + other.outside < reach { add(one, other, plus: true, to: &found) }
            }
        }
        return found
    }

    private func add(_ one: Part, _ other: Part, plus: Bool, to found: inout Set<[Int32]>) {
        let (first, second) = (one.inside, other.inside)
        let outside = plus ? one.outside + other.outside : abs(one.outside - other.outside)
        let union = union(outside: outside) { Int(plus ? first[$0] + second[$0] : first[$0] - second[$0]) }
        guard let union, !found.contains(union) else { return }
        let members = union.reduce(PersonSet(universe: persons.universe)) { $0.union(inner[Int($1)]) }
        let search = NeighbourSearch(ledger: ledger, reach: reach)
        if search.residual(members, one.place, other.place, plus: plus).size < reach { found.insert(union) }
    }

    /// The cells that are met, where a combination meets each cell nearly whole or nearly not at all, by how often it holds
    /// members of each; nil where it does not, and for no cell and all cells.
    private func union(outside: Int, _ value: (Int) -> Int) -> [Int32]? {
        var least = outside
        for cell in sizes.indices {
            let value = value(cell)
            least += min(abs(value), abs(Int(sizes[cell]) - value))
            if least >= reach { return nil }
        }
        let union = sizes.indices.filter { 2 * value($0) > Int(sizes[$0]) }.map(Int32.init)
        return union.isEmpty || union.count == sizes.count(where: { $0 > 0 }) ? nil : union
    }
}
