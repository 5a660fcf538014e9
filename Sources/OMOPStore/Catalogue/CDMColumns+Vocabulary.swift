// The standardised vocabularies: the columns of OMOP CDM v5.4, in the order of its DDL.
// <https://ohdsi.github.io/CommonDataModel/cdm54.html>

extension CDMColumn {
    static let concept: [CDMColumn] = [
        .integer("concept_id", required: true), .text("concept_name", required: true), .text("domain_id", required: true),
        .text("vocabulary_id", required: true), .text("concept_class_id", required: true), .text("standard_concept"),
        .text("concept_code", required: true), .date("valid_start_date", required: true),
        .date("valid_end_date", required: true), .text("invalid_reason"),
    ]

    static let conceptAncestor: [CDMColumn] = [
        .integer("ancestor_concept_id", required: true), .integer("descendant_concept_id", required: true),
        .integer("min_levels_of_separation", required: true), .integer("max_levels_of_separation", required: true),
    ]

    static let conceptRelationship: [CDMColumn] = [
        .integer("concept_id_1", required: true), .integer("concept_id_2", required: true),
        .text("relationship_id", required: true), .date("valid_start_date", required: true),
        .date("valid_end_date", required: true), .text("invalid_reason"),
    ]

    static let conceptSynonym: [CDMColumn] = [
        .integer("concept_id", required: true), .text("concept_synonym_name", required: true),
        .integer("language_concept_id", required: true),
    ]

    static let vocabulary: [CDMColumn] = [
        .text("vocabulary_id", required: true), .text("vocabulary_name", required: true), .text("vocabulary_reference"),
        .text("vocabulary_version"), .integer("vocabulary_concept_id", required: true),
    ]

    static let domain: [CDMColumn] = [
        .text("domain_id", required: true), .text("domain_name", required: true),
        .integer("domain_concept_id", required: true),
    ]

    static let conceptClass: [CDMColumn] = [
        .text("concept_class_id", required: true), .text("concept_class_name", required: true),
        .integer("concept_class_concept_id", required: true),
    ]

    static let relationship: [CDMColumn] = [
        .text("relationship_id", required: true), .text("relationship_name", required: true),
        .text("is_hierarchical", required: true), .text("defines_ancestry", required: true),
        .text("reverse_relationship_id", required: true), .integer("relationship_concept_id", required: true),
    ]

    static let drugStrength: [CDMColumn] = [
        .integer("drug_concept_id", required: true), .integer("ingredient_concept_id", required: true),
        .number("amount_value"), .integer("amount_unit_concept_id"), .number("numerator_value"),
        .integer("numerator_unit_concept_id"), .number("denominator_value"), .integer("denominator_unit_concept_id"),
        .integer("box_size"), .date("valid_start_date", required: true), .date("valid_end_date", required: true),
        .text("invalid_reason"),
    ]

    static let sourceToConceptMap: [CDMColumn] = [
        .text("source_code", required: true), .integer("source_concept_id", required: true),
        .text("source_vocabulary_id", required: true), .text("source_code_description"),
        .integer("target_concept_id", required: true), .text("target_vocabulary_id", required: true),
        .date("valid_start_date", required: true), .date("valid_end_date", required: true), .text("invalid_reason"),
    ]
}
