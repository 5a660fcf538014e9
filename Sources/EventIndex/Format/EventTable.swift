/// The tables of the standardised store that hold something dated about a person.
///
/// The raw value is the table's name in CDM v5.4; the case order is the order in the file and never changes.
public enum EventTable: String, CaseIterable, Sendable, Hashable {
    /// `condition_occurrence`
    case condition = "condition_occurrence"
    /// `drug_exposure`
    case drug = "drug_exposure"
    /// `procedure_occurrence`
    case procedure = "procedure_occurrence"
    /// `measurement`
    case measurement
    /// `observation`
    case observation
    /// `device_exposure`
    case device = "device_exposure"
    /// `visit_occurrence`
    case visit = "visit_occurrence"
    /// `visit_detail`
    case visitDetail = "visit_detail"
    /// `specimen`
    case specimen
    /// `death`; an event's id is the person's id
    case death
    /// `condition_era`
    case conditionEra = "condition_era"
    /// `drug_era`
    case drugEra = "drug_era"
    /// `dose_era`
    case doseEra = "dose_era"
    /// `observation_period`; has no concept
    case observationPeriod = "observation_period"
    /// `payer_plan_period`; has no concept of its own, its eight concepts are columns
    case payerPlanPeriod = "payer_plan_period"
    /// `episode`
    case episode

    /// The table's place in the file.
    var number: Int {
        switch self {
        case .condition: 0
        case .drug: 1
        case .procedure: 2
        case .measurement: 3
        case .observation: 4
        case .device: 5
        case .visit: 6
        case .visitDetail: 7
        case .specimen: 8
        case .death: 9
        case .conditionEra: 10
        case .drugEra: 11
        case .doseEra: 12
        case .observationPeriod: 13
        case .payerPlanPeriod: 14
        case .episode: 15
        }
    }

    /// Whether rows of this table carry a concept that a concept set can choose by.
    public var hasConcept: Bool { self != .observationPeriod && self != .payerPlanPeriod }

    /// The attributes that the index keeps for this table beside person, start, end, id, visit and concept.
    public var columns: Set<EventColumn> { Set(TableLayout.of(self).columns.map(\.column)) }
}
