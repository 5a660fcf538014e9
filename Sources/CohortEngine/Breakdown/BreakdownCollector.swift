import Cohorts
@_spi(Hospital) import Disclosure
import EventIndex

/// Sorts the cohort's persons into cells by what they were at their index date: the start of their first stay.
struct BreakdownCollector {
    let plan: BreakdownPlan
    private var cells: BreakdownCells

    init(_ plan: BreakdownPlan, universe: Int) {
        self.plan = plan
        cells = BreakdownCells(plan.dimensions, universe: universe)
    }

    /// Adds the persons of one block.
    mutating func add(_ stays: [IndexStay], reader: BlockReader) throws(CohortEngineError) {
        guard !plan.isEmpty, !stays.isEmpty else { return }
        let visits = plan.dimensions.contains(.visitType) ? try Self.visitConcepts(of: stays, reader) : [:]
        let holders = try plan.holders(reader.index, block: reader.block, budget: reader.budget)
        try cells.expect(stays.count, reader.budget)
        let first = reader.block * EventIndex.blockSize
        cells.add(stays.lazy.map { first + Int($0.person) })
        for dimension in plan.dimensions {
            cells.divide(last: stays.count, by: dimension) { Self.category(dimension, stays[$0], visits, holders, reader) }
        }
    }

    /// The table for the gate; nil when no breakdown was asked.
    func breakdown() -> EvaluatedBreakdown? { cells.breakdown() }

    private static func category(
        _ dimension: BreakdownDimension, _ stay: IndexStay, _ visits: [Int64: VisitFacts],
        _ holders: PersonBits?, _ reader: BlockReader
    ) -> Int {
        let person = Int(stay.person)
        switch dimension {
        case .sex:
            return BreakdownCategories.sex(reader.persons.hasRow[person] ? reader.persons.gender[person] : EventRows.nullConcept)
        case .ageBand: return BreakdownCategories.ageBand(reader.persons.age(of: person, on: stay.start))
        case .indexYear: return BreakdownCategories.indexYear(CivilDay.year(of: stay.start))
        case .indexMonth:
            let date = CivilDay.components(of: stay.start)
            return BreakdownCategories.indexMonth(date.year, date.month)
        case .conceptSet: return BreakdownCategories.conceptSet(holders?.contains(person) ?? false)
        case .visitType:
            // A visit of another person does not count.
            let visit = visits[stay.visit].flatMap { $0.person == stay.person ? $0.concept : nil }
            return BreakdownCategories.visitType(visit)
        }
    }

    /// Whose a visit is and of which concept.
    private struct VisitFacts {
        let person: UInt16
        let concept: Int32
    }

    /// The visits that the stays began in.
    private static func visitConcepts(
        of stays: [IndexStay], _ reader: BlockReader
    ) throws(CohortEngineError) -> [Int64: VisitFacts] {
        let wanted = Set(stays.map(\.visit).filter { $0 != EventRows.nullInteger })
        guard !wanted.isEmpty else { return [:] }
        let rows = try reader.rows(of: .visit)
        try reader.budget.spend(rows.count)
        var found: [Int64: VisitFacts] = [:]
        for place in 0..<rows.count where wanted.contains(rows.id[place]) {
            found[rows.id[place]] = VisitFacts(person: rows.person[place], concept: rows.concept[place])
        }
        return found
    }
}
