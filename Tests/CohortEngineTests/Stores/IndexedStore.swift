import Cohorts
@_spi(Hospital) import Disclosure
import EventIndex
import Foundation
import OMOPStore

@testable import CohortEngine

/// A small store with an index built from it, in a folder that goes away with the value.
final class IndexedStore {
    let index: EventIndex
    /// Person ids by ordinal.
    let ids: [Int]
    /// The index file.
    let path: String
    private let folder: URL

    init(_ store: SmallStore) throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("dure-engine-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        path = folder.appendingPathComponent("index").path
        try IndexBuilder(store: RowStore(store)).build(to: path)
        index = try EventIndex.open(path)
        let persons = Set((store.rows(.person) + store.rows(.observationPeriod)).compactMap { $0.int("person_id") })
        ids = persons.sorted()
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// The engine's answer; nil where a window of hours found no time of day, which is refused.
    func evaluate(_ expression: CohortExpression) throws -> Evaluation? {
        do {
            return try CohortEngine(index: index).evaluate(expression)
        } catch {
            if error.code == .unsupported && error.message.contains("hours") { return nil }
            throw error
        }
    }

    /// The person ids of a set.
    func persons(_ set: PersonSet) -> Set<Int> { Set(set.members.map { ids[$0] }) }

    /// What an evaluation says otherwise than the reference, in words; nil when they agree.
    func difference(_ found: Evaluation, _ expected: ReferenceEvaluator.Answer) -> String? {
        func compare<Value: Equatable>(_ what: String, _ left: Value, _ right: Value) -> String? {
            left == right ? nil : "\(what): engine \(left), reference \(right)"
        }
        let rules = found.attritionAnyEvent.filter { if case .rule = $0.kind { true } else { false } }
        let best = found.attritionBestEvent.filter { if case .rule = $0.kind { true } else { false } }
        return compare("entry events", found.entryEvents.value, expected.entryEvents)
            ?? compare("entry persons", persons(found.attritionAnyEvent[0].persons), expected.entry)
            ?? compare("qualified events", found.qualifiedEvents.value, expected.qualifiedEvents)
            ?? compare("masks by event", found.byEvent.masks.mapValues(\.value), expected.byEvent)
            ?? compare("masks by person", found.byPerson.masks.mapValues(\.value), expected.byPerson)
            ?? compare("attrition, any event", rules.map { persons($0.persons) }, Array(expected.anyEvent.dropFirst()))
            ?? compare("attrition, best event", best.map { persons($0.persons) }, Array(expected.bestEvent.dropFirst()))
            ?? compare("persons", persons(found.persons), expected.cohort)
            ?? compare("rows", found.events.value, expected.rows.count)
    }
}
