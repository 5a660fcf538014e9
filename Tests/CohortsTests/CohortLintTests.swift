import CanonicalJSON
import Testing

@testable import Cohorts

@Suite("Checks before a run")
struct CohortLintTests {
    /// A check, a definition that it speaks of, where, and one close by that it is silent about.
    struct Case: Sendable, CustomTestStringConvertible {
        let check: String
        let place: String
        let noisy: CohortExpression
        let silent: CohortExpression

        init(_ check: String, _ place: String, _ noisy: CohortExpression, silent: CohortExpression) {
            (self.check, self.place, self.noisy, self.silent) = (check, place, noisy, silent)
        }

        var testDescription: String { check }
    }

    private static let entry = "/PrimaryCriteria/CriteriaList/0"
    private static let member = "/InclusionRules/0/expression/CriteriaList/0"
    private static let day = CalendarDay(dayNumber: 18_000)

    /// Read back from JSON, so that places are those of a definition that somebody wrote.
    private static func placed(_ expression: CohortExpression) -> CohortExpression {
        (try? CohortExpression(reading: expression.written)) ?? expression
    }

    private static func entering(
        _ criteria: Criterion..., sets: [ConceptSet] = [], limit: EventLimit = .all,
        change: (inout CohortExpression) -> Void = { _ in }
    ) -> CohortExpression {
        var expression = CohortExpression(
            conceptSets: sets, primaryCriteria: PrimaryCriteria(criteria, limit: limit), expressionLimit: .all)
        change(&expression)
        return placed(expression)
    }

    private static func rules(_ groups: CriteriaGroup..., change: (inout CohortExpression) -> Void = { _ in }) -> CohortExpression
    {
        entering(Criterion(.conditionOccurrence)) {
            $0.inclusionRules = groups.enumerated().map { InclusionRule("rule \($0)", $1) }
            change(&$0)
        }
    }

    private static let anyTime = Window(from: .before(nil), to: .after(nil))

    private static func counting(
        _ criterion: Criterion, window: Window = anyTime, end: Window? = nil, occurrence: Occurrence = .atLeast(1),
        sameVisit: Bool = false,
        ignoring: Bool = false, prior: Int = 0
    ) -> CohortExpression {
        let member = CorrelatedCriterion(
            criterion, startWindow: window, endWindow: end, restrictVisit: sameVisit, ignoreObservationPeriod: ignoring,
            occurrence: occurrence)
        return rules(CriteriaGroup(.all, criteria: [member])) { $0.primaryCriteria.observationWindow.priorDays = prior }
    }

    private static func filtered(_ domain: CriterionDomain, _ filters: (CriterionAttribute, FilterTest)...) -> CohortExpression {
        entering(Criterion(domain, filters: filters.map { CriterionFilter($0.0, $0.1) }))
    }

    private static func member(_ occurrence: Occurrence, window: Window = anyTime) -> CorrelatedCriterion {
        CorrelatedCriterion(Criterion(.drugExposure), startWindow: window, occurrence: occurrence)
    }

    private static func demographics(_ attributes: CriterionAttribute...) -> CriteriaGroup {
        let filters = attributes.map { CriterionFilter($0, .concepts([Concept(1)], isExclusion: false)) }
        return CriteriaGroup(.all, demographics: [DemographicCriterion(filters)])
    }

    private static let nested = CriteriaGroup(.all, demographics: [DemographicCriterion([])])
    private static let used = Criterion(.conditionOccurrence, codesetID: 1)
    private static let plain = entering(Criterion(.conditionOccurrence))

    private static func using(_ items: ConceptSetItem...) -> CohortExpression {
        entering(used, sets: [ConceptSet(id: 1, name: "one", items: items)])
    }

    private static func sourceItem(descendants: Bool) -> ConceptSetItem {
        var item = ConceptSetItem(Concept(1), includeDescendants: descendants)
        item.concept.standardConcept = "N"
        return item
    }

    static let conceptSets: [Case] = [
        Case(
            "undefinedConceptSet", entry + "/ConditionOccurrence/CodesetId", entering(used),
            silent: using(ConceptSetItem(Concept(1)))),
        Case(
            "emptyConceptSet", "/ConceptSets/0", using(ConceptSetItem(Concept(1), isExcluded: true)),
            silent: using(ConceptSetItem(Concept(1)))),
        Case(
            "unusedConceptSet", "/ConceptSets/1", entering(used, sets: [Fixtures.set(1, "one", 1), Fixtures.set(2, "two", 2)]),
            silent: using(ConceptSetItem(Concept(1)))),
        Case(
            "duplicateConceptSet", "/ConceptSets/1",
            entering(used, sets: [Fixtures.set(1, "one", 1, 2), Fixtures.set(2, "two", 2, 1)]),
            silent: entering(used, sets: [Fixtures.set(1, "one", 1), Fixtures.set(2, "two", 1, 2)])),
        Case(
            "repeatedConcept", "/ConceptSets/0/expression/items/1", using(ConceptSetItem(Concept(1)), ConceptSetItem(Concept(1))),
            silent: using(ConceptSetItem(Concept(1)), ConceptSetItem(Concept(2)))),
        Case(
            "includedAndExcluded", "/ConceptSets/0/expression/items/0",
            using(ConceptSetItem(Concept(1)), ConceptSetItem(Concept(1), isExcluded: true)),
            silent: using(ConceptSetItem(Concept(1)), ConceptSetItem(Concept(2), isExcluded: true))),
        Case(
            "domainMismatch", entry + "/ConditionOccurrence/CodesetId", using(ConceptSetItem(Concept(1, domainID: "Drug"))),
            silent: using(ConceptSetItem(Concept(1, domainID: "Drug")), ConceptSetItem(Concept(2, domainID: "Condition")))),
        Case(
            "nonStandardConcepts", entry + "/ConditionOccurrence/CodesetId", using(sourceItem(descendants: false)),
            silent: using(sourceItem(descendants: true))),
        Case(
            "selectionWithoutSet", entry + "/Measurement/UnitCS",
            filtered(.measurement, (.unit, .selection(ConceptSetSelection(codesetID: nil)))),
            silent: filtered(.measurement, (.unit, .selection(ConceptSetSelection(codesetID: 1))))),
    ]

    static let criteria: [Case] = [
        Case(
            "criterionWithoutConceptSet", entry + "/ConditionOccurrence", plain,
            silent: entering(Criterion(.death), Criterion(.observationPeriod))),
        Case(
            "impossibleRange", entry + "/Measurement/ValueAsNumber",
            filtered(.measurement, (.valueAsNumber, .number(NumericRange(.between, 9, 7)))),
            silent: filtered(.measurement, (.valueAsNumber, .number(NumericRange(.lessThan, -7))))),
        Case(
            "impossibleRange", entry + "/Death/Age", filtered(.death, (.age, .number(NumericRange(.lessThan, 0)))),
            silent: filtered(.death, (.age, .number(NumericRange(.lessThan, 1))))),
        Case(
            "impossibleRange", entry + "/Death/OccurrenceStartDate",
            filtered(.death, (.startDate, .date(DateRange(.between, day, CalendarDay(dayNumber: 17_999))))),
            silent: filtered(.death, (.startDate, .date(DateRange(.between, day, day))))),
        Case(
            "periodReversed", "/CensorWindow",
            entering(used) { $0.censorWindow = Period(start: day, end: CalendarDay(dayNumber: 17_999)) },
            silent: entering(used) { $0.censorWindow = Period(start: day, end: day) }),
        Case(
            "valueWithoutUnit", entry + "/Measurement/ValueAsNumber",
            filtered(.measurement, (.valueAsNumber, .number(NumericRange(.lessThan, 1_500)))),
            silent: filtered(
                .measurement, (.valueAsNumber, .number(NumericRange(.lessThan, 1_500))),
                (.unit, .concepts([Concept(1)], isExclusion: false)))),
        Case(
            "firstBeforeFilters", entry + "/DrugEra/First",
            entering(
                Criterion(.drugEra, first: true, filters: [CriterionFilter(.ageAtStart, .number(NumericRange(.atLeast, 40)))])),
            silent: entering(Criterion(.drugEra, first: true))),
        Case(
            "drugEndDateTestsStart", entry + "/DrugExposure/OccurrenceEndDate",
            filtered(.drugExposure, (.endDate, .date(DateRange(.atLeast, day)))),
            silent: filtered(.conditionOccurrence, (.endDate, .date(DateRange(.atLeast, day))))),
        Case(
            "specimenIgnoresAdjustment", entry + "/Specimen/DateAdjustment",
            entering(Criterion(.specimen, dateAdjustment: DateAdjustment())),
            silent: entering(Criterion(.death, dateAdjustment: DateAdjustment()))),
        Case(
            "customEraIgnores", entry + "/CustomEra/GapDays",
            entering(Criterion(.customEra, eraMembers: [Criterion(.death)], eraGapDays: 30)),
            silent: entering(Criterion(.customEra, eraMembers: [Criterion(.death)]))),
        Case(
            "customEraIgnores", entry + "/CustomEra/CorrelatedCriteria",
            entering(Criterion(.customEra, correlated: nested, eraMembers: [Criterion(.death)])),
            silent: entering(Criterion(.death, correlated: nested))),
    ]

    static let windows: [Case] = [
        Case(
            "contradictoryWindow", member + "/StartWindow",
            counting(Criterion(.death), window: Window(from: .after(7), to: .after(1))),
            silent: counting(Criterion(.death), window: Window(from: .after(7), to: .after(7)))),
        Case(
            "contradictoryWindow", member + "/EndWindow",
            counting(Criterion(.drugEra), end: Window(from: .after(nil), to: .before(nil))),
            silent: counting(Criterion(.drugEra), end: anyTime)),
        Case(
            "contradictoryWindow", member + "/StartWindow",
            counting(
                Criterion(.death),
                window: Window(
                    from: WindowEndpoint(days: 0, coefficient: 1, hours: 5), to: WindowEndpoint(days: 1, coefficient: 1, hours: 4)
                )),
            silent: counting(
                Criterion(.death),
                window: Window(
                    from: WindowEndpoint(days: 0, coefficient: 1, hours: 4), to: WindowEndpoint(days: 1, coefficient: 1, hours: 5)
                ))),
        Case(
            "endWindowOnOneDay", member + "/EndWindow",
            counting(Criterion(.measurement), end: Window(from: .before(7), to: .after(0), eventDate: .end)),
            silent: counting(Criterion(.conditionOccurrence), end: Window(from: .before(7), to: .after(0), eventDate: .end))),
        Case(
            "visitlessRestriction", member + "/RestrictVisit", counting(Criterion(.drugEra), sameVisit: true),
            silent: counting(Criterion(.drugExposure), sameVisit: true)),
        Case(
            "deathBeforeIndex", member + "/StartWindow",
            counting(Criterion(.death), window: Window(from: .before(nil), to: .before(1))),
            silent: counting(Criterion(.death), window: Window(from: .before(nil), to: .before(1)), occurrence: .exactly(0))),
        Case(
            "shortLookback", member + "/StartWindow",
            counting(
                Criterion(.drugExposure), window: Window(from: .before(365), to: .before(1)), occurrence: .exactly(0), prior: 364),
            silent: counting(
                Criterion(.drugExposure), window: Window(from: .before(365), to: .before(1)), occurrence: .exactly(0), prior: 365)
        ),
        Case(
            "nestedObservationPeriod", member + "/IgnoreObservationPeriod",
            counting(Criterion(.death, correlated: nested), ignoring: true),
            silent: counting(Criterion(.death), ignoring: true)),
        Case(
            "hoursExtension", member + "/StartWindow",
            counting(
                Criterion(.measurement), window: Window(from: .after(0), to: WindowEndpoint(days: 1, coefficient: 1, hours: 24))),
            silent: counting(Criterion(.measurement))),
        Case(
            "meaninglessCount", member + "/Occurrence", counting(Criterion(.death), occurrence: .atLeast(0)),
            silent: counting(Criterion(.death), occurrence: .exactly(0))),
        Case(
            "meaninglessCount", member + "/Occurrence", counting(Criterion(.death), occurrence: .atMost(-1)),
            silent: counting(Criterion(.death), occurrence: .atMost(0))),
    ]

    static let groups: [Case] = [
        Case(
            "repeatedCriterion", "/InclusionRules/0/expression/CriteriaList/1",
            rules(CriteriaGroup(.any, criteria: [member(.atLeast(1)), member(.atLeast(1))])),
            silent: rules(CriteriaGroup(.any, criteria: [member(.atLeast(1)), member(.atLeast(2))]))),
        Case(
            "repeatedCriterion", "/InclusionRules/1", rules(demographics(.gender), demographics(.gender)),
            silent: rules(demographics(.gender), demographics(.race))),
        Case(
            "contradictoryCounts", "/InclusionRules/0/expression/CriteriaList/1",
            rules(CriteriaGroup(.all, criteria: [member(.atLeast(2)), member(.atMost(1))])),
            silent: rules(CriteriaGroup(.any, criteria: [member(.atLeast(2)), member(.atMost(1))]))),
        Case(
            "contradictoryCounts", "/InclusionRules/0/expression/CriteriaList/1",
            rules(CriteriaGroup(.all, criteria: [member(.exactly(0)), member(.atLeast(1))])),
            silent: rules(
                CriteriaGroup(
                    .all, criteria: [member(.exactly(0)), member(.atLeast(1), window: Window(from: .after(0), to: .after(9)))]))),
        Case(
            "groupCountOutOfReach", "/InclusionRules/0/expression/Count", rules(CriteriaGroup(.atLeast(2), groups: [nested])),
            silent: rules(CriteriaGroup(.atLeast(1), groups: [nested]))),
        Case(
            "groupCountOutOfReach", "/InclusionRules/0/expression/Count", rules(CriteriaGroup(.atMost(1), groups: [nested])),
            silent: rules(CriteriaGroup(.atMost(0), groups: [nested]))),
        Case("ruleWithoutCriteria", "/InclusionRules/0", rules(CriteriaGroup(.any)), silent: rules(nested)),
        Case(
            "ruleNames", "/InclusionRules/1/name", rules(nested, demographics(.gender)) { $0.inclusionRules[1].name = "rule 0" },
            silent: rules(nested, demographics(.gender))),
        Case("ruleNames", "/InclusionRules/0/name", rules(nested) { $0.inclusionRules[0].name = " " }, silent: rules(nested)),
        Case(
            "tooManyRules", "/InclusionRules", rules { $0.inclusionRules = (1...63).map { InclusionRule("rule \($0)", nested) } },
            silent: rules { $0.inclusionRules = (1...62).map { InclusionRule("rule \($0)", nested) } }),
    ]

    static let limitsAndHospitals: [Case] = [
        Case("qualifiedLimitIgnored", "/QualifiedLimit", plain, silent: entering(used) { $0.qualifiedLimit = .all }),
        Case(
            "emptyAdditionalCriteria", "/AdditionalCriteria", entering(used) { $0.additionalCriteria = CriteriaGroup(.all) },
            silent: entering(used) { $0.additionalCriteria = nested }),
        Case(
            "limitWithoutEffect", "/ExpressionLimit", entering(used, limit: .first) { $0.expressionLimit = .last },
            silent: entering(used) { $0.expressionLimit = .last }),
        Case("noExit", "", plain, silent: entering(used) { $0.endStrategy = .dateOffset(.init(.start, offset: 30)) }),
        Case(
            "exitOffset", "/EndStrategy/DateOffset/Offset",
            entering(used) { $0.endStrategy = .dateOffset(.init(.start, offset: -1)) },
            silent: entering(used) { $0.endStrategy = .dateOffset(.init(.end, offset: 0)) }),
        Case(
            "exitOffset", "/EndStrategy/DateOffset/DateField",
            entering(Criterion(.visitOccurrence)) { $0.endStrategy = .dateOffset(.init(.end, offset: 1)) },
            silent: entering(Criterion(.visitOccurrence)) { $0.endStrategy = .dateOffset(.init(.start, offset: 1)) }),
        Case(
            "drugExitWithoutDrugEntry", "/EndStrategy", entering(used) { $0.endStrategy = .customEra(.init(drugCodesetID: 1)) },
            silent: entering(Criterion(.drugEra)) { $0.endStrategy = .customEra(.init(drugCodesetID: 1)) }),
        Case("notInThisDataModel", entry + "/LocationRegion", entering(Criterion(.locationRegion)), silent: plain),
        Case(
            "notInThisDataModel", entry + "/DrugExposure/EffectiveDrugDose",
            filtered(.drugExposure, (.effectiveDrugDose, .number(NumericRange(.atLeast, 5)))),
            silent: filtered(.drugExposure, (.quantity, .number(NumericRange(.atLeast, 5))))),
        Case(
            "raceOrEthnicity", "/InclusionRules/0/expression/DemographicCriteriaList/0/Race", rules(demographics(.race)),
            silent: rules(demographics(.gender))),
    ]

    static let all = conceptSets + criteria + windows + groups + limitsAndHospitals

    @Test("Each check speaks of what it is for, at its place, and is silent about what is close by", arguments: all)
    func check(_ example: Case) {
        let found = CohortLint.findings(in: example.noisy).filter { $0.check == example.check }
        #expect(found.map(\.pointer.description) == [example.place])
        #expect(!CohortLint.findings(in: example.silent).contains { $0.check == example.check })
    }

    @Test("A key that nobody knows is pointed out")
    func unknownKey() throws {
        let expression = try CohortExpression(reading: Fixtures.entering(["Death": ["age": 3]]))
        let found = CohortLint.findings(in: expression).filter { $0.check == "unknownKey" }
        #expect(found.map(\.pointer.description) == ["/PrimaryCriteria/CriteriaList/0/Death/age"])
    }

    @Test("Every check has an example here, and no two have one name")
    func complete() {
        let names = CohortLint.checkNames
        #expect(Set(names) == Set(Self.all.map(\.check)).union(["unknownKey"]))
        #expect(Set(names).count == names.count)
        #expect(names.count == 40)
    }

    @Test("Findings speak both languages in whole sentences and never leave a particle open")
    func languages() {
        for finding in Self.all.flatMap({ CohortLint.findings(in: $0.noisy) }) {
            #expect(finding.english.hasSuffix("."))
            #expect(finding.korean.hasSuffix("다.") || finding.korean.hasSuffix("오."), "\(finding.korean)")
            #expect(!finding.english.unicodeScalars.contains { (0xAC00...0xD7A3).contains($0.value) })
            for open in ["을(를)", "이(가)", "은(는)", "(으)로"] { #expect(!finding.korean.contains(open)) }
            #expect(finding.message(.korean) == finding.korean)
        }
    }

    @Test("The most severe come first, and each finding travels as JSON")
    func order() {
        let findings = CohortLint.findings(in: Self.conceptSets[0].noisy)
        #expect(findings.first?.check == "undefinedConceptSet")
        #expect(findings.map(\.severity) == findings.map(\.severity).sorted(by: >))
        #expect(findings[0].json["severity"] == "error")
        #expect(findings[0].json["message"]?["ko"] != nil)
    }

    @Test("A tidy definition leaves nothing to warn of")
    func tidy() {
        let expression = Self.entering(Self.used, sets: [Fixtures.set(1, "diabetes", 1, domain: "Condition")]) {
            $0.qualifiedLimit = .all
            $0.endStrategy = .dateOffset(.init(.start, offset: 30))
            $0.inclusionRules = [InclusionRule("adults", Self.demographics(.gender))]
        }
        #expect(CohortLint.findings(in: expression).isEmpty, "\(CohortLint.findings(in: expression))")
    }
}
