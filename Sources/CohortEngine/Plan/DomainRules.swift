import Cohorts
import EventIndex

/// What each domain reads and how its events are dated.
struct DomainRules: Sendable {
    let table: EventTable
    let end: EndRule
    let hasVisit: Bool

    /// The rules of a domain; nil for domains that are no table of CDM v5.4.
    init?(_ domain: CriterionDomain) {
        switch domain {
        case .conditionOccurrence: self.init(.condition, .rawOrNextDay, hasVisit: true)
        case .drugExposure: self.init(.drug, .drug, hasVisit: true)
        case .deviceExposure: self.init(.device, .rawOrNextDay, hasVisit: true)
        case .procedureOccurrence: self.init(.procedure, .nextDay, hasVisit: true)
        case .measurement: self.init(.measurement, .nextDay, hasVisit: true)
        case .observation: self.init(.observation, .nextDay, hasVisit: true)
        case .visitOccurrence: self.init(.visit, .raw, hasVisit: true)
        case .visitDetail: self.init(.visitDetail, .raw, hasVisit: true)
        case .specimen: self.init(.specimen, .nextDay, hasVisit: false)
        case .death: self.init(.death, .nextDay, hasVisit: false)
        case .conditionEra: self.init(.conditionEra, .raw, hasVisit: false)
        case .drugEra: self.init(.drugEra, .raw, hasVisit: false)
        case .doseEra: self.init(.doseEra, .raw, hasVisit: false)
        case .observationPeriod: self.init(.observationPeriod, .raw, hasVisit: false)
        case .payerPlanPeriod: self.init(.payerPlanPeriod, .raw, hasVisit: false)
        case .episode: self.init(.episode, .raw, hasVisit: false)
        case .locationRegion, .customEra: return nil
        }
    }

    private init(_ table: EventTable, _ end: EndRule, hasVisit: Bool) {
        self.table = table
        self.end = end
        self.hasVisit = hasVisit
    }
}

extension CriterionAttribute {
    /// The column of the index that the attribute tests, for attributes that test a column of their own.
    var column: EventColumn? {
        switch self {
        case .type: .typeConcept
        case .visitType: .visitType
        case .providerSpecialty: .providerSpecialty
        case .placeOfService: .placeOfService
        case .status: .statusConcept
        case .stopReason: .stopReason
        case .refills: .refills
        case .quantity: .quantity
        case .daysSupply: .daysSupply
        case .route: .routeConcept
        case .lotNumber: .lotNumber
        case .uniqueDeviceID: .uniqueDeviceID
        case .operatorConcept: .operatorConcept
        case .valueAsNumber, .doseValue: .valueNumber
        case .valueAsConcept: .valueConcept
        case .valueAsString: .valueText
        case .unit: .unitConcept
        case .rangeLow, .rangeLowRatio: .rangeLow
        case .rangeHigh, .rangeHighRatio: .rangeHigh
        case .qualifier: .qualifierConcept
        case .modifier: .modifierConcept
        case .anatomicSite: .anatomicSite
        case .diseaseStatus: .diseaseStatus
        case .sourceID: .sourceID
        case .occurrenceCount: .occurrenceCount
        case .gapDays: .gapDays
        case .episodeNumber: .episodeNumber
        case .episodeObjectConcept: .episodeObject
        case .payer: .payerConcept
        case .plan: .planConcept
        case .sponsor: .sponsorConcept
        case .payerStopReason: .stopReasonConcept
        case .payerSource: .payerSourceConcept
        case .planSource: .planSourceConcept
        case .sponsorSource: .sponsorSourceConcept
        case .payerStopReasonSource: .stopReasonSourceConcept
        case .startDate, .endDate, .length, .age, .ageAtStart, .ageAtEnd, .gender, .race, .ethnicity, .abnormal,
            .placeOfServiceLocation, .effectiveDrugDose, .doseUnit:
            nil
        }
    }

    /// Why the attribute cannot be answered from CDM v5.4, nil when it can.
    var absence: String? {
        switch self {
        case .placeOfServiceLocation: "LOCATION_HISTORY is not a table of CDM v5.4"
        case .effectiveDrugDose: "DRUG_EXPOSURE has no effective_drug_dose in CDM v5.4"
        case .doseUnit: "DRUG_EXPOSURE has no dose_unit_concept_id in CDM v5.4"
        default: nil
        }
    }
}

extension CountColumn {
    /// What a distinct count of the column counts in a domain; nil where the domain has no such column.
    func value(in domain: CriterionDomain) -> DistinctValue? {
        guard domain.countColumns.contains(self) else { return nil }
        switch self {
        case .domainConcept: return Self.concept(of: domain)
        case .startDate: return .start
        case .endDate: return .end
        case .visitID: return domain.hasVisit ? .visit : .nothing
        case .duration: return domain.isOneDay ? .one : .duration
        case .daysSupply: return .column(.daysSupply)
        case .quantity: return .column(.quantity)
        case .refills: return .column(.refills)
        case .valueAsNumber: return .column(.valueNumber)
        case .unit: return .column(.unitConcept)
        case .rangeLow: return .column(.rangeLow)
        case .rangeHigh: return .column(.rangeHigh)
        case .eraOccurrences: return .column(.occurrenceCount)
        case .gapDays: return .column(.gapDays)
        // Upstream writes SQL for these that no database accepts.
        case .domainSourceConcept, .visitDetailID: return nil
        }
    }

    private static func concept(of domain: CriterionDomain) -> DistinctValue? {
        switch domain {
        case .death: .conceptOrZero
        case .observationPeriod: .column(.typeConcept)
        case .payerPlanPeriod: .column(.payerConcept)
        case .customEra, .locationRegion: nil
        default: .concept
        }
    }
}
