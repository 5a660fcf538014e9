import OMOPStore

/// Where a table's rows come from: the store's columns behind what the index keeps.
struct TableLayout: Sendable {
    /// One kept attribute and the store's column behind it; `name` nil = derived by the builder (visit type, specialty, ...).
    struct Column: Sendable {
        let column: EventColumn
        let name: String?

        init(_ column: EventColumn, _ name: String?) {
            self.column = column
            self.name = name
        }
    }

    let table: CDMTable
    let id: String
    let concept: String?
    let start: String
    let startDatetime: String?
    let end: String?
    let endDatetime: String?
    let hasVisit: Bool
    let hasProvider: Bool
    let hasCareSite: Bool
    /// Every attribute kept, the derived ones too, in the order of the file.
    let columns: [Column]

    static func of(_ table: EventTable) -> TableLayout { all[table.number] }

    private static let all: [TableLayout] = EventTable.allCases.map(make)

    private static func make(_ table: EventTable) -> TableLayout {
        switch table {
        case .condition: condition
        case .drug: drug
        case .procedure: procedure
        case .measurement: measurement
        case .observation: observation
        case .device: device
        case .visit: visit
        case .visitDetail: visitDetail
        case .specimen: specimen
        case .death: death
        case .conditionEra: conditionEra
        case .drugEra: drugEra
        case .doseEra: doseEra
        case .observationPeriod: observationPeriod
        case .payerPlanPeriod: payerPlanPeriod
        case .episode: episode
        }
    }

    private init(
        _ table: CDMTable, id: String, concept: String?, start: String, end: String? = nil, moments: Bool = false,
        visit: Bool = false, provider: Bool = false, careSite: Bool = false, _ columns: [(EventColumn, String)]
    ) {
        self.table = table
        self.id = id
        self.concept = concept
        self.start = start
        self.end = end
        startDatetime = moments ? String(start.dropLast("_date".count)) + "_datetime" : nil
        endDatetime = moments ? end.map { String($0.dropLast("_date".count)) + "_datetime" } : nil
        hasVisit = visit
        hasProvider = provider
        hasCareSite = careSite
        var all = columns.map { Column($0.0, $0.1) }
        if moments { all.append(Column(.startMinute, startDatetime)) }
        if let endDatetime { all.append(Column(.endMinute, endDatetime)) }
        if provider { all.append(Column(.providerSpecialty, nil)) }
        if careSite { all.append(Column(.placeOfService, nil)) }
        if visit { all.append(Column(.visitType, nil)) }
        self.columns = all
    }

    private static let condition = TableLayout(
        .conditionOccurrence, id: "condition_occurrence_id", concept: "condition_concept_id",
        start: "condition_start_date", end: "condition_end_date", moments: true, visit: true, provider: true,
        [
            (.sourceConcept, "condition_source_concept_id"), (.typeConcept, "condition_type_concept_id"),
            (.statusConcept, "condition_status_concept_id"), (.stopReason, "stop_reason"),
        ])

    private static let drug = TableLayout(
        .drugExposure, id: "drug_exposure_id", concept: "drug_concept_id",
        start: "drug_exposure_start_date", end: "drug_exposure_end_date", moments: true, visit: true, provider: true,
        [
            (.sourceConcept, "drug_source_concept_id"), (.typeConcept, "drug_type_concept_id"), (.stopReason, "stop_reason"),
            (.refills, "refills"), (.quantity, "quantity"), (.daysSupply, "days_supply"),
            (.routeConcept, "route_concept_id"), (.lotNumber, "lot_number"),
        ])

    // procedure_end_date is left out: Circe ends a procedure on the day after its start, whatever the store says.
    private static let procedure = TableLayout(
        .procedureOccurrence, id: "procedure_occurrence_id", concept: "procedure_concept_id",
        start: "procedure_date", moments: true, visit: true, provider: true,
        [
            (.sourceConcept, "procedure_source_concept_id"), (.typeConcept, "procedure_type_concept_id"),
            (.modifierConcept, "modifier_concept_id"), (.quantity, "quantity"),
        ])

    private static let measurement = TableLayout(
        .measurement, id: "measurement_id", concept: "measurement_concept_id",
        start: "measurement_date", moments: true, visit: true, provider: true,
        [
            (.sourceConcept, "measurement_source_concept_id"), (.typeConcept, "measurement_type_concept_id"),
            (.operatorConcept, "operator_concept_id"), (.valueNumber, "value_as_number"),
            (.valueConcept, "value_as_concept_id"), (.unitConcept, "unit_concept_id"), (.rangeLow, "range_low"),
            (.rangeHigh, "range_high"),
        ])

    private static let observation = TableLayout(
        .observation, id: "observation_id", concept: "observation_concept_id",
        start: "observation_date", moments: true, visit: true, provider: true,
        [
            (.sourceConcept, "observation_source_concept_id"), (.typeConcept, "observation_type_concept_id"),
            (.valueNumber, "value_as_number"), (.valueText, "value_as_string"), (.valueConcept, "value_as_concept_id"),
            (.qualifierConcept, "qualifier_concept_id"), (.unitConcept, "unit_concept_id"),
        ])

    private static let device = TableLayout(
        .deviceExposure, id: "device_exposure_id", concept: "device_concept_id",
        start: "device_exposure_start_date", end: "device_exposure_end_date", moments: true, visit: true, provider: true,
        [
            (.sourceConcept, "device_source_concept_id"), (.typeConcept, "device_type_concept_id"),
            (.uniqueDeviceID, "unique_device_id"), (.quantity, "quantity"),
        ])

    private static let visit = TableLayout(
        .visitOccurrence, id: "visit_occurrence_id", concept: "visit_concept_id",
        start: "visit_start_date", end: "visit_end_date", moments: true, visit: true, provider: true, careSite: true,
        [(.sourceConcept, "visit_source_concept_id"), (.typeConcept, "visit_type_concept_id")])

    private static let visitDetail = TableLayout(
        .visitDetail, id: "visit_detail_id", concept: "visit_detail_concept_id",
        start: "visit_detail_start_date", end: "visit_detail_end_date", moments: true, visit: true, provider: true,
        careSite: true,
        [(.sourceConcept, "visit_detail_source_concept_id"), (.typeConcept, "visit_detail_type_concept_id")])

    private static let specimen = TableLayout(
        .specimen, id: "specimen_id", concept: "specimen_concept_id", start: "specimen_date", moments: true,
        [
            (.typeConcept, "specimen_type_concept_id"), (.quantity, "quantity"), (.unitConcept, "unit_concept_id"),
            (.anatomicSite, "anatomic_site_concept_id"), (.diseaseStatus, "disease_status_concept_id"),
            (.sourceID, "specimen_source_id"),
        ])

    private static let death = TableLayout(
        .death, id: "person_id", concept: "cause_concept_id", start: "death_date", moments: true,
        [(.sourceConcept, "cause_source_concept_id"), (.typeConcept, "death_type_concept_id")])

    private static let conditionEra = TableLayout(
        .conditionEra, id: "condition_era_id", concept: "condition_concept_id",
        start: "condition_era_start_date", end: "condition_era_end_date",
        [(.occurrenceCount, "condition_occurrence_count")])

    private static let drugEra = TableLayout(
        .drugEra, id: "drug_era_id", concept: "drug_concept_id", start: "drug_era_start_date", end: "drug_era_end_date",
        [(.occurrenceCount, "drug_exposure_count"), (.gapDays, "gap_days")])

    private static let doseEra = TableLayout(
        .doseEra, id: "dose_era_id", concept: "drug_concept_id", start: "dose_era_start_date", end: "dose_era_end_date",
        [(.unitConcept, "unit_concept_id"), (.valueNumber, "dose_value")])

    private static let observationPeriod = TableLayout(
        .observationPeriod, id: "observation_period_id", concept: nil,
        start: "observation_period_start_date", end: "observation_period_end_date",
        [(.typeConcept, "period_type_concept_id")])

    private static let payerPlanPeriod = TableLayout(
        .payerPlanPeriod, id: "payer_plan_period_id", concept: nil,
        start: "payer_plan_period_start_date", end: "payer_plan_period_end_date",
        [
            (.payerConcept, "payer_concept_id"), (.payerSourceConcept, "payer_source_concept_id"),
            (.planConcept, "plan_concept_id"), (.planSourceConcept, "plan_source_concept_id"),
            (.sponsorConcept, "sponsor_concept_id"), (.sponsorSourceConcept, "sponsor_source_concept_id"),
            (.stopReasonConcept, "stop_reason_concept_id"), (.stopReasonSourceConcept, "stop_reason_source_concept_id"),
        ])

    private static let episode = TableLayout(
        .episode, id: "episode_id", concept: "episode_concept_id", start: "episode_start_date", end: "episode_end_date",
        moments: true,
        [
            (.sourceConcept, "episode_source_concept_id"), (.typeConcept, "episode_type_concept_id"),
            (.episodeNumber, "episode_number"), (.episodeObject, "episode_object_concept_id"),
        ])
}
