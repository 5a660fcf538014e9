import Cohorts
@_spi(Hospital) import Disclosure
import EventIndex

/// Sorts the cohort's persons into cells by what they were at their index date: the start of their first stay.
struct BreakdownCollector {
    let dimensions: [BreakdownDimension]
    private let universe: Int
    private var cells: [[Int]: [UInt64]] = [:]

    init(_ dimensions: [BreakdownDimension], universe: Int) {
        self.dimensions = dimensions
        self.universe = universe
    }

    /// Adds the persons of one block.
    mutating func add(_ stays: [IndexStay], reader: BlockReader) throws(CohortEngineError) {
        guard !dimensions.isEmpty, !stays.isEmpty else { return }
        let visits = dimensions.contains(.visitType) ? try Self.visitConcepts(of: stays, reader) : [:]
        for stay in stays {
            let cell = dimensions.map { Self.category($0, stay, visits, reader) }
            let ordinal = reader.block * EventIndex.blockSize + Int(stay.person)
            if cells[cell] == nil {
                let words = (universe + 63) / 64
                try reader.budget.hold(bytes: words * 8)
                cells[cell] = [UInt64](repeating: 0, count: words)
            }
            cells[cell]?[ordinal >> 6] |= 1 << UInt64(ordinal & 63)
        }
    }

    /// The table for the gate; nil when no breakdown was asked.
    func breakdown() -> EvaluatedBreakdown? {
        guard !dimensions.isEmpty else { return nil }
        let names = dimensions.map { BreakdownCategories.names(of: $0) }
        var sets: [[String]: PersonSet] = [:]
        for (cell, words) in cells {
            sets[zip(names, cell).map { $0[$1] }] = PersonSet(universe: universe, words: words)
        }
        return EvaluatedBreakdown(
            dimensions: zip(dimensions, names).map { EvaluatedBreakdown.Dimension(name: $0.rawValue, categories: $1) },
            cells: sets)
    }

    private static func category(
        _ dimension: BreakdownDimension, _ stay: IndexStay, _ visits: [Int64: VisitFacts], _ reader: BlockReader
    ) -> Int {
        let person = Int(stay.person)
        switch dimension {
        case .sex:
            return BreakdownCategories.sex(reader.persons.hasRow[person] ? reader.persons.gender[person] : EventRows.nullConcept)
        case .ageBand: return BreakdownCategories.ageBand(reader.persons.age(of: person, on: stay.start))
        case .indexYear: return BreakdownCategories.indexYear(CivilDay.year(of: stay.start))
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
