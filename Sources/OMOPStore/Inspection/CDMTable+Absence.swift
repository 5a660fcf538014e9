/// What it means when a store does not have a table.
extension CDMTable {
    /// Whether a store that cannot give the table is of no use at all.
    var isIndispensable: Bool { self == .person || self == .observationPeriod }

    /// How bad it is when the table is missing; nil when nobody would miss it.
    var absenceSeverity: StoreProblem.Severity? {
        switch self {
        case .person: .fatal
        case .observationPeriod, .concept, .conceptAncestor, .conceptRelationship: .warning
        case .visitOccurrence, .conditionOccurrence, .drugExposure, .procedureOccurrence, .deviceExposure, .measurement,
            .observation, .death, .specimen, .visitDetail, .conditionEra, .drugEra, .doseEra, .cdmSource:
            .note
        default: nil
        }
    }

    /// What to do when the table is missing or empty.
    var absenceAdvice: String {
        switch self {
        case .person: "A store without persons has nobody to count: load PERSON"
        case .observationPeriod:
            "Every cohort counts only events inside an observation period, so every count is zero: load OBSERVATION_PERIOD"
        case .concept: "Concept sets find nothing without it: load the vocabulary (dure-node import --vocabulary FOLDER)"
        case .conceptAncestor:
            "Descendants of concepts are not found without it: load the vocabulary (dure-node import --vocabulary FOLDER)"
        case .conceptRelationship:
            "Source codes mapped to a concept are not found without it: load the vocabulary (dure-node import --vocabulary FOLDER)"
        case .cdmSource: "Answers cannot name the data release: load CDM_SOURCE with the release date and the vocabulary version"
        default: "Nothing to do if the hospital has no such data: questions that need it are answered \"not available\""
        }
    }
}

extension ColumnStorage {
    /// Whether values are days written as numbers.
    var isDateNumber: Bool {
        switch self {
        case .compactDate, .epochSeconds, .epochMilliseconds, .epochDays, .julianDay: true
        default: false
        }
    }

    /// In words, for people.
    public var phrase: String {
        switch self {
        case .empty: "nothing"
        case .integer: "whole numbers"
        case .real: "numbers with a fraction"
        case .text: "text"
        case .numericText: "numbers as text"
        case .isoText: "ISO text"
        case .compactDate: "YYYYMMDD"
        case .epochSeconds: "seconds since 1970"
        case .epochMilliseconds: "milliseconds since 1970"
        case .epochDays: "days since 1970"
        case .julianDay: "Julian day numbers"
        case .unreadable: "no dates"
        }
    }
}
