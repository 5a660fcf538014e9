import CanonicalJSON
import Cohorts
@_spi(Hospital) import Disclosure
import EventIndex
import Foundation
import OMOPStore
import Testing

@testable import CohortEngine

/// The engine against the slow reference evaluator, on random definitions over random stores.
@Suite("The engine agrees with a second evaluator written from the specification")
struct AgreementTests {
    /// Long runs are asked for by `DURE_LONG_TESTS=1`.
    static let isLong = ProcessInfo.processInfo.environment["DURE_LONG_TESTS"] == "1"

    @Test("on random definitions over random small stores", arguments: 0..<(isLong ? 120 : 12))
    func randomDefinitions(storeSeed: Int) throws {
        let store = RandomStore.make(seed: storeSeed)
        let indexed = try IndexedStore(store)
        var found = 0
        for number in 0..<(Self.isLong ? 60 : 25) {
            let seed = storeSeed * 10_000 + number
            let definition = RandomDefinition.make(seed: seed)
            let expression = try CohortExpression(reading: definition)
            let expected = ReferenceEvaluator(expression, store).evaluate()
            guard let evaluation = try indexed.evaluate(expression) else { continue }
            if !expected.rows.isEmpty { found += 1 }
            let difference = indexed.difference(evaluation, expected)
            #expect(difference == nil, "seed \(seed): \(difference ?? "") in \(definition.text())")
        }
        // Definitions that find nobody agree easily: some must find somebody.
        #expect(found >= 1)
    }

    @Test("the general path and the fast path", arguments: 0..<(isLong ? 60 : 6))
    func fastPath(storeSeed: Int) throws {
        let store = RandomStore.make(seed: 40_000 + storeSeed, persons: 60)
        let indexed = try IndexedStore(store)
        let engine = CohortEngine(index: indexed.index)
        var fast = 0
        for number in 0..<(Self.isLong ? 100 : 30) {
            let seed = storeSeed * 10_000 + number
            let definition = RandomDefinition.makePlain(seed: seed)
            let expression = try CohortExpression(reading: definition)
            let breakdown: [BreakdownDimension] = number.isMultiple(of: 3) ? [.sex, .ageBand, .indexYear, .visitType] : []
            var compiler = try PlanCompiler(expression, index: indexed.index, limits: .standard)
            if FastPlan(try compiler.compile(), breakdown: try compiler.compile([], by: nil)) != nil { fast += 1 }
            let general = try engine.evaluate(
                expression, breakdown: breakdown, isCancelled: { false }, mayTakeFastPath: false)
            let quick = try engine.evaluate(expression, breakdown: breakdown)
            let expected = ReferenceEvaluator(expression, store).evaluate()
            for (name, found) in [("general", general), ("fast", quick)] {
                let difference = indexed.difference(found, expected)
                #expect(difference == nil, "seed \(seed), \(name): \(difference ?? "") in \(definition.text())")
            }
            #expect(general.breakdown?.cells == quick.breakdown?.cells, "seed \(seed): breakdown in \(definition.text())")
        }
        // The test says something only while most of its definitions take the fast path.
        #expect(fast >= 12)
    }
}
