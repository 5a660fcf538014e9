import CanonicalJSON
import Testing

@testable import Cohorts

@Suite("Feasibility questions")
struct FeasibilityQuestionTests {
    private let whole: JSONValue = [
        "schema": "dure.question/1", "title": ["en": "Adults", "ko": "성인"], "cohort": Fixtures.smallest,
        "outputs": ["attrition": false, "breakdown": ["sex", "ageBand", "visitType"]],
    ]

    @Test("A question says its title, its cohort and what is wanted")
    func reads() throws {
        let question = try FeasibilityQuestion(reading: whole)
        #expect(question.title.text(.english) == "Adults")
        #expect(question.title.text(.korean) == "성인")
        #expect(!question.attrition)
        #expect(question.breakdown == [.sex, .ageBand, .visitType])
        #expect(question.cohort.source == Fixtures.smallest)
        #expect(question.cohort.primaryCriteria.pointer.description == "/cohort/PrimaryCriteria")
        #expect(question.json == whole)
        #expect(try FeasibilityQuestion(parsing: question.json.text()).json == whole)
    }

    @Test("A Circe expression is a question as ATLAS saves it, as WebAPI exports it, and as text in an export")
    func circe() throws {
        let exported: JSONValue = [
            "id": 7, "name": "Adults", "expressionType": "SIMPLE_EXPRESSION", "expression": Fixtures.smallest,
        ]
        let asText = exported.setting("/expression", to: .string(Fixtures.smallest.text(indent: 2)))
        for value in [Fixtures.smallest, exported, asText] {
            let question = try FeasibilityQuestion(parsing: value.text())
            #expect(question.cohort.source == Fixtures.smallest)
            #expect(question.attrition)
            #expect(question.breakdown.isEmpty)
        }
        #expect(try FeasibilityQuestion(reading: asText).title.text(.korean) == "Adults")
    }

    @Test("One question has one hash: titles, white space, the order of members and the wrapping do not count, the rest does")
    func canonical() throws {
        let plain = try FeasibilityQuestion(reading: Fixtures.smallest)
        let titled: JSONValue = ["outputs": [:], "cohort": Fixtures.smallest, "title": ["ko": "성인"], "schema": "dure.question/1"]
        #expect(try FeasibilityQuestion(parsing: titled.text(indent: 4)).canonicalBytes == plain.canonicalBytes)
        let expected =
            #"{"cohort":{"PrimaryCriteria":{"CriteriaList":[{"ConditionOccurrence":{}}],"ObservationWindow":{"PostDays":0,"PriorDays":0},"#
            + #""PrimaryCriteriaLimit":{"Type":"All"}}},"outputs":{"attrition":true,"breakdown":[]},"schema":"dure.question/1"}"#
        #expect(String(decoding: plain.canonicalBytes, as: UTF8.self) == expected)
        for (place, value) in [("/outputs/attrition", false), ("/outputs/breakdown", ["sex"]), ("/cohort/Title", "x")]
            as [(String, JSONValue)]
        {
            #expect(try FeasibilityQuestion(reading: titled.setting(place, to: value)).canonicalBytes != plain.canonicalBytes)
        }
    }

    @Test("Our own schema is strict, and every problem is named")
    func errors() throws {
        let bad =
            whole
            .setting("/schema", to: "dure.question/9")
            .setting("/colour", to: "red")
            .setting("/title/fr", to: "Adultes")
            .setting("/outputs/breakdown", to: ["sex", "sex", "race", "ageBand"])
            .setting("/outputs/attrition", to: "yes")
            .setting("/cohort/PrimaryCriteria", to: nil)
        let error = try #require(throws: CohortError.self) { try FeasibilityQuestion(reading: bad) }
        #expect(error.code == .invalidQuestion)
        #expect(
            Set(error.problems.map(\.pointer.description)) == [
                "/schema", "/colour", "/title/fr", "/outputs/breakdown/2", "/outputs/breakdown", "/outputs/attrition",
                "/cohort/PrimaryCriteria",
            ])
    }

    @Test("Different patients are asked for by name, and a question without them has the digest that it had")
    func distinct() throws {
        let plain = try FeasibilityQuestion(reading: whole)
        #expect(!plain.distinct)
        #expect(plain.json["outputs"]?["distinct"] == nil)
        let said = try FeasibilityQuestion(reading: whole.setting("/outputs/distinct", to: false))
        #expect(said.canonicalBytes == plain.canonicalBytes)
        let asked = try FeasibilityQuestion(reading: whole.setting("/outputs/distinct", to: true))
        #expect(asked.distinct)
        #expect(asked.canonicalBytes != plain.canonicalBytes)
        #expect(try FeasibilityQuestion(reading: asked.json) == asked)
        #expect(asked.sentences(.english).contains { $0.text.contains("each counted once") })
        #expect(asked.sentences(.korean).contains { $0.text.contains("서로 다른 환자 수") })
        #expect(throws: CohortError.self) { try FeasibilityQuestion(reading: whole.setting("/outputs/distinct", to: "yes")) }
    }

    @Test("A breakdown by a concept set says which, of the cohort's own, and among which records")
    func breakdownSet() throws {
        let sets: JSONValue = [["id": 3, "name": "B", "expression": ["items": []]]]
        let asked =
            whole
            .setting("/cohort/ConceptSets", to: sets)
            .setting("/outputs/breakdown", to: ["indexMonth", "conceptSet"])
            .setting("/outputs/conceptSet", to: ["id": 3, "domain": "DrugExposure"])
        let question = try FeasibilityQuestion(reading: asked)
        #expect(question.breakdown == [.indexMonth, .conceptSet])
        #expect(question.breakdownSet == BreakdownSet(codesetID: 3, domain: .drugExposure))
        #expect(question.json == asked)
        let other = try FeasibilityQuestion(reading: asked.setting("/outputs/conceptSet/domain", to: "Measurement"))
        #expect(other.canonicalBytes != question.canonicalBytes)
        let english = question.sentences(.english).filter { $0.section == .outputs }.map(\.text)
        #expect(
            english.suffix(3) == [
                "the patients by, in one table:", "month of the index date",
                "whether a drug exposure of 'B' is recorded, at any time",
            ])
        let korean = question.sentences(.korean).filter { $0.section == .outputs }.map(\.text)
        #expect(korean.last == "'B' 약물 노출 기록이 있는지(시점 무관)")
    }

    @Test(
        "A breakdown that contradicts itself is refused with its place",
        arguments: [
            (["sex"], ["id": 3, "domain": "Death"], "/outputs/conceptSet"), (["conceptSet"], nil, "/outputs/conceptSet"),
            (["conceptSet"], ["id": 4, "domain": "Death"], "/outputs/conceptSet"),
            (["conceptSet"], ["id": 3], "/outputs/conceptSet/domain"),
            (["conceptSet"], ["domain": "Death"], "/outputs/conceptSet/id"),
            (["conceptSet"], ["id": 3, "domain": "ObservationPeriod"], "/outputs/conceptSet/domain"),
            (["conceptSet"], ["id": 3, "domain": "Death", "window": 1], "/outputs/conceptSet/window"),
            (["indexYear", "indexMonth"], nil, "/outputs/breakdown"), (["ageBand", "indexMonth"], nil, "/outputs/breakdown"),
            (["indexMonth", "sex", "visitType"], nil, "/outputs/breakdown"),
        ] as [(JSONValue, JSONValue?, String)])
    func contradictions(breakdown: JSONValue, set: JSONValue?, place: String) throws {
        let sets: JSONValue = [["id": 3, "name": "B", "expression": ["items": []]]]
        var asked = whole.setting("/cohort/ConceptSets", to: sets).setting("/outputs/breakdown", to: breakdown)
        if let set { asked = asked.setting("/outputs/conceptSet", to: set) }
        let error = try #require(throws: CohortError.self) { try FeasibilityQuestion(reading: asked) }
        #expect(error.problems.map(\.pointer.description) == [place])
    }

    @Test("A question in a message fails with the place in the message")
    func inMessage() throws {
        let message = JSONReader(["question": ["schema": "dure.question/1"]])
        let error = try #require(throws: JSONError.self) { try message.required("question").decode(FeasibilityQuestion.self) }
        #expect(error.pointer.description == "/question/cohort")
        let fine = JSONReader(["question": whole])
        #expect(try fine.required("question").decode(FeasibilityQuestion.self).title.en == "Adults")
    }

    @Test("A title is limited, and what is no expression is refused")
    func limits() {
        let long = whole.setting("/title/ko", to: .string(String(repeating: "가", count: 200)))
        #expect(throws: CohortError.self) { try FeasibilityQuestion(reading: long) }
        #expect(throws: CohortError.self) { try FeasibilityQuestion(reading: "cohort") }
        #expect(throws: CohortError.self) { try FeasibilityQuestion(reading: ["expression": "{"]) }
        #expect(throws: CohortError.self) { try FeasibilityQuestion(reading: ["expression": [1]]) }
    }
}
