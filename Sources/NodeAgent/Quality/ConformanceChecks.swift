import EventIndex

// Checks of the form of the data. In comments: the check of the DataQualityDashboard that each is after.

/// `cdmTable`: a table is there.
struct TableThere: QualityCheck {
    static let word = "table-there"
    let name = Self.word
    let category = QualityCategory.conformance
    let threshold = 0.0
    let tables: [EventTable]? = [.observationPeriod, .visit, .condition, .drug, .procedure, .measurement, .observation, .death]

    func count(_ facts: QualityFacts, _ table: EventTable?) -> QualityCount {
        .failing(table.map { facts.tables[$0] != nil } == true ? 0 : 1, of: 1)
    }
}

/// `isForeignKey` of PERSON: rows of persons whom the store does not know.
struct KnownPerson: QualityCheck {
    let name = "known-person"
    let category = QualityCategory.conformance
    let threshold = 0.0
    let tables: [EventTable]? = EventTable.allCases

    func count(_ facts: QualityFacts, _ table: EventTable?) -> QualityCount {
        facts.leftOut(table, for: ["no person_id", "the person has neither"])
    }
}

/// `isRequired` of the start date and the row's own id.
struct RequiredFields: QualityCheck {
    let name = "required-fields"
    let category = QualityCategory.conformance
    let threshold = 0.0
    let tables: [EventTable]? = EventTable.allCases

    func count(_ facts: QualityFacts, _ table: EventTable?) -> QualityCount {
        facts.leftOut(table, for: ["no readable"])
    }
}

/// `isPrimaryKey`: no id twice.
struct UniqueKey: QualityCheck {
    let name = "unique-key"
    let category = QualityCategory.conformance
    let threshold = 0.0
    let tables: [EventTable]? = EventTable.allCases

    func count(_ facts: QualityFacts, _ table: EventTable?) -> QualityCount {
        facts.of(table) { counts in
            guard let repeated = counts.repeatedID else {
                return .notRun("more than \(QualityScan.comparableRows) rows are not compared with each other")
            }
            return .failing(repeated, of: counts.records)
        }
    }
}

/// `isForeignKey` of CONCEPT: concepts that the vocabulary does not have.
struct KnownConcept: QualityCheck {
    let name = "known-concept"
    let category = QualityCategory.conformance
    let threshold = 0.0
    let tables: [EventTable]? = EventTable.allCases.filter(\.hasConcept)

    func count(_ facts: QualityFacts, _ table: EventTable?) -> QualityCount {
        facts.ofConcepts(table) { .failing($0.unknownConcept, of: $0.records - $0.unmapped) }
    }
}

/// `isStandardValidConcept`: concepts in a standard column that are not standard or no longer valid.
struct StandardConcept: QualityCheck {
    let name = "standard-concept"
    let category = QualityCategory.conformance
    let threshold = 0.0
    let tables: [EventTable]? = EventTable.allCases.filter(\.hasConcept)

    func count(_ facts: QualityFacts, _ table: EventTable?) -> QualityCount {
        facts.ofConcepts(table) { .failing($0.notStandard, of: $0.records - $0.unmapped - $0.unknownConcept) }
    }
}

/// `fkDomain`: concepts of another domain than the table's.
struct OwnDomain: QualityCheck {
    let name = "own-domain"
    let category = QualityCategory.conformance
    let threshold = 0.0
    let tables: [EventTable]? = EventTable.allCases.filter { $0.domains != nil }

    func count(_ facts: QualityFacts, _ table: EventTable?) -> QualityCount {
        facts.ofConcepts(table) { .failing($0.otherDomain, of: $0.records - $0.unmapped - $0.unknownConcept) }
    }
}

extension QualityFacts {
    /// What `body` says of a table that is there.
    func of(_ table: EventTable?, _ body: (Table) -> QualityCount) -> QualityCount {
        table.flatMap { tables[$0] }.map(body) ?? .noTable
    }

    /// The same where the store has a vocabulary to look into.
    func ofConcepts(_ table: EventTable?, _ body: (Table) -> QualityCount) -> QualityCount {
        hasVocabulary ? of(table, body) : .notRun("the store has no vocabulary")
    }

    /// Rows of a table that are not in the index for a reason that begins with one of these words.
    func leftOut(_ table: EventTable?, for reasons: [String]) -> QualityCount {
        of(table) { counts in
            guard let leftOut else { return .notRun("the last refresh read only the rows of changed persons") }
            let rows = leftOut.filter { $0.table == table?.rawValue }
            let failing = rows.filter { row in reasons.contains { row.reason.hasPrefix($0) } }.reduce(0) { $0 + $1.rows }
            return .failing(failing, of: counts.records + rows.reduce(0) { $0 + $1.rows })
        }
    }
}
