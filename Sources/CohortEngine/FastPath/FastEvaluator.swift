import Cohorts
@_spi(Hospital) import Disclosure
import EventIndex

/// Evaluates a fast plan over all blocks and adds up what they give. Every person has one event, so what is counted by event
/// and what is counted by person is the same.
struct FastEvaluator {
    private let plan: CohortPlan
    private let fast: FastPlan
    private let index: EventIndex
    private var entryEvents = 0
    private var masks: [UInt64: Int] = [:]
    private var entry: [UInt64]
    private var steps: [[UInt64]]
    private var breakdown: FastBreakdown

    init(_ plan: CohortPlan, _ fast: FastPlan, index: EventIndex, breakdown: [BreakdownDimension]) {
        self.plan = plan
        self.fast = fast
        self.index = index
        entry = [UInt64](repeating: 0, count: (index.personCount + 63) / 64)
        steps = Array(repeating: entry, count: plan.rules.count + 1)
        self.breakdown = FastBreakdown(breakdown, universe: index.personCount)
    }

    /// The evaluation, or nil if a block turned out to need the general way.
    mutating func evaluate(
        _ budget: EvaluationBudget, conceptSets: [ConceptSetResolution]
    ) throws(CohortEngineError) -> Evaluation? {
        do {
            var vectors: FastBlock?
            for block in 0..<index.blockCount {
                try budget.look()
                let facts = try index.facts(block: block)
                let part = vectors ?? FastBlock(fast, index: index, facts: facts)
                vectors = part
                try part.evaluate(block: block, facts: facts)
                add(part)
            }
        } catch is FastBlock.NeedsGeneralPath {
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

    private mutating func add(_ part: FastBlock) {
        let first = part.block * PersonBits.wordCount
        let words = min(PersonBits.wordCount, entry.count - first)
        let left = PersonBits()
        left.copy(part.qualified)
        for word in 0..<words {
            entry[first + word] = part.entry[word]
            entryEvents += part.entry[word].nonzeroBitCount
            steps[0][first + word] = part.qualified[word]
            if part.qualified[word] != 0 { split(part.qualified[word], word, 0, 0, part.rules) }
        }
        for (rule, bits) in part.rules.enumerated() {
            left.intersect(bits)
            for word in 0..<words { steps[rule + 1][first + word] = left[word] }
        }
        breakdown.add(left, part)
    }

    /// Counts 64 persons by which rules they satisfy: one rule after another divides them in two.
    private mutating func split(_ persons: UInt64, _ word: Int, _ rule: Int, _ mask: UInt64, _ rules: [PersonBits]) {
        guard rule < rules.count else {
            masks[mask, default: 0] += persons.nonzeroBitCount
            return
        }
        let yes = persons & rules[rule][word]
        let no = persons & ~yes
        if yes != 0 { split(yes, word, rule + 1, mask | 1 << UInt64(rule), rules) }
        if no != 0 { split(no, word, rule + 1, mask, rules) }
    }

    // MARK: The evaluation

    private func evaluation(_ conceptSets: [ConceptSetResolution]) -> Evaluation {
        let names = plan.rules.map(\.name)
        let cohort = set(steps[plan.rules.count])
        let attrition = attrition(cohort)
        let statistics = InclusionStatistics(masks, names: names)
        return Evaluation(
            semanticsVersion: CohortSemantics.version, persons: cohort, events: cohort.count,
            entryEvents: ExactCount(entryEvents), qualifiedEvents: statistics.base, attritionAnyEvent: attrition,
            attritionBestEvent: attrition, byEvent: statistics, byPerson: statistics, breakdown: breakdown.breakdown(),
            conceptSets: conceptSets)
    }

    private func attrition(_ cohort: PersonSet) -> [AttritionStep] {
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

/// Sorts the cohort's persons into cells by sex, age and year at the index day.
struct FastBreakdown {
    private let dimensions: [BreakdownDimension]
    private let names: [[String]]
    private let universe: Int
    /// Persons of each cell that somebody is in; a cell's place counts through the dimensions, the last one fastest.
    private var cells: [[UInt64]]

    init(_ dimensions: [BreakdownDimension], universe: Int) {
        self.dimensions = dimensions
        self.universe = universe
        names = dimensions.map { BreakdownCategories.names(of: $0) }
        cells = Array(repeating: [], count: dimensions.isEmpty ? 0 : names.reduce(1) { $0 * $1.count })
    }

    mutating func add(_ persons: PersonBits, _ part: FastBlock) {
        if dimensions.isEmpty { return }
        let facts = part.facts
        persons.forEach { person in
            guard let day = part.first.day(of: person) else { return }
            let year = YearDays.year(of: day)
            var cell = 0
            for place in dimensions.indices {
                let category =
                    switch dimensions[place] {
                    case .sex: BreakdownCategories.sex(facts.gender(person))
                    case .ageBand: BreakdownCategories.ageBand(facts.yearOfBirth(person).map { Double(year - $0) } ?? .nan)
                    case .indexYear: BreakdownCategories.indexYear(year)
                    case .visitType: 0
                    }
                cell = cell * names[place].count + category
            }
            if cells[cell].isEmpty { cells[cell] = [UInt64](repeating: 0, count: (universe + 63) / 64) }
            let ordinal = part.block * EventIndex.blockSize + person
            cells[cell][ordinal >> 6] |= 1 << UInt64(ordinal & 63)
        }
    }

    /// The table for the gate; nil when no breakdown was asked.
    func breakdown() -> EvaluatedBreakdown? {
        if dimensions.isEmpty { return nil }
        var sets: [[String]: PersonSet] = [:]
        for (cell, words) in cells.enumerated() where !words.isEmpty {
            var key: [String] = []
            var rest = cell
            for own in names.reversed() {
                key.append(own[rest % own.count])
                rest /= own.count
            }
            sets[key.reversed()] = PersonSet(universe: universe, words: words)
        }
        return EvaluatedBreakdown(
            dimensions: zip(dimensions, names).map { EvaluatedBreakdown.Dimension(name: $0.rawValue, categories: $1) },
            cells: sets)
    }
}
