import CanonicalJSON
import Testing

@testable import Cohorts

/// What the official code fails on is an error with a place, never an empty result.
@Suite("Definitions that cannot be read")
struct ReadingErrorsTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let what: String
        let value: JSONValue
        let code: CohortProblem.Code
        let place: String

        init(_ what: String, _ value: JSONValue, _ code: CohortProblem.Code, _ place: String) {
            (self.what, self.value, self.code, self.place) = (what, value, code, place)
        }

        var testDescription: String { what }
    }

    private static let entry = "/PrimaryCriteria/CriteriaList/0"
    private static let rule = "/InclusionRules/0/expression"
    private static let member = rule + "/CriteriaList/0"

    static let outer: [Case] = [
        Case("no object", [], .wrongType, ""),
        Case("no entry events", [:], .missing, "/PrimaryCriteria"),
        Case("null entry", ["PrimaryCriteria": nil], .missing, "/PrimaryCriteria"),
        Case(
            "empty list of entry criteria", Fixtures.smallest.setting("/PrimaryCriteria/CriteriaList", to: []), .missing,
            "/PrimaryCriteria/CriteriaList"),
        Case(
            "no observation window", Fixtures.smallest.setting("/PrimaryCriteria/ObservationWindow", to: nil), .missing,
            "/PrimaryCriteria/ObservationWindow"),
        Case(
            "null limit word", Fixtures.smallest.setting("/PrimaryCriteria/PrimaryCriteriaLimit/Type", to: .null), .missing,
            "/PrimaryCriteria/PrimaryCriteriaLimit/Type"),
        Case("unknown criterion", Fixtures.entering(["Conditions": [:]]), .unknownKind, entry + "/Conditions"),
        Case(
            "criterion in another case", Fixtures.entering(["conditionOccurrence": [:]]), .unknownKind,
            entry + "/conditionOccurrence"),
        Case("criterion without a kind", Fixtures.entering([:]), .wrongType, entry),
        Case("criterion of two kinds", Fixtures.entering(["Death": [:], "DrugEra": [:]]), .wrongType, entry),
        Case("criterion whose body is null", Fixtures.entering(["Death": nil]), .missing, entry),
        Case("criterion that is null", Fixtures.entering(nil), .wrongType, entry),
        Case("criterion that is text", Fixtures.entering("Death"), .wrongType, entry),
        Case(
            "rule without expression", Fixtures.smallest.setting("/InclusionRules", to: [["name": "x"]]), .missing,
            "/InclusionRules/0/expression"),
        Case("unknown exit", Fixtures.smallest.setting("/EndStrategy", to: ["Never": [:]]), .unknownKind, "/EndStrategy/Never"),
        Case(
            "exit of two kinds", Fixtures.smallest.setting("/EndStrategy", to: ["DateOffset": [:], "CustomEra": [:]]), .wrongType,
            "/EndStrategy"),
        Case(
            "drug exit without drugs", Fixtures.smallest.setting("/EndStrategy", to: ["CustomEra": ["GapDays": 30]]), .missing,
            "/EndStrategy/CustomEra/DrugCodesetId"),
        Case(
            "exit from an unknown date", Fixtures.smallest.setting("/EndStrategy", to: ["DateOffset": ["DateField": "Birth"]]),
            .badValue, "/EndStrategy/DateOffset/DateField"),
        Case(
            "unknown way to collapse", Fixtures.smallest.setting("/CollapseSettings", to: ["CollapseType": "NONE"]), .badValue,
            "/CollapseSettings/CollapseType"),
        Case(
            "a day that is none", Fixtures.smallest.setting("/CensorWindow", to: ["StartDate": "2019-02-29"]), .badValue,
            "/CensorWindow/StartDate"),
        Case(
            "a day with a time", Fixtures.smallest.setting("/CensorWindow", to: ["EndDate": "2019-02-01T00:00:00Z"]), .badValue,
            "/CensorWindow/EndDate"),
        Case(
            "number beyond 32 bits", Fixtures.smallest.setting("/CollapseSettings/EraPad", to: 3_000_000_000), .outOfRange,
            "/CollapseSettings/EraPad"),
        Case(
            "number that is text", Fixtures.smallest.setting("/CollapseSettings/EraPad", to: "thirty"), .wrongType,
            "/CollapseSettings/EraPad"),
    ]

    static let sets: [Case] = [
        Case(
            "two sets with one id",
            Fixtures.smallest.setting("/ConceptSets", to: [Fixtures.set(1, "a", 1).written, Fixtures.set(1, "b", 2).written]),
            .duplicateID, "/ConceptSets/1"),
        Case(
            "set without expression", Fixtures.smallest.setting("/ConceptSets", to: [["id": 1]]), .missing,
            "/ConceptSets/0/expression"),
        Case(
            "set without items", Fixtures.smallest.setting("/ConceptSets", to: [["id": 1, "expression": [:]]]), .missing,
            "/ConceptSets/0/expression/items"),
        Case(
            "item without concept", Fixtures.smallest.setting("/ConceptSets", to: [["id": 1, "expression": ["items": [[:]]]]]),
            .missing, "/ConceptSets/0/expression/items/0/concept"),
        Case(
            "concept without id",
            Fixtures.smallest.setting("/ConceptSets", to: [["id": 1, "expression": ["items": [["concept": [:]]]]]]), .missing,
            "/ConceptSets/0/expression/items/0/concept/CONCEPT_ID"),
    ]

    static let criteria: [Case] = [
        Case("range without operator", Fixtures.entering(["Death": ["Age": ["Value": 3]]]), .missing, entry + "/Death/Age/Op"),
        Case(
            "range with an unknown operator", Fixtures.entering(["Death": ["Age": ["Op": "ge", "Value": 3]]]), .badValue,
            entry + "/Death/Age/Op"),
        Case("range without value", Fixtures.entering(["Death": ["Age": ["Op": "gt"]]]), .missing, entry + "/Death/Age/Value"),
        Case(
            "between without a second value", Fixtures.entering(["Death": ["Age": ["Op": "bt", "Value": 3]]]), .missing,
            entry + "/Death/Age/Extent"),
        Case(
            "dates without value", Fixtures.entering(["Death": ["OccurrenceStartDate": ["Op": "gt"]]]), .missing,
            entry + "/Death/OccurrenceStartDate/Value"),
        Case(
            "dates between one day", Fixtures.entering(["Death": ["OccurrenceStartDate": ["Op": "!bt", "Value": "2020-01-01"]]]),
            .missing, entry + "/Death/OccurrenceStartDate/Extent"),
        Case(
            "text without operator", Fixtures.entering(["Observation": ["ValueAsString": ["Text": "x"]]]), .missing,
            entry + "/Observation/ValueAsString/Op"),
        Case(
            "text with an unknown operator", Fixtures.entering(["Observation": ["ValueAsString": ["Text": "x", "Op": "eq"]]]),
            .badValue, entry + "/Observation/ValueAsString/Op"),
        Case(
            "text without text", Fixtures.entering(["Observation": ["ValueAsString": ["Op": "contains"]]]), .missing,
            entry + "/Observation/ValueAsString/Text"),
        Case(
            "list that is no list", Fixtures.entering(["Death": ["Gender": ["CONCEPT_ID": 1]]]), .wrongType,
            entry + "/Death/Gender"),
        Case("list with null", Fixtures.entering(["Death": ["Gender": [nil]]]), .wrongType, entry + "/Death/Gender/0"),
        Case(
            "adjustment by an unknown date", Fixtures.entering(["Death": ["DateAdjustment": ["StartWith": "BIRTH"]]]), .badValue,
            entry + "/Death/DateAdjustment/StartWith"),
        Case("custom era of nothing", Fixtures.entering(["CustomEra": [:]]), .missing, entry + "/CustomEra/CriteriaList"),
    ]

    static let groups: [Case] = [
        Case("members without a type", Fixtures.withRule(["DemographicCriteriaList": [[:]]]), .missing, rule + "/Type"),
        Case(
            "members of an unknown type", Fixtures.withRule(["Type": "NONE", "DemographicCriteriaList": [[:]]]), .badValue,
            rule + "/Type"),
        Case(
            "at least without a count", Fixtures.withRule(["Type": "AT_LEAST", "DemographicCriteriaList": [[:]]]), .missing,
            rule + "/Count"),
        Case("at most without a count", Fixtures.withRule(["Type": "AT_MOST", "Groups": [[:]]]), .missing, rule + "/Count"),
        Case("member without a criterion", Fixtures.counting(nil), .missing, member + "/Criteria"),
        Case(
            "member without a window", Fixtures.counting(["Death": [:]], [("/StartWindow", nil)]), .missing,
            member + "/StartWindow"),
        Case(
            "window without an end", Fixtures.counting(["Death": [:]], [("/StartWindow/End", nil)]), .missing,
            member + "/StartWindow/End"),
        Case(
            "end window without a start", Fixtures.counting(["Death": [:]], [("/EndWindow", ["End": ["Coeff": 1]])]), .missing,
            member + "/EndWindow/Start"),
        Case(
            "window beyond all time",
            Fixtures.counting(["Death": [:]], [("/StartWindow/End", ["Coeff": 1_000, "Days": 2_000_000_000])]), .outOfRange,
            member + "/StartWindow/End"),
        Case(
            "member without a count", Fixtures.counting(["Death": [:]], [("/Occurrence", nil)]), .missing, member + "/Occurrence"),
        Case(
            "count of an unknown type", Fixtures.counting(["Death": [:]], [("/Occurrence/Type", 3)]), .badValue,
            member + "/Occurrence/Type"),
        Case(
            "distinct column that nobody knows", Fixtures.counting(["Death": [:]], [("/Occurrence/CountColumn", "COLOUR")]),
            .badValue, member + "/Occurrence/CountColumn"),
        Case(
            "distinct column that the domain lacks",
            Fixtures.counting(
                ["Death": [:]], [("/Occurrence", ["Type": 2, "Count": 1, "IsDistinct": true, "CountColumn": "QUANTITY"])]),
            .countColumn, member + "/Occurrence/CountColumn"),
        Case(
            "distinct concepts of nested events",
            Fixtures.counting(
                ["Death": ["CorrelatedCriteria": ["Type": "ALL", "DemographicCriteriaList": [[:]]]]],
                [("/Occurrence/IsDistinct", true)]), .countColumn, member + "/Occurrence/IsDistinct"),
        Case(
            "distinct concepts of custom eras",
            Fixtures.counting(["CustomEra": ["CriteriaList": [["Death": [:]]]]], [("/Occurrence/IsDistinct", true)]),
            .countColumn, member + "/Occurrence/IsDistinct"),
    ]

    @Test("Every problem has its code, its place and advice", arguments: outer + sets + criteria + groups)
    func problem(_ example: Case) throws {
        let error = try #require(throws: CohortError.self) { try CohortExpression(reading: example.value) }
        #expect(error.code == .invalidExpression)
        let found = error.problems.first { $0.pointer.description == example.place }
        #expect(found?.code == example.code, "\(error.message)")
        #expect(error.problems.allSatisfy { !$0.message.isEmpty && $0.advice.hasSuffix(".") })
    }

    @Test("All problems are reported at once, in the order of evaluation")
    func allAtOnce() throws {
        let value = Fixtures.counting(["Deaths": [:]])
            .setting("/PrimaryCriteria/ObservationWindow", to: nil)
            .setting("/EndStrategy", to: ["CustomEra": [:]])
            .setting("/ConceptSets", to: [["id": 1]])
        let error = try #require(throws: CohortError.self) { try CohortExpression(reading: value) }
        #expect(
            error.problems.map(\.pointer.description) == [
                "/PrimaryCriteria/ObservationWindow", "/ConceptSets/0/expression",
                "/InclusionRules/0/expression/CriteriaList/0/Criteria/Deaths", "/EndStrategy/CustomEra/DrugCodesetId",
            ])
        #expect(error.message.split(separator: "\n").count == 4)
        #expect(error.advice == "Correct the 4 places named and try again.")
    }

    @Test("A report stops growing at a hundred problems and counts the rest")
    func many() throws {
        let criteria = JSONValue.array(Array(repeating: ["Nothing": [:]], count: 130))
        let error = try #require(throws: CohortError.self) {
            try CohortExpression(reading: Fixtures.smallest.setting("/PrimaryCriteria/CriteriaList", to: criteria))
        }
        #expect(error.problems.count == 100)
        #expect(error.andMore == 30)
        #expect(error.message.hasSuffix("and 30 more"))
    }

    @Test("A misspelt kind is met with the right one")
    func didYouMean() throws {
        let error = try #require(throws: CohortError.self) {
            try CohortExpression(reading: Fixtures.entering(["drugexposure": [:]]))
        }
        #expect(error.problems.first?.advice == "Write it as DrugExposure.")
    }

    @Test("Text that is no JSON says where", arguments: ["", "{", "{\"PrimaryCriteria\":}", "[1,2"])
    func notJSON(text: String) throws {
        let error = try #require(throws: CohortError.self) { try CohortExpression(parsing: text) }
        #expect(error.code == .notJSON)
        #expect(error.message.contains("line 1"))
    }

    @Test("A definition nested without end is refused, not followed")
    func nesting() throws {
        var group: JSONValue = ["Type": "ALL", "DemographicCriteriaList": [[:]]]
        for _ in 0..<200 { group = ["Type": "ALL", "Groups": [group]] }
        let text = Fixtures.withRule(group).text()
        let error = try #require(throws: CohortError.self) { try CohortExpression(parsing: text) }
        #expect(error.code == .notJSON)
    }
}
