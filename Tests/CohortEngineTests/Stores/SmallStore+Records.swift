// A test may fail at once: a missing value here is a mistake in the test.
// swift-format-ignore-file: NeverForceUnwrap

import OMOPStore

/// Shorthand for records in stores that are written by hand.
extension SmallStore {
    /// Concepts 1 with 2 and 3 below it, 11 with 12, 21 with 22.
    static func withVocabulary() -> SmallStore {
        var store = SmallStore()
        for (root, below) in [(1, [2, 3]), (11, [12]), (21, [22])] {
            store.concept(root)
            for concept in below { store.concept(concept, under: [root]) }
        }
        return store
    }

    mutating func condition(
        _ person: Int, _ concept: Int, _ on: String, until: String? = nil, visit: Int? = nil, source: Int? = nil
    ) {
        add(
            .conditionOccurrence,
            [
                "person_id": .int(person), "condition_concept_id": .int(concept), "condition_start_date": date(on),
                "condition_end_date": until.map { date($0) } ?? .null, "visit_occurrence_id": visit.map { .int($0) } ?? .null,
                "condition_source_concept_id": source.map { .int($0) } ?? .null,
            ])
    }

    mutating func drug(_ person: Int, _ concept: Int, _ on: String, until: String? = nil, days: Int? = nil, visit: Int? = nil) {
        add(
            .drugExposure,
            [
                "person_id": .int(person), "drug_concept_id": .int(concept), "drug_exposure_start_date": date(on),
                "drug_exposure_end_date": until.map { date($0) } ?? .null, "days_supply": days.map { .int($0) } ?? .null,
                "visit_occurrence_id": visit.map { .int($0) } ?? .null,
            ])
    }

    mutating func measurement(_ person: Int, _ concept: Int, _ on: String, value: Double? = nil, minute: Int? = nil) {
        add(
            .measurement,
            [
                "person_id": .int(person), "measurement_concept_id": .int(concept), "measurement_date": date(on),
                "measurement_datetime": minute.map { .minute(dayNumber(on) * 1440 + $0) } ?? .null,
                "value_as_number": value.map { .double($0) } ?? .null,
            ])
    }

    /// A visit; its id.
    @discardableResult
    mutating func visit(_ person: Int, _ on: String, until: String? = nil, concept: Int = 9201) -> Int {
        add(
            .visitOccurrence,
            [
                "person_id": .int(person), "visit_concept_id": .int(concept), "visit_start_date": date(on),
                "visit_end_date": until.map { date($0) } ?? .null,
            ])
        return rows(.visitOccurrence).last!.int("visit_occurrence_id")!
    }
}
