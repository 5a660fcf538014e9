// A test may fail at once: a missing value here is a mistake in the test.
// swift-format-ignore-file: NeverForceUnwrap

import OMOPStore

/// One value of a row as the tests write it.
enum Cell: Hashable, Sendable, ExpressibleByIntegerLiteral, ExpressibleByStringLiteral, ExpressibleByFloatLiteral {
    case null
    case int(Int)
    case double(Double)
    case text(String)
    /// Days since 1970-01-01.
    case day(Int)
    /// Minutes since 1970-01-01T00:00.
    case minute(Int)

    init(integerLiteral value: Int) { self = .int(value) }
    init(stringLiteral value: String) { self = .text(value) }
    init(floatLiteral value: Double) { self = .double(value) }

    var int: Int? {
        if case .int(let value) = self { value } else { nil }
    }
    var double: Double? {
        switch self {
        case .double(let value): value
        case .int(let value): Double(value)
        default: nil
        }
    }
    var text: String? {
        if case .text(let value) = self, !value.isEmpty { value } else { nil }
    }
    var day: Int? {
        switch self {
        case .day(let value): value
        case .minute(let value): Int((Double(value) / 1440).rounded(.down))
        default: nil
        }
    }
    var minute: Int? {
        if case .minute(let value) = self { value } else { nil }
    }
}

/// A row: values by CDM column name. A column that is not there is NULL.
typealias Row = [String: Cell]

extension Row {
    func int(_ column: String) -> Int? { self[column]?.int }
    func double(_ column: String) -> Double? { self[column]?.double }
    func text(_ column: String) -> String? { self[column]?.text }
    func day(_ column: String) -> Int? { self[column]?.day }
    func minute(_ column: String) -> Int? { self[column]?.minute }
}

/// A whole store in memory: small enough to be read by eye, complete enough for every criterion.
struct SmallStore: Sendable {
    var tables: [CDMTable: [Row]] = [:]

    /// The rows of a table, in no particular order.
    func rows(_ table: CDMTable) -> [Row] { tables[table] ?? [] }

    /// Adds a row; the table's own id is given when the row has none.
    mutating func add(_ table: CDMTable, _ row: Row) {
        var row = row
        let id = "\(table.rawValue)_id"
        if table != .person, table != .death, table.column(id) != nil, row[id] == nil {
            row[id] = .int(nextID)
            nextID += 1
        }
        tables[table, default: []].append(row)
    }

    /// Ids are unique over all tables, so that no order of events is left open.
    private var nextID = 100_001

    // MARK: Shorthand for stores written by hand

    /// A person with a PERSON row and one observation period.
    mutating func person(_ id: Int, born year: Int = 1970, gender: Int = 8532, from: String, to: String) {
        add(.person, ["person_id": .int(id), "year_of_birth": .int(year), "gender_concept_id": .int(gender)])
        period(id, from: from, to: to)
    }

    /// An observation period.
    mutating func period(_ person: Int, from: String, to: String) {
        add(
            .observationPeriod,
            [
                "person_id": .int(person), "observation_period_start_date": date(from), "observation_period_end_date": date(to),
                "period_type_concept_id": 32_817,
            ])
    }

    /// A concept of the vocabulary with its ancestors (itself among them).
    mutating func concept(_ id: Int, under ancestors: [Int] = [], invalid: Bool = false, standard: Bool = true) {
        add(
            .concept,
            [
                "concept_id": .int(id), "concept_name": .text("concept \(id)"), "domain_id": "Condition", "vocabulary_id": "Test",
                "concept_class_id": "Test", "standard_concept": standard ? "S" : .null, "concept_code": .text("T\(id)"),
                "invalid_reason": invalid ? "D" : .null, "valid_start_date": date("1970-01-01"),
                "valid_end_date": date("2099-12-31"),
            ])
        for ancestor in ancestors + [id] { descent(id, of: ancestor) }
    }

    /// A line of CONCEPT_ANCESTOR.
    mutating func descent(_ concept: Int, of ancestor: Int) {
        add(
            .conceptAncestor,
            [
                "ancestor_concept_id": .int(ancestor), "descendant_concept_id": .int(concept), "min_levels_of_separation": 0,
                "max_levels_of_separation": 0,
            ])
    }

    /// A 'Maps to' relationship.
    mutating func mapping(_ source: Int, to target: Int, invalid: Bool = false) {
        add(
            .conceptRelationship,
            [
                "concept_id_1": .int(source), "concept_id_2": .int(target), "relationship_id": "Maps to",
                "valid_start_date": date("1970-01-01"), "valid_end_date": date("2099-12-31"),
                "invalid_reason": invalid ? "D" : .null,
            ])
    }
}

/// A date cell from "2020-01-31".
func date(_ text: String) -> Cell { .day(dayNumber(text)) }

/// Days since 1970-01-01 of "2020-01-31", counted year by year and month by month.
func dayNumber(_ text: String) -> Int {
    let parts = text.split(separator: "-").map { Int($0)! }
    func isLeap(_ year: Int) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }
    var days = 0
    for year in 1970..<max(parts[0], 1970) { days += isLeap(year) ? 366 : 365 }
    if parts[0] < 1970 { for year in parts[0]..<1970 { days -= isLeap(year) ? 366 : 365 } }
    let months = [31, isLeap(parts[0]) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    return days + months[..<(parts[1] - 1)].reduce(0, +) + parts[2] - 1
}

/// The calendar year of a day number, counted year by year.
func year(of day: Int) -> Int {
    func length(_ year: Int) -> Int { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 366 : 365 }
    var (year, rest) = (1970, day)
    while rest < 0 {
        year -= 1
        rest += length(year)
    }
    while rest >= length(year) {
        rest -= length(year)
        year += 1
    }
    return year
}
