/// Which JSON key of which domain means which attribute, and how its value is read. To support a new attribute, add a line here
/// and a case to `CriterionAttribute`: reading, writing, checks and sentences follow.
public struct AttributeDeclaration: Sendable, Hashable {
    /// How a value is written in JSON.
    public enum Kind: Sendable, Hashable {
        /// A date range.
        case date
        /// A numeric range whose bounds are truncated to integers.
        case integer
        /// A numeric range whose bounds have four decimals.
        case decimal
        /// A list of concepts; with `excludeKey` a flag beside it turns the test round.
        case concepts(excludeKey: String?)
        /// A concept set selection.
        case selection
        /// The id of a concept set.
        case conceptSet
        /// A text filter.
        case text
        /// A flag.
        case flag
    }

    /// The JSON key.
    public let key: String
    /// What it means.
    public let attribute: CriterionAttribute
    /// How it is written.
    public let kind: Kind
}

/// The attributes of every domain.
public enum CriterionSchema {
    /// The attributes of a domain besides `CodesetId`, `First`, the source concept, dates' adjustment and nesting.
    public static func attributes(of domain: CriterionDomain) -> [AttributeDeclaration] {
        table[domain] ?? []
    }

    /// The attributes of a demographic criterion.
    public static let demographic: [AttributeDeclaration] =
        [integer("Age", .age)] + concepts("Gender", .gender) + concepts("Race", .race) + concepts("Ethnicity", .ethnicity)
        + [date("OccurrenceStartDate", .startDate), date("OccurrenceEndDate", .endDate)]

    private static let table: [CriterionDomain: [AttributeDeclaration]] = Dictionary(
        uniqueKeysWithValues: CriterionDomain.allCases.map { ($0, declarations(of: $0)) })

    private static func declarations(of domain: CriterionDomain) -> [AttributeDeclaration] {
        switch domain {
        case .conditionOccurrence: conditionOccurrence
        case .drugExposure: drugExposure
        case .procedureOccurrence: procedureOccurrence
        case .measurement: measurement
        case .observation: observation
        case .deviceExposure: deviceExposure
        case .visitOccurrence: visitOccurrence
        case .visitDetail: visitDetail
        case .specimen: specimen
        case .death: death
        case .conditionEra: conditionEra
        case .drugEra: drugEra
        case .doseEra: doseEra
        case .observationPeriod: observationPeriod
        case .payerPlanPeriod: payerPlanPeriod
        case .episode: episode
        case .locationRegion: [date("StartDate", .startDate), date("EndDate", .endDate)]
        case .customEra: customEra
        }
    }

    private static let conditionOccurrence: [AttributeDeclaration] =
        occurrenceDates + type("ConditionType") + [text("StopReason", .stopReason)] + person + provider + visit
        + concepts("ConditionStatus", .status)

    /// `OccurrenceEndDate` of a drug exposure tests the *start* date, upstream and therefore in the engine.
    private static let drugExposure: [AttributeDeclaration] =
        occurrenceDates + type("DrugType")
        + [
            text("StopReason", .stopReason), integer("Refills", .refills), decimal("Quantity", .quantity),
            integer("DaysSupply", .daysSupply),
        ]
        + concepts("RouteConcept", .route) + [decimal("EffectiveDrugDose", .effectiveDrugDose)] + concepts("DoseUnit", .doseUnit)
        + [text("LotNumber", .lotNumber)] + person + provider + visit

    private static let procedureOccurrence: [AttributeDeclaration] =
        occurrenceStart + type("ProcedureType") + concepts("Modifier", .modifier) + [integer("Quantity", .quantity)]
        + person + provider + visit

    private static let measurement: [AttributeDeclaration] =
        occurrenceStart + type("MeasurementType") + concepts("Operator", .operatorConcept)
        + [decimal("ValueAsNumber", .valueAsNumber)] + concepts("ValueAsConcept", .valueAsConcept) + concepts("Unit", .unit)
        + [
            decimal("RangeLow", .rangeLow), decimal("RangeHigh", .rangeHigh), decimal("RangeLowRatio", .rangeLowRatio),
            decimal("RangeHighRatio", .rangeHighRatio),
            AttributeDeclaration(key: "Abnormal", attribute: .abnormal, kind: .flag),
        ]
        + person + provider + visit

    private static let observation: [AttributeDeclaration] =
        occurrenceStart + type("ObservationType") + [
            decimal("ValueAsNumber", .valueAsNumber), text("ValueAsString", .valueAsString),
        ]
        + concepts("ValueAsConcept", .valueAsConcept) + concepts("Qualifier", .qualifier) + concepts("Unit", .unit)
        + person + provider + visit

    private static let deviceExposure: [AttributeDeclaration] =
        occurrenceDates + type("DeviceType") + [text("UniqueDeviceId", .uniqueDeviceID), integer("Quantity", .quantity)]
        + person + provider + visit

    /// A visit's own `VisitType` is the type concept of the row, not the visit's concept.
    private static let visitOccurrence: [AttributeDeclaration] =
        occurrenceDates + type("VisitType") + [integer("VisitLength", .length)] + person + provider
        + concepts("PlaceOfService", .placeOfService) + [conceptSet("PlaceOfServiceLocation", .placeOfServiceLocation)]

    private static let visitDetail: [AttributeDeclaration] = [
        date("VisitDetailStartDate", .startDate), date("VisitDetailEndDate", .endDate), selection("VisitDetailTypeCS", .type),
        integer("VisitDetailLength", .length), integer("Age", .age), selection("GenderCS", .gender),
        selection("ProviderSpecialtyCS", .providerSpecialty), selection("PlaceOfServiceCS", .placeOfService),
        conceptSet("PlaceOfServiceLocation", .placeOfServiceLocation),
    ]

    private static let specimen: [AttributeDeclaration] =
        occurrenceStart + type("SpecimenType") + [decimal("Quantity", .quantity)] + concepts("Unit", .unit)
        + concepts("AnatomicSite", .anatomicSite) + concepts("DiseaseStatus", .diseaseStatus) + [text("SourceId", .sourceID)]
        + person

    private static let death: [AttributeDeclaration] = occurrenceStart + type("DeathType") + person

    private static let conditionEra: [AttributeDeclaration] =
        eraDates + [integer("OccurrenceCount", .occurrenceCount)] + eraTail

    private static let drugEra: [AttributeDeclaration] =
        eraDates + [integer("OccurrenceCount", .occurrenceCount), integer("GapDays", .gapDays)] + eraTail

    private static let doseEra: [AttributeDeclaration] =
        eraDates + concepts("Unit", .unit) + [decimal("DoseValue", .doseValue)] + eraTail

    private static let observationPeriod: [AttributeDeclaration] =
        periodDates + concepts("PeriodType", .type) + [integer("PeriodLength", .length)] + ages

    private static let payerPlanPeriod: [AttributeDeclaration] =
        periodDates + [integer("PeriodLength", .length)] + ages + concepts("Gender", .gender)
        + [
            conceptSet("PayerConcept", .payer), conceptSet("PlanConcept", .plan), conceptSet("SponsorConcept", .sponsor),
            conceptSet("StopReasonConcept", .payerStopReason), conceptSet("PayerSourceConcept", .payerSource),
            conceptSet("PlanSourceConcept", .planSource), conceptSet("SponsorSourceConcept", .sponsorSource),
            conceptSet("StopReasonSourceConcept", .payerStopReasonSource),
        ]

    private static let episode: [AttributeDeclaration] = [
        date("EpisodeStartDate", .startDate), date("EpisodeEndDate", .endDate), integer("EpisodeNumber", .episodeNumber),
        integer("Age", .age), selection("GenderCS", .gender), selection("EpisodeObjectConceptCS", .episodeObjectConcept),
        selection("EpisodeTypeCS", .type),
    ]

    private static let customEra: [AttributeDeclaration] = [
        date("StartDate", .startDate), date("EndDate", .endDate), integer("AgeAtStart", .ageAtStart),
        selection("GenderCS", .gender), integer("Duration", .length),
    ]

    // MARK: What several domains share

    private static let occurrenceStart = [date("OccurrenceStartDate", .startDate)]
    private static let occurrenceDates = occurrenceStart + [date("OccurrenceEndDate", .endDate)]
    private static let eraDates = [date("EraStartDate", .startDate), date("EraEndDate", .endDate)]
    private static let periodDates = [date("PeriodStartDate", .startDate), date("PeriodEndDate", .endDate)]
    private static let ages = [integer("AgeAtStart", .ageAtStart), integer("AgeAtEnd", .ageAtEnd)]
    private static let eraTail = [integer("EraLength", .length)] + ages + concepts("Gender", .gender)
    private static let person = [integer("Age", .age)] + concepts("Gender", .gender)
    private static let provider = concepts("ProviderSpecialty", .providerSpecialty)
    private static let visit = concepts("VisitType", .visitType)

    // MARK: Kinds

    private static func date(_ key: String, _ attribute: CriterionAttribute) -> AttributeDeclaration {
        AttributeDeclaration(key: key, attribute: attribute, kind: .date)
    }

    private static func integer(_ key: String, _ attribute: CriterionAttribute) -> AttributeDeclaration {
        AttributeDeclaration(key: key, attribute: attribute, kind: .integer)
    }

    private static func decimal(_ key: String, _ attribute: CriterionAttribute) -> AttributeDeclaration {
        AttributeDeclaration(key: key, attribute: attribute, kind: .decimal)
    }

    private static func text(_ key: String, _ attribute: CriterionAttribute) -> AttributeDeclaration {
        AttributeDeclaration(key: key, attribute: attribute, kind: .text)
    }

    private static func selection(_ key: String, _ attribute: CriterionAttribute) -> AttributeDeclaration {
        AttributeDeclaration(key: key, attribute: attribute, kind: .selection)
    }

    private static func conceptSet(_ key: String, _ attribute: CriterionAttribute) -> AttributeDeclaration {
        AttributeDeclaration(key: key, attribute: attribute, kind: .conceptSet)
    }

    /// A list of concepts and the selection that stands beside it.
    private static func concepts(_ key: String, _ attribute: CriterionAttribute) -> [AttributeDeclaration] {
        [
            AttributeDeclaration(key: key, attribute: attribute, kind: .concepts(excludeKey: nil)),
            selection(key + "CS", attribute),
        ]
    }

    /// The type concept, whose list can be turned round by a flag.
    private static func type(_ key: String) -> [AttributeDeclaration] {
        [
            AttributeDeclaration(key: key, attribute: .type, kind: .concepts(excludeKey: key + "Exclude")),
            selection(key + "CS", .type),
        ]
    }
}
