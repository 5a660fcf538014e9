import CanonicalJSON
import Testing

@testable import Cohorts

@Suite("Attributes of criteria")
struct CriterionSchemaTests {
    private static let visitPart = [
        "Age", "Gender", "GenderCS", "ProviderSpecialty", "ProviderSpecialtyCS", "VisitType", "VisitTypeCS",
    ]
    private static let eraPart = ["EraLength", "AgeAtStart", "AgeAtEnd", "Gender", "GenderCS"]

    /// The JSON names of circe-be's criteria classes, besides those that every criterion has and the flags beside type lists.
    static let keys: [(CriterionDomain, [String])] = [
        (
            .conditionOccurrence,
            [
                "OccurrenceStartDate", "OccurrenceEndDate", "ConditionType", "ConditionTypeCS", "StopReason", "ConditionStatus",
                "ConditionStatusCS",
            ] + visitPart
        ),
        (
            .drugExposure,
            [
                "OccurrenceStartDate", "OccurrenceEndDate", "DrugType", "DrugTypeCS", "StopReason", "Refills", "Quantity",
                "DaysSupply", "RouteConcept", "RouteConceptCS", "EffectiveDrugDose", "DoseUnit", "DoseUnitCS", "LotNumber",
            ] + visitPart
        ),
        (
            .procedureOccurrence,
            ["OccurrenceStartDate", "ProcedureType", "ProcedureTypeCS", "Modifier", "ModifierCS", "Quantity"] + visitPart
        ),
        (
            .measurement,
            [
                "OccurrenceStartDate", "MeasurementType", "MeasurementTypeCS", "Operator", "OperatorCS", "ValueAsNumber",
                "ValueAsConcept", "ValueAsConceptCS", "Unit", "UnitCS", "RangeLow", "RangeHigh", "RangeLowRatio",
                "RangeHighRatio", "Abnormal",
            ] + visitPart
        ),
        (
            .observation,
            [
                "OccurrenceStartDate", "ObservationType", "ObservationTypeCS", "ValueAsNumber", "ValueAsString",
                "ValueAsConcept", "ValueAsConceptCS", "Qualifier", "QualifierCS", "Unit", "UnitCS",
            ] + visitPart
        ),
        (
            .deviceExposure,
            ["OccurrenceStartDate", "OccurrenceEndDate", "DeviceType", "DeviceTypeCS", "UniqueDeviceId", "Quantity"] + visitPart
        ),
        (
            .visitOccurrence,
            [
                "OccurrenceStartDate", "OccurrenceEndDate", "VisitLength", "PlaceOfService", "PlaceOfServiceCS",
                "PlaceOfServiceLocation",
            ] + visitPart
        ),
        (
            .visitDetail,
            [
                "VisitDetailStartDate", "VisitDetailEndDate", "VisitDetailTypeCS", "VisitDetailLength", "Age", "GenderCS",
                "ProviderSpecialtyCS", "PlaceOfServiceCS", "PlaceOfServiceLocation",
            ]
        ),
        (
            .specimen,
            [
                "OccurrenceStartDate", "SpecimenType", "SpecimenTypeCS", "Quantity", "Unit", "UnitCS", "AnatomicSite",
                "AnatomicSiteCS", "DiseaseStatus", "DiseaseStatusCS", "SourceId", "Age", "Gender", "GenderCS",
            ]
        ),
        (.death, ["OccurrenceStartDate", "DeathType", "DeathTypeCS", "Age", "Gender", "GenderCS"]),
        (.conditionEra, ["EraStartDate", "EraEndDate", "OccurrenceCount"] + eraPart),
        (.drugEra, ["EraStartDate", "EraEndDate", "OccurrenceCount", "GapDays"] + eraPart),
        (.doseEra, ["EraStartDate", "EraEndDate", "Unit", "UnitCS", "DoseValue"] + eraPart),
        (
            .observationPeriod,
            ["PeriodStartDate", "PeriodEndDate", "PeriodType", "PeriodTypeCS", "PeriodLength", "AgeAtStart", "AgeAtEnd"]
        ),
        (
            .payerPlanPeriod,
            [
                "PeriodStartDate", "PeriodEndDate", "PeriodLength", "AgeAtStart", "AgeAtEnd", "Gender", "GenderCS",
                "PayerConcept", "PlanConcept", "SponsorConcept", "StopReasonConcept", "PayerSourceConcept",
                "PlanSourceConcept", "SponsorSourceConcept", "StopReasonSourceConcept",
            ]
        ),
        (
            .episode,
            ["EpisodeStartDate", "EpisodeEndDate", "EpisodeNumber", "Age", "GenderCS", "EpisodeObjectConceptCS", "EpisodeTypeCS"]
        ),
        (.locationRegion, ["StartDate", "EndDate"]),
        (.customEra, ["StartDate", "EndDate", "AgeAtStart", "GenderCS", "Duration"]),
    ]

    @Test("Every domain has the attributes of circe-be, no more and no fewer", arguments: keys)
    func complete(domain: CriterionDomain, keys: [String]) {
        let declared = CriterionSchema.attributes(of: domain).map(\.key)
        #expect(Set(declared) == Set(keys))
        #expect(declared.count == keys.count)
    }

    @Test("The table of this test has every domain")
    func everyDomain() {
        #expect(Set(Self.keys.map(\.0)) == Set(CriterionDomain.allCases))
    }

    /// A value for a key, chosen by the key's name alone.
    private func value(for key: String) -> JSONValue {
        let integers: Set = [
            "Age", "AgeAtStart", "AgeAtEnd", "VisitLength", "VisitDetailLength", "EraLength", "PeriodLength", "Duration",
            "Refills", "DaysSupply", "OccurrenceCount", "GapDays", "EpisodeNumber", "Quantity", "EffectiveDrugDose",
            "ValueAsNumber", "RangeLow", "RangeHigh", "RangeLowRatio", "RangeHighRatio", "DoseValue",
        ]
        let texts: Set = ["StopReason", "LotNumber", "UniqueDeviceId", "SourceId", "ValueAsString"]
        if key.hasSuffix("Date") { return ["Value": "2020-01-01", "Extent": "2020-12-31", "Op": "bt"] }
        if key.hasSuffix("CS") { return ["CodesetId": 1, "IsExclusion": true] }
        if integers.contains(key) { return ["Value": 3, "Op": "gte"] }
        if texts.contains(key) { return ["Text": "x", "Op": "!startsWith"] }
        if key == "Abnormal" { return true }
        let isSetID =
            (key.hasSuffix("Concept") && !["RouteConcept", "ValueAsConcept"].contains(key)) || key == "PlaceOfServiceLocation"
        return isSetID ? 1 : [["CONCEPT_ID": 5, "CONCEPT_NAME": "five"], ["CONCEPT_ID": 6]]
    }

    @Test("A criterion with all its attributes is read whole, and written as it was", arguments: keys)
    func allAttributes(domain: CriterionDomain, keys: [String]) throws {
        var body = JSONObject()
        for key in keys { body[key] = value(for: key) }
        if domain.hasCodeset { body["CodesetId"] = 1 }
        if domain.hasFirst { body["First"] = true }
        if let key = domain.sourceConceptKey { body[key] = 1 }
        if domain.hasUserDefinedPeriod { body["UserDefinedPeriod"] = ["StartDate": "2020-01-01", "EndDate": "2020-06-30"] }
        if domain == .customEra { (body["CriteriaList"], body["GapDays"]) = ([["Death": [:]]], 30) }
        body["DateAdjustment"] = ["StartWith": "END_DATE", "StartOffset": -1, "EndWith": "START_DATE", "EndOffset": 10]
        body["CorrelatedCriteria"] = ["Type": "AT_MOST", "Count": 0, "DemographicCriteriaList": [[:]]]
        let expression = try CohortExpression(reading: Fixtures.entering(.object([domain.rawValue: .object(body)])))
        let criterion = expression.primaryCriteria.criteria[0]
        #expect(criterion.filters.count == keys.count)
        #expect(expression.unknownKeys.isEmpty, "\(expression.unknownKeys)")
        #expect(criterion.dateAdjustment == DateAdjustment(startWith: .end, startOffset: -1, endWith: .start, endOffset: 10))
        #expect(criterion.correlated?.rule == .atMost(0))
        let written = try #require(criterion.written[domain.rawValue]?.objectValue)
        for key in body.keys where key != "CorrelatedCriteria" && key != "DateAdjustment" {
            #expect(written[key] == body[key], "\(key)")
        }
        let again = try CohortExpression(reading: expression.written)
        #expect(again.primaryCriteria == expression.primaryCriteria)
    }

    @Test("Lists of types turn round with their flag, empty lists and false flags ask nothing")
    func lists() throws {
        func filters(_ body: JSONValue) throws -> [CriterionFilter] {
            try CohortExpression(reading: Fixtures.entering(["Measurement": body])).primaryCriteria.criteria[0].filters
        }
        let concepts: JSONValue = [["CONCEPT_ID": 5]]
        #expect(try filters(["MeasurementType": concepts]).map(\.test) == [.concepts([Concept(5)], isExclusion: false)])
        #expect(
            try filters(["MeasurementType": concepts, "MeasurementTypeExclude": true]).map(\.test)
                == [.concepts([Concept(5)], isExclusion: true)])
        #expect(try filters(["MeasurementType": [], "MeasurementTypeExclude": true, "Unit": [], "Abnormal": false]).isEmpty)
        #expect(try filters(["UnitCS": [:]]).map(\.test) == [.selection(ConceptSetSelection(codesetID: nil))])
    }

    @Test("One meaning has one name whatever the key, and a visit's own VisitType is the record's type")
    func meanings() {
        func attribute(_ domain: CriterionDomain, _ key: String) -> CriterionAttribute? {
            CriterionSchema.attributes(of: domain).first { $0.key == key }?.attribute
        }
        let starts: [(CriterionDomain, String)] = [
            (.death, "OccurrenceStartDate"), (.drugEra, "EraStartDate"), (.observationPeriod, "PeriodStartDate"),
            (.visitDetail, "VisitDetailStartDate"), (.episode, "EpisodeStartDate"), (.customEra, "StartDate"),
        ]
        for (domain, key) in starts { #expect(attribute(domain, key) == .startDate) }
        #expect(attribute(.visitOccurrence, "VisitType") == .type)
        #expect(attribute(.measurement, "VisitType") == .visitType)
        #expect(attribute(.visitOccurrence, "VisitLength") == .length)
        #expect(attribute(.customEra, "Duration") == .length)
    }

    @Test("Bounds of whole-number attributes are truncated, the others have four decimals")
    func bounds() throws {
        func range(_ key: String, _ value: JSONValue) throws -> Double? {
            let criterion: JSONValue = ["Measurement": .object([key: ["Op": "gt", "Value": value]])]
            let read = try CohortExpression(reading: Fixtures.entering(criterion)).primaryCriteria.criteria[0]
            return read.range(of: .age)?.value ?? read.range(of: .valueAsNumber)?.value
        }
        #expect(try range("Age", 1.9) == 1)
        #expect(try range("Age", -1.9) == -1)
        #expect(try range("Age", "18") == 18)
        // Java's "%.4f" of the same numbers: half up on the decimal form.
        let decimals: [(JSONValue, Double)] = [
            (6.5, 6.5), (7, 7), (1.00005, 1.0001), (1.00004, 1), (0.00005, 0.0001), (0.00004, 0), (-1.00005, -1.0001),
            (0.12345678, 0.1235), (2.67545, 2.6755), (99.99995, 100), ("6.55555", 6.5556), (1e-9, 0), (123456.789, 123456.789),
        ]
        for (value, expected) in decimals { #expect(try range("ValueAsNumber", value) == expected, "\(value)") }
    }
}

@Suite("Tests of values")
struct RangeTests {
    @Test("Ranges of numbers include and exclude as SQL does, and NULL is in none")
    func numbers() {
        let table: [(NumericRange, [Bool])] = [
            (NumericRange(.lessThan, 5), [true, false, false]), (NumericRange(.atMost, 5), [true, true, false]),
            (NumericRange(.equal, 5), [false, true, false]), (NumericRange(.notEqual, 5), [true, false, true]),
            (NumericRange(.greaterThan, 5), [false, false, true]), (NumericRange(.atLeast, 5), [false, true, true]),
            (NumericRange(.between, 4, 5), [true, true, false]), (NumericRange(.notBetween, 4, 5), [false, false, true]),
            (NumericRange(.between, 6, 4), [false, false, false]), (NumericRange(.notBetween, 6, 4), [true, true, true]),
        ]
        for (range, expected) in table {
            #expect([4, 5, 6].map(range.contains) == expected, "\(range)")
            #expect(!range.contains(.nan))
        }
    }

    @Test("Ranges of days include both ends")
    func days() throws {
        let (first, last) = (try #require(CalendarDay("2020-02-28")), try #require(CalendarDay("2020-03-01")))
        let range = DateRange(.between, first, last)
        #expect((-1...3).map { range.contains(dayNumber: first.dayNumber + $0) } == [false, true, true, true, false])
        #expect(DateRange(.greaterThan, first).contains(dayNumber: first.dayNumber + 1))
        #expect(!DateRange(.greaterThan, first).contains(dayNumber: first.dayNumber))
    }

    @Test("Text is matched as LIKE does: wildcards stay, case counts, NULL matches nothing")
    func text() {
        let table: [(TextFilter, String?, Bool)] = [
            (TextFilter(.startsWith, "ab"), "abc", true), (TextFilter(.startsWith, "ab"), "xab", false),
            (TextFilter(.endsWith, "ab"), "xab", true), (TextFilter(.endsWith, "ab"), "abx", false),
            (TextFilter(.contains, "b"), "abc", true), (TextFilter(.contains, "B"), "abc", false),
            (TextFilter(.contains, "a_c"), "xabcx", true), (TextFilter(.contains, "a_c"), "xac", false),
            (TextFilter(.startsWith, "a%z"), "abcz and", true), (TextFilter(.startsWith, "a%z"), "abc", false),
            (TextFilter(.contains, ""), "", true), (TextFilter(.endsWith, "가"), "나가", true),
            (TextFilter(.contains, "b", isNegated: true), "abc", false),
            (TextFilter(.contains, "x", isNegated: true), "abc", true),
            (TextFilter(.contains, "x", isNegated: true), nil, false), (TextFilter(.contains, "x"), nil, false),
            (TextFilter(.contains, #"it\'s"#), "it's", true), (TextFilter(.contains, #"a\b"#), #"a\b"#, true),
        ]
        for (filter, value, expected) in table { #expect(filter.matches(value) == expected, "\(filter) \(value ?? "NULL")") }
    }

    @Test("A pattern full of wildcards is answered at once")
    func wildcards() {
        let filter = TextFilter(.contains, String(repeating: "%a", count: 200) + "b")
        #expect(!filter.matches(String(repeating: "a", count: 20_000)))
    }
}
