import CanonicalJSON
import Cohorts
@_spi(Hospital) import Disclosure
import Foundation
import OMOPStore
import Testing

@testable import CohortEngine

/// The engine against the SQL that OHDSI's own tools generate, run on DuckDB.
///
/// These tests are long and need `duckcdm` for Python; `DURE_LONG_TESTS=1` asks for them.
@Suite("The engine gives what the official SQL gives", .enabled(if: AgreementTests.isLong && OracleJob.isAvailable), .serialized)
struct OracleTests {
    @Test("for random definitions over random stores", arguments: 0..<8)
    func randomDefinitions(batch: Int) throws {
        var comparison = OracleComparison()
        for storeSeed in (batch * 3)..<(batch * 3 + 3) {
            let store = RandomStore.make(seed: storeSeed + 500, persons: 60)
            let definitions = (0..<40).map { number in
                let seed = 7_000_000 + storeSeed * 1_000 + number
                return (name: "random \(seed)", definition: RandomDefinition.make(seed: seed, hours: false))
            }
            comparison.add("store \(storeSeed + 500)", store, definitions)
        }
        let report = try comparison.run()
        report.expectNoDifference()
    }

    @Test("for a definition of each feature and surprising reading, on several stores")
    func features() throws {
        var comparison = OracleComparison()
        for seed in 900..<902 {
            comparison.add("store \(seed)", RandomStore.make(seed: seed, persons: 120), try FeatureDefinitions.all())
        }
        try comparison.run().expectNoDifference()
    }

    @Test("for published definitions", .enabled(if: PublishedDefinitions.folder != nil))
    func published() throws {
        var total = OracleReport()
        for (number, batch) in try PublishedDefinitions.batches(of: 8).enumerated() {
            var comparison = OracleComparison()
            let store = RandomStore.make(seed: 3_000 + number, persons: 80, pool: batch.pool)
            comparison.add("published \(number)", store, batch.definitions)
            total.add(try comparison.run())
        }
        total.expectNoDifference()
    }
}

/// What a comparison found.
struct OracleReport {
    var compared = 0
    var withPersons = 0
    /// Definitions that we refuse by name.
    var refused: [String] = []
    /// Definitions that upstream cannot run, with its words.
    var upstreamErrors: [String] = []
    var differences: [String] = []

    mutating func add(_ other: OracleReport) {
        compared += other.compared
        withPersons += other.withPersons
        refused += other.refused
        upstreamErrors += other.upstreamErrors
        differences += other.differences
    }

    func expectNoDifference(_ location: SourceLocation = #_sourceLocation) {
        print(
            "oracle: \(compared) compared, \(withPersons) with persons, \(differences.count) differ, \(refused.count) refused here, "
                + "\(upstreamErrors.count) not runnable upstream")
        for line in Set(refused.map { String($0.prefix(200)) }).sorted().prefix(40) { print("  refused: \(line)") }
        for line in Set(upstreamErrors.map { String($0.prefix(240)) }).sorted().prefix(40) { print("  upstream: \(line)") }
        #expect(differences.isEmpty, "\(differences.prefix(10).joined(separator: "\n"))", sourceLocation: location)
    }
}

/// Runs definitions both ways and sets the answers side by side.
struct OracleComparison {
    private var job = OracleJob()
    private var stores: [String: SmallStore] = [:]
    private var definitions: [String: JSONValue] = [:]

    mutating func add(_ name: String, _ store: SmallStore, _ all: [(name: String, definition: JSONValue)]) {
        job.add(name, store, all)
        stores[name] = store
        for item in all { definitions["\(name)/\(item.name)"] = item.definition }
    }

    func run() throws -> OracleReport {
        var report = OracleReport()
        var indexed: [String: IndexedStore] = [:]
        for outcome in try job.run() {
            let key = "\(outcome.store)/\(outcome.name)"
            guard let definition = definitions[key], let store = stores[outcome.store] else { continue }
            if indexed[outcome.store] == nil { indexed = [outcome.store: try IndexedStore(store)] }
            guard let index = indexed[outcome.store] else { continue }
            compare(outcome, definition, index, key, &report)
        }
        return report
    }

    private func compare(
        _ outcome: OracleJob.Outcome, _ definition: JSONValue, _ index: IndexedStore, _ key: String, _ report: inout OracleReport
    ) {
        let evaluation: Evaluation
        do {
            evaluation = try CohortEngine(index: index.index).evaluate(CohortExpression(reading: definition))
        } catch {
            // A definition that both refuse is agreed on.
            if outcome.error == nil { report.refused.append("\(error) [\(key)]") } else { report.compared += 1 }
            return
        }
        if let error = outcome.error {
            report.upstreamErrors.append("\(error) [\(key)]")
            return
        }
        report.compared += 1
        if !outcome.rows.isEmpty { report.withPersons += 1 }
        if let difference = Self.difference(evaluation, outcome, index) {
            report.differences.append("\(key): \(difference) in \(definition.text())")
        }
    }

    private static func difference(_ found: Evaluation, _ expected: OracleJob.Outcome, _ index: IndexedStore) -> String? {
        func compare<Value: Equatable>(_ what: String, _ left: Value, _ right: Value) -> String? {
            left == right ? nil : "\(what): engine \(left), official \(right)"
        }
        let rules = found.attritionAnyEvent.filter { if case .rule = $0.kind { true } else { false } }
        return compare("qualified events", found.qualifiedEvents.value, expected.qualifiedEvents)
            ?? compare("masks by event", found.byEvent.masks.mapValues(\.value), expected.byEvent)
            ?? expected.byPerson.flatMap { compare("masks by person", found.byPerson.masks.mapValues(\.value), $0) }
            ?? compare("attrition", rules.map { index.persons($0.persons) }, Array(expected.anyEvent.dropFirst()))
            ?? compare("persons", index.persons(found.persons), Set(expected.rows.map { $0[0] }))
            ?? compare("rows", found.events.value, expected.rows.count)
    }
}
