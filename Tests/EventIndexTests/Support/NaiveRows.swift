import OMOPStore

@testable import EventIndex

/// The same question asked of the store's rows directly: loops and dictionaries, nothing shared with the index.
struct NaiveRows {
    struct Row: Hashable {
        var person: Int
        var start: Int32
        var end: Int32
        var id: Int64
        var visit: Int64
        var concept: Int32
        var values: [EventColumn: String]
    }

    let store: RowStore
    let ordinals: [Int64: Int]
    private let visits: [[Int64]: Int32]
    private let providers: [Int64: Int32]
    private let sites: [Int64: Int32]

    init(_ store: RowStore) {
        self.store = store
        var persons = Set<Int64>()
        for table in [CDMTable.person, .observationPeriod] {
            for row in store.tables[table] ?? [] { if case .whole(let id)? = row["person_id"] { persons.insert(id) } }
        }
        var ordinals: [Int64: Int] = [:]
        for (place, id) in persons.sorted().enumerated() { ordinals[id] = place }
        self.ordinals = ordinals
        var visits: [[Int64]: Int32] = [:]
        for row in store.tables[.visitOccurrence] ?? [] where row["person_id"] != nil && row["visit_start_date"] != nil {
            visits[[RandomStore.whole(row["person_id"]), RandomStore.whole(row["visit_occurrence_id"])]] =
                Self.concept(row["visit_concept_id"])
        }
        self.visits = visits
        func keyed(_ table: CDMTable, _ id: String, _ concept: String) -> [Int64: Int32] {
            var found: [Int64: Int32] = [:]
            for row in store.tables[table] ?? [] { found[RandomStore.whole(row[id])] = Self.concept(row[concept]) }
            return found
        }
        providers = keyed(.provider, "provider_id", "specialty_concept_id")
        sites = keyed(.careSite, "care_site_id", "place_of_service_concept_id")
    }

    private static func concept(_ value: RowStore.Value?) -> Int32 {
        if case .whole(let id)? = value { Int32(id) } else { Int32.min }
    }

    /// Rows that satisfy the condition on (standard, source), by (person, start, id).
    func rows(_ table: EventTable, where keep: (Int32, Int32) -> Bool = { _, _ in true }) -> [Row] {
        let layout = TableLayout.of(table)
        let sourceName = layout.columns.first { $0.column == .sourceConcept }?.name
        var found: [Row] = []
        for row in store.tables[layout.table] ?? [] {
            guard case .whole(let personID)? = row["person_id"], let person = ordinals[personID],
                case .day(let start)? = row[layout.start], case .whole(let id)? = row[layout.id]
            else { continue }
            let concept = layout.concept.map { Self.concept(row[$0]) } ?? Int32.min
            let source = sourceName.map { Self.concept(row[$0]) } ?? Int32.min
            guard keep(concept, source) else { continue }
            var end = Int32.min
            if let name = layout.end, case .day(let day)? = row[name] { end = day }
            let visit = layout.hasVisit ? RandomStore.whole(row["visit_occurrence_id"]) : Int64.min
            var values: [EventColumn: String] = [:]
            for column in layout.columns { values[column.column] = value(column, row, personID) }
            found.append(
                Row(person: person, start: start, end: end, id: id, visit: visit, concept: concept, values: values))
        }
        return found.sorted { ($0.person, $0.start, $0.id) < ($1.person, $1.start, $1.id) }
    }

    private func value(_ column: TableLayout.Column, _ row: RowStore.Row, _ person: Int64) -> String {
        switch column.column {
        case .providerSpecialty:
            return "\(row["provider_id"].flatMap { providers[RandomStore.whole($0)] } ?? Int32.min)"
        case .placeOfService:
            return "\(row["care_site_id"].flatMap { sites[RandomStore.whole($0)] } ?? Int32.min + 1)"
        case .visitType:
            return "\(row["visit_occurrence_id"].flatMap { visits[[person, RandomStore.whole($0)]] } ?? Int32.min + 1)"
        default: break
        }
        let value = column.name.flatMap { row[$0] }
        switch column.column.kind {
        case .concepts: return "\(Self.concept(value))"
        case .integers: if case .minute(let minute)? = value { return "\(minute)" } else { return "\(RandomStore.whole(value))" }
        case .numbers:
            switch value {
            case .number(let number): return "\(number)"
            case .whole(let number): return "\(Double(number))"
            default: return "nan"
            }
        case .texts: if case .text(let text)? = value { return text } else { return "NULL" }
        }
    }
}

extension EventRows {
    /// The rows as `NaiveRows` writes them.
    func naive() -> [NaiveRows.Row] {
        (0..<count).map { row in
            var values: [EventColumn: String] = [:]
            for (column, all) in columns {
                values[column] =
                    switch all {
                    case .concepts(let list): "\(list[row])"
                    case .integers(let list): "\(list[row])"
                    case .numbers(let list): list[row].isNaN ? "nan" : "\(list[row])"
                    case .texts(let codes, let dictionary): codes[row] < 0 ? "NULL" : dictionary[Int(codes[row])]
                    }
            }
            return NaiveRows.Row(
                person: Int(person[row]) + block * EventIndex.blockSize, start: start[row], end: end[row], id: id[row],
                visit: visit[row], concept: concept[row], values: values)
        }
    }
}
