import CanonicalJSON
import Cohorts
@_spi(Hospital) import Disclosure
import Testing

@testable import CohortEngine

/// What taking a branch out of a definition does, on random definitions over random stores.
@Suite("Branches of definitions")
struct BranchTests {
    @Test("A branch changes the cohort only in its stated direction, and no number before its stage", arguments: 0..<6)
    func directions(storeSeed: Int) throws {
        let indexed = try IndexedStore(RandomStore.make(seed: 70_000 + storeSeed, persons: 60))
        var (branches, changed) = (0, 0)
        for number in 0..<20 {
            let seed = storeSeed * 10_000 + number
            let definition = number.isMultiple(of: 2) ? RandomDefinition.make(seed: seed) : RandomDefinition.makePlain(seed: seed)
            let expression = try CohortExpression(reading: definition)
            guard let whole = try indexed.evaluate(expression) else { continue }
            let stages = try #require(expression.stages(ofSteps: whole.attritionAnyEvent.count))
            for (place, branch) in expression.branches.enumerated() {
                guard let rest = try indexed.evaluate(expression.without([place])) else { continue }
                branches += 1
                let words: Comment = "seed \(seed), branch \(place) of \(definition.text())"
                if rest.persons != whole.persons { changed += 1 }
                #expect(branch.mayGain || rest.persons.isSubset(of: whole.persons), words)
                #expect(branch.mayLose || whole.persons.isSubset(of: rest.persons), words)
                #expect(rest.attritionAnyEvent.count == whole.attritionAnyEvent.count, words)
                for (step, stage) in stages.enumerated() where stage < branch.stage {
                    #expect(rest.attritionAnyEvent[step].persons == whole.attritionAnyEvent[step].persons, words)
                }
            }
        }
        // The test says something only where branches matter.
        #expect(branches > 20 && changed > 3)
    }
}
