// Where, by whom and paid by whom, and what the store says of itself: the columns of OMOP CDM v5.4, in the order of its DDL.
// <https://ohdsi.github.io/CommonDataModel/cdm54.html>

extension CDMColumn {
    static let location: [CDMColumn] = [
        .integer("location_id", required: true), .text("address_1"), .text("address_2"), .text("city"), .text("state"),
        .text("zip"), .text("county"), .text("location_source_value"), .integer("country_concept_id"),
        .text("country_source_value"), .number("latitude"), .number("longitude"),
    ]

    static let careSite: [CDMColumn] = [
        .integer("care_site_id", required: true), .text("care_site_name"), .integer("place_of_service_concept_id"),
        .integer("location_id"), .text("care_site_source_value"), .text("place_of_service_source_value"),
    ]

    static let provider: [CDMColumn] = [
        .integer("provider_id", required: true), .text("provider_name"), .text("npi"), .text("dea"),
        .integer("specialty_concept_id"), .integer("care_site_id"), .integer("year_of_birth"), .integer("gender_concept_id"),
        .text("provider_source_value"), .text("specialty_source_value"), .integer("specialty_source_concept_id"),
        .text("gender_source_value"), .integer("gender_source_concept_id"),
    ]

    static let payerPlanPeriod: [CDMColumn] = [
        .integer("payer_plan_period_id", required: true), .integer("person_id", required: true),
        .date("payer_plan_period_start_date", required: true), .date("payer_plan_period_end_date", required: true),
        .integer("payer_concept_id"), .text("payer_source_value"), .integer("payer_source_concept_id"),
        .integer("plan_concept_id"), .text("plan_source_value"), .integer("plan_source_concept_id"),
        .integer("sponsor_concept_id"), .text("sponsor_source_value"), .integer("sponsor_source_concept_id"),
        .text("family_source_value"), .integer("stop_reason_concept_id"), .text("stop_reason_source_value"),
        .integer("stop_reason_source_concept_id"),
    ]

    static let cost: [CDMColumn] = [
        .integer("cost_id", required: true), .integer("cost_event_id", required: true),
        .text("cost_domain_id", required: true), .integer("cost_type_concept_id", required: true),
        .integer("currency_concept_id"), .number("total_charge"), .number("total_cost"), .number("total_paid"),
        .number("paid_by_payer"), .number("paid_by_patient"), .number("paid_patient_copay"),
        .number("paid_patient_coinsurance"), .number("paid_patient_deductible"), .number("paid_by_primary"),
        .number("paid_ingredient_cost"), .number("paid_dispensing_fee"), .integer("payer_plan_period_id"),
        .number("amount_allowed"), .integer("revenue_code_concept_id"), .text("revenue_code_source_value"),
        .integer("drg_concept_id"), .text("drg_source_value"),
    ]

    static let cdmSource: [CDMColumn] = [
        .text("cdm_source_name", required: true), .text("cdm_source_abbreviation", required: true),
        .text("cdm_holder", required: true), .text("source_description"), .text("source_documentation_reference"),
        .text("cdm_etl_reference"), .date("source_release_date", required: true), .date("cdm_release_date", required: true),
        .text("cdm_version"), .integer("cdm_version_concept_id", required: true), .text("vocabulary_version", required: true),
    ]

    static let metadata: [CDMColumn] = [
        .integer("metadata_id", required: true), .integer("metadata_concept_id", required: true),
        .integer("metadata_type_concept_id", required: true), .text("name", required: true), .text("value_as_string"),
        .integer("value_as_concept_id"), .number("value_as_number"), .date("metadata_date"), .datetime("metadata_datetime"),
    ]

    static let cohort: [CDMColumn] = [
        .integer("cohort_definition_id", required: true), .integer("subject_id", required: true),
        .date("cohort_start_date", required: true), .date("cohort_end_date", required: true),
    ]

    static let cohortDefinition: [CDMColumn] = [
        .integer("cohort_definition_id", required: true), .text("cohort_definition_name", required: true),
        .text("cohort_definition_description"), .integer("definition_type_concept_id", required: true),
        .text("cohort_definition_syntax"), .integer("subject_concept_id", required: true), .date("cohort_initiation_date"),
    ]
}
