/// What a distinct count counts (`CountColumn`), by Circe's names.
public enum CountColumn: String, Sendable, Hashable, CaseIterable {
    /// Days supplied of a drug exposure.
    case daysSupply = "DAYS_SUPPLY"
    /// The standard concept: the default. Death's missing cause counts as 0.
    case domainConcept = "DOMAIN_CONCEPT"
    /// The source concept; no domain offers it.
    case domainSourceConcept = "DOMAIN_SOURCE_CONCEPT"
    /// Days from start to end; the constant 1 for one-day domains.
    case duration = "DURATION"
    /// The end date.
    case endDate = "END_DATE"
    /// Occurrences in an era.
    case eraOccurrences = "ERA_OCCURRENCES"
    /// Gap days of a drug era.
    case gapDays = "GAP_DAYS"
    /// Quantity.
    case quantity = "QUANTITY"
    /// Upper end of the reference range.
    case rangeHigh = "RANGE_HIGH"
    /// Lower end of the reference range.
    case rangeLow = "RANGE_LOW"
    /// Refills.
    case refills = "REFILLS"
    /// The start date.
    case startDate = "START_DATE"
    /// The unit's concept.
    case unit = "UNIT"
    /// The numeric value.
    case valueAsNumber = "VALUE_AS_NUMBER"
    /// The visit.
    case visitID = "VISIT_ID"
    /// The visit detail.
    case visitDetailID = "VISIT_DETAIL_ID"

    static let ofEveryDomain: Set<CountColumn> = [.startDate, .endDate]

    /// What is left to count once a criterion has a nested group: upstream keeps only these columns.
    static let afterNesting: Set<CountColumn> = [.startDate, .endDate, .visitID]
}
