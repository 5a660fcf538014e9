import CanonicalJSON
import Testing

@testable import Cohorts

@Suite("Reading an expression")
struct ExpressionReaderTests {
    private func read(_ value: JSONValue) throws -> CohortExpression { try CohortExpression(reading: value) }

    @Test("What is absent, or null, has Circe's default")
    func defaults() throws {
        let expected = CohortExpression(primaryCriteria: PrimaryCriteria([Criterion(.conditionOccurrence)], limit: .all))
        let nulls = [
            "Title", "ConceptSets", "AdditionalCriteria", "QualifiedLimit", "ExpressionLimit", "InclusionRules", "EndStrategy",
            "CensoringCriteria", "CollapseSettings", "CensorWindow",
        ].reduce(Fixtures.smallest) { $0.setting("/\($1)", to: .null) }
        for value in [Fixtures.smallest, nulls] {
            let found = try read(value)
            #expect(found.written == expected.written)
            #expect(found.qualifiedLimit == .first)
            #expect(found.effectiveQualifiedLimit == .all)
            #expect(found.expressionLimit == .first)
            #expect(found.endStrategy == nil)
            #expect(found.censorWindow == nil)
            #expect(found.collapseSettings.eraPad == 0)
        }
    }

    @Test("Without a limit object the first event counts, and a word that nobody knows means one too")
    func limits() throws {
        let place = "/PrimaryCriteria/PrimaryCriteriaLimit"
        let words: [(JSONValue?, EventLimit)] = [
            (nil, .first), ([:], .first), (["Type": "all"], .all), (["Type": "ALL"], .all), (["Type": "LAST"], .last),
            (["Type": "last"], .last), (["Type": "First"], .first), (["Type": "earliest"], .first), (["Type": ""], .first),
        ]
        for (value, limit) in words {
            #expect(try read(Fixtures.smallest.setting(place, to: value)).primaryCriteria.limit == limit)
        }
        let open = try read(
            Fixtures.smallest.setting("/ExpressionLimit", to: ["Type": .null]).setting("/QualifiedLimit", to: ["Type": .null]))
        #expect(open.expressionLimit == nil)
        #expect(open.qualifiedLimit == nil)
    }

    @Test("The qualified limit has effect only when additional criteria are present, empty ones included")
    func qualifiedLimit() throws {
        let limited = Fixtures.smallest.setting("/QualifiedLimit", to: ["Type": "Last"])
        #expect(try read(limited).effectiveQualifiedLimit == .all)
        #expect(try read(limited.setting("/AdditionalCriteria", to: [:])).effectiveQualifiedLimit == .last)
    }

    @Test("Words of groups do not depend on case, and members keep their order and places")
    func groups() throws {
        let group: JSONValue = [
            "Type": "at_least", "Count": 2,
            "CriteriaList": [Fixtures.member(["Death": [:]]), Fixtures.member(["DrugEra": ["CodesetId": 4]])],
            "DemographicCriteriaList": [["Age": ["Op": "gte", "Value": 18]]],
            "Groups": [["Type": "ALL"], ["Type": "Any", "DemographicCriteriaList": [[:]]]],
        ]
        let read = try read(Fixtures.withRule(group)).inclusionRules[0].expression
        #expect(read.rule == .atLeast(2))
        #expect(read.memberCount == 5)
        #expect(read.criteria.map(\.criterion.domain) == [.death, .drugEra])
        #expect(read.criteria[1].criterion.pointer.description == "/InclusionRules/0/expression/CriteriaList/1/Criteria/DrugEra")
        #expect(
            read.demographics[0].filters == [
                CriterionFilter(
                    .age, .number(NumericRange(.atLeast, 18)),
                    pointer: try #require(JSONPointer("/InclusionRules/0/expression/DemographicCriteriaList/0/Age")))
            ])
        #expect(read.groups[0].isEmpty)
        #expect(read.groups[1].rule == .any)
    }

    @Test("A group holds by how many of its members do, and an empty one always")
    func holding() {
        let member = DemographicCriterion([])
        func group(_ rule: CriteriaGroup.Rule, members: Int) -> CriteriaGroup {
            CriteriaGroup(rule, demographics: Array(repeating: member, count: members))
        }
        let table: [(CriteriaGroup.Rule, [Bool])] = [
            (.all, [false, false, false, true]), (.any, [false, true, true, true]), (.atLeast(2), [false, false, true, true]),
            (.atMost(1), [true, true, false, false]), (.atLeast(0), [true, true, true, true]),
            (.atMost(0), [true, false, false, false]),
        ]
        for (rule, expected) in table {
            #expect((0...3).map { group(rule, members: 3).holds($0) } == expected)
            #expect(group(rule, members: 0).holds(0))
        }
    }

    @Test("A start window looks at starts and an end window at ends, unless UseEventEnd says otherwise")
    func windowDates() throws {
        let cases: [(start: JSONValue?, end: JSONValue?, expected: (Window.EventDate, Window.EventDate))] = [
            (nil, nil, (.start, .end)), (true, false, (.end, .start)), (false, true, (.start, .end)),
            (.null, .null, (.start, .end)),
        ]
        for (start, end, expected) in cases {
            let window: JSONValue = ["Start": ["Days": 30, "Coeff": -1], "End": ["Days": 0, "Coeff": 1]]
            let member = try read(
                Fixtures.counting(
                    ["Measurement": [:]],
                    [
                        ("/StartWindow", window.setting("/UseEventEnd", to: start)),
                        ("/EndWindow", window.setting("/UseEventEnd", to: end).setting("/UseIndexEnd", to: true)),
                    ])
            ).onlyMember
            #expect(member?.startWindow.eventDate == expected.0)
            #expect(member?.endWindow?.eventDate == expected.1)
            #expect(member?.startWindow.indexDate == .start)
            #expect(member?.endWindow?.indexDate == .end)
            #expect(member?.startWindow.start.offset == -30)
            #expect(member?.startWindow.end.offset == 0)
        }
    }

    @Test("An endpoint without days is an edge, and hours stand beside days")
    func endpoints() throws {
        let member = try read(
            Fixtures.counting(
                ["Measurement": [:]],
                [("/StartWindow", ["Start": ["Days": .null, "Coeff": -1], "End": ["Days": 1, "Coeff": 1, "DureHours": 24]])])
        ).onlyMember
        #expect(member?.startWindow.start.offset == nil)
        #expect(member?.startWindow.end.offset == 1)
        #expect(member?.startWindow.end.minuteOffset == 1_440)
        #expect(member?.startWindow.usesHours == true)
    }

    @Test("Occurrences: the three comparisons, distinct columns and what none satisfies")
    func occurrences() throws {
        for (type, kind) in [(0, Occurrence.Kind.exactly), (1, .atMost), (2, .atLeast)] {
            let member = try read(
                Fixtures.counting(["DrugExposure": [:]], [("/Occurrence", ["Type": .int(type), "Count": 3])])
            ).onlyMember
            #expect(member?.occurrence == Occurrence(kind, 3))
        }
        #expect((0...4).map(Occurrence.exactly(2).holds) == [false, false, true, false, false])
        #expect((0...4).map(Occurrence.atMost(2).holds) == [true, true, true, false, false])
        #expect((0...4).map(Occurrence.atLeast(2).holds) == [false, false, true, true, true])
        #expect(Occurrence.atLeast(0).acceptsNone && Occurrence.exactly(0).acceptsNone && !Occurrence.exactly(1).acceptsNone)
        let distinct = try read(
            Fixtures.counting(
                ["DrugExposure": [:]],
                [("/Occurrence", ["Type": 2, "Count": 3, "IsDistinct": true, "CountColumn": "DAYS_SUPPLY"])])
        ).onlyMember
        #expect(distinct?.occurrence.distinctColumn == .daysSupply)
        #expect(Occurrence(.atLeast, 1, isDistinct: true).distinctColumn == .domainConcept)
        #expect(Occurrence(.atLeast, 1, countColumn: .quantity).distinctColumn == nil)
    }

    @Test("Exits, censoring, collapse and censor window")
    func exits() throws {
        let value = Fixtures.smallest
            .setting("/EndStrategy", to: ["DateOffset": ["DateField": "EndDate", "Offset": 7]])
            .setting("/CensoringCriteria", to: [["Death": [:]]])
            .setting("/CollapseSettings", to: ["CollapseType": "ERA", "EraPad": 30])
            .setting("/CensorWindow", to: ["StartDate": "2010-1-5", "EndDate": "2020-12-31"])
        let read = try read(value)
        #expect(read.endStrategy == .dateOffset(.init(.end, offset: 7)))
        #expect(read.censoringCriteria.map(\.domain) == [.death])
        #expect(read.collapseSettings.eraPad == 30)
        #expect(read.censorWindow == Period(start: CalendarDay("2010-01-05"), end: CalendarDay("2020-12-31")))
        let drug = try self.read(
            Fixtures.smallest.setting(
                "/EndStrategy", to: ["CustomEra": ["DrugCodesetId": 2, "GapDays": 30, "Offset": 14, "DaysSupplyOverride": 28]]))
        #expect(
            drug.endStrategy == .customEra(.init(drugCodesetID: 2, gapDays: 30, offset: 14, daysSupplyOverride: 28)))
        let bare = try self.read(Fixtures.smallest.setting("/EndStrategy", to: ["DateOffset": [:]]))
        #expect(bare.endStrategy == .dateOffset(.init(.start, offset: 0)))
        #expect(try self.read(Fixtures.smallest.setting("/CensorWindow", to: [:])).censorWindow == nil)
    }

    @Test("Numbers may be written as the official reader takes them: with a fraction, or as text")
    func leniency() throws {
        let value = Fixtures.smallest
            .setting("/PrimaryCriteria/ObservationWindow", to: ["PriorDays": "365", "PostDays": 30.9])
            .setting("/PrimaryCriteria/CriteriaList/0/ConditionOccurrence", to: ["First": 1, "CodesetId": "0"])
        let read = try read(value)
        #expect(read.primaryCriteria.observationWindow == ObservationWindow(priorDays: 365, postDays: 30))
        #expect(read.primaryCriteria.criteria[0].first)
        #expect(read.primaryCriteria.criteria[0].codesetID == 0)
    }

    @Test("Concept sets keep their flags and what the author's tool said about a concept")
    func conceptSets() throws {
        let concept: JSONValue = [
            "CONCEPT_ID": 2_000_000_001, "CONCEPT_NAME": "own lab code", "CONCEPT_CODE": "L1", "DOMAIN_ID": "Measurement",
            "VOCABULARY_ID": "Local", "CONCEPT_CLASS_ID": "Lab Test", "STANDARD_CONCEPT": "N", "INVALID_REASON": "D",
            "STANDARD_CONCEPT_CAPTION": "Non-Standard",
        ]
        let items: JSONValue = [["concept": concept, "isExcluded": true, "includeDescendants": true, "includeMapped": true]]
        let read = try read(
            Fixtures.smallest.setting("/ConceptSets", to: [["id": 7, "name": "labs", "expression": ["items": items]]]))
        let item = try #require(read.conceptSet(7)?.items.first)
        #expect(item.isExcluded && item.includeDescendants && item.includeMapped)
        #expect(item.concept.id == 2_000_000_001)
        #expect(
            item.concept.standardConcept == "N" && item.concept.invalidReason == "D" && item.concept.domainID == "Measurement")
        #expect(read.conceptSet(8) == nil)
        #expect(read.unknownKeys.isEmpty)
    }

    @Test("The source comes back word for word, with the keys that nobody knows, until the model is changed")
    func source() throws {
        let text =
            #"{"Xtra":{"b":1.50,"a":null},"PrimaryCriteria":{"CriteriaList":[{"Death":{"Colour":"red"}}],"#
            + #""ObservationWindow":{"PriorDays":0,"PostDays":0}}}"#
        var expression = try CohortExpression(parsing: text)
        #expect(expression.source.text() == text)
        #expect(expression.unknownKeys.map(\.description) == ["/Xtra", "/PrimaryCriteria/CriteriaList/0/Death/Colour"])
        #expect(expression.canonicalBytes == (try JSONValue(parsing: text)).canonicalBytes())
        expression.title = "changed"
        #expect(expression.source == expression.written)
        #expect(expression.source["Title"] == "changed")
    }

    @Test("A definition read at a place of a larger document names its places from there")
    func placed() throws {
        let expression = try CohortExpression(reading: Fixtures.smallest, at: JSONPointer.root.appending("cohort"))
        #expect(
            expression.primaryCriteria.criteria[0].pointer.description
                == "/cohort/PrimaryCriteria/CriteriaList/0/ConditionOccurrence")
    }
}
