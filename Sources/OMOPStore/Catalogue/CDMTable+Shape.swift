/// Where a clinical table keeps what every event has: who, what, from when, to when.
public struct EventShape: Sendable, Hashable {
    /// The column with the event's own id; nil for `death`, whose rows are known by their person.
    public let id: String?
    /// The standard concept; nil for periods.
    public let concept: String?
    /// The concept of the source code, where the table has one.
    public let sourceConcept: String?
    /// The type concept (where the record comes from).
    public let typeConcept: String?
    /// First day.
    public let start: String
    /// Last day, where the table has one.
    public let end: String?
    /// First moment, where the table has one.
    public let startDatetime: String?
    /// Last moment, where the table has one.
    public let endDatetime: String?
    /// Whether rows name the visit they belong to (`visit_occurrence_id`).
    public let hasVisit: Bool
}

extension CDMTable {
    /// Where the table keeps its events; nil for tables that hold none.
    public var shape: EventShape? {
        switch self {
        case .observationPeriod:
            EventShape(self, concept: nil, type: "period_type_concept_id", start: "observation_period_start_date")
        case .payerPlanPeriod: EventShape(self, concept: nil, start: "payer_plan_period_start_date")
        case .visitOccurrence: EventShape(self, stem: "visit")
        case .visitDetail: EventShape(self, stem: "visit_detail")
        case .conditionOccurrence: EventShape(self, stem: "condition")
        case .drugExposure: EventShape(self, stem: "drug", dates: "drug_exposure")
        case .deviceExposure: EventShape(self, stem: "device", dates: "device_exposure")
        case .procedureOccurrence: EventShape(self, stem: "procedure")
        case .measurement: EventShape(self, stem: "measurement")
        case .observation: EventShape(self, stem: "observation")
        case .specimen: EventShape(self, stem: "specimen")
        case .death: EventShape(self, stem: "cause", dates: "death")
        case .conditionEra: EventShape(self, stem: "condition", dates: "condition_era")
        case .drugEra: EventShape(self, stem: "drug", dates: "drug_era")
        case .doseEra: EventShape(self, stem: "drug", dates: "dose_era")
        case .episode: EventShape(self, stem: "episode")
        default: nil
        }
    }

    /// Whether rows belong to a person.
    public var hasPerson: Bool { column("person_id") != nil }

    /// The columns without which the table cannot be read at all: id, person, concept and first day of an event,
    /// the keys of a vocabulary table. A store that has the table must have them.
    public var essentialColumns: [String] {
        if let shape {
            return [shape.id, "person_id", shape.concept, shape.start, isPeriod ? shape.end : nil].compactMap { $0 }
        }
        switch self {
        case .person: return ["person_id", "gender_concept_id", "year_of_birth"]
        case .provider: return ["provider_id"]
        case .careSite: return ["care_site_id"]
        case .location: return ["location_id"]
        case .concept: return ["concept_id", "invalid_reason"]
        case .conceptAncestor: return ["ancestor_concept_id", "descendant_concept_id"]
        case .conceptRelationship: return ["concept_id_1", "concept_id_2", "relationship_id"]
        default: return []
        }
    }

    /// Whether a row's last day is part of its meaning (observation periods, eras, payer periods).
    var isPeriod: Bool {
        switch self {
        case .observationPeriod, .payerPlanPeriod, .conditionEra, .drugEra, .doseEra: true
        default: false
        }
    }
}

extension EventShape {
    /// The shape of `table` where column names begin with `stem` for concepts and `dates` (the stem if not given) for days.
    /// Names that the table does not have become nil, so the catalogue stays the only list of columns.
    fileprivate init(_ table: CDMTable, stem: String, dates: String? = nil) {
        let dates = dates ?? stem
        let first = table.column("\(dates)_start_date") == nil ? "\(dates)_date" : "\(dates)_start_date"
        let type = table.column("\(dates)_type_concept_id") ?? table.column("\(stem)_type_concept_id")
        self.init(table, concept: "\(stem)_concept_id", type: type?.name, start: first, stem: stem)
    }

    fileprivate init(
        _ table: CDMTable, concept: String?, type: String? = nil, start: String, stem: String? = nil
    ) {
        func known(_ name: String) -> String? { table.column(name)?.name }
        let dates =
            start.hasSuffix("_start_date") ? String(start.dropLast("_start_date".count)) : String(start.dropLast("_date".count))
        let point = !start.hasSuffix("_start_date")
        self.id = known("\(table.rawValue)_id")
        self.concept = concept
        self.sourceConcept = stem.flatMap { known("\($0)_source_concept_id") }
        self.typeConcept = type
        self.start = start
        self.end = known("\(dates)_end_date")
        self.startDatetime = known(point ? "\(dates)_datetime" : "\(dates)_start_datetime")
        self.endDatetime = known("\(dates)_end_datetime")
        self.hasVisit = known("visit_occurrence_id") != nil
    }
}
