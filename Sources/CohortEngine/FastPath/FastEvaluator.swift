import Cohorts
@_spi(Hospital) import Disclosure
import EventIndex

/// Evaluates a fast plan over all blocks and adds up what they give. Where every person has one event, what is counted by event
/// and what is counted by person is the same.
struct FastEvaluator {
    private let plan: CohortPlan
    private let fast: FastPlan
    private let index: EventIndex
    private var entryEvents = 0
    private var cohortEvents = 0
    private var byEvent: [UInt64: Int] = [:]
    private var byPerson: [UInt64: Int] = [:]
    private var entry: [UInt64]
    /// Who has some event that satisfies the first k rules.
    private var anyEvent: [[UInt64]]
    /// Whose best event satisfies the first k rules.
    private var bestEvent: [[UInt64]]
    private var breakdown: FastBreakdown

    init(_ plan: CohortPlan, _ fast: FastPlan, index: EventIndex, breakdown: BreakdownPlan) {
        self.plan = plan
        self.fast = fast
        self.index = index
        entry = [UInt64](repeating: 0, count: (index.personCount + 63) / 64)
        anyEvent = Array(repeating: entry, count: plan.rules.count + 1)
        bestEvent = anyEvent
        self.breakdown = FastBreakdown(breakdown, universe: index.personCount)
    }

    /// The evaluation, or nil if a block turned out to need the general way.
    mutating func evaluate(
        _ budget: EvaluationBudget, conceptSets: [ConceptSetResolution]
    ) throws(CohortEngineError) -> Evaluation? {
        do {
            if index.blockCount > 0 {
                let part = FastBlock(fast, reader: try FastReader(fast, index: index, budget: budget))
                for block in 0..<index.blockCount {
                    try budget.look()
                    try part.evaluate(block: block)
                    try add(part)
                }
            }
        } catch is NeedsGeneralPath {
            return nil
        } catch let error as EventIndexError {
            throw CohortEngineError(reading: error)
        } catch let error as CohortEngineError {
            throw error
        } catch {
            throw CohortEngineError(.index, "\(error)", advice: "Build the index again")
        }
        return evaluation(conceptSets)
    }

    // MARK: Adding up

    private mutating func add(_ part: FastBlock) throws {
        entryEvents += part.entryEvents
        place(part.entry, part, &entry)
        if let several = part.several {
            try add(several, part)
        } else {
            try addSingle(part)
        }
    }

    /// Persons have one event each.
    private mutating func addSingle(_ part: FastBlock) throws {
        let left = PersonBits()
        left.copy(part.qualified)
        place(left, part, &anyEvent[0])
        split(part.qualified, part.rules)
        for (rule, bits) in part.rules.enumerated() {
            left.intersect(bits)
            place(left, part, &anyEvent[rule + 1])
        }
        cohortEvents += left.count
        try breakdown.add(left, part.first, part.reader)
    }

    private mutating func add(_ several: SeveralEvents, _ part: FastBlock) throws {
        byEvent.merge(several.byEvent, uniquingKeysWith: +)
        byPerson.merge(several.byPerson, uniquingKeysWith: +)
        for step in anyEvent.indices {
            place(several.anyEvent[step], part, &anyEvent[step])
            place(several.bestEvent[step], part, &bestEvent[step])
        }
        cohortEvents += several.stays
        try breakdown.add(several.cohort, several.index, part.reader)
    }

    private func place(_ bits: PersonBits, _ part: FastBlock, _ words: inout [UInt64]) {
        let first = part.reader.block * PersonBits.wordCount
        words.withUnsafeMutableBufferPointer { words in
            for word in 0..<min(PersonBits.wordCount, words.count - first) { words[first + word] = bits[word] }
        }
    }

    /// Counts persons by which rules they satisfy. With few rules the counts are a table that masks are places of.
    private mutating func split(_ persons: PersonBits, _ rules: [PersonBits]) {
        if rules.isEmpty {
            let count = persons.count
            if count > 0 { byEvent[0, default: 0] += count }
            return
        }
        guard rules.count <= Self.tabledRules else {
            for word in 0..<PersonBits.wordCount where persons[word] != 0 {
                Self.split(persons[word], word, 0, 0, rules) { byEvent[$0, default: 0] += $1 }
            }
            return
        }
        var counts = [Int](repeating: 0, count: 1 << rules.count)
        counts.withUnsafeMutableBufferPointer { counts in
            for word in 0..<PersonBits.wordCount where persons[word] != 0 {
                Self.split(persons[word], word, 0, 0, rules) { counts[Int($0)] += $1 }
            }
        }
        for (mask, count) in counts.enumerated() where count > 0 { byEvent[UInt64(mask), default: 0] += count }
    }

    private static let tabledRules = 8

    /// Counts 64 persons: one rule after another divides them in two.
    private static func split(
        _ persons: UInt64, _ word: Int, _ rule: Int, _ mask: UInt64, _ rules: [PersonBits], _ count: (UInt64, Int) -> Void
    ) {
        guard rule < rules.count else { return count(mask, persons.nonzeroBitCount) }
        let yes = persons & rules[rule][word]
        let no = persons & ~yes
        if yes != 0 { split(yes, word, rule + 1, mask | 1 << UInt64(rule), rules, count) }
        if no != 0 { split(no, word, rule + 1, mask, rules, count) }
    }

    // MARK: The evaluation

    private mutating func evaluation(_ conceptSets: [ConceptSetResolution]) -> Evaluation {
        let names = plan.rules.map(\.name)
        let cohort = set(anyEvent[plan.rules.count])
        let hasSeveral = fast.keepsSeveral
        let statistics = InclusionStatistics(byEvent, names: names)
        return Evaluation(
            semanticsVersion: CohortSemantics.version, persons: cohort, events: ExactCount(cohortEvents),
            entryEvents: ExactCount(entryEvents), qualifiedEvents: statistics.base,
            attritionAnyEvent: attrition(anyEvent, cohort),
            attritionBestEvent: attrition(hasSeveral ? bestEvent : anyEvent, cohort), byEvent: statistics,
            byPerson: hasSeveral ? InclusionStatistics(byPerson, names: names) : statistics, breakdown: breakdown.breakdown(),
            conceptSets: conceptSets)
    }

    private func attrition(_ steps: [[UInt64]], _ cohort: PersonSet) -> [AttritionStep] {
        var attrition = [AttritionStep(kind: .entry, name: "entry events", persons: set(entry))]
        if plan.hasAdditionalCriteria {
            attrition.append(AttritionStep(kind: .qualified, name: "additional criteria", persons: set(steps[0])))
        }
        for (rule, entry) in plan.rules.enumerated() {
            attrition.append(AttritionStep(kind: .rule(rule + 1), name: entry.name, persons: set(steps[rule + 1])))
        }
        return attrition + [AttritionStep(kind: .cohort, name: "cohort", persons: cohort)]
    }

    private func set(_ words: [UInt64]) -> PersonSet { PersonSet(universe: index.personCount, words: words) }
}
