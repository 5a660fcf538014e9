@_spi(Hospital) import Disclosure
import Testing

/// The attacks that work inside one table, on what leaves the gate (without rounding, which only blurs them).
@Suite("Attacks with tables")
struct TableAttackTests {
    /// A made-up cohort by sex, age band and year (of a small one by sex and age band).
    private func cohort(_ hospital: MadeHospital, of persons: Int = 600, seed: UInt64) -> EvaluatedAnswer {
        var generator = SeededGenerator(seed: seed)
        let bands = ["0-17", "18-39", "40-64", "65+"]
        let years = ["2022", "2023", "2024"]
        let isSmall = persons < 100
        var cells: [[String]: PersonSet] = [:]
        for person in 0..<persons {
            let key = [
                generator.next() % 10 < 6 ? "F" : "M", bands[min(3, Int(5 * generator.fraction() * generator.fraction()))],
                years[Int(generator.next() % 3)],
            ].prefix(isSmall ? 2 : 3)
            cells[Array(key), default: hospital.set([])].insert(person)
        }
        return EvaluatedAnswer(
            total: hospital.set(0..<persons),
            breakdown: EvaluatedBreakdown(
                dimensions: Array(
                    [
                        .init(name: "sex", categories: ["F", "M"]), .init(name: "ageBand", categories: bands),
                        .init(name: "indexYear", categories: years),
                    ].prefix(isSmall ? 2 : 3)), cells: cells))
    }

    private func attacker(_ disclosed: DisclosedBreakdown, _ truth: EvaluatedBreakdown) -> (TableAttacker, [[String]: Int]) {
        var atomOf: [[String]: Int] = [:]
        for key in disclosed.cells.map(\.key) where !key.contains("*") { atomOf[key] = atomOf.count }
        func atoms(_ key: [String]) -> [Int] {
            atomOf.filter { atom, _ in zip(atom, key).allSatisfy { $1 == "*" || $0 == $1 } }.map(\.value).sorted()
        }
        let cells = disclosed.cells.map { cell in
            // The gate's own numbers, unrounded: the exact value where the cell is shown.
            let value = truth.cells.filter { key, _ in zip(key, cell.key).allSatisfy { $1 == "*" || $0 == $1 } }
                .reduce(0) { $0 + $1.value.count.value }
            return TableAttacker.Cell(
                id: cell.key.joined(separator: "|"), atoms: atoms(cell.key), published: cell.count.isHidden ? nil : value)
        }
        return (TableAttacker(atomCount: atomOf.count, cells: cells), atomOf)
    }

    @Test(
        "no small cell of a table with marginals can be worked out or narrowed below k",
        arguments: [(25, 60), (40, 240), (70, 60), (600, 4)])
    func marginals(_ persons: Int, _ seeds: UInt64) throws {
        for seed in 1...seeds { try marginals(persons, seed: seed) }
    }

    private func marginals(_ persons: Int, seed: UInt64) throws {
        var hospital = MadeHospital(universe: 1_000, rules: .made(exposureCap: 100), secret: seed)
        let answer = cohort(hospital, of: persons, seed: seed)
        let disclosed = try #require(try hospital.ask(answer).breakdown)
        let truth = try #require(answer.breakdown)
        let (attacker, atomOf) = attacker(disclosed, truth)
        for cell in disclosed.cells {
            let value = truth.cells.filter { key, _ in zip(key, cell.key).allSatisfy { $1 == "*" || $0 == $1 } }
                .reduce(0) { $0 + $1.value.count.value }
            if value < 11 { #expect(cell.count.isHidden) }
            guard cell.count.isHidden, value < 11 else { continue }
            let atoms = atomOf.filter { atom, _ in zip(atom, cell.key).allSatisfy { $1 == "*" || $0 == $1 } }.map(\.value)
            let found = attacker.interval(atoms)
            #expect(found.low < 0.001, "\(persons) persons, seed \(seed), \(cell.key)")
            #expect((found.high ?? .infinity) > 10.999, "\(persons) persons, seed \(seed), \(cell.key)")
        }
        // The label says the same of every hidden cell of one size of marginal: no cell tells whether it is small.
        for cell in disclosed.cells {
            if case .hidden(let low, _, let why) = cell.count { #expect(low == 0 && why == .small) }
        }
    }

    @Test("a table asked after a near-equal cohort's total does not add up to what the total hid")
    func linkedAnswers() throws {
        // The total of a cohort is released. Then a cohort with three more patients is asked by sex: the sum of its cells
        // must not be computable, or the three would be.
        for extra in [0, 1, 3, 10] {
            var hospital = MadeHospital(universe: 1_000)
            _ = try hospital.count(0..<400)
            let sex = EvaluatedBreakdown.Dimension(name: "sex", categories: ["F", "M", "U"])
            let cells = [
                ["F"]: hospital.set(0..<180), ["M"]: hospital.set(180..<300), ["U"]: hospital.set(300..<400 + extra),
            ]
            let answer = EvaluatedAnswer(
                total: hospital.set(0..<400 + extra), breakdown: EvaluatedBreakdown(dimensions: [sex], cells: cells))
            let table = try #require(try hospital.ask(answer).breakdown)
            #expect(table.cells.dropLast().contains { $0.count.isHidden }, "\(extra)")
        }
    }

    @Test("the same cohort by sex and then by age is not thinned out, since it is known to be the same")
    func sameCohortTwice() throws {
        var hospital = MadeHospital(universe: 1_000)
        let total = hospital.set(0..<600)
        let bySex = EvaluatedBreakdown(
            dimensions: [.init(name: "sex", categories: ["F", "M"])],
            cells: [["F"]: hospital.set(0..<300), ["M"]: hospital.set(300..<600)])
        let byAge = EvaluatedBreakdown(
            dimensions: [.init(name: "ageBand", categories: ["0-39", "40+"])],
            cells: [
                ["0-39"]: hospital.set((0..<600).filter { $0 % 3 == 0 }), ["40+"]: hospital.set((0..<600).filter { $0 % 3 != 0 }),
            ])
        for breakdown in [bySex, byAge] {
            let disclosed = try hospital.ask(EvaluatedAnswer(total: total, breakdown: breakdown), cohort: "same")
            #expect(disclosed.breakdown?.cells.allSatisfy { !$0.count.isHidden } == true)
        }
    }

    @Test("A breakdown of a cohort that differs by one patient from one released before is the same table")
    func tablesAreRepresentatives() throws {
        var hospital = MadeHospital(universe: 1_000)
        func answer(_ size: Int) -> EvaluatedAnswer {
            EvaluatedAnswer(
                total: hospital.set(0..<size),
                breakdown: EvaluatedBreakdown(
                    dimensions: [.init(name: "sex", categories: ["F", "M"])],
                    cells: [["F"]: hospital.set(0..<200), ["M"]: hospital.set(200..<size)]))
        }
        let first = try hospital.ask(answer(500), cohort: "a")
        for size in [499, 500, 501, 506] { #expect(try hospital.ask(answer(size), cohort: "\(size)") == first) }
    }

    @Test("knowing the algorithm and the pattern narrows no small cell to one value")
    func minimality() throws {
        // A row of five groups with one small cell. For each value that the small cell could have, the attacker runs the
        // algorithm (without the key) and keeps those that give the same pattern: more than one must be left.
        let values = [3, 40, 25, 60, 33]
        func pattern(_ small: Int, _ seed: UInt64) throws -> [CellStatus] {
            var atoms = values
            atoms[0] = small
            let cells = atoms.indices.map { SuppressionTable.Cell(id: "\($0)", atoms: [Int32($0)], value: atoms[$0]) }
            let total = SuppressionTable.Cell(id: "all", atoms: [0, 1, 2, 3, 4], value: atoms.reduce(0, +))
            return try TableProtection(threshold: 11).statuses(
                of: SuppressionTable(atomValues: atoms, cells: cells + [total]), seed: seed)
        }
        let seen = try pattern(3, 99)
        let possible = try (0..<11).filter { small in try (1...5).contains { try pattern(small, $0) == seen } }
        #expect(possible == Array(0..<11))
    }
}
