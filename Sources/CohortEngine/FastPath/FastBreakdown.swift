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
        let (facts, first) = (reader.facts, reader.block * EventIndex.blockSize)
        try cells.expect(persons.count, reader.budget)
        var people: [(person: Int, day: Int32)] = []
        persons.forEach { person in if let day = days.day(of: person) { people.append((person, day)) } }
        cells.add(people.lazy.map { first + $0.person })
        // A loop for each dimension, so that nothing is asked person by person.
        let count = people.count
        for dimension in plan.dimensions {
            switch dimension {
            case .sex: cells.divide(last: count, by: .sex) { BreakdownCategories.sex(facts.gender(people[$0].person)) }
            case .ageBand:
                cells.divide(last: count, by: .ageBand) { number in
                    let (person, day) = people[number]
                    return AgeBands.category(facts.yearOfBirth(person).map { YearDays.year(of: day) - $0 })
                }
            case .indexYear:
                cells.divide(last: count, by: .indexYear) {
                    BreakdownCategories.indexYear(YearDays.year(of: people[$0].day))
                }
            case .indexMonth:
                cells.divide(last: count, by: .indexMonth) { number in
                    let date = CivilDay.components(of: people[number].day)
                    return BreakdownCategories.indexMonth(date.year, date.month)
                }
            case .visitType:
                cells.divide(last: count, by: .visitType) {
                    BreakdownCategories.visitType(visits?.concept(of: people[$0].person))
                }
            case .conceptSet:
                cells.divide(last: count, by: .conceptSet) {
                    BreakdownCategories.conceptSet(holders?.contains(people[$0].person) ?? false)
                }
            }
        }
    }

    /// The table for the gate; nil when no breakdown was asked.
    func breakdown() -> EvaluatedBreakdown? { cells.breakdown() }
}

/// The age bands of whole ages, from a table.
private enum AgeBands {
    private static let byAge: [Int] = (0...130).map { BreakdownCategories.ageBand(Double($0)) }

    /// The category of an age; nil is unknown.
    @inline(__always)
    static func category(_ age: Int?) -> Int {
        guard let age else { return BreakdownCategories.ageBand(.nan) }
        return byAge.indices.contains(age) ? byAge[age] : BreakdownCategories.ageBand(Double(age))
    }
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
