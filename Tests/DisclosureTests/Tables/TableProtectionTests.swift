@_spi(Hospital) import Disclosure
import Testing

@Suite("Table protection")
struct TableProtectionTests {
    static let shapes: [[Int]] = [[4], [3, 4], [5, 5], [2, 3, 4], [3, 3, 3]]

    @Test("In random tables no hidden cell can be worked out and every small one can be 0 and k", arguments: shapes)
    func randomTables(_ shape: [Int]) throws {
        for seed in 1...6 as ClosedRange<UInt64> {
            let table = MadeTable.crossed(shape, seed: seed, scale: 120)
            let statuses = try TableProtection(threshold: 11).statuses(of: table, seed: seed)
            let attacker = TableAttacker(table, statuses)
            for (index, cell) in table.cells.enumerated() {
                if cell.value < 11 { #expect(statuses[index] == .primary) }
                guard statuses[index] != .published else { continue }
                let found = attacker.interval(cell.atoms.map(Int.init))
                let high = found.high ?? .infinity
                #expect(high - found.low > 0.99, "\(cell.id) is exact")
                if statuses[index] == .primary {
                    #expect(found.low < 0.001, "\(cell.id)")
                    #expect(high > 10.999, "\(cell.id)")
                }
            }
        }
    }

    @Test("The pattern does not depend on the order of cells or atoms")
    func orderDoesNotMatter() throws {
        let table = MadeTable.crossed([4, 5], seed: 8, scale: 150)
        let statuses = try TableProtection(threshold: 11).statuses(of: table, seed: 5)
        var generator = SeededGenerator(seed: 4)
        for _ in 0..<5 {
            let atomOrder = table.atomValues.indices.shuffled(using: &generator)
            let cellOrder = table.cells.indices.shuffled(using: &generator)
            var values = table.atomValues
            for atom in atomOrder.indices { values[atomOrder[atom]] = table.atomValues[atom] }
            let shuffled = SuppressionTable(
                atomValues: values,
                cells: cellOrder.map { index in
                    let cell = table.cells[index]
                    return .init(id: cell.id, atoms: cell.atoms.map { Int32(atomOrder[Int($0)]) }.sorted(), value: cell.value)
                })
            let again = try TableProtection(threshold: 11).statuses(of: shuffled, seed: 5)
            for (place, index) in cellOrder.enumerated() { #expect(again[place] == statuses[index]) }
        }
    }

    @Test("Two tables that share patients are protected together: neither alone would need it")
    func linkedTables() throws {
        // By row: 3 + 30 = 33 and 4 + 29 = 33. By column the same four groups: 3 + 4 = 7 hidden already, 30 + 29.
        let cells: [SuppressionTable.Cell] = [
            .init(id: "a", atoms: [0], value: 3), .init(id: "b", atoms: [1], value: 30), .init(id: "c", atoms: [2], value: 4),
            .init(id: "d", atoms: [3], value: 29), .init(id: "ab", atoms: [0, 1], value: 33),
            .init(id: "cd", atoms: [2, 3], value: 33), .init(id: "bd", atoms: [1, 3], value: 59),
            .init(id: "ac", atoms: [0, 2], value: 7), .init(id: "all", atoms: [0, 1, 2, 3], value: 66),
        ]
        let table = SuppressionTable(atomValues: [3, 30, 4, 29], cells: cells)
        let statuses = try TableProtection(threshold: 11).statuses(of: table, seed: 1)
        let attacker = TableAttacker(table, statuses)
        for index in [0, 2, 7] {
            let found = attacker.interval(cells[index].atoms.map(Int.init))
            #expect(found.low < 0.001)
            #expect((found.high ?? .infinity) > 10.999)
        }
    }

    @Test("A table that is too large is refused by name")
    func tooLarge() {
        let cells = (0...TableProtection.largestTable).map {
            SuppressionTable.Cell(id: "\($0)", atoms: [Int32($0)], value: 100)
        }
        let table = SuppressionTable(atomValues: [Int](repeating: 100, count: cells.count), cells: cells)
        #expect(throws: DisclosureError.self) { try TableProtection(threshold: 11).statuses(of: table, seed: 1) }
    }

    @Test(
        "3,078 cells are protected in seconds",
        .enabled(if: longTests, "long test"))
    func largeTable() throws {
        let table = MadeTable.crossed([18, 17, 8], seed: 1, scale: 300)
        #expect(table.cells.count == 3_078)
        let time = try ContinuousClock().measure { _ = try TableProtection(threshold: 11).statuses(of: table, seed: 42) }
        #expect(time < .seconds(30))
    }
}
