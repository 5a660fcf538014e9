// The persons and what happened to them: the columns of OMOP CDM v5.4, in the order of its DDL.
// <https://ohdsi.github.io/CommonDataModel/cdm54.html>

extension CDMColumn {
    static let person: [CDMColumn] = [
        .integer("person_id", required: true), .integer("gender_concept_id", required: true),
        .integer("year_of_birth", required: true), .integer("month_of_birth"), .integer("day_of_birth"),
        .datetime("birth_datetime"), .integer("race_concept_id", required: true),
        .integer("ethnicity_concept_id", required: true), .integer("location_id"), .integer("provider_id"),
        .integer("care_site_id"), .text("person_source_value"), .text("gender_source_value"),
        .integer("gender_source_concept_id"), .text("race_source_value"), .integer("race_source_concept_id"),
        .text("ethnicity_source_value"), .integer("ethnicity_source_concept_id"),
    ]

    static let observationPeriod: [CDMColumn] = [
        .integer("observation_period_id", required: true), .integer("person_id", required: true),
        .date("observation_period_start_date", required: true), .date("observation_period_end_date", required: true),
        .integer("period_type_concept_id", required: true),
    ]

    static let visitOccurrence: [CDMColumn] = [
        .integer("visit_occurrence_id", required: true), .integer("person_id", required: true),
        .integer("visit_concept_id", required: true), .date("visit_start_date", required: true),
        .datetime("visit_start_datetime"), .date("visit_end_date", required: true), .datetime("visit_end_datetime"),
        .integer("visit_type_concept_id", required: true), .integer("provider_id"), .integer("care_site_id"),
        .text("visit_source_value"), .integer("visit_source_concept_id"),
        .integer("admitted_from_concept_id", formerly: "admitting_source_concept_id"),
        .text("admitted_from_source_value", formerly: "admitting_source_value"),
        .integer("discharged_to_concept_id", formerly: "discharge_to_concept_id"),
        .text("discharged_to_source_value", formerly: "discharge_to_source_value"), .integer("preceding_visit_occurrence_id"),
    ]

    static let visitDetail: [CDMColumn] = [
        .integer("visit_detail_id", required: true), .integer("person_id", required: true),
        .integer("visit_detail_concept_id", required: true), .date("visit_detail_start_date", required: true),
        .datetime("visit_detail_start_datetime"), .date("visit_detail_end_date", required: true),
        .datetime("visit_detail_end_datetime"), .integer("visit_detail_type_concept_id", required: true),
        .integer("provider_id"), .integer("care_site_id"), .text("visit_detail_source_value"),
        .integer("visit_detail_source_concept_id"),
        .integer("admitted_from_concept_id", formerly: "admitting_source_concept_id"),
        .text("admitted_from_source_value", formerly: "admitting_source_value"),
        .text("discharged_to_source_value", formerly: "discharge_to_source_value"),
        .integer("discharged_to_concept_id", formerly: "discharge_to_concept_id"), .integer("preceding_visit_detail_id"),
        .integer("parent_visit_detail_id", formerly: "visit_detail_parent_id"),
        .integer("visit_occurrence_id", required: true),
    ]

    static let conditionOccurrence: [CDMColumn] = [
        .integer("condition_occurrence_id", required: true), .integer("person_id", required: true),
        .integer("condition_concept_id", required: true), .date("condition_start_date", required: true),
        .datetime("condition_start_datetime"), .date("condition_end_date"), .datetime("condition_end_datetime"),
        .integer("condition_type_concept_id", required: true), .integer("condition_status_concept_id"), .text("stop_reason"),
        .integer("provider_id"), .integer("visit_occurrence_id"), .integer("visit_detail_id"),
        .text("condition_source_value"), .integer("condition_source_concept_id"), .text("condition_status_source_value"),
    ]

    static let drugExposure: [CDMColumn] = [
        .integer("drug_exposure_id", required: true), .integer("person_id", required: true),
        .integer("drug_concept_id", required: true), .date("drug_exposure_start_date", required: true),
        .datetime("drug_exposure_start_datetime"), .date("drug_exposure_end_date", required: true),
        .datetime("drug_exposure_end_datetime"), .date("verbatim_end_date"), .integer("drug_type_concept_id", required: true),
        .text("stop_reason"), .integer("refills"), .number("quantity"), .integer("days_supply"), .text("sig"),
        .integer("route_concept_id"), .text("lot_number"), .integer("provider_id"), .integer("visit_occurrence_id"),
        .integer("visit_detail_id"), .text("drug_source_value"), .integer("drug_source_concept_id"),
        .text("route_source_value"), .text("dose_unit_source_value"),
    ]

    static let procedureOccurrence: [CDMColumn] = [
        .integer("procedure_occurrence_id", required: true), .integer("person_id", required: true),
        .integer("procedure_concept_id", required: true), .date("procedure_date", required: true),
        .datetime("procedure_datetime"), .date("procedure_end_date"), .datetime("procedure_end_datetime"),
        .integer("procedure_type_concept_id", required: true), .integer("modifier_concept_id"), .integer("quantity"),
        .integer("provider_id"), .integer("visit_occurrence_id"), .integer("visit_detail_id"),
        .text("procedure_source_value"), .integer("procedure_source_concept_id"), .text("modifier_source_value"),
    ]

    static let deviceExposure: [CDMColumn] = [
        .integer("device_exposure_id", required: true), .integer("person_id", required: true),
        .integer("device_concept_id", required: true), .date("device_exposure_start_date", required: true),
        .datetime("device_exposure_start_datetime"), .date("device_exposure_end_date"),
        .datetime("device_exposure_end_datetime"), .integer("device_type_concept_id", required: true),
        .text("unique_device_id"), .text("production_id"), .integer("quantity"), .integer("provider_id"),
        .integer("visit_occurrence_id"), .integer("visit_detail_id"), .text("device_source_value"),
        .integer("device_source_concept_id"), .integer("unit_concept_id"), .text("unit_source_value"),
        .integer("unit_source_concept_id"),
    ]

    static let measurement: [CDMColumn] = [
        .integer("measurement_id", required: true), .integer("person_id", required: true),
        .integer("measurement_concept_id", required: true), .date("measurement_date", required: true),
        .datetime("measurement_datetime"), .text("measurement_time"), .integer("measurement_type_concept_id", required: true),
        .integer("operator_concept_id"), .number("value_as_number"), .integer("value_as_concept_id"),
        .integer("unit_concept_id"), .number("range_low"), .number("range_high"), .integer("provider_id"),
        .integer("visit_occurrence_id"), .integer("visit_detail_id"), .text("measurement_source_value"),
        .integer("measurement_source_concept_id"), .text("unit_source_value"), .integer("unit_source_concept_id"),
        .text("value_source_value"), .integer("measurement_event_id"), .integer("meas_event_field_concept_id"),
    ]

    static let observation: [CDMColumn] = [
        .integer("observation_id", required: true), .integer("person_id", required: true),
        .integer("observation_concept_id", required: true), .date("observation_date", required: true),
        .datetime("observation_datetime"), .integer("observation_type_concept_id", required: true),
        .number("value_as_number"), .text("value_as_string"), .integer("value_as_concept_id"),
        .integer("qualifier_concept_id"), .integer("unit_concept_id"), .integer("provider_id"),
        .integer("visit_occurrence_id"), .integer("visit_detail_id"), .text("observation_source_value"),
        .integer("observation_source_concept_id"), .text("unit_source_value"), .text("qualifier_source_value"),
        .text("value_source_value"), .integer("observation_event_id"), .integer("obs_event_field_concept_id"),
    ]

    static let death: [CDMColumn] = [
        .integer("person_id", required: true), .date("death_date", required: true), .datetime("death_datetime"),
        .integer("death_type_concept_id"), .integer("cause_concept_id"), .text("cause_source_value"),
        .integer("cause_source_concept_id"),
    ]

    static let specimen: [CDMColumn] = [
        .integer("specimen_id", required: true), .integer("person_id", required: true),
        .integer("specimen_concept_id", required: true), .integer("specimen_type_concept_id", required: true),
        .date("specimen_date", required: true), .datetime("specimen_datetime"), .number("quantity"),
        .integer("unit_concept_id"), .integer("anatomic_site_concept_id"), .integer("disease_status_concept_id"),
        .text("specimen_source_id"), .text("specimen_source_value"), .text("unit_source_value"),
        .text("anatomic_site_source_value"), .text("disease_status_source_value"),
    ]

    static let conditionEra: [CDMColumn] = [
        .integer("condition_era_id", required: true), .integer("person_id", required: true),
        .integer("condition_concept_id", required: true), .date("condition_era_start_date", required: true),
        .date("condition_era_end_date", required: true), .integer("condition_occurrence_count"),
    ]

    static let drugEra: [CDMColumn] = [
        .integer("drug_era_id", required: true), .integer("person_id", required: true),
        .integer("drug_concept_id", required: true), .date("drug_era_start_date", required: true),
        .date("drug_era_end_date", required: true), .integer("drug_exposure_count"), .integer("gap_days"),
    ]

    static let doseEra: [CDMColumn] = [
        .integer("dose_era_id", required: true), .integer("person_id", required: true),
        .integer("drug_concept_id", required: true), .integer("unit_concept_id", required: true),
        .number("dose_value", required: true), .date("dose_era_start_date", required: true),
        .date("dose_era_end_date", required: true),
    ]

    static let episode: [CDMColumn] = [
        .integer("episode_id", required: true), .integer("person_id", required: true),
        .integer("episode_concept_id", required: true), .date("episode_start_date", required: true),
        .datetime("episode_start_datetime"), .date("episode_end_date"), .datetime("episode_end_datetime"),
        .integer("episode_parent_id"), .integer("episode_number"), .integer("episode_object_concept_id", required: true),
        .integer("episode_type_concept_id", required: true), .text("episode_source_value"),
        .integer("episode_source_concept_id"),
    ]

    static let episodeEvent: [CDMColumn] = [
        .integer("episode_id", required: true), .integer("event_id", required: true),
        .integer("episode_event_field_concept_id", required: true),
    ]

    static let note: [CDMColumn] = [
        .integer("note_id", required: true), .integer("person_id", required: true), .date("note_date", required: true),
        .datetime("note_datetime"), .integer("note_type_concept_id", required: true),
        .integer("note_class_concept_id", required: true), .text("note_title"), .text("note_text", required: true),
        .integer("encoding_concept_id", required: true), .integer("language_concept_id", required: true),
        .integer("provider_id"), .integer("visit_occurrence_id"), .integer("visit_detail_id"), .text("note_source_value"),
        .integer("note_event_id"), .integer("note_event_field_concept_id"),
    ]

    static let noteNlp: [CDMColumn] = [
        .integer("note_nlp_id", required: true), .integer("note_id", required: true), .integer("section_concept_id"),
        .text("snippet"), .text("offset"), .text("lexical_variant", required: true), .integer("note_nlp_concept_id"),
        .integer("note_nlp_source_concept_id"), .text("nlp_system"), .date("nlp_date", required: true),
        .datetime("nlp_datetime"), .text("term_exists"), .text("term_temporal"), .text("term_modifiers"),
    ]

    static let factRelationship: [CDMColumn] = [
        .integer("domain_concept_id_1", required: true), .integer("fact_id_1", required: true),
        .integer("domain_concept_id_2", required: true), .integer("fact_id_2", required: true),
        .integer("relationship_concept_id", required: true),
    ]
}
