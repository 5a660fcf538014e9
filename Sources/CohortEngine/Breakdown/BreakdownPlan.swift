import Cohorts
import EventIndex

/// By what the cohort's persons are broken down.
struct BreakdownPlan: Sendable {
    let dimensions: [BreakdownDimension]
    /// The records of the further concept set; nil where it is no dimension.
    let records: ConceptSelection?

    var isEmpty: Bool { dimensions.isEmpty }

    /// Who in a block has one of the records, at any time.
    func holders(_ index: EventIndex, block: Int, budget: EvaluationBudget) throws(CohortEngineError) -> PersonBits? {
        guard let records else { return nil }
        try budget.spend(records.records / max(1, index.blockCount))
        let holders = PersonBits()
        do {
            if let postings = try index.postings(records, block: block) {
                try postings.insert(into: holders)
            } else {
                for person in try index.rows(records, block: block).person { holders.insert(Int(person)) }
            }
        } catch {
            throw CohortEngineError(reading: error)
        }
        return holders
    }
}
