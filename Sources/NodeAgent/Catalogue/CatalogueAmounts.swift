import CanonicalJSON
@_spi(Hospital) import Disclosure
import EventIndex

/// Counts what a catalogue is made of. What it gives is exact and lives in this process only; what leaves goes through
/// `ReleaseGate.catalogue`.
struct CatalogueAmounts {
    let index: EventIndex
    /// Concepts that are in no catalogue.
    let hidden: Set<Int32>
    /// How many concepts of a table are counted at most, the most frequent first.
    let most: Int
    /// Concepts with fewer persons than this are not counted: nothing of them would be shown.
    let least: Int
    let isCancelled: @Sendable () -> Bool

    /// What was counted, and the tables that have more concepts than were.
    struct Counted {
        var rows: [EvaluatedCatalogue.Row] = []
        var cut: Set<EventTable> = []
    }

    /// - Throws: `STORE` where the index is damaged, `QUESTION` where it was called off.
    func count() throws(NodeError) -> Counted {
        var counted = Counted()
        var isComplete = true
        do throws(EventIndexError) {
            if let row = try personYears() { counted.rows.append(row) }
            for table in EventTable.allCases where index.statistics(table).records > 0 && isComplete {
                let (concepts, isCut) = concepts(of: table)
                if isCut { counted.cut.insert(table) }
                let found = try rows(table, concepts)
                counted.rows += found ?? []
                isComplete = found != nil
            }
        } catch {
            throw NodeError(error)
        }
        guard isComplete else {
            throw NodeError(.question, "The counting was stopped.", advice: "Start it again when it suits.")
        }
        return counted
    }

    /// The years that all persons together were observed, as records. Nil where there are fewer years than persons.
    private func personYears() throws(EventIndexError) -> EvaluatedCatalogue.Row? {
        var days = 0
        for block in 0..<index.blockCount {
            let periods = try index.observationPeriods(block: block)
            for (start, end) in zip(periods.start, periods.end) where end >= start { days += Int(end) - Int(start) + 1 }
        }
        let persons = index.statistics(.observationPeriod).persons
        guard persons > 0, days / 365 >= persons else { return nil }
        // No table has this name: `observation` is one.
        return .init(key: ["person_years"], persons: ExactCount(persons), records: ExactCount(days / 365))
    }

    private func concepts(of table: EventTable) -> (Set<Int32>, isCut: Bool) {
        let known = index.concepts(in: table).filter { $0 > 0 && index.concept($0) != nil && !hidden.contains($0) }
            .map { ($0, index.statistics(table, concept: $0).persons) }.filter { $0.1 >= least }
            .sorted { $0.1 != $1.1 ? $0.1 > $1.1 : $0.0 < $1.0 }
        return (Set(known.prefix(most).map(\.0)), known.count > most)
    }

    /// Nil where it was called off.
    private func rows(_ table: EventTable, _ concepts: Set<Int32>) throws(EventIndexError) -> [EvaluatedCatalogue.Row]? {
        var counter = YearCounter(of: concepts)
        for block in 0..<index.blockCount {
            if isCancelled() { return nil }
            counter.count(try index.rows(table, concepts: .all, block: block))
        }
        let name = table.rawValue
        let whole = index.statistics(table)
        var rows = [
            EvaluatedCatalogue.Row(key: [name], persons: ExactCount(whole.persons), records: ExactCount(whole.records))
        ]
        for (year, cell) in counter.years { rows.append(cell.row([name, "\(year)"], of: [name])) }
        for concept in concepts {
            let whole = index.statistics(table, concept: concept)
            rows.append(
                .init(
                    key: [name, "concept", "\(concept)"], persons: ExactCount(whole.persons), records: ExactCount(whole.records)))
        }
        for (key, cell) in counter.cells {
            let parent = [name, "concept", "\(key.concept)"]
            rows.append(cell.row(parent + ["\(key.year)"], of: parent))
        }
        return rows
    }
}

/// Counts records and distinct persons by year, and by concept and year. Rows come by person: it is enough to know who was last.
private struct YearCounter {
    struct Key: Hashable {
        let concept: Int32
        let year: Int
    }

    struct Cell {
        private var persons = 0
        private var records = 0
        private var last = -1

        mutating func note(_ person: Int) {
            records += 1
            if last == person { return }
            last = person
            persons += 1
        }

        func row(_ key: [String], of parent: [String]) -> EvaluatedCatalogue.Row {
            .init(key: key, persons: ExactCount(persons), records: ExactCount(records), parent: parent)
        }
    }

    private let concepts: Set<Int32>
    private(set) var years: [Int: Cell] = [:]
    private(set) var cells: [Key: Cell] = [:]
    private var cached = (day: Int32.min, year: 0)

    init(of concepts: Set<Int32>) { self.concepts = concepts }

    mutating func count(_ rows: EventRows) {
        for row in 0..<rows.count {
            let year = year(of: rows.start[row])
            let person = rows.block * EventIndex.blockSize + Int(rows.person[row])
            years[year, default: Cell()].note(person)
            let concept = rows.concept[row]
            if concepts.contains(concept) { cells[Key(concept: concept, year: year), default: Cell()].note(person) }
        }
    }

    private mutating func year(of day: Int32) -> Int {
        if cached.day != day { cached = (day, CalendarDay(dayNumber: day).components.year) }
        return cached.year
    }
}
