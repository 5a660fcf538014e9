import Cohorts
@_spi(Hospital) import Disclosure
import EventIndex

/// Sorts the cohort's persons into cells, from what the vectors hold.
struct FastBreakdown {
    private let plan: BreakdownPlan
    private var cells: BreakdownCells

    init(_ plan: BreakdownPlan, universe: Int) {
        self.plan = plan
        cells = BreakdownCells(plan.dimensions, universe: universe)
    }

    /// Adds persons of one block with their index days.
    mutating func add(_ persons: PersonBits, _ days: DayVector, _ reader: FastReader) throws {
        if plan.isEmpty { return }
        let visits = plan.dimensions.contains(.visitType) ? try IndexVisits(persons, days, reader) : nil
        let holders = try plan.holders(reader.index, block: reader.block, budget: reader.budget)
        let facts = reader.facts
        for word in 0..<PersonBits.wordCount {
            var bits = persons[word]
            while bits != 0 {
                let person = word << 6 | bits.trailingZeroBitCount
                bits &= bits &- 1
                guard let day = days.day(of: person) else { continue }
                let year = YearDays.year(of: day)
                try cells.add(reader.block * EventIndex.blockSize + person, reader.budget) { dimension in
                    switch dimension {
                    case .sex: BreakdownCategories.sex(facts.gender(person))
                    case .ageBand: BreakdownCategories.ageBand(facts.yearOfBirth(person).map { Double(year - $0) } ?? .nan)
                    case .indexYear: BreakdownCategories.indexYear(year)
                    case .indexMonth: BreakdownCategories.indexMonth(year, CivilDay.components(of: day).month)
                    case .visitType: BreakdownCategories.visitType(visits?.concept(of: person))
                    case .conceptSet: BreakdownCategories.conceptSet(holders?.contains(person) ?? false)
                    }
                }
            }
        }
    }

    /// The table for the gate; nil when no breakdown was asked.
    mutating func breakdown() -> EvaluatedBreakdown? { cells.breakdown() }
}

/// The concept of the visit of each person's index event: of the events of the index day, the one with the smallest id.
private struct IndexVisits {
    private struct Best {
        var id: Int64
        var concept: Int32?
    }

    private var best: [Int: Best] = [:]

    init(_ persons: PersonBits, _ days: DayVector, _ reader: FastReader) throws {
        for criterion in reader.plan.entry {
            let postings = try reader.postings(criterion)
            let places = try Self.places(criterion, postings, persons, days, reader)
            let ids = try postings.ids(places)
            let concepts = try Self.concepts(criterion, postings, places)
            for (at, place) in places.enumerated() where best[place.person].map({ ids[at] < $0.id }) ?? true {
                best[place.person] = Best(id: ids[at], concept: concepts[at])
            }
        }
    }

    func concept(of person: Int) -> Int32? { best[person]?.concept }

    /// The rows of a criterion that are events on the index day.
    private static func places(
        _ criterion: FastCriterion, _ postings: Postings, _ persons: PersonBits, _ days: DayVector, _ reader: FastReader
    ) throws -> [PostingPlace] {
        let wanted = PersonBits()
        wanted.copy(persons)
        if let allowed = reader.people(criterion) { wanted.intersect(allowed) }
        if criterion.first {
            let firsts = DayVector()
            postings.lower(firsts)
            persons.forEach { if firsts.day(of: $0) != days.day(of: $0) { wanted.remove($0) } }
        }
        return postings.places(of: wanted, on: days, choice: try reader.choice(criterion, postings))
            .filter { place in days.day(of: place.person).map { reader.isInside(criterion, $0, place.person) } ?? false }
    }

    /// The visits' concepts; nil for no visit.
    private static func concepts(
        _ criterion: FastCriterion, _ postings: Postings, _ places: [PostingPlace]
    ) throws -> [Int32?] {
        if criterion.selection.table == .visit { return places.map(\.concept) }
        guard criterion.hasVisit else { return places.map { _ in nil } }
        return try postings.concepts(.visitType, places).map { $0 == EventRows.absentRow ? nil : $0 }
    }
}
