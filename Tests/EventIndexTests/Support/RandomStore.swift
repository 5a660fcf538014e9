import OMOPStore

@testable import EventIndex

/// Stores of random rows with everything that may go wrong in one: NULLs, ties, orphans, unknown persons, visits of
/// other persons, dates far outside, repeated values and values that occur once.
struct RandomStore {
    var random: SeededRandom
    var store = RowStore()
    var personIDs: [Int64] = []

    init(seed: UInt64, persons: Int, rowsPerTable: Int, shuffled: Bool = false) {
        random = SeededRandom(seed)
        addPersons(persons)
        addReferences()
        for table in EventTable.allCases { addRows(table, rowsPerTable) }
        addVocabulary()
        if !shuffled {
            for table in EventTable.allCases.map({ TableLayout.of($0).table }) {
                store.tables[table]?.sort { Self.whole($0["person_id"]) < Self.whole($1["person_id"]) }
            }
        }
    }

    static func whole(_ value: RowStore.Value?) -> Int64 { if case .whole(let id)? = value { id } else { Int64.min } }

    private mutating func addPersons(_ count: Int) {
        var id: Int64 = 100
        for _ in 0..<count {
            id += Int64(random.whole(1...3))
            personIDs.append(id)
            if random.chance(0.03) { continue }
            var row: RowStore.Row = ["person_id": .whole(id)]
            if random.chance(0.98) { row["year_of_birth"] = .whole(Int64(random.whole(1_900...2_026))) }
            if random.chance(0.5) { row["month_of_birth"] = .whole(Int64(random.whole(1...12))) }
            row["gender_concept_id"] = .whole(random.pick([8_507, 8_532, 8_532, 0]))
            if random.chance(0.9) { row["race_concept_id"] = .whole(38_003_585) }
            row["ethnicity_concept_id"] = .whole(0)
            store.tables[.person, default: []].append(row)
        }
    }

    private mutating func addReferences() {
        for id in 1...20 {
            var provider: RowStore.Row = ["provider_id": .whole(Int64(id))]
            if id % 4 != 0 { provider["specialty_concept_id"] = .whole(Int64(38_004_000 + id % 3)) }
            store.tables[.provider, default: []].append(provider)
            var site: RowStore.Row = ["care_site_id": .whole(Int64(id))]
            if id % 5 != 0 { site["place_of_service_concept_id"] = .whole(Int64(8_700 + id % 4)) }
            store.tables[.careSite, default: []].append(site)
        }
    }

    private mutating func day() -> Int32 {
        switch random.whole(0...199) {
        case 0: -200_000
        case 1: 60_000
        case 2: HotDay.origin
        case 3: HotDay.origin - 1
        case 4: HotDay.origin + 65_534
        case 5: HotDay.origin + 65_535
        default: Int32(random.whole(14_000...14_400))
        }
    }

    private mutating func addRows(_ table: EventTable, _ count: Int) {
        let layout = TableLayout.of(table)
        let rows = table == .observationPeriod ? personIDs.count + 10 : count
        for number in 0..<rows {
            var row: RowStore.Row = [:]
            // Every person has an observation period, so that the orphans are known; a few rows are of nobody.
            let person =
                table == .observationPeriod && number < personIDs.count
                ? personIDs[number] : table != .observationPeriod && random.chance(0.01) ? 7 : random.pick(personIDs)
            row["person_id"] = random.chance(0.995) || table == .observationPeriod ? .whole(person) : nil
            if table != .death { row[layout.id] = .whole(Int64(1_000 + number * 3)) }
            let start = day()
            row[layout.start] = random.chance(0.995) ? .day(start) : nil
            if let end = layout.end, random.chance(0.7) { row[end] = .day(start &+ Int32(random.whole(-2...40))) }
            if let concept = layout.concept, random.chance(0.97) {
                row[concept] = .whole(random.chance(0.1) ? 0 : Int64(4_000_000 + random.whole(0...9) * random.whole(0...9)))
            }
            if layout.hasVisit, table != .visit, random.chance(0.8) {
                row["visit_occurrence_id"] = .whole(Int64(1_000 + random.whole(0...(count + 20)) * 3))
            }
            if layout.hasProvider, random.chance(0.8) { row["provider_id"] = .whole(Int64(random.whole(1...25))) }
            if layout.hasCareSite, random.chance(0.8) { row["care_site_id"] = .whole(Int64(random.whole(1...25))) }
            for column in layout.columns { row.merge(value(column, start)) { $1 } }
            store.tables[layout.table, default: []].append(row)
        }
    }

    private mutating func value(_ column: TableLayout.Column, _ start: Int32) -> RowStore.Row {
        guard let name = column.name, random.chance(0.8) else { return [:] }
        switch column.column {
        case .startMinute, .endMinute:
            return [name: .minute(Int64(start) * 1_440 + Int64(random.whole(0...4_000)))]
        case .gapDays: return [name: .whole(0)]
        default: break
        }
        switch column.column.kind {
        case .concepts:
            return [name: .whole(Int64(random.pick([0, 581_373, 32_817, 2_000_000_001, 45_000_000 + random.whole(0...50)])))]
        case .integers: return [name: .whole(Int64(random.whole(-3...400)))]
        case .numbers:
            return [
                name: .number(
                    random.chance(0.01) ? Double.random(in: 0..<1, using: &random) : Double(random.whole(0...9_999)) / 10)
            ]
        case .texts: return [name: .text(random.pick(["a", "b", "혈액", "", "100%", "Z9"]) + String(random.whole(0...3)))]
        }
    }

    private mutating func addVocabulary() {
        for id in 0..<200 {
            var row: RowStore.Row = [
                "concept_id": .whole(Int64(4_000_000 + id)), "domain_id": .text(random.pick(["Condition", "Drug"])),
            ]
            if random.chance(0.2) { row["invalid_reason"] = .text("D") }
            if random.chance(0.7) { row["standard_concept"] = .text(random.pick(["S", "C"])) }
            store.tables[.concept, default: []].append(row)
        }
        for _ in 0..<2_000 {
            store.tables[.conceptAncestor, default: []].append([
                "ancestor_concept_id": .whole(Int64(4_000_000 + random.whole(0...210))),
                "descendant_concept_id": .whole(Int64(4_000_000 + random.whole(0...210))),
            ])
        }
        for _ in 0..<500 {
            var row: RowStore.Row = [
                "concept_id_1": .whole(Int64(4_000_000 + random.whole(0...210))),
                "concept_id_2": .whole(Int64(4_000_000 + random.whole(0...210))),
                "relationship_id": .text(random.pick(["Maps to", "Is a"])),
            ]
            if random.chance(0.1) { row["invalid_reason"] = .text("D") }
            store.tables[.conceptRelationship, default: []].append(row)
        }
    }
}
