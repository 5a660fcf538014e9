import Cohorts
@_spi(Hospital) import Disclosure
import EventIndex

/// Adds up what the blocks gave. Every part is a sum or union over persons, so the order of the blocks does not matter.
struct EvaluationCollector {
    private let plan: CohortPlan
    private let universe: Int
    private var entryEvents = 0
    private var qualifiedEvents = 0
    private var cohortEvents = 0
    private var byEvent: [UInt64: Int] = [:]
    private var byPerson: [UInt64: Int] = [:]
    private var entry: [UInt64]
    private var anyEvent: [[UInt64]]
    private var bestEvent: [[UInt64]]
    private var cohort: [UInt64]
    private var breakdown: BreakdownCollector

    init(_ plan: CohortPlan, breakdown: BreakdownPlan, universe: Int) {
        self.plan = plan
        self.universe = universe
        self.breakdown = BreakdownCollector(breakdown, universe: universe)
        entry = [UInt64](repeating: 0, count: (universe + 63) / 64)
        cohort = entry
        anyEvent = Array(repeating: entry, count: plan.rules.count + 1)
        bestEvent = anyEvent
    }

    mutating func add(_ outcome: BlockOutcome, reader: BlockReader) throws(CohortEngineError) {
        entryEvents += outcome.entryEvents
        qualifiedEvents += outcome.qualifiedEvents
        cohortEvents += outcome.cohortEvents
        byEvent.merge(outcome.inclusion.byEvent, uniquingKeysWith: +)
        byPerson.merge(outcome.inclusion.byPerson, uniquingKeysWith: +)
        place(outcome.entryPersons, of: reader.block, in: &entry)
        place(outcome.cohortPersons, of: reader.block, in: &cohort)
        for step in anyEvent.indices {
            place(outcome.inclusion.anyEvent[step], of: reader.block, in: &anyEvent[step])
            place(outcome.inclusion.bestEvent[step], of: reader.block, in: &bestEvent[step])
        }
        try breakdown.add(outcome.firstStays, reader: reader)
    }

    mutating func evaluation(_ conceptSets: [ConceptSetResolution]) -> Evaluation {
        let names = plan.rules.map(\.name)
        return Evaluation(
            semanticsVersion: CohortSemantics.version, persons: set(cohort), events: ExactCount(cohortEvents),
            entryEvents: ExactCount(entryEvents), qualifiedEvents: ExactCount(qualifiedEvents),
            attritionAnyEvent: attrition(anyEvent), attritionBestEvent: attrition(bestEvent),
            byEvent: InclusionStatistics(byEvent, names: names), byPerson: InclusionStatistics(byPerson, names: names),
            breakdown: breakdown.breakdown(), conceptSets: conceptSets)
    }

    private func attrition(_ steps: [[UInt64]]) -> [AttritionStep] {
        var attrition = [AttritionStep(kind: .entry, name: "entry events", persons: set(entry))]
        if plan.hasAdditionalCriteria {
            attrition.append(AttritionStep(kind: .qualified, name: "additional criteria", persons: set(steps[0])))
        }
        for (rule, entry) in plan.rules.enumerated() {
            attrition.append(AttritionStep(kind: .rule(rule + 1), name: entry.name, persons: set(steps[rule + 1])))
        }
        return attrition + [AttritionStep(kind: .cohort, name: "cohort", persons: set(cohort))]
    }

    private func set(_ words: [UInt64]) -> PersonSet { PersonSet(universe: universe, words: words) }

    private func place(_ persons: BlockPersons, of block: Int, in words: inout [UInt64]) {
        let first = block * BlockPersons.wordCount
        for word in first..<min(first + BlockPersons.wordCount, words.count) { words[word] = persons.words[word - first] }
    }
}
