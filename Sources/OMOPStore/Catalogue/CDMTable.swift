/// A table of OMOP CDM v5.4; the raw value is its name there.
///
/// <https://ohdsi.github.io/CommonDataModel/cdm54.html>
public enum CDMTable: String, CaseIterable, Sendable, Hashable {
    // Clinical and derived
    case person
    case observationPeriod = "observation_period"
    case visitOccurrence = "visit_occurrence"
    case visitDetail = "visit_detail"
    case conditionOccurrence = "condition_occurrence"
    case drugExposure = "drug_exposure"
    case procedureOccurrence = "procedure_occurrence"
    case deviceExposure = "device_exposure"
    case measurement
    case observation
    case death
    case specimen
    case conditionEra = "condition_era"
    case drugEra = "drug_era"
    case doseEra = "dose_era"
    case episode
    case episodeEvent = "episode_event"
    case note
    case noteNlp = "note_nlp"
    case factRelationship = "fact_relationship"

    // Health system, economics, metadata
    case location
    case careSite = "care_site"
    case provider
    case payerPlanPeriod = "payer_plan_period"
    case cost
    case cdmSource = "cdm_source"
    case metadata
    case cohort
    case cohortDefinition = "cohort_definition"

    // Vocabulary
    case concept
    case conceptAncestor = "concept_ancestor"
    case conceptRelationship = "concept_relationship"
    case conceptSynonym = "concept_synonym"
    case vocabulary
    case domain
    case conceptClass = "concept_class"
    case relationship
    case drugStrength = "drug_strength"
    case sourceToConceptMap = "source_to_concept_map"

    /// Its columns, in the order of the CDM's own definition.
    public var columns: [CDMColumn] {
        switch self {
        case .person: CDMColumn.person
        case .observationPeriod: CDMColumn.observationPeriod
        case .visitOccurrence: CDMColumn.visitOccurrence
        case .visitDetail: CDMColumn.visitDetail
        case .conditionOccurrence: CDMColumn.conditionOccurrence
        case .drugExposure: CDMColumn.drugExposure
        case .procedureOccurrence: CDMColumn.procedureOccurrence
        case .deviceExposure: CDMColumn.deviceExposure
        case .measurement: CDMColumn.measurement
        case .observation: CDMColumn.observation
        case .death: CDMColumn.death
        case .specimen: CDMColumn.specimen
        case .conditionEra: CDMColumn.conditionEra
        case .drugEra: CDMColumn.drugEra
        case .doseEra: CDMColumn.doseEra
        case .episode: CDMColumn.episode
        case .episodeEvent: CDMColumn.episodeEvent
        case .note: CDMColumn.note
        case .noteNlp: CDMColumn.noteNlp
        case .factRelationship: CDMColumn.factRelationship
        case .location: CDMColumn.location
        case .careSite: CDMColumn.careSite
        case .provider: CDMColumn.provider
        case .payerPlanPeriod: CDMColumn.payerPlanPeriod
        case .cost: CDMColumn.cost
        case .cdmSource: CDMColumn.cdmSource
        case .metadata: CDMColumn.metadata
        case .cohort: CDMColumn.cohort
        case .cohortDefinition: CDMColumn.cohortDefinition
        case .concept: CDMColumn.concept
        case .conceptAncestor: CDMColumn.conceptAncestor
        case .conceptRelationship: CDMColumn.conceptRelationship
        case .conceptSynonym: CDMColumn.conceptSynonym
        case .vocabulary: CDMColumn.vocabulary
        case .domain: CDMColumn.domain
        case .conceptClass: CDMColumn.conceptClass
        case .relationship: CDMColumn.relationship
        case .drugStrength: CDMColumn.drugStrength
        case .sourceToConceptMap: CDMColumn.sourceToConceptMap
        }
    }

    /// The column named `name` (CDM v5.4 or v5.3, any case), if the table has it.
    public func column(_ name: String) -> CDMColumn? {
        let name = name.lowercased()
        return columns.first { $0.name == name } ?? columns.first { $0.formerName == name }
    }

    /// The table named `name`, in any case.
    public init?(name: String) {
        self.init(rawValue: name.lowercased())
    }
}
