import ArgumentParser
import CanonicalJSON
@_spi(Hospital) import Disclosure
import Foundation

/// Protects a table by the rules of the release gate: a local tool for a data office, and the way to check the rules from
/// outside.
struct SuppressCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "suppress",
        abstract: "Protect a local table of counts as the release gate would.",
        discussion: """
            Reads a table (JSON: either "atoms" and "cells", or "hierarchies" and "inner") and prints which cells may be
            published. Status s is published, u is hidden for itself, x is hidden so that no u can be worked out. On the wire u
            and x are one symbol; this tool is for the hospital's own eyes, and its output must not leave the hospital.

            A cell that the table states as u stays hidden whatever its size. Zeros count as small unless --zero show is given
            or the table states its own u cells and a zero is not among them.

            Example of a table; "status": "u" in a cell states that it stays hidden:
              {"atoms": ["a", "b"], "cells": [
                {"id": "a", "atoms": [0], "value": 4},
                {"id": "b", "atoms": [1], "value": 30},
                {"id": "all", "atoms": [0, 1], "value": 34}]}

            Example: dure-node suppress --table table.json --threshold 11 --round 5
            """)

    @Option(name: .long, help: ArgumentHelp("The table.", valueName: "file.json"))
    var table: String

    @Option(name: .long, help: "Counts below this are hidden.")
    var threshold: Int

    @Option(name: .long, help: "Round published counts to this base; 0 is no rounding.")
    var round: Int = 0

    @Option(name: .long, help: "merge (zeros are small counts) or show (zeros are published).")
    var zero: String?

    @Option(name: .long, help: "exact (no hidden cell can be worked out) or intervals (and every u can be 0 and k or more).")
    var protect: String = TableProtection.Goal.intervals.rawValue

    @Option(name: .long, help: "table or json.")
    var output: OutputFormat = .table

    func validate() throws {
        guard threshold >= 1 else { throw ValidationError("--threshold must be at least 1.") }
        guard round >= 0 else { throw ValidationError("--round must be 0 or more.") }
        guard zero.map({ DisclosureRules.ZeroRule(rawValue: $0) != nil }) ?? true else {
            throw ValidationError("--zero is merge or show.")
        }
        guard TableProtection.Goal(rawValue: protect) != nil else { throw ValidationError("--protect is exact or intervals.") }
    }

    func run() throws {
        let given = try read()
        let goal = TableProtection.Goal(rawValue: protect) ?? .intervals
        let rule = zero.flatMap(DisclosureRules.ZeroRule.init) ?? (given.statesPrimaries ? .show : .merge)
        let statuses = try TableProtection(threshold: threshold, zero: rule, goal: goal)
            .statuses(of: given.protecting(threshold: threshold), seed: 0x6475_7265)
        FileHandle.standardError.write(Data("These statuses tell u from x: keep this output in the hospital.\n".utf8))
        switch output {
        case .json:
            let cells = zip(given.table.cells, statuses).map { cell, status in
                JSONValue.object(
                    JSONObject([
                        ("id", .string(cell.id)), ("status", .string(status.rawValue)),
                        ("value", status == .published ? .int(rounded(cell.value)) : .null),
                    ]))
            }
            print(JSONValue.object(JSONObject([("cells", .array(cells))])).text(indent: 2))
        case .table:
            for (cell, status) in zip(given.table.cells, statuses) {
                print("\(status.rawValue)  \(status == .published ? String(rounded(cell.value)) : "-")  \(cell.id)")
            }
        }
    }

    private func read() throws -> TableCase {
        let data = try Data(contentsOf: URL(filePath: table))
        return try TableCase(from: JSONReader(JSONValue(parsing: Array(data), limits: Self.limits)))
    }

    private static let limits = JSONLimits(maxBytes: 64 << 20, maxDepth: 64, maxValues: 10_000_000)

    /// To the nearest multiple, halves up: this tool has no key, so that its output can be checked by hand.
    private func rounded(_ value: Int) -> Int { round > 1 ? (2 * value + round) / (2 * round) * round : value }
}
