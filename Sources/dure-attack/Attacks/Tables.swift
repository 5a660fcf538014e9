import CanonicalJSON
import CohortEngine
import Cohorts
@_spi(Hospital) import Disclosure

/// Attacks inside tables. The attacker gets more than a node gives: the exact count of every cell that is shown.
enum Tables {
    static let all = [
        Attack(number: 3, name: "subtraction inside a table", bar: "0 small cells exact, 0 below k at most") {
            try await margins($0)
        },
        Attack(number: 4, name: "label of the hidden cells", bar: "0 small cells exact") { try await labels($0) },
        Attack(number: 5, name: "linked tables, and counts before a table", bar: "0 small cells exact, 0 below k at most") {
            try await linked($0)
        },
        Attack(number: 23, name: "minimality: why is this cell hidden?", bar: "at least half of the values 0 to k - 1 are left") {
            try await minimality($0)
        },
    ]

    /// A table that was answered, and the truth of it.
    private struct Table {
        let dimensions: [BreakdownDimension]
        let cells: [(key: [String], truth: Int, count: DisclosedCount)]
    }

    private static func ask(
        _ node: AttackedNode, _ code: Int, _ members: Range<Int>, by dimensions: [BreakdownDimension]
    ) async throws -> Table {
        node.store.define(code, members)
        let answer = try await node.answer(FeasibilityQuestion([code], breakdown: dimensions))
        guard let breakdown = answer.breakdown else { throw AttackFailure("no table came back") }
        let names = dimensions.map(BreakdownCategories.names)
        let keys = members.map { person in
            dimensions.indices.map { names[$0][node.store.categories[dimensions[$0], default: []][person]] }
        }
        return Table(
            dimensions: dimensions,
            cells: breakdown.cells.map { cell in
                (cell.key, keys.count { zip(cell.key, $0).allSatisfy { $0 == "*" || $0 == $1 } }, cell.count)
            })
    }

    /// Atoms of the tables: one category of each of their dimensions.
    private struct Atoms {
        let dimensions: [BreakdownDimension]
        let keys: [[String]]

        init(_ tables: [Table]) {
            var dimensions: [BreakdownDimension] = []
            for table in tables { for one in table.dimensions where !dimensions.contains(one) { dimensions.append(one) } }
            var keys: [[String]] = [[]]
            for dimension in dimensions {
                keys = keys.flatMap { key in BreakdownCategories.names(of: dimension).map { key + [$0] } }
            }
            self.dimensions = dimensions
            self.keys = keys
        }

        func of(_ key: [String], in table: Table) -> [Int] {
            let places = table.dimensions.map { dimension in dimensions.firstIndex(of: dimension) ?? 0 }
            return keys.indices.filter { atom in zip(places, key).allSatisfy { $1 == "*" || keys[atom][$0] == $1 } }
        }
    }

    /// Small cells that the attacker finds exactly, or can say to be fewer than k of by more than their label.
    /// - Parameter counts: groups of whole inner cells of the first table whose number was shown before, and their true size.
    private static func recovered(
        _ tables: [Table], _ k: Int, withLabels: Bool, counts: [(isIn: ([String]) -> Bool, truth: Int)] = []
    ) -> (small: Int, exact: Int, narrow: Int) {
        let atoms = Atoms(tables)
        var program = LinearAttacker(unknowns: atoms.keys.count)
        for count in counts {
            program.require(atoms.keys.indices.filter { count.isIn(atoms.keys[$0]) }, Double(count.truth), Double(count.truth))
        }
        var targets: [(atoms: [Int], truth: Int)] = []
        for table in tables {
            for cell in table.cells {
                let members = atoms.of(cell.key, in: table)
                if cell.count.shown != nil {
                    program.require(members, Double(cell.truth), Double(cell.truth))
                } else {
                    if withLabels, let interval = cell.count.interval {
                        program.require(members, Double(interval.low), Double(interval.high))
                    }
                    if cell.truth < k { targets.append((members, cell.truth)) }
                }
            }
        }
        var (exact, narrow) = (0, 0)
        for interval in program.intervals(of: targets.map(\.atoms)) {
            guard let interval else { continue }
            if interval.high - interval.low < 1e-6 { exact += 1 }
            if interval.high < Double(k) - 1e-6 { narrow += 1 }
        }
        return (targets.count, exact, narrow)
    }

    private static func margins(_ bench: AttackBench) async throws -> Attack.Finding {
        var (small, exact, narrow) = (0, 0, 0)
        for round in 0..<bench.scaled(10) {
            let node = try await bench.node(MadeStore(universe: 2_000, seed: bench.seed + UInt64(round)), 300 + round)
            let table = try await ask(node, Codes.group(0), 0..<150 + 120 * round, by: [.sex, .ageBand])
            let found = recovered([table], bench.k, withLabels: false)
            (small, exact, narrow) = (small + found.small, exact + found.exact, narrow + found.narrow)
        }
        return Attack.Finding(
            measured: "\(exact) of \(small) small cells exact, \(narrow) below k", isWithinBar: exact == 0 && narrow == 0)
    }

    private static func labels(_ bench: AttackBench) async throws -> Attack.Finding {
        var (small, exact, kinds) = (0, 0, 0)
        for round in 0..<bench.scaled(10) {
            let node = try await bench.node(MadeStore(universe: 2_000, seed: bench.seed + UInt64(round)), 400 + round)
            let table = try await ask(node, Codes.group(0), 0..<150 + 120 * round, by: [.sex, .ageBand])
            let found = recovered([table], bench.k, withLabels: true)
            (small, exact) = (small + found.small, exact + found.exact)
            kinds = max(kinds, Set(table.cells.filter { $0.count.shown == nil }.map(\.count.json["why"])).count)
        }
        return Attack.Finding(
            measured: "\(exact) of \(small) small cells exact with labels, \(kinds) kind of label",
            isWithinBar: exact == 0 && kinds == 1)
    }

    private static func linked(_ bench: AttackBench) async throws -> Attack.Finding {
        var (small, exact, narrow) = (0, 0, 0)
        for round in 0..<bench.scaled(6) {
            let node = try await bench.node(MadeStore(universe: 2_000, seed: bench.seed + UInt64(round)), 500 + round)
            let members = 0..<200 + 250 * round
            let first = try await ask(node, Codes.group(0), members, by: [.sex, .ageBand])
            let second = try await ask(node, Codes.group(0), members, by: [.sex, .indexYear])
            let found = recovered([first, second], bench.k, withLabels: false)
            (small, exact, narrow) = (small + found.small, exact + found.exact, narrow + found.narrow)
        }
        let counted = try await afterCounts(bench)
        let isClosed = exact + narrow + counted.exact + counted.narrow == 0
        return Attack.Finding(
            measured: """
                \(exact) of \(small) small cells exact in both tables together, \(narrow) below k; with earlier counts \
                \(counted.exact) of \(counted.small), \(counted.narrow) below k
                """,
            isWithinBar: isClosed)
    }

    /// The cohort's count in other words and that of some of its cells together, then its table.
    private static func afterCounts(_ bench: AttackBench) async throws -> (small: Int, exact: Int, narrow: Int) {
        var (small, exact, narrow) = (0, 0, 0)
        let ages = BreakdownCategories.names(of: .ageBand)
        let isIn: [([String]) -> Bool] = [
            { _ in true }, { $0[0] == "female" || ages.firstIndex(of: $0[1]).map { $0 % 2 == 0 } == true },
        ]
        for round in 0..<bench.scaled(6) {
            let node = try await bench.node(MadeStore(universe: 2_000, seed: bench.seed + UInt64(round)), 550 + round)
            let members = 0..<150 + 200 * round
            let (sexes, bands) = (node.store.categories[.sex, default: []], node.store.categories[.ageBand, default: []])
            let keys = members.map { [BreakdownCategories.names(of: .sex)[sexes[$0]], ages[bands[$0]]] }
            var counts: [(isIn: ([String]) -> Bool, truth: Int)] = []
            for (number, isIn) in isIn.enumerated() {
                let group = members.filter { isIn(keys[$0]) }
                node.store.define(Codes.group(number + 1), group)
                if try await node.answer(FeasibilityQuestion([Codes.group(number + 1)])).total.shown != nil {
                    counts.append((isIn, group.count))
                }
            }
            let table = try await ask(node, Codes.group(0), members, by: [.sex, .ageBand])
            let found = recovered([table], bench.k, withLabels: false, counts: counts)
            (small, exact, narrow) = (small + found.small, exact + found.exact, narrow + found.narrow)
        }
        return (small, exact, narrow)
    }

    /// A table by age band. The attacker knows the rules, the shown cells exactly, and all hidden cells but one small one and
    /// the one beside it; it runs the public algorithm for every value of that one and keeps those that give the same pattern.
    private static func minimality(_ bench: AttackBench) async throws -> Attack.Finding {
        var (tables, fewest, left) = (0, Int.max, 0)
        for round in 0..<bench.scaled(10) {
            let node = try await bench.node(MadeStore(universe: 2_000, seed: bench.seed + UInt64(round)), 2_300 + round)
            let table = try await ask(node, Codes.group(0), 0..<120 + 60 * round, by: [.ageBand])
            let inner = table.cells.dropLast()
            let hidden = inner.indices.filter { inner[$0].count.shown == nil }
            guard let target = hidden.first(where: { inner[$0].truth < bench.k }),
                let partner = hidden.filter({ $0 != target }).max(by: { inner[$0].truth < inner[$1].truth })
            else { continue }
            let both = inner[target].truth + inner[partner].truth
            var possible = 0
            for value in 0..<min(bench.k, both + 1) {
                var values = inner.map(\.truth)
                values[target] = value
                values[partner] = both - value
                let cells =
                    values.indices.map { SuppressionTable.Cell(id: inner[$0].key[0], atoms: [Int32($0)], value: values[$0]) }
                    + [.init(id: "*", atoms: values.indices.map(Int32.init), value: values.reduce(0, +))]
                let given = SuppressionTable(atomValues: values, cells: cells)
                let fits = try (1...6 as ClosedRange<UInt64>).contains { seed in
                    let statuses = try TableProtection(threshold: bench.k, zero: bench.rules.zero).statuses(of: given, seed: seed)
                    return values.indices.allSatisfy { (statuses[$0] != .published) == hidden.contains($0) }
                }
                if fits { possible += 1 }
            }
            tables += 1
            // No value fitting at all means that the attacker's model is wrong (the keyed offset): it learns nothing.
            let remaining = possible == 0 ? bench.k : possible
            fewest = min(fewest, remaining)
            left += remaining
        }
        guard tables > 0 else { throw AttackFailure("no table had a small cell and another hidden one") }
        return Attack.Finding(
            measured: "\(left / tables) of \(bench.k) values left on average, \(fewest) at least, \(tables) tables",
            isWithinBar: 2 * fewest >= bench.k)
    }
}
