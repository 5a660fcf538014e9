import CanonicalJSON
@_spi(Hospital) import Disclosure
import Foundation
import Testing

/// A published case: the threshold that its source used, and the secondary cells of the best published pattern.
struct PublishedCase: Sendable, CustomTestStringConvertible {
    let name: String
    let threshold: Int
    /// Best published protection against exact recalculation.
    let exact: Int
    /// Best published protection of the intervals, where there is one: 20 and 9 by the R package GaussSuppression with a
    /// required width (https://github.com/statisticsnorway/ssb-gausssuppression), 31 and 12 by a greedy search with 40
    /// restarts whose pattern was repaired until each hidden cell could be 1 or less and 11 or more.
    var intervals: Int?
    var testDescription: String { name }

    static let all: [PublishedCase] = [
        .init(name: "gauss_example1_maxn3", threshold: 4, exact: 2, intervals: 4),
        .init(name: "gauss_linked_superconsistent", threshold: 3, exact: 7, intervals: 9),
        .init(name: "gauss_z1", threshold: 4, exact: 3),
        .init(name: "gauss_z2_maxn4", threshold: 5, exact: 16, intervals: 20),
        .init(name: "sdctable_4x4_before", threshold: 11, exact: 1, intervals: 1),
        .init(name: "sdctable_linked_before", threshold: 4, exact: 1, intervals: 1),
        .init(name: "sdctable_microdata1_opt", threshold: 3, exact: 3, intervals: 3),
        .init(name: "sdctable_vignette168_opt", threshold: 11, exact: 23, intervals: 31),
        .init(name: "tau_argus_pp_freq", threshold: 11, exact: 4, intervals: 12),
        .init(name: "integer_gap_3d", threshold: 4, exact: 48),
    ]
}

@Suite("Published table cases", .enabled(if: CaseFolder.root != nil, "the folder of cases does not stand beside the clone"))
struct TableCaseTests {
    @Test("Against exact recalculation no more cells are hidden than in the best published pattern", arguments: PublishedCase.all)
    func exactProtection(_ published: PublishedCase) throws {
        let (table, statuses) = try protect(published, .exact)
        #expect(statuses.count { $0 == .secondary } <= published.exact)
        #expect(try stated(published).allSatisfy { statuses[$0] == .primary })
        let attacker = TableAttacker(table, statuses)
        for index in table.cells.indices where statuses[index] == .primary && table.cells[index].value > 0 {
            // Exact recalculation knows no "not negative": an interval of no width can still come from that, so only the
            // span is looked at here. The interval goal below looks at all of it.
            #expect(Span(attacker).holds(table.cells[index].atoms.map(Int.init)) == false, "\(table.cells[index].id)")
        }
    }

    @Test(
        "With intervals every small cell can be 1 or less and k or more, and no hidden cell is exact",
        arguments: PublishedCase.all)
    func intervalProtection(_ published: PublishedCase) throws {
        let (table, statuses) = try protect(published, .intervals)
        if let best = published.intervals { #expect(statuses.count { $0 == .secondary } <= best) }
        let attacker = TableAttacker(table, statuses)
        for (index, cell) in table.cells.enumerated() where statuses[index] != .published {
            let found = attacker.interval(cell.atoms.map(Int.init))
            let high = found.high ?? .infinity
            #expect(high - found.low > 0.99, "\(cell.id) is exact")
            if statuses[index] == .primary, cell.value < published.threshold {
                #expect(found.low < 1.001, "\(cell.id)")
                #expect(high > Double(published.threshold) - 0.001, "\(cell.id)")
            }
            if statuses[index] == .primary, cell.value >= published.threshold {
                #expect(high - found.low > Double(2 * published.threshold) - 0.001, "\(cell.id)")
            }
        }
    }

    @Test(
        "The in-test attacker finds the published intervals of unprotected patterns",
        arguments: [("sdctable_4x4_before", "w|b"), ("sdctable_linked_before", "K"), ("gauss_z1_primary_only", "B|arbeid")])
    func attackerIsCalibrated(_ name: String, _ cell: String) throws {
        let given = try CaseFolder.load(name)
        let index = try #require(given.table.cells.firstIndex { $0.id == cell })
        let found = TableAttacker(given.table, given.stated).interval(given.table.cells[index].atoms.map(Int.init))
        #expect(abs(found.low - Double(given.table.cells[index].value)) < 1e-6)
        #expect(abs((found.high ?? .infinity) - Double(given.table.cells[index].value)) < 1e-6)
    }

    @Test(
        "The Python attacker with its own solver finds the same on every protected case",
        .enabled(if: longTests, "long test"), arguments: PublishedCase.all)
    func pythonAttacker(_ published: PublishedCase) throws {
        let (table, statuses) = try protect(published, .intervals)
        let cells = zip(table.cells, statuses).map { cell, status in
            JSONValue.object([
                "id": .string(cell.id), "atoms": .array(cell.atoms.map { .int(Int($0)) }), "value": .int(cell.value),
                "status": .string(status.rawValue),
            ])
        }
        let file = FileManager.default.temporaryDirectory.appending(path: "dure-\(UUID().uuidString).json")
        defer { try? FileManager.default.removeItem(at: file) }
        let text = JSONValue.object([
            "atoms": .array((0..<table.atomCount).map { .string("a\($0)") }), "cells": .array(cells),
        ]).text()
        try Data(text.utf8).write(to: file)
        let root = try #require(CaseFolder.root)
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", root.appending(path: "interval_attack.py").path, file.path]
        process.standardOutput = output
        try process.run()
        let lines = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self).split(separator: "\n")
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        #expect(lines.count == 1 + statuses.count { $0 != .published })
        #expect(!lines.contains { $0.hasSuffix("EXACT") })
    }

    private func stated(_ published: PublishedCase) throws -> [Int] {
        let given = try CaseFolder.load(published.name)
        return given.stated.indices.filter { given.stated[$0] == .primary }
    }

    private func protect(
        _ published: PublishedCase, _ goal: TableProtection.Goal
    ) throws -> (SuppressionTable, [CellStatus]) {
        let table = try CaseFolder.load(published.name).protecting(threshold: published.threshold)
        let protection = TableProtection(threshold: published.threshold, zero: .show, goal: goal)
        return (table, try protection.statuses(of: table, seed: 42))
    }
}

/// The span of the published cells by plain Gaussian elimination with fractions in floating point (small tables only): a
/// second implementation of "can be worked out".
struct Span {
    private var rows: [[Double]] = []

    init(_ attacker: TableAttacker) {
        for cell in attacker.cells where cell.published != nil { add(vector(cell.atoms, attacker.atomCount)) }
        width = attacker.atomCount
    }

    private var width = 0

    private func vector(_ atoms: [Int], _ width: Int) -> [Double] {
        var vector = [Double](repeating: 0, count: width)
        for atom in atoms { vector[atom] = 1 }
        return vector
    }

    private func reduced(_ vector: [Double]) -> [Double] {
        var vector = vector
        for row in rows {
            guard let pivot = row.firstIndex(where: { abs($0) > 1e-9 }), abs(vector[pivot]) > 1e-9 else { continue }
            let factor = vector[pivot] / row[pivot]
            for index in vector.indices { vector[index] -= factor * row[index] }
        }
        return vector
    }

    private mutating func add(_ vector: [Double]) {
        let rest = reduced(vector)
        if rest.contains(where: { abs($0) > 1e-9 }) {
            rows.append(rest)
            rows.sort { ($0.firstIndex { abs($0) > 1e-9 } ?? 0) < ($1.firstIndex { abs($0) > 1e-9 } ?? 0) }
        }
    }

    func holds(_ atoms: [Int]) -> Bool { reduced(vector(atoms, width)).allSatisfy { abs($0) < 1e-7 } }
}

/// A table case is a file, and a file may say anything.
@Suite("Hostile table cases")
struct HostileTableCaseTests {
    private func refused(_ json: JSONValue) -> JSONError.Code? {
        do throws(JSONError) {
            _ = try TableCase(from: JSONReader(json))
            return nil
        } catch {
            return error.code
        }
    }

    private func hierarchies(_ count: Int, _ children: JSONValue) -> JSONValue {
        var object = JSONObject()
        for number in 0..<count { object["d\(number)"] = ["T": children] }
        return ["hierarchies": .object(object), "inner": []]
    }

    @Test("More inner cells than fit into a number are too many, and so are cells that list them again and again")
    func productsThatDoNotFit() {
        let codes: JSONValue = .array((0..<1_000).map { .string("c\($0)") })
        #expect(refused(hierarchies(8, codes)) == .tooLarge)
        // One inner cell, and two to the twentieth ways to name it.
        #expect(refused(hierarchies(30, ["a"])) == .tooLarge)
    }

    @Test("A code that stands below many others, level upon level, is walked once")
    func diamonds() throws {
        var parents = JSONObject()
        for level in 0..<40 { parents["a\(level)"] = [.string("a\(level + 1)"), .string("b\(level + 1)")] }
        for level in 1..<40 { parents["b\(level)"] = [.string("a\(level + 1)"), .string("b\(level + 1)")] }
        let table = try TableCase(
            from: JSONReader(["hierarchies": ["d": .object(parents)], "inner": [["a40", 3], ["b40", 4]]])
        ).table
        // Two lowest codes, and every other stands for both.
        #expect(table.atomCount == 2)
        #expect(table.cells.filter { $0.atoms.count == 2 }.allSatisfy { $0.value == 7 })
    }

    @Test("A code below itself is refused")
    func loops() {
        #expect(refused(["hierarchies": ["d": ["a": ["b"], "b": ["a"]]], "inner": []]) == .badValue)
    }
}
