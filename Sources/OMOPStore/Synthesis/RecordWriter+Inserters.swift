extension RecordWriter {
    /// The prepared statements of all tables. The order of the columns is the order in which `RecordWriter` binds them;
    /// constant columns (types, race, quantities of one) are bound once, after the others.
    struct Inserters {
        let person: RowInserter
        let period: RowInserter
        let plan: RowInserter
        let visit: RowInserter
        let stay: RowInserter
        let condition: RowInserter
        let drug: RowInserter
        let procedure: RowInserter
        let device: RowInserter
        let measurement: RowInserter
        let observation: RowInserter
        let specimen: RowInserter
        let death: RowInserter
        let conditionEra: RowInserter
        let drugEra: RowInserter

        init(_ file: SQLiteFile) throws(OMOPStoreError) {
            person = try file.inserter(
                .person,
                [
                    "person_id", "gender_concept_id", "year_of_birth", "month_of_birth", "day_of_birth", "birth_datetime",
                    "race_concept_id", "ethnicity_concept_id",
                ])
            person.bind(8, Int32(0))
            period = try file.inserter(
                .observationPeriod,
                [
                    "observation_period_id", "person_id", "observation_period_start_date", "observation_period_end_date",
                    "period_type_concept_id",
                ])
            period.bind(5, SampleConcept.hospitalRecord)
            plan = try file.inserter(
                .payerPlanPeriod,
                [
                    "payer_plan_period_id", "person_id", "payer_plan_period_start_date", "payer_plan_period_end_date",
                    "payer_concept_id",
                ])
            plan.bind(5, SampleConcept.healthInsurance)
            visit = try file.inserter(
                .visitOccurrence,
                [
                    "visit_occurrence_id", "person_id", "visit_concept_id", "visit_start_date", "visit_start_datetime",
                    "visit_end_date", "visit_end_datetime", "provider_id", "care_site_id", "visit_type_concept_id",
                ])
            visit.bind(10, SampleConcept.hospitalRecord)
            stay = try file.inserter(
                .visitDetail,
                [
                    "visit_detail_id", "person_id", "visit_detail_concept_id", "visit_detail_start_date",
                    "visit_detail_start_datetime", "visit_detail_end_date", "visit_detail_end_datetime",
                    "visit_occurrence_id", "visit_detail_type_concept_id",
                ])
            stay.bind(9, SampleConcept.hospitalRecord)
            condition = try file.inserter(
                .conditionOccurrence,
                [
                    "condition_occurrence_id", "person_id", "condition_concept_id", "condition_start_date",
                    "condition_start_datetime", "condition_end_date", "visit_occurrence_id", "condition_source_value",
                    "condition_source_concept_id", "condition_type_concept_id",
                ])
            condition.bind(10, SampleConcept.hospitalRecord)
            drug = try file.inserter(
                .drugExposure,
                [
                    "drug_exposure_id", "person_id", "drug_concept_id", "drug_exposure_start_date",
                    "drug_exposure_start_datetime", "drug_exposure_end_date", "quantity", "days_supply",
                    "visit_occurrence_id", "drug_source_value", "drug_source_concept_id", "drug_type_concept_id", "refills",
                ])
            drug.bind(12, SampleConcept.hospitalRecord)
            drug.bind(13, Int32(0))
            procedure = try file.inserter(
                .procedureOccurrence,
                [
                    "procedure_occurrence_id", "person_id", "procedure_concept_id", "procedure_date", "procedure_datetime",
                    "visit_occurrence_id", "procedure_source_value", "procedure_source_concept_id",
                    "procedure_type_concept_id", "quantity",
                ])
            procedure.bind(9, SampleConcept.hospitalRecord)
            procedure.bind(10, Int32(1))
            device = try file.inserter(
                .deviceExposure,
                [
                    "device_exposure_id", "person_id", "device_concept_id", "device_exposure_start_date",
                    "device_exposure_start_datetime", "device_exposure_end_date", "visit_occurrence_id",
                    "device_source_value", "device_source_concept_id", "device_type_concept_id", "quantity",
                ])
            device.bind(10, SampleConcept.hospitalRecord)
            device.bind(11, Int32(1))
            measurement = try file.inserter(
                .measurement,
                [
                    "measurement_id", "person_id", "measurement_concept_id", "measurement_date", "measurement_datetime",
                    "value_as_number", "value_as_concept_id", "unit_concept_id", "range_low", "range_high",
                    "visit_occurrence_id", "measurement_source_value", "measurement_source_concept_id",
                    "measurement_type_concept_id",
                ])
            measurement.bind(14, SampleConcept.hospitalRecord)
            observation = try file.inserter(
                .observation,
                [
                    "observation_id", "person_id", "observation_concept_id", "observation_date", "observation_datetime",
                    "value_as_number", "value_as_concept_id", "visit_occurrence_id", "observation_source_value",
                    "observation_source_concept_id", "observation_type_concept_id",
                ])
            observation.bind(11, SampleConcept.hospitalRecord)
            specimen = try file.inserter(
                .specimen,
                [
                    "specimen_id", "person_id", "specimen_concept_id", "specimen_date", "specimen_datetime",
                    "specimen_source_value", "specimen_type_concept_id", "quantity",
                ])
            specimen.bind(7, SampleConcept.hospitalRecord)
            specimen.bind(8, 1.0)
            death = try file.inserter(
                .death, ["person_id", "death_date", "death_datetime", "cause_concept_id", "death_type_concept_id"])
            death.bind(5, SampleConcept.hospitalRecord)
            conditionEra = try file.inserter(
                .conditionEra,
                [
                    "condition_era_id", "person_id", "condition_concept_id", "condition_era_start_date",
                    "condition_era_end_date", "condition_occurrence_count",
                ])
            drugEra = try file.inserter(
                .drugEra,
                [
                    "drug_era_id", "person_id", "drug_concept_id", "drug_era_start_date", "drug_era_end_date",
                    "drug_exposure_count", "gap_days",
                ])
        }
    }
}
