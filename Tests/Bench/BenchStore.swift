import Foundation
import GRDBSQLite
import OMOPStore

/// A store for measuring: persons who fall ill by Zipf's law, whose chronic conditions recur and are treated by drugs that
/// follow them, over a tree of concepts five wide. The same seed makes the same rows; a person's rows depend on its number
/// alone, so a smaller store is the beginning of a larger one.
final class BenchStore {
    /// Concepts of a domain are `first ..< first + count` from the range that the data model leaves to sites.
    struct Domain {
        let first: Int
        let count: Int
    }

    static let conditions = Domain(first: 2_000_100_000, count: 3_000)
    static let drugs = Domain(first: 2_000_200_000, count: 2_000)
    static let measurements = Domain(first: 2_000_300_000, count: 1_000)
    static let procedures = Domain(first: 2_000_400_000, count: 1_000)
    static let firstDay = 12_000
    static let lastDay = 20_500

    static let columns: [(table: CDMTable, columns: [String])] = [
        (.person, ["person_id", "gender_concept_id", "year_of_birth", "race_concept_id", "ethnicity_concept_id"]),
        (
            .observationPeriod,
            [
                "observation_period_id", "person_id", "observation_period_start_date", "observation_period_end_date",
                "period_type_concept_id",
            ]
        ),
        (
            .visitOccurrence,
            [
                "visit_occurrence_id", "person_id", "visit_concept_id", "visit_start_date", "visit_end_date",
                "visit_type_concept_id",
            ]
        ),
        (
            .conditionOccurrence,
            [
                "condition_occurrence_id", "person_id", "condition_concept_id", "condition_start_date", "condition_end_date",
                "condition_type_concept_id", "visit_occurrence_id",
            ]
        ),
        (
            .drugExposure,
            [
                "drug_exposure_id", "person_id", "drug_concept_id", "drug_exposure_start_date", "drug_exposure_end_date",
                "drug_type_concept_id", "visit_occurrence_id",
            ]
        ),
        (
            .measurement,
            [
                "measurement_id", "person_id", "measurement_concept_id", "measurement_date", "measurement_type_concept_id",
                "value_as_number", "unit_concept_id", "visit_occurrence_id",
            ]
        ),
        (
            .procedureOccurrence,
            [
                "procedure_occurrence_id", "person_id", "procedure_concept_id", "procedure_date", "procedure_type_concept_id",
                "visit_occurrence_id",
            ]
        ),
        (.death, ["person_id", "death_date", "death_type_concept_id"]),
        (.concept, ["concept_id", "concept_name", "domain_id", "standard_concept", "invalid_reason"]),
        (
            .conceptAncestor,
            ["ancestor_concept_id", "descendant_concept_id", "min_levels_of_separation", "max_levels_of_separation"]
        ),
        (.conceptRelationship, ["concept_id_1", "concept_id_2", "relationship_id", "invalid_reason"]),
        (.vocabulary, ["vocabulary_id", "vocabulary_name", "vocabulary_version"]),
    ]

    private var connection: OpaquePointer?
    private var writers: [CDMTable: RowWriter] = [:]
    private var files: [CSVFile] = []
    private let days: DayTexts
    private let eventsPerPerson: Int
    private var events = 0
    private var ids: [Int] = Array(repeating: 0, count: 6)

    /// Creates the database at `path` and CSV files in `csvFolder`.
    init(path: String, csvFolder: String?, eventsPerPerson: Int) throws {
        self.eventsPerPerson = eventsPerPerson
        let calendar = Calendar(identifier: .iso8601)
        let format = Date.ISO8601FormatStyle(timeZone: TimeZone(identifier: "UTC") ?? calendar.timeZone).year().month().day()
        days = DayTexts(
            first: Self.firstDay - 1,
            texts: (Self.firstDay - 1...Self.lastDay + 400).map {
                Date(timeIntervalSince1970: Double($0) * 86_400).formatted(format)
            })
        try? FileManager.default.removeItem(atPath: path)
        guard sqlite3_open(path, &connection) == SQLITE_OK else { throw BenchFailure("\(path) cannot be written") }
        try execute("PRAGMA page_size = 8192; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA temp_store = FILE")
        try execute("PRAGMA cache_size = -65536; BEGIN")
        for (table, columns) in Self.columns {
            try execute("CREATE TABLE \(table.rawValue) (\(Self.definition(table)))")
            let marks = columns.map { _ in "?" }.joined(separator: ",")
            var statement: OpaquePointer?
            sqlite3_prepare_v2(
                connection, "INSERT INTO \(table.rawValue) (\(columns.joined(separator: ","))) VALUES (\(marks))", -1, &statement,
                nil)
            guard let statement else { throw BenchFailure("\(table.rawValue) does not take rows") }
            let csv = try csvFolder.map { try CSVFile("\($0)/\(table.rawValue).csv") }
            if let csv { files.append(csv) }
            writers[table] = RowWriter(statement, columns: columns.count, csv: csv)
        }
    }

    deinit { sqlite3_close_v2(connection) }

    private static func definition(_ table: CDMTable) -> String {
        table.columns.enumerated().map { place, column in
            let type =
                switch column.type {
                case .integer: "INTEGER"
                case .number: "REAL"
                case .text, .date, .datetime: "TEXT"
                }
            let isKey = place == 0 && table != .death && column.type == .integer && !table.rawValue.contains("concept_")
            return "\(column.name) \(type)\(isKey ? " PRIMARY KEY" : "")"
        }.joined(separator: ", ")
    }

    private func execute(_ sql: String) throws {
        guard sqlite3_exec(connection, sql, nil, nil, nil) == SQLITE_OK else {
            throw BenchFailure("\(sql.prefix(60)): \(String(cString: sqlite3_errmsg(connection)))")
        }
    }

    /// Writes everything.
    /// - Returns: how many clinical events there are (visits not counted).
    func write(persons: Int) throws -> Int {
        try writeVocabulary()
        for number in 0..<persons { try writePerson(number) }
        writers = [:]
        for file in files { try file.flush() }
        try execute("COMMIT")
        return events
    }

    /// The indices that OHDSI's scripts make, by person and by concept.
    func index() throws {
        for (table, _) in Self.columns {
            guard table.hasPerson, table != .person else { continue }
            try execute("CREATE INDEX \(table.rawValue)_person ON \(table.rawValue) (person_id)")
            if let concept = table.shape?.concept {
                try execute("CREATE INDEX \(table.rawValue)_concept ON \(table.rawValue) (\(concept))")
            }
        }
        try execute("CREATE INDEX concept_ancestor_1 ON concept_ancestor (ancestor_concept_id)")
        try execute("ANALYZE")
    }

    private func writer(_ table: CDMTable) throws -> RowWriter {
        guard let writer = writers[table] else { throw BenchFailure("\(table.rawValue) is not open") }
        return writer
    }

    // MARK: Vocabulary

    private func writeVocabulary() throws {
        let concept = try writer(.concept)
        let ancestor = try writer(.conceptAncestor)
        let domains = [
            (Self.conditions, "Condition"), (Self.drugs, "Drug"), (Self.measurements, "Measurement"),
            (Self.procedures, "Procedure"),
        ]
        for (domain, name) in domains {
            for number in 0..<domain.count {
                concept.int(domain.first + number)
                concept.text("\(name) \(number)")
                concept.text(name)
                concept.text("S")
                concept.null()
                try concept.end()
                var above = number
                var levels = 0
                while true {
                    for value in [domain.first + above, domain.first + number, levels, levels] { ancestor.int(value) }
                    try ancestor.end()
                    if above == 0 { break }
                    above = (above - 1) / 5
                    levels += 1
                }
            }
        }
        let vocabulary = try writer(.vocabulary)
        for text in ["None", "The benchmark's concepts", "bench 1"] { vocabulary.text(text) }
        try vocabulary.end()
    }

    // MARK: Persons

    private struct Period {
        var first: Int
        var last: Int
        var length: Int { last - first + 1 }
    }

    private func writePerson(_ number: Int) throws {
        var random = SplitMix(seed: UInt64(number) &* 0x9E37_79B9_7F4A_7C15 ^ 0x5EED)
        let id = 1_000 + 3 * number + random.below(3)
        let person = try writer(.person)
        person.int(id)
        person.int(random.below(100) < 52 ? 8_532 : 8_507)
        person.int(1_930 + random.below(80))
        person.int(0)
        person.int(0)
        try person.end()
        let periods = try writePeriods(id, &random)
        // Log-normal use of care: most persons have little, some very much.
        let care = exp(random.normal() * 0.9 - 0.4)
        let visits = min(2_000, max(1, Int(care * Double(eventsPerPerson) / 4 + 0.5)))
        let chronic = (0..<random.below(4)).map { _ in random.zipf(Self.conditions.count) }
        for _ in 0..<visits { try writeVisit(id, periods[random.below(periods.count)], chronic, &random) }
        if random.below(100) < 4, let last = periods.last {
            let death = try writer(.death)
            death.int(id)
            death.day(last.last, days)
            death.int(32_817)
            try death.end()
        }
    }

    private func writePeriods(_ id: Int, _ random: inout SplitMix) throws -> [Period] {
        let first = Self.firstDay + random.below(4_000)
        let length = 200 + random.below(4_000)
        var periods = [Period(first: first, last: min(first + length, Self.lastDay))]
        if random.below(100) < 12, periods[0].last + 800 < Self.lastDay {
            let again = periods[0].last + 100 + random.below(300)
            periods.append(Period(first: again, last: min(again + 200 + random.below(1_500), Self.lastDay)))
        }
        let writer = try writer(.observationPeriod)
        for period in periods {
            ids[0] += 1
            writer.int(ids[0])
            writer.int(id)
            writer.day(period.first, days)
            writer.day(period.last, days)
            writer.int(32_817)
            try writer.end()
        }
        return periods
    }

    private func writeVisit(_ id: Int, _ period: Period, _ chronic: [Int], _ random: inout SplitMix) throws {
        let day = period.first + random.below(period.length)
        let kind = random.below(100)
        let stay = kind < 8 ? min(random.below(14), period.last - day) : 0
        ids[1] += 1
        let visit = ids[1]
        let writer = try writer(.visitOccurrence)
        writer.int(visit)
        writer.int(id)
        writer.int(kind < 8 ? 9_201 : kind < 20 ? 9_203 : 9_202)
        writer.day(day, days)
        writer.day(day + stay, days)
        writer.int(32_817)
        try writer.end()
        for _ in 0..<1 + random.below(7) {
            events += 1
            let when = day + (stay > 0 ? random.below(stay + 1) : 0)
            switch random.below(20) {
            case 0..<7:
                let own = !chronic.isEmpty && random.below(2) == 0
                let concept = own ? chronic[random.below(chronic.count)] : random.zipf(Self.conditions.count)
                try writeSpan(.conditionOccurrence, 2, id, Self.conditions.first + concept, when, random.below(20), period, visit)
            case 7..<13:
                let own = !chronic.isEmpty && random.below(10) < 6
                let concept =
                    own ? min(chronic[random.below(chronic.count)], Self.drugs.count - 1) : random.zipf(Self.drugs.count)
                try writeSpan(.drugExposure, 3, id, Self.drugs.first + concept, when, 7 * random.below(13), period, visit)
            case 13..<18: try writeMeasurement(id, when, visit, &random)
            default: try writeProcedure(id, when, visit, &random)
            }
        }
    }

    private func writeSpan(
        _ table: CDMTable, _ counter: Int, _ id: Int, _ concept: Int, _ day: Int, _ length: Int, _ period: Period, _ visit: Int
    ) throws {
        ids[counter] += 1
        let writer = try writer(table)
        writer.int(ids[counter])
        writer.int(id)
        writer.int(concept)
        writer.day(day, days)
        writer.day(min(day + length, period.last), days)
        writer.int(32_817)
        writer.int(visit)
        try writer.end()
    }

    private func writeMeasurement(_ id: Int, _ day: Int, _ visit: Int, _ random: inout SplitMix) throws {
        ids[4] += 1
        let number = random.zipf(Self.measurements.count)
        let writer = try writer(.measurement)
        writer.int(ids[4])
        writer.int(id)
        writer.int(Self.measurements.first + number)
        writer.day(day, days)
        writer.int(32_817)
        writer.tenths(max(0, Int(500 + Double(number % 7) * 100 + random.normal() * 120)))
        writer.int(2_000_500_000 + number % 20)
        writer.int(visit)
        try writer.end()
    }

    private func writeProcedure(_ id: Int, _ day: Int, _ visit: Int, _ random: inout SplitMix) throws {
        ids[5] += 1
        let writer = try writer(.procedureOccurrence)
        writer.int(ids[5])
        writer.int(id)
        writer.int(Self.procedures.first + random.zipf(Self.procedures.count))
        writer.day(day, days)
        writer.int(32_817)
        writer.int(visit)
        try writer.end()
    }
}

/// A small generator of numbers, the same on every machine.
struct SplitMix {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func below(_ count: Int) -> Int { Int(truncatingIfNeeded: ((next() >> 33) &* UInt64(count)) >> 31) }
    mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }
    mutating func normal() -> Double { (-2 * log(unit() + 1e-300)).squareRoot() * cos(2 * .pi * unit()) }
    /// 0, 1, 2, ... with chances in the proportion of 1, 1/2, 1/3, ...
    mutating func zipf(_ count: Int) -> Int { min(count - 1, Int(exp(unit() * log(Double(count + 1)))) - 1) }
}
