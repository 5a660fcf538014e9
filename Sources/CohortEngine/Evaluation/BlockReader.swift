import EventIndex

/// What all steps need while one block of persons is evaluated: the block's persons and periods, the index, the budget.
final class BlockReader {
    let index: EventIndex
    let block: Int
    let persons: PersonRows
    let periods: ObservationPeriods
    let budget: EvaluationBudget
    /// How many eras the blocks before this one gave, by criterion: upstream numbers custom eras through the whole store.
    let eraNumbers: EraNumbers
    /// Whether times of day were found where they were needed.
    let moments: MomentWitness

    init(
        index: EventIndex, block: Int, budget: EvaluationBudget, eraNumbers: EraNumbers, moments: MomentWitness
    ) throws(CohortEngineError) {
        self.index = index
        self.block = block
        self.budget = budget
        self.eraNumbers = eraNumbers
        self.moments = moments
        do {
            persons = try index.persons(block: block)
            periods = try index.observationPeriods(block: block)
        } catch {
            throw CohortEngineError(reading: error)
        }
    }

    /// Rows of a source in this block.
    func rows(_ source: CriterionPlan.RowSource) throws(CohortEngineError) -> EventRows {
        try budget.look()
        guard !source.selection.isEmpty else { return EventRows(table: source.selection.table, block: block) }
        do {
            return try index.rows(source.selection, columns: source.columns, block: block)
        } catch {
            throw CohortEngineError(reading: error)
        }
    }

    /// All rows of a table in this block, without further columns.
    func rows(of table: EventTable) throws(CohortEngineError) -> EventRows {
        do {
            return try index.rows(table, concepts: .all, block: block)
        } catch {
            throw CohortEngineError(reading: error)
        }
    }
}

/// Numbers given to custom eras so far.
final class EraNumbers {
    private var given: [String: Int64] = [:]

    /// The first number of the next `count` eras of the criterion at `pointer`.
    func next(_ count: Int, at pointer: String) -> Int64 {
        let first = given[pointer, default: 0] + 1
        given[pointer] = first + Int64(count) - 1
        return first
    }
}

extension CohortEngineError {
    /// The index could not be read.
    init(reading error: EventIndexError) {
        self.init(.index, error.message, advice: error.advice)
    }
}
