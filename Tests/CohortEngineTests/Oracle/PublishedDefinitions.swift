import CanonicalJSON
import Cohorts
import EventIndex
import Foundation
import OMOPStore

@testable import CohortEngine

/// Definitions that other people published, read from the folder that `DURE_COHORTS_DIR` names. None is kept here.
enum PublishedDefinitions {
    static let folder = ProcessInfo.processInfo.environment["DURE_COHORTS_DIR"]

    struct Batch {
        var definitions: [(name: String, definition: JSONValue)] = []
        /// The concepts that the batch speaks of, so that a store can be made in which it finds something.
        var pool = RandomStore.Pool()
    }

    /// All definitions of the folder that are readable, so many at a time.
    static func batches(of size: Int) throws -> [Batch] {
        guard let folder else { return [] }
        let most = ProcessInfo.processInfo.environment["DURE_COHORTS_MOST"].flatMap { Int($0) } ?? .max
        var batches: [Batch] = []
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".json") }.sorted()
        for name in names.prefix(most) {
            let bytes = try Data(contentsOf: URL(fileURLWithPath: folder).appendingPathComponent(name))
            guard let definition = try? JSONValue(parsing: bytes), let expression = try? CohortExpression(reading: definition)
            else { continue }
            if batches.isEmpty || batches[batches.count - 1].definitions.count == size { batches.append(Batch()) }
            batches[batches.count - 1].definitions.append((name, definition))
            batches[batches.count - 1].pool.add(expression)
        }
        return batches
    }
}

extension RandomStore.Pool {
    /// Adds the concepts of a definition, a dozen of each set at most.
    mutating func add(_ expression: CohortExpression) {
        let uses = ConceptSetUses(expression)
        for set in expression.conceptSets {
            let concepts = set.items.filter { !$0.isExcluded }.prefix(12).map(\.concept.id).filter { $0 < 2_000_000_000 }
            for table in uses.tables[set.id, default: []] {
                if let table = CDMTable(rawValue: table.rawValue) { self.concepts[table, default: []] += concepts }
            }
            if uses.mentioned.contains(set.id), uses.tables[set.id] == nil { sources += concepts }
        }
        // Attributes that list concepts, wherever they stand.
        attributes += Self.listed(expression.source).prefix(40)
    }

    private static func listed(_ value: JSONValue, inside key: String = "") -> [Int] {
        switch value {
        case .array(let values): return values.flatMap { listed($0, inside: key) }
        case .object(let object):
            if key != "concept", case .number(let id)? = object["CONCEPT_ID"], let id = id.int { return [id] }
            return object.flatMap { $0.key == "ConceptSets" ? [] : listed($0.value, inside: $0.key) }
        default: return []
        }
    }
}
