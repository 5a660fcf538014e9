/// The kinds of criteria, by Circe's names.
public enum CriterionDomain: String, Sendable, Hashable, CaseIterable {
    /// Rows of CONDITION_OCCURRENCE.
    case conditionOccurrence = "ConditionOccurrence"
    /// Rows of DRUG_EXPOSURE.
    case drugExposure = "DrugExposure"
    /// Rows of PROCEDURE_OCCURRENCE.
    case procedureOccurrence = "ProcedureOccurrence"
    /// Rows of MEASUREMENT.
    case measurement = "Measurement"
    /// Rows of OBSERVATION.
    case observation = "Observation"
    /// Rows of DEVICE_EXPOSURE.
    case deviceExposure = "DeviceExposure"
    /// Rows of VISIT_OCCURRENCE.
    case visitOccurrence = "VisitOccurrence"
    /// Rows of VISIT_DETAIL.
    case visitDetail = "VisitDetail"
    /// Rows of SPECIMEN.
    case specimen = "Specimen"
    /// Rows of DEATH.
    case death = "Death"
    /// Rows of CONDITION_ERA.
    case conditionEra = "ConditionEra"
    /// Rows of DRUG_ERA.
    case drugEra = "DrugEra"
    /// Rows of DOSE_ERA.
    case doseEra = "DoseEra"
    /// Rows of OBSERVATION_PERIOD.
    case observationPeriod = "ObservationPeriod"
    /// Rows of PAYER_PLAN_PERIOD.
    case payerPlanPeriod = "PayerPlanPeriod"
    /// Rows of EPISODE.
    case episode = "Episode"
    /// Regions through LOCATION_HISTORY, a table that CDM v5.4 does not have.
    case locationRegion = "LocationRegion"
    /// Spans merged from the events of other criteria.
    case customEra = "CustomEra"

    /// Whether `CodesetId` selects rows. It is ignored, or does not exist, for periods and custom eras.
    public var hasCodeset: Bool {
        switch self {
        case .observationPeriod, .payerPlanPeriod, .customEra: false
        default: true
        }
    }

    /// Whether `First` exists.
    public var hasFirst: Bool { self != .death && self != .locationRegion }

    /// The key of the concept set that the row's source concept must be in as well.
    public var sourceConceptKey: String? {
        switch self {
        case .conditionOccurrence: "ConditionSourceConcept"
        case .drugExposure: "DrugSourceConcept"
        case .procedureOccurrence: "ProcedureSourceConcept"
        case .measurement: "MeasurementSourceConcept"
        case .observation: "ObservationSourceConcept"
        case .deviceExposure: "DeviceSourceConcept"
        case .visitOccurrence: "VisitSourceConcept"
        case .visitDetail: "VisitDetailSourceConcept"
        case .specimen: "SpecimenSourceConcept"
        case .death: "DeathSourceConcept"
        default: nil
        }
    }

    /// Whether an event has one date only; its end is the day after.
    public var isOneDay: Bool {
        switch self {
        case .procedureOccurrence, .measurement, .observation, .specimen, .death: true
        default: false
        }
    }

    /// Whether events carry a visit. A `RestrictVisit` criterion on the others never matches.
    public var hasVisit: Bool {
        switch self {
        case .conditionOccurrence, .drugExposure, .procedureOccurrence, .measurement, .observation, .deviceExposure,
            .visitOccurrence, .visitDetail:
            true
        default: false
        }
    }

    /// Whether a period of the author's own may replace the row's dates (`UserDefinedPeriod`).
    public var hasUserDefinedPeriod: Bool { self == .observationPeriod || self == .payerPlanPeriod }

    /// The columns that a distinct count may ask for; anything else is an error, as it is upstream.
    public var countColumns: Set<CountColumn> {
        switch self {
        case .conditionOccurrence, .visitOccurrence, .observationPeriod, .procedureOccurrence, .death, .measurement,
            .observation, .specimen, .deviceExposure, .drugExposure, .drugEra, .doseEra:
            CountColumn.ofEveryDomain.union([.visitID, .domainConcept, .duration]).union(ownCountColumns)
        case .conditionEra: CountColumn.ofEveryDomain.union([.domainConcept, .duration, .eraOccurrences])
        case .episode: CountColumn.ofEveryDomain.union([.domainConcept, .duration])
        case .visitDetail: CountColumn.ofEveryDomain.union([.visitDetailID, .domainConcept, .duration])
        case .payerPlanPeriod, .locationRegion: CountColumn.ofEveryDomain.union([.visitID, .domainConcept])
        case .customEra: CountColumn.ofEveryDomain.union([.visitID, .duration])
        }
    }

    private var ownCountColumns: Set<CountColumn> {
        switch self {
        case .drugExposure: [.daysSupply, .quantity, .refills]
        case .deviceExposure, .procedureOccurrence: [.quantity]
        case .measurement: [.valueAsNumber, .rangeHigh, .rangeLow]
        case .observation: [.valueAsNumber]
        case .doseEra: [.unit, .valueAsNumber]
        case .drugEra: [.eraOccurrences, .gapDays]
        default: []
        }
    }
}
