import EventIndex

// Checks of whether values can be true.

/// `plausibleStartBeforeEnd`
struct StartBeforeEnd: QualityCheck {
    let name = "start-before-end"
    let category = QualityCategory.plausibility
    let threshold = 1.0
    let tables: [EventTable]? = [
        .condition, .drug, .device, .visit, .visitDetail, .conditionEra, .drugEra, .doseEra, .observationPeriod, .payerPlanPeriod,
        .episode,
    ]

    func count(_ facts: QualityFacts, _ table: EventTable?) -> QualityCount {
        facts.of(table) { $0.ended == 0 ? .notRun("no row has an end") : .failing($0.endBeforeStart, of: $0.ended) }
    }
}

/// `plausibleAfterBirth`
struct AfterBirth: QualityCheck {
    let name = "after-birth"
    let category = QualityCategory.plausibility
    let threshold = 1.0
    let tables: [EventTable]? = EventTable.allCases

    func count(_ facts: QualityFacts, _ table: EventTable?) -> QualityCount {
        facts.of(table) {
            $0.withBirth == 0 ? .notRun("nobody's year of birth is known") : .failing($0.beforeBirth, of: $0.withBirth)
        }
    }
}

/// `plausibleBeforeDeath`: not more than sixty days after.
struct BeforeDeath: QualityCheck {
    let name = "before-death"
    let category = QualityCategory.plausibility
    let threshold = 1.0
    let tables: [EventTable]? = EventTable.allCases.filter { $0 != .death }

    func count(_ facts: QualityFacts, _ table: EventTable?) -> QualityCount {
        guard facts.tables[.death]?.records ?? 0 > 0 else { return .notRun("no death is recorded") }
        return facts.of(table) {
            $0.withDeath == 0 ? .notRun("no row is of a person who died") : .failing($0.afterDeath, of: $0.withDeath)
        }
    }
}

/// Rows outside every observation period: most cohorts do not see them.
struct WithinObservation: QualityCheck {
    let name = "within-observation"
    let category = QualityCategory.plausibility
    let threshold = 5.0
    let tables: [EventTable]? = EventTable.allCases.filter { $0 != .observationPeriod && $0 != .death && $0 != .payerPlanPeriod }

    func count(_ facts: QualityFacts, _ table: EventTable?) -> QualityCount {
        facts.of(table) { .failing($0.outsideObservation, of: $0.records) }
    }
}

/// Rows before 1900 or in the future.
struct PlausibleYear: QualityCheck {
    let name = "plausible-year"
    let category = QualityCategory.plausibility
    let threshold = 1.0
    let tables: [EventTable]? = EventTable.allCases

    func count(_ facts: QualityFacts, _ table: EventTable?) -> QualityCount {
        facts.of(table) { .failing($0.implausibleYear, of: $0.records) }
    }
}

/// `measureObservationPeriodOverlap`
struct PeriodsApart: QualityCheck {
    let name = "periods-apart"
    let category = QualityCategory.plausibility
    let threshold = 0.0
    let tables: [EventTable]? = nil

    func count(_ facts: QualityFacts, _ table: EventTable?) -> QualityCount {
        .failing(facts.persons.overlappingPeriods, of: facts.persons.count - facts.persons.withoutPeriod)
    }
}

/// `plausibleValueLow` and `High` of the year of birth: known, from 1850, not in the future.
struct BirthYear: QualityCheck {
    let name = "birth-year"
    let category = QualityCategory.plausibility
    let threshold = 1.0
    let tables: [EventTable]? = nil

    func count(_ facts: QualityFacts, _ table: EventTable?) -> QualityCount {
        .failing(facts.persons.implausibleBirth, of: facts.persons.count - facts.persons.withoutRow)
    }
}

/// Persons whose sex is neither of the two standard concepts.
struct KnownSex: QualityCheck {
    let name = "known-sex"
    let category = QualityCategory.completeness
    let threshold = 5.0
    let tables: [EventTable]? = nil

    func count(_ facts: QualityFacts, _ table: EventTable?) -> QualityCount {
        .failing(facts.persons.unknownGender, of: facts.persons.count - facts.persons.withoutRow)
    }
}
