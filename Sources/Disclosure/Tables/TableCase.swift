import CanonicalJSON

/// A table in the exchange format of the suppression tool: `atoms` and `cells`, or `hierarchies` and `inner`.
@_spi(Hospital) public struct TableCase: Sendable {
    /// The table.
    public let table: SuppressionTable
    /// The status that the file states for each cell (`published` where it states none).
    public let stated: [CellStatus]
    /// Whether the file states any primary cell.
    public var statesPrimaries: Bool { stated.contains(.primary) }

    /// The table with a demand on each stated primary that is not small by itself.
    public func protecting(threshold: Int) -> SuppressionTable {
        SuppressionTable(
            atomValues: table.atomValues,
            cells: zip(table.cells, stated).map { cell, status in
                let isOwn = status == .primary && (cell.value >= threshold || cell.value == 0)
                return SuppressionTable.Cell(
                    id: cell.id, atoms: cell.atoms, value: cell.value, demand: isOwn ? .uncertain : .none)
            })
    }

    /// Reads a case.
    ///
    /// - `{"atoms": [names], "cells": [{"id", "atoms": [indices], "value", "status"}]}`: atom values are the cells of one atom
    ///   where there are such, otherwise unknown (0).
    /// - `{"hierarchies": {dimension: {parent: [children]}}, "inner": [[code, ..., value]], "status": {"a|b": "u"}}`: a cell for
    ///   every combination of codes, its id the codes joined by `|`.
    public init(from json: JSONReader) throws(JSONError) {
        if try json.optional("cells") != nil { try self.init(cells: json) } else { try self.init(hierarchies: json) }
    }

    private init(cells json: JSONReader) throws(JSONError) {
        let atomCount = try json.required("atoms").array().count
        guard atomCount > 0 else { throw json.fail(.badValue, "the table has no atoms") }
        var values = [Int](repeating: 0, count: atomCount)
        var cells: [SuppressionTable.Cell] = []
        var stated: [CellStatus] = []
        var seen = Set<String>()
        for reader in try json.required("cells").array() {
            let id = try reader.required("id").nonEmptyString(maxLength: 1_000)
            guard seen.insert(id).inserted else { throw reader.fail(.badValue, "the cell \(id) stands twice") }
            var atoms = Set<Int32>()
            for atom in try reader.required("atoms").array() { atoms.insert(Int32(try atom.int(in: 0...atomCount - 1))) }
            let value = try Self.count(reader.required("value"))
            if atoms.count == 1, let atom = atoms.first { values[Int(atom)] = value }
            cells.append(SuppressionTable.Cell(id: id, atoms: atoms.sorted(), value: value))
            stated.append(try reader.optional("status")?.choice(CellStatus.self) ?? .published)
        }
        table = SuppressionTable(atomValues: values, cells: cells)
        self.stated = stated
    }

    private init(hierarchies json: JSONReader) throws(JSONError) {
        let reader = try json.required("hierarchies").object()
        guard let hierarchies = reader.value.objectValue, !hierarchies.isEmpty else {
            throw reader.fail(.badValue, "the table has no hierarchy")
        }
        var dimensions: [Hierarchy] = []
        for name in hierarchies.keys { dimensions.append(try Hierarchy(reader.required(name))) }

        var strides = [Int](repeating: 1, count: dimensions.count)
        for index in stride(from: dimensions.count - 2, through: 0, by: -1) {
            strides[index] = Self.product(strides[index + 1], dimensions[index + 1].leaves.count)
        }
        let atomCount = Self.product(strides[0], dimensions[0].leaves.count)
        guard atomCount <= Self.largest else { throw reader.fail(.tooLarge, "the table has too many inner cells") }
        // Each cell lists its inner cells, so a dimension multiplies both by what all of its codes list together.
        let listed = dimensions.reduce(1) { Self.product($0, $1.codes.reduce(0) { $0 + max(1, $1.leaves.count) }) }
        guard listed <= 10 * Self.largest else { throw reader.fail(.tooLarge, "the table has too many cells") }
        var values = [Int](repeating: 0, count: atomCount)
        for row in try json.required("inner").array(maxCount: 1_000_000) {
            let parts = try row.array(maxCount: dimensions.count + 1)
            guard parts.count == dimensions.count + 1 else {
                throw row.fail(.badValue, "an inner cell has one code for each of \(dimensions.count) dimensions and a value")
            }
            var place = 0
            for (index, dimension) in dimensions.enumerated() {
                let code = try Self.code(parts[index])
                guard let leaf = dimension.leaves.firstIndex(of: code) else {
                    throw parts[index].fail(.badValue, "\(code) is no lowest code of its hierarchy")
                }
                place += leaf * strides[index]
            }
            values[place] += try Self.count(parts[dimensions.count])
        }

        var cells: [(id: String, atoms: [Int])] = [("", [0])]
        for (index, dimension) in dimensions.enumerated() {
            cells = cells.flatMap { cell in
                dimension.codes.map { code in
                    (
                        id: index == 0 ? code.name : "\(cell.id)|\(code.name)",
                        atoms: cell.atoms.flatMap { start in code.leaves.map { start + $0 * strides[index] } }
                    )
                }
            }
        }
        table = SuppressionTable(
            atomValues: values,
            cells: cells.map { cell in
                SuppressionTable.Cell(
                    id: cell.id, atoms: cell.atoms.map(Int32.init).sorted(), value: cell.atoms.reduce(0) { $0 + values[$1] })
            })
        let status = try json.optional("status")
        var stated: [CellStatus] = []
        for cell in cells { stated.append(try status?.optional(cell.id)?.choice(CellStatus.self) ?? .published) }
        self.stated = stated
    }

    /// The most inner cells.
    private static let largest = 1_000_000

    /// The product, or a number beyond every limit where it does not fit.
    private static func product(_ left: Int, _ right: Int) -> Int {
        let (value, overflow) = left.multipliedReportingOverflow(by: right)
        return overflow ? .max : value
    }

    /// Codes may be written as text or as numbers.
    private static func code(_ reader: JSONReader) throws(JSONError) -> String {
        if case .number(let number) = reader.value { return number.text }
        return try reader.nonEmptyString(maxLength: 200)
    }

    /// Counts may be written as 12 or as 12.0.
    private static func count(_ reader: JSONReader) throws(JSONError) -> Int {
        let number = try reader.double()
        guard number >= 0, number < 1e12, number == number.rounded() else {
            throw reader.fail(.outOfRange, "a count is a whole number of at least 0")
        }
        return Int(number)
    }
}

/// One dimension: parents and their children.
private struct Hierarchy {
    struct Code {
        let name: String
        /// Indices of the lowest codes under it.
        let leaves: [Int]
    }
    let leaves: [String]
    let codes: [Code]

    init(_ reader: JSONReader) throws(JSONError) {
        guard let parents = reader.value.objectValue else { throw reader.fail(.wrongType, "a hierarchy is an object") }
        var children: [String: [String]] = [:]
        var names: [String] = []
        var seen = Set<String>()
        for parent in parents.keys {
            var below: [String] = []
            for child in try reader.required(parent).array() { below.append(try child.nonEmptyString(maxLength: 200)) }
            guard !below.isEmpty else { throw reader.fail(.badValue, "\(parent) has no children") }
            children[parent] = below
            for name in [parent] + below where seen.insert(name).inserted { names.append(name) }
        }
        let leaves = names.filter { children[$0] == nil }
        // Remembered, because a code that stands below many others would be walked again from each of them.
        var known: [String: Set<String>] = [:]
        func below(_ name: String, _ depth: Int) throws(JSONError) -> Set<String> {
            guard depth <= 64 else { throw reader.fail(.badValue, "\(name) stands below itself") }
            guard let next = children[name] else { return [name] }
            if let found = known[name] { return found }
            var found = Set<String>()
            for child in next { found.formUnion(try below(child, depth + 1)) }
            known[name] = found
            return found
        }
        var codes: [Code] = []
        for name in names {
            let found = try below(name, 0)
            codes.append(Code(name: name, leaves: leaves.indices.filter { found.contains(leaves[$0]) }))
        }
        self.leaves = leaves
        self.codes = codes
    }
}
