/// What a filter tests. One name a meaning: the JSON keys differ by domain (`OccurrenceStartDate`, `EraStartDate`,
/// `PeriodStartDate`, ... are all `startDate`), and `CriterionSchema` says which key means which attribute where.
public enum CriterionAttribute: String, Sendable, Hashable, CaseIterable {
    /// The event's start, after adjustment.
    case startDate
    /// The event's end, after adjustment. For a drug exposure the test is of the *start* (kept from upstream).
    case endDate
    /// End minus start in days.
    case length
    /// Year of the start minus year of birth (of the *end* for a visit detail, kept from upstream).
    case age
    /// Year of the start minus year of birth.
    case ageAtStart
    /// Year of the end minus year of birth.
    case ageAtEnd
    /// The person's gender.
    case gender
    /// The person's race (demographic criteria only).
    case race
    /// The person's ethnicity (demographic criteria only).
    case ethnicity
    /// The type concept of the row (`…_type_concept_id`).
    case type
    /// The concept of the row's visit, which must exist and belong to the same person.
    case visitType
    /// The specialty of the row's provider; no provider is NULL.
    case providerSpecialty
    /// The place of service of the visit's care site, which must exist.
    case placeOfService
    /// A region of the care site, through LOCATION_HISTORY: a table that CDM v5.4 does not have.
    case placeOfServiceLocation
    /// Condition status.
    case status
    /// Stop reason, as text.
    case stopReason
    /// Refills.
    case refills
    /// Quantity.
    case quantity
    /// Days supplied.
    case daysSupply
    /// Route of administration.
    case route
    /// A column that CDM v5.4 does not have.
    case effectiveDrugDose
    /// A column that CDM v5.4 does not have.
    case doseUnit
    /// Lot number, as text.
    case lotNumber
    /// Unique device id, as text.
    case uniqueDeviceID
    /// The operator concept of a measurement.
    case operatorConcept
    /// The numeric value.
    case valueAsNumber
    /// The value as a concept.
    case valueAsConcept
    /// The value as text.
    case valueAsString
    /// The unit.
    case unit
    /// Lower end of the reference range.
    case rangeLow
    /// Upper end of the reference range.
    case rangeHigh
    /// Value divided by the lower end; an end of 0 or NULL fails.
    case rangeLowRatio
    /// Value divided by the upper end; an end of 0 or NULL fails.
    case rangeHighRatio
    /// Value outside its range, or value concept 4155142 or 4155143.
    case abnormal
    /// Qualifier of an observation.
    case qualifier
    /// Modifier of a procedure.
    case modifier
    /// Anatomic site of a specimen.
    case anatomicSite
    /// Disease status of a specimen.
    case diseaseStatus
    /// Source id of a specimen, as text.
    case sourceID
    /// Occurrences (condition era) or exposures (drug era) in the era.
    case occurrenceCount
    /// Gap days of a drug era.
    case gapDays
    /// Dose of a dose era.
    case doseValue
    /// Number of an episode.
    case episodeNumber
    /// Object concept of an episode.
    case episodeObjectConcept
    /// Payer.
    case payer
    /// Plan.
    case plan
    /// Sponsor.
    case sponsor
    /// Stop reason of a payer plan period, as a concept.
    case payerStopReason
    /// Payer, source concept.
    case payerSource
    /// Plan, source concept.
    case planSource
    /// Sponsor, source concept.
    case sponsorSource
    /// Stop reason of a payer plan period, source concept.
    case payerStopReasonSource

    /// Whether the test needs the PERSON row.
    public var needsPerson: Bool {
        switch self {
        case .age, .ageAtStart, .ageAtEnd, .gender, .race, .ethnicity: true
        default: false
        }
    }
}
