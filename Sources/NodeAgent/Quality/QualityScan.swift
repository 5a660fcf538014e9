import CanonicalJSON
import EventIndex

/// Walks over an index once and counts what the checks need.
struct QualityScan {
    let index: EventIndex
    let record: IndexRelease?
    /// The last day that a record may have: days since 1970-01-01.
    let today: Int32
    let isCancelled: @Sendable () -> Bool

    /// More rows than this are not compared by id: eight bytes each would be held in memory at once.
    static let comparableRows = 20_000_000
    /// 1900-01-01: nothing in a hospital's records is older.
    private static let firstDay: Int32 = -25_567
    /// Records are written for some weeks after a death; the check of the dashboard allows for sixty days.
    private static let daysAfterDeath: Int32 = 60

    /// - Throws: `STORE` where the index is damaged, `QUESTION` where it was called off.
    func facts() throws(NodeError) -> QualityFacts {
        do throws(EventIndexError) {
            if let facts = try counted() { return facts }
        } catch {
            throw NodeError(error)
        }
        throw NodeError(.question, "The checks were stopped.", advice: "Start them again when it suits.")
    }

    /// Nil where it was called off.
    private func counted() throws(EventIndexError) -> QualityFacts? {
        var facts = QualityFacts()
        facts.hasVocabulary = index.conceptCount > 0
        facts.leftOut = record?.isWhole == true ? record?.leftOut : nil
        var ids: [EventTable: [Int64]] = [:]
        for table in EventTable.allCases where index.statistics(table).isPresent {
            facts.tables[table] = concepts(of: table)
            let records = index.statistics(table).records
            if records <= Self.comparableRows { ids[table] = [] } else { facts.tables[table]?.repeatedID = nil }
        }
        for block in 0..<index.blockCount {
            if isCancelled() { return nil }
            let persons = try PersonFacts(index, block)
            persons.count(into: &facts.persons, today)
            for table in facts.tables.keys {
                guard var counts = facts.tables[table] else { continue }
                try count(table, block, persons, &counts, &ids)
                facts.tables[table] = counts
            }
        }
        for (table, list) in ids { facts.tables[table]?.repeatedID = Self.repeated(list) }
        return facts
    }

    /// What the concepts alone tell, without a look at the rows.
    private func concepts(of table: EventTable) -> QualityFacts.Table {
        let statistics = index.statistics(table)
        var counts = QualityFacts.Table()
        (counts.records, counts.persons) = (statistics.records, statistics.persons)
        counts.unmapped = statistics.unmappedRecords
        for concept in index.concepts(in: table) where concept != 0 {
            let records = index.statistics(table, concept: concept).records
            guard let known = index.concept(concept) else {
                counts.unknownConcept += records
                continue
            }
            if !known.isStandard || known.isInvalid { counts.notStandard += records }
            if let domains = table.domains, !domains.contains(known.domain) { counts.otherDomain += records }
        }
        return counts
    }

    private func count(
        _ table: EventTable, _ block: Int, _ persons: PersonFacts, _ counts: inout QualityFacts.Table,
        _ ids: inout [EventTable: [Int64]]
    ) throws(EventIndexError) {
        let hasUnits = table == .measurement
        let rows = try index.rows(table, concepts: .all, columns: hasUnits ? [.valueNumber, .unitConcept] : [], block: block)
        for row in 0..<rows.count {
            let person = Int(rows.person[row])
            let start = rows.start[row]
            let end = rows.end[row]
            if end != EventRows.nullDay {
                counts.ended += 1
                if end < start { counts.endBeforeStart += 1 }
            }
            if let birth = persons.birth[person] {
                counts.withBirth += 1
                if start < birth { counts.beforeBirth += 1 }
            }
            if let death = persons.death[person] {
                counts.withDeath += 1
                if start > death + Self.daysAfterDeath { counts.afterDeath += 1 }
            }
            if table != .observationPeriod, !persons.isObserved(person, on: start) { counts.outsideObservation += 1 }
            if start < Self.firstDay || start > today { counts.implausibleYear += 1 }
        }
        if hasUnits { Self.units(rows, &counts) }
        ids[table]?.append(contentsOf: rows.id)
    }

    private static func units(_ rows: EventRows, _ counts: inout QualityFacts.Table) {
        let units = rows.concepts(.unitConcept)
        for (row, number) in rows.numbers(.valueNumber).enumerated() where !number.isNaN {
            counts.withNumber += 1
            let unit = row < units.count ? units[row] : EventRows.nullConcept
            if unit == EventRows.nullConcept || unit == 0 { counts.withoutUnit += 1 }
        }
    }

    private static func repeated(_ ids: [Int64]) -> Int {
        let sorted = ids.sorted()
        return sorted.indices.dropFirst().reduce(0) { $0 + (sorted[$1] == sorted[$1 - 1] ? 1 : 0) }
    }
}

/// What is known of the persons of one block.
struct PersonFacts {
    /// The first day on which the person can have been born.
    private(set) var birth: [Int32?]
    /// The day of death.
    private(set) var death: [Int32?]
    private let rows: PersonRows
    private let periods: ObservationPeriods

    init(_ index: EventIndex, _ block: Int) throws(EventIndexError) {
        let rows = try index.persons(block: block)
        self.rows = rows
        periods = try index.observationPeriods(block: block)
        birth = (0..<rows.count).map { person in
            let year = rows.yearOfBirth[person]
            guard rows.hasRow[person], (1_800...2_200).contains(year) else { return nil }
            let month = (1...12).contains(rows.monthOfBirth[person]) ? Int(rows.monthOfBirth[person]) : 1
            let day = CalendarDay(year: Int(year), month: month, day: Int(rows.dayOfBirth[person]))
            return (day ?? CalendarDay(year: Int(year), month: month, day: 1))?.dayNumber
        }
        death = [Int32?](repeating: nil, count: rows.count)
        let deaths = try index.rows(.death, concepts: .all, block: block)
        for row in 0..<deaths.count where death[Int(deaths.person[row])] == nil {
            death[Int(deaths.person[row])] = deaths.start[row]
        }
    }

    func isObserved(_ person: Int, on day: Int32) -> Bool {
        periods.range(of: person).contains { periods.start[$0] <= day && day <= periods.end[$0] }
    }

    func count(into counts: inout QualityFacts.Persons, _ today: Int32) {
        counts.count += rows.count
        for person in 0..<rows.count {
            if !rows.hasRow[person] { counts.withoutRow += 1 }
            let range = periods.range(of: person)
            if range.isEmpty { counts.withoutPeriod += 1 }
            if range.dropFirst().contains(where: { periods.start[$0] <= periods.end[$0 - 1] }) { counts.overlappingPeriods += 1 }
            if rows.hasRow[person], birth[person].map({ $0 < Self.oldest || $0 > today }) ?? true { counts.implausibleBirth += 1 }
            if rows.hasRow[person], ![8_507, 8_532].contains(rows.gender[person]) { counts.unknownGender += 1 }
        }
    }

    /// 1850-01-01
    private static let oldest: Int32 = -43_829
}

extension EventTable {
    /// The domains that a table's concepts may be of, by the data model; nil where any may stand there.
    var domains: Set<String>? {
        switch self {
        case .condition, .conditionEra, .death: ["Condition"]
        case .drug, .drugEra, .doseEra: ["Drug"]
        case .procedure: ["Procedure"]
        case .measurement: ["Measurement"]
        case .device: ["Device"]
        case .visit, .visitDetail: ["Visit"]
        case .specimen: ["Specimen"]
        case .episode: ["Episode"]
        case .observation, .observationPeriod, .payerPlanPeriod: nil
        }
    }
}
