import CanonicalJSON
import Testing

@testable import Cohorts

@Suite("Definitions in words")
struct SentenceTests {
    /// Something of everything that a feasibility question uses.
    private let definition: CohortExpression = {
        let sets = [
            ConceptSet(
                id: 1, name: "제2형 당뇨병",
                items: [
                    ConceptSetItem(Concept(201_826, "type 2 diabetes"), includeDescendants: true),
                    ConceptSetItem(Concept(4_130_162, "insulin-treated diabetes"), isExcluded: true),
                ]),
            ConceptSet(id: 2, name: "HbA1c(3004410)", items: [ConceptSetItem(Concept(3_004_410, "HbA1c"))]),
            ConceptSet(id: 3, name: "metformin", items: [ConceptSetItem(Concept(1_503_297, "metformin"), includeMapped: true)]),
        ]
        let adults = CriterionFilter(.age, .number(NumericRange(.atLeast, 18)))
        let entry = Criterion(.conditionOccurrence, codesetID: 1, first: true, filters: [adults])
        let high = Criterion(
            .measurement, codesetID: 2,
            filters: [
                CriterionFilter(.valueAsNumber, .number(NumericRange(.atLeast, 7))),
                CriterionFilter(.unit, .concepts([Concept(8_554, "percent")], isExclusion: false)),
            ])
        let year = Window(from: .before(365), to: .after(0))
        let after = Window(from: .after(1), to: .after(nil))
        let day = Window(from: .after(0), to: WindowEndpoint(days: 1, coefficient: 1, hours: 24))
        let rules = [
            InclusionRule(
                "HbA1c", CriteriaGroup(.all, criteria: [CorrelatedCriterion(high, startWindow: year, occurrence: .atLeast(2))])),
            InclusionRule(
                "treatment",
                CriteriaGroup(
                    .atLeast(2),
                    criteria: [
                        CorrelatedCriterion(Criterion(.drugExposure, codesetID: 3), startWindow: after, restrictVisit: true),
                        CorrelatedCriterion(
                            Criterion(.drugEra, codesetID: 3), startWindow: Window(from: .before(nil), to: .before(1)),
                            occurrence: .exactly(0)),
                        CorrelatedCriterion(
                            Criterion(.visitOccurrence), startWindow: day,
                            occurrence: Occurrence(.atLeast, 2, isDistinct: true, countColumn: .startDate)),
                    ],
                    demographics: [
                        DemographicCriterion([
                            CriterionFilter(.gender, .concepts([Concept(8_532, "female"), Concept(8_507)], isExclusion: false)),
                            CriterionFilter(
                                .startDate, .date(DateRange(.atLeast, CalendarDay(dayNumber: 18_262)))),
                        ])
                    ])),
        ]
        return CohortExpression(
            conceptSets: sets,
            primaryCriteria: PrimaryCriteria([entry], observationWindow: ObservationWindow(priorDays: 365), limit: .all),
            inclusionRules: rules, endStrategy: .customEra(.init(drugCodesetID: 3, gapDays: 30, offset: 14)),
            censoringCriteria: [Criterion(.death)], collapseSettings: CollapseSettings(eraPad: 1),
            censorWindow: Period(start: CalendarDay(dayNumber: 18_262)))
    }()

    @Test("English says entry, rules, exit and sets in the order of evaluation")
    func english() {
        let expected = """
            Entry event
            - a first-ever condition of '제2형 당뇨병', aged 18 or older
            - observed for at least 365 days before
            - Every such event of a person is considered.
            Inclusion criteria, in the order of attrition
            - 1. HbA1c
              - at least 2 measurements of 'HbA1c(3004410)', value at least 7, unit percent, from 365 days before the index date to that day
            - 2. treatment
              - at least 2 of the following:
                - at least 1 drug exposure of 'metformin', at any time from 1 day after the index date on, in the same visit as the index event
                - no drug era of 'metformin', at any time up to 1 day before the index date
                - at least 2 different start dates among visits, from the index date to 24 hours after it
                - sex female or concept 8507, index date on or after 2020-01-01
            - Of the events that pass all rules, the first of each person is kept.
            Exit
            - Persons leave when continuous exposure to 'metformin' ends (gaps of up to 30 days allowed, 14 days added), or at the end of observation.
            - They leave earlier on the first of these events:
              - a death
            - Periods of one person at most 1 day apart are joined.
            - Periods are cut to 2020-01-01 and later.
            Concept sets
            - '제2형 당뇨병': type 2 diabetes (201826) with descendants; without insulin-treated diabetes (4130162)
            - 'HbA1c(3004410)': HbA1c (3004410)
            - 'metformin': metformin (1503297) with mapped codes
            """
        #expect(definition.sentences(.english).text() == expected)
    }

    @Test("Korean says the same in its own order of words")
    func korean() {
        let expected = """
            진입 이벤트
            - 생애 첫 '제2형 당뇨병' 진단(18세 이상)
            - 이벤트 이전에 365일 이상 관찰됨
            - 환자의 모든 해당 이벤트를 검토합니다.
            포함 기준(대상자 선정 순서)
            - 1. HbA1c
              - 기준일 365일 전부터 기준일까지 'HbA1c(3004410)' 검사(수치 7 이상, 단위: percent)가 2회 이상 있음
            - 2. treatment
              - 다음 중 최소 2개를 만족:
                - 기준일 1일 후부터 언제든지, 기준 이벤트와 같은 방문에서 'metformin' 약물 노출이 1회 이상 있음
                - 기준일 1일 전까지 언제든지 'metformin' 약물 지속 기간이 없음
                - 기준일부터 24시간 후까지 방문에서 서로 다른 시작일이 2개 이상 있음
                - 성별: female 또는 개념 8507, 기준일이 2020-01-01 이후(당일 포함)
            - 모든 기준을 통과한 이벤트 중 환자별 첫 번째 이벤트만 유지합니다.
            코호트 종료
            - 'metformin'의 연속 노출이 끝나거나(30일 이하의 공백 허용, 종료일에 14일 추가) 관찰이 끝나면 코호트 기간도 끝납니다.
            - 다음 이벤트가 처음 발생하면 그날 코호트 기간이 끝납니다:
              - 사망
            - 같은 환자의 기간이 1일 이내로 떨어져 있으면 하나로 합칩니다.
            - 코호트 기간을 2020-01-01 이후(당일 포함)으로 제한합니다.
            개념 집합
            - '제2형 당뇨병': type 2 diabetes(201826) 및 하위 개념; 제외: insulin-treated diabetes(4130162)
            - 'HbA1c(3004410)': HbA1c(3004410)
            - 'metformin': metformin(1503297) 및 매핑된 코드
            """
        #expect(definition.sentences(.korean).text() == expected)
    }

    /// Particles as a Korean reader says them aloud.
    @Test(
        "Particles follow the last sound: final consonants, ㄹ, digits and Latin letters, also inside brackets",
        arguments: [
            ("당뇨병", "당뇨병을", "당뇨병이", "당뇨병은", "당뇨병으로"), ("검사", "검사를", "검사가", "검사는", "검사로"),
            ("수술", "수술을", "수술이", "수술은", "수술로"),
            ("HbA1c(3004410)", "HbA1c(3004410)을", "HbA1c(3004410)이", "HbA1c(3004410)은", "HbA1c(3004410)으로"),
            ("'metformin'", "'metformin'을", "'metformin'이", "'metformin'은", "'metformin'으로"),
            ("코호트 2", "코호트 2를", "코호트 2가", "코호트 2는", "코호트 2로"), ("코호트 1", "코호트 1을", "코호트 1이", "코호트 1은", "코호트 1로"),
            ("K-CURE", "K-CURE를", "K-CURE가", "K-CURE는", "K-CURE로"), ("staging", "staging을", "staging이", "staging은", "staging으로"),
            ("5%", "5%를", "5%가", "5%는", "5%로"), ("", "를", "가", "는", "로"),
        ])
    func particles(word: String, object: String, subject: String, topic: String, direction: String) {
        #expect(Korean.with(word, .object) == object)
        #expect(Korean.with(word, .subject) == subject)
        #expect(Korean.with(word, .topic) == topic)
        #expect(Korean.with(word, .direction) == direction)
    }

    @Test(
        "Windows say both ends, the anchor once",
        arguments: [
            (.before(nil), .after(nil), "at any time in the observation period", "관찰기간 중 언제든지"),
            (.before(0), .after(0), "on the index date", "기준일 당일"),
            (.before(365), .before(1), "from 365 to 1 day before the index date", "기준일 365일 전부터 1일 전까지"),
            (.before(30), .after(30), "from 30 days before to 30 days after the index date", "기준일 30일 전부터 30일 후까지"),
            (.after(0), .after(1_825), "from the index date to 1,825 days after it", "기준일부터 1,825일 후까지"),
            (.before(nil), .after(0), "at any time up to the index date", "기준일까지 언제든지"),
            (.after(7), .after(7), "7 days after the index date", "기준일 7일 후"),
            (.after(nil), .after(3), "from the end of observation to 3 days after the index date", "관찰 종료부터 기준일 3일 후까지"),
        ] as [(WindowEndpoint, WindowEndpoint, String, String)])
    func windows(start: WindowEndpoint, end: WindowEndpoint, english: String, korean: String) {
        let counted = CorrelatedCriterion(Criterion(.death), startWindow: Window(from: start, to: end))
        #expect(EnglishWindow.clause(counted) == english)
        #expect(KoreanWindow.clause(counted) == korean)
    }

    @Test("What is asked of ends is said of ends")
    func endWindows() {
        let counted = CorrelatedCriterion(
            Criterion(.drugEra), startWindow: Window(from: .before(nil), to: .after(0)),
            endWindow: Window(from: .after(0), to: .after(nil), indexDate: .end, eventDate: .end))
        #expect(
            EnglishWindow.clause(counted)
                == "at any time up to the index date, and ending at any time from the end of the index event on")
        #expect(KoreanWindow.clause(counted) == "기준일까지 언제든지, 종료일이 기준 이벤트 종료일부터인")
    }

    @Test("Every attribute of every domain can be said in both languages")
    func everyAttribute() {
        let range = NumericRange(.notBetween, 1.5, 2_500)
        let day = CalendarDay(dayNumber: 0)
        for domain in CriterionDomain.allCases {
            for declaration in CriterionSchema.attributes(of: domain) {
                let test: FilterTest =
                    switch declaration.kind {
                    case .date: .date(DateRange(.between, day, day))
                    case .integer, .decimal: .number(range)
                    case .concepts: .concepts([Concept(5, "x")], isExclusion: true)
                    case .selection: .selection(ConceptSetSelection(codesetID: 9, isExclusion: true))
                    case .conceptSet: .conceptSet(9)
                    case .text: .text(TextFilter(.endsWith, "x", isNegated: true))
                    case .flag: .isTrue
                    }
                let criterion = Criterion(domain, filters: [CriterionFilter(declaration.attribute, test)])
                let expression = CohortExpression(primaryCriteria: PrimaryCriteria([criterion]))
                let (en, ko) = (expression.sentences(.english)[1].text, expression.sentences(.korean)[1].text)
                #expect(en.hasPrefix("a") && en.contains(","), "\(en)")
                #expect(ko.hasPrefix(domain.name(.korean)) && ko.hasSuffix(")"), "\(ko)")
                #expect(!en.contains("  ") && !ko.contains("  "))
            }
        }
    }

    @Test("Lines carry their part, depth and place")
    func lines() {
        let lines = definition.sentences(.english)
        #expect(Set(lines.map(\.section)) == [.entry, .rules, .exit, .conceptSets])
        #expect(lines.filter { $0.level == 0 }.count == 4)
        #expect(lines[0].json["level"] == 0)
        #expect(lines[0].json["section"] == "entry")
    }
}
