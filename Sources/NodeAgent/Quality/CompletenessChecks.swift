import EventIndex

// Checks of what is missing.

/// `measurePersonCompleteness`: persons without a single row.
struct PersonCompleteness: QualityCheck {
    let name = "persons-with-a-row"
    let category = QualityCategory.completeness
    let threshold = 95.0
    let tables: [EventTable]? = [.visit, .condition, .drug, .procedure, .measurement, .observation]

    func count(_ facts: QualityFacts, _ table: EventTable?) -> QualityCount {
        facts.of(table) { .failing(facts.persons.count - $0.persons, of: facts.persons.count) }
    }
}

/// `measurePersonCompleteness` of OBSERVATION_PERIOD: who has none is in no cohort.
struct ObservedPersons: QualityCheck {
    let name = "observed-persons"
    let category = QualityCategory.completeness
    let threshold = 0.0
    let tables: [EventTable]? = nil

    func count(_ facts: QualityFacts, _ table: EventTable?) -> QualityCount {
        .failing(facts.persons.withoutPeriod, of: facts.persons.count)
    }
}

/// Persons whom only observation periods name.
struct PersonRow: QualityCheck {
    let name = "person-row"
    let category = QualityCategory.completeness
    let threshold = 0.0
    let tables: [EventTable]? = nil

    func count(_ facts: QualityFacts, _ table: EventTable?) -> QualityCount {
        .failing(facts.persons.withoutRow, of: facts.persons.count)
    }
}

/// `standardConceptRecordCompleteness`: rows that are mapped to no concept.
struct MappedRows: QualityCheck {
    let name = "mapped-rows"
    let category = QualityCategory.completeness
    let threshold = 5.0
    let tables: [EventTable]? = EventTable.allCases.filter { $0.hasConcept && $0 != .death }

    func count(_ facts: QualityFacts, _ table: EventTable?) -> QualityCount {
        facts.of(table) { .failing($0.unmapped, of: $0.records) }
    }
}

/// `measureValueCompleteness` of the end of a visit: a visit without an end is as long as the engine takes it to be.
struct VisitEnd: QualityCheck {
    let name = "visit-end"
    let category = QualityCategory.completeness
    let threshold = 0.0
    let tables: [EventTable]? = [.visit, .observationPeriod]

    func count(_ facts: QualityFacts, _ table: EventTable?) -> QualityCount {
        facts.of(table) { .failing($0.records - $0.ended, of: $0.records) }
    }
}

/// Numbers without a unit: criteria with a value and a unit do not find them.
struct MeasurementUnit: QualityCheck {
    let name = "measurement-unit"
    let category = QualityCategory.completeness
    let threshold = 5.0
    let tables: [EventTable]? = [.measurement]

    func count(_ facts: QualityFacts, _ table: EventTable?) -> QualityCount {
        facts.of(table) {
            $0.withNumber == 0 ? .notRun("no measurement has a number") : .failing($0.withoutUnit, of: $0.withNumber)
        }
    }
}
