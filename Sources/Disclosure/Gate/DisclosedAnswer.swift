import CanonicalJSON

/// An answer that may leave the hospital: every number in it went through `ReleaseGate`.
public struct DisclosedAnswer: Sendable, Hashable {
    /// One attrition step.
    public struct Step: Sendable, Hashable {
        /// Name of the inclusion rule.
        public let name: String
        /// Persons that remain.
        public let count: DisclosedCount

        /// A step.
        public init(name: String, count: DisclosedCount) {
            self.name = name
            self.count = count
        }
    }

    /// Persons in the cohort.
    public let total: DisclosedCount
    /// Persons that remain after each inclusion rule, in their order.
    public let attrition: [Step]
    /// The cohort by categories, with marginals.
    public let breakdown: DisclosedBreakdown?

    /// An answer from its parts (a node's answer comes from `ReleaseGate`; others build one to merge or to test).
    public init(total: DisclosedCount, attrition: [Step] = [], breakdown: DisclosedBreakdown? = nil) {
        self.total = total
        self.attrition = attrition
        self.breakdown = breakdown
    }
}

/// A table that may leave the hospital: inner cells and marginals, in a fixed order that says nothing about the data.
public struct DisclosedBreakdown: Sendable, Hashable {
    /// One cell.
    public struct Cell: Sendable, Hashable {
        /// One category of each dimension; `*` where the cell sums over the dimension.
        public let key: [String]
        /// Persons in the cell.
        public let count: DisclosedCount

        /// A cell.
        public init(key: [String], count: DisclosedCount) {
            self.key = key
            self.count = count
        }
    }

    /// Stands in a key where the cell sums over a dimension.
    public static let all = "*"

    /// Names of the dimensions, in the order of the keys.
    public let dimensions: [String]
    /// All cells, the sums included.
    public let cells: [Cell]

    /// A table.
    public init(dimensions: [String], cells: [Cell]) {
        self.dimensions = dimensions
        self.cells = cells
    }

    /// The table with bounds that hold for the cohort as it was described. Nobody is in an impossible cell of any cohort.
    func widened(by leeway: CountLeeway, impossible: Set<[String]>) -> DisclosedBreakdown {
        guard leeway != .none else { return self }
        let inner = cells.map(\.key).filter { !$0.contains(Self.all) }
        return DisclosedBreakdown(
            dimensions: dimensions,
            cells: cells.map { cell in
                let isImpossible =
                    cell.count == .exact(0) && !impossible.isEmpty
                    && inner.allSatisfy { key in
                        impossible.contains(key) || zip(cell.key, key).contains { $0 != Self.all && $0 != $1 }
                    }
                return .init(key: cell.key, count: isImpossible ? cell.count : cell.count.widened(by: leeway, from: 0))
            })
    }

    /// The count of a cell, if the table has it.
    public func count(_ key: [String]) -> DisclosedCount? { cells.first { $0.key == key }?.count }
}

extension DisclosedAnswer: JSONEncodable, JSONDecodable {
    /// `{"total": …, "attrition": [{"name": …, "count": …}], "breakdown": {"dimensions": […], "cells": [{"key": […], "count": …}]}}`
    public var json: JSONValue {
        var object = JSONObject([
            ("total", total.json),
            ("attrition", .array(attrition.map { .object(JSONObject([("name", .string($0.name)), ("count", $0.count.json)])) })),
        ])
        if let breakdown { object["breakdown"] = breakdown.json }
        return .object(object)
    }

    /// Reads an answer; unknown members are errors.
    public init(from json: JSONReader) throws(JSONError) {
        let object = try json.object(allowing: ["total", "attrition", "breakdown"])
        var steps: [Step] = []
        for reader in try object.optional("attrition")?.array(maxCount: 1_000) ?? [] {
            let step = try reader.object(allowing: ["name", "count"])
            steps.append(
                Step(
                    name: try step.required("name").string(maxLength: 2_000),
                    count: try step.required("count").decode(DisclosedCount.self)))
        }
        self.init(
            total: try object.required("total").decode(DisclosedCount.self), attrition: steps,
            breakdown: try object.optional("breakdown")?.decode(DisclosedBreakdown.self))
    }
}

extension DisclosedBreakdown: JSONEncodable, JSONDecodable {
    /// `{"dimensions": ["sex"], "cells": [{"key": ["F"], "count": …}, …]}`
    public var json: JSONValue {
        .object(
            JSONObject([
                ("dimensions", .array(dimensions.map(JSONValue.string))),
                (
                    "cells",
                    .array(
                        cells.map { cell in
                            .object(
                                JSONObject([
                                    ("key", .array(cell.key.map(JSONValue.string))), ("count", cell.count.json),
                                ]))
                        })
                ),
            ]))
    }

    /// Reads a table; every key must have one category a dimension, and no key twice.
    public init(from json: JSONReader) throws(JSONError) {
        let object = try json.object(allowing: ["dimensions", "cells"])
        var dimensions: [String] = []
        for reader in try object.required("dimensions").array(maxCount: 4) {
            dimensions.append(try reader.nonEmptyString(maxLength: 100))
        }
        var cells: [Cell] = []
        var seen = Set<[String]>()
        for reader in try object.required("cells").array(maxCount: 20_000) {
            let cell = try reader.object(allowing: ["key", "count"])
            let keyReader = try cell.required("key")
            var key: [String] = []
            for part in try keyReader.array(maxCount: 4) { key.append(try part.string(maxLength: 200)) }
            guard key.count == dimensions.count else {
                throw keyReader.fail(.badValue, "a key has \(key.count) parts, the table \(dimensions.count) dimensions")
            }
            guard seen.insert(key).inserted else { throw keyReader.fail(.badValue, "the cell \(key) stands twice") }
            cells.append(Cell(key: key, count: try cell.required("count").decode(DisclosedCount.self)))
        }
        self.init(dimensions: dimensions, cells: cells)
    }
}
