import Cohorts
@_spi(Hospital) import Disclosure
import EventIndex
import OMOPStore
import Testing

@testable import CohortEngine

@Suite("The engine's other promises")
struct EngineTests {
    private func evaluate(
        _ cohort: Cohort, in store: SmallStore, breakdown: [BreakdownDimension] = [], by set: BreakdownSet? = nil,
        limits: EvaluationLimits = .standard
    ) throws -> (Evaluation, IndexedStore) {
        let indexed = try IndexedStore(store)
        let engine = CohortEngine(index: indexed.index, limits: limits)
        return (try engine.evaluate(CohortExpression(parsing: cohort.text), breakdown: breakdown, breakdownSet: set), indexed)
    }

    private func refusal(_ cohort: Cohort, limits: EvaluationLimits = .standard) throws -> CohortEngineError? {
        let engine = CohortEngine(index: try IndexedStore(SmallStore.withVocabulary()).index, limits: limits)
        do throws(CohortEngineError) {
            _ = try engine.evaluate(try parsed(cohort))
            return nil
        } catch {
            return error
        }
    }

    private func parsed(_ cohort: Cohort) throws(CohortEngineError) -> CohortExpression {
        do throws(CohortError) {
            return try CohortExpression(parsing: cohort.text)
        } catch {
            throw CohortEngineError(.invalid, error.message, advice: "")
        }
    }

    private let condition = Cohort(#"{"ConditionOccurrence": {"CodesetId": 0}}"#)

    // MARK: Hours

    @Test("A window of hours compares moments to the minute, whatever the days say")
    func hours() throws {
        // An arrest 25 hours after the pulse is on the next day but outside 24 hours; 23 hours is inside.
        var store = SmallStore.withVocabulary()
        for (person, hour) in [(1, 23), (2, 25), (3, 24)] {
            store.person(person, from: "2020-01-01", to: "2020-12-31")
            store.measurement(person, 1, "2020-06-01", minute: 0)
            let day = hour >= 24 ? "2020-06-02" : "2020-06-01"
            store.measurement(person, 11, day, minute: hour % 24 * 60)
        }
        let window = #"{"Days": 1, "Coeff": 1, "DureHours": 24}"#
        let from = #"{"Days": 0, "Coeff": 1, "DureHours": 1}"#
        let rule = Cohort.group("ALL", [Cohort.count(#"{"Measurement": {"CodesetId": 1}}"#, from: from, to: window)])
        let cohort = Cohort(#"{"Measurement": {"CodesetId": 0}}"#).with { $0.rules = [rule] }
        let (found, indexed) = try evaluate(cohort, in: store)
        #expect(indexed.persons(found.persons) == [1, 3])
    }

    @Test("A store without times of day is told so instead of counting nobody")
    func hoursWithoutTimes() throws {
        var store = SmallStore.withVocabulary()
        store.person(1, from: "2020-01-01", to: "2020-12-31")
        store.measurement(1, 1, "2020-06-01")
        let rule = Cohort.group(
            "ALL", [Cohort.count(#"{"Measurement": {}}"#, to: #"{"Days": 1, "Coeff": 1, "DureHours": 24}"#)])
        let engine = CohortEngine(index: try IndexedStore(store).index)
        let expression = try CohortExpression(parsing: Cohort(#"{"Measurement": {}}"#).with { $0.rules = [rule] }.text)
        #expect { try engine.evaluate(expression) } throws: { error in
            (error as? CohortEngineError)?.code == .unsupported
                && "\(error)".contains("/Measurement is in a window of hours")
        }
    }

    // MARK: Breakdown

    @Test("The breakdown sorts the cohort by what persons were at their index date")
    func breakdown() throws {
        var store = SmallStore.withVocabulary()
        store.person(1, born: 1980, gender: 8532, from: "2019-01-01", to: "2021-12-31")
        store.person(2, born: 2020, gender: 8507, from: "2019-01-01", to: "2021-12-31")
        store.period(3, from: "2019-01-01", to: "2021-12-31")
        let visit = store.visit(1, "2019-06-01", until: "2019-06-02", concept: 9203)
        store.condition(1, 1, "2019-06-01", visit: visit)
        store.condition(1, 1, "2021-06-01")
        store.condition(2, 1, "2021-06-01", visit: visit)
        store.condition(3, 1, "2020-06-01")
        let (found, indexed) = try evaluate(condition, in: store, breakdown: [.sex, .ageBand, .indexYear, .visitType])
        let cells = try #require(found.breakdown).cells.mapValues { indexed.persons($0) }
        #expect(
            cells == [
                ["female", "30-39", "2019", "emergency"]: [1], ["male", "1-4", "2021", "none"]: [2],
                ["unknown", "unknown", "2020", "none"]: [3],
            ])
        #expect(found.evaluatedAnswer.attrition.map(\.name) == ["entry events", "cohort"])
        #expect(found.breakdown?.dimensions.map(\.name) == ["sex", "ageBand", "indexYear", "visitType"])
    }

    @Test("A month is a part of its year, and a further concept set divides in two, whenever its record is")
    func monthAndSet() throws {
        var store = SmallStore.withVocabulary()
        for (person, day) in [(1, "2019-12-31"), (2, "2020-01-01"), (3, "1999-05-05"), (4, "2031-01-01")] {
            store.person(person, from: "1990-01-01", to: "2035-12-31")
            store.condition(person, 1, day)
        }
        store.drug(1, 11, "2020-06-01")
        // A record outside all observation counts too; one of another set does not.
        store.drug(3, 12, "1980-01-01")
        store.drug(4, 1, "2031-01-01")
        let set = BreakdownSet(codesetID: 1, domain: .drugExposure)
        let (found, indexed) = try evaluate(condition, in: store, breakdown: [.indexMonth, .conceptSet], by: set)
        #expect(
            try #require(found.breakdown).cells.mapValues { indexed.persons($0) } == [
                ["2019-12", "with"]: [1], ["2020-01", "without"]: [2], ["before-2000", "with"]: [3],
                ["after-2030", "without"]: [4],
            ])
        let uses = try #require(found.conceptSets.first { $0.id == 1 }?.uses)
        #expect(uses.map(\.table) == [.drug] && uses.map(\.records.value) == [2])
        let months = BreakdownCategories.names(of: .indexMonth)
        #expect(months.count == 2 + 31 * 12 && months[1] == "2000-01" && months[372] == "2030-12")
        #expect { try evaluate(condition, in: store, breakdown: [.conceptSet]) } throws: {
            ($0 as? CohortEngineError)?.code == .invalid
        }
    }

    @Test("Each level of age bands is a sum of the finer one")
    func nestedBands() {
        for (fine, coarse) in zip(BreakdownBands.levels, BreakdownBands.levels.dropFirst()) {
            #expect(Set(coarse).isSubset(of: Set(fine)))
        }
        #expect(
            BreakdownBands.labels() == ["0", "1-4", "5-9", "10-19", "20-29", "30-39", "40-49", "50-59", "60-69", "70-79", "80+"])
        #expect([0, 4, 5, 19, 80, 120].map { BreakdownBands.place(of: $0) } == [0, 1, 2, 3, 10, 10])
        #expect(BreakdownBands.place(of: -1) == nil && BreakdownBands.place(of: .nan) == nil)
    }

    // MARK: Refusals and limits

    @Test(
        "What CDM v5.4 does not have is refused by name",
        arguments: [
            (#"{"LocationRegion": {"CodesetId": 0}}"#, "/PrimaryCriteria/CriteriaList/0/LocationRegion is not supported"),
            (
                #"{"DrugExposure": {"EffectiveDrugDose": {"Value": 1, "Op": "gt"}}}"#,
                "/PrimaryCriteria/CriteriaList/0/DrugExposure/EffectiveDrugDose is not supported"
            ),
            (
                #"{"DrugExposure": {"DoseUnit": [{"CONCEPT_ID": 1}]}}"#,
                "/PrimaryCriteria/CriteriaList/0/DrugExposure/DoseUnit is not supported"
            ),
            (
                #"{"VisitOccurrence": {"PlaceOfServiceLocation": 0}}"#,
                "/PrimaryCriteria/CriteriaList/0/VisitOccurrence/PlaceOfServiceLocation is not supported"
            ),
            (
                #"{"Specimen": {"SpecimenSourceConcept": 0}}"#,
                "/PrimaryCriteria/CriteriaList/0/Specimen/SpecimenSourceConcept is not supported"
            ),
        ])
    func refusedByName(criterion: String, words: String) throws {
        let error = try #require(try refusal(Cohort(criterion)))
        #expect(error.code == .unsupported && error.message.hasPrefix(words), "\(error)")
    }

    @Test("Limits refuse instead of trying")
    func limits() throws {
        #expect(try refusal(condition, limits: EvaluationLimits(conceptsPerSet: 2))?.code == .limit)
        #expect(
            try refusal(Cohort(condition.primary[0], condition.primary[0]), limits: EvaluationLimits(criteria: 1))?.code == .limit
        )
        let deep = (0..<5).reduce(Cohort.group("ALL", [Cohort.count(#"{"DrugExposure": {}}"#)])) { inner, _ in
            Cohort.group("ALL", groups: [inner])
        }
        #expect(try refusal(condition.with { $0.rules = [deep] }, limits: EvaluationLimits(nesting: 4))?.code == .limit)
        #expect(try refusal(condition.with { $0.rules = [deep] }) == nil)
    }

    @Test("A cancelled evaluation ends as cancelled")
    func cancellation() throws {
        let engine = CohortEngine(index: try IndexedStore(RandomStore.make(seed: 1)).index)
        let expression = try CohortExpression(parsing: condition.text)
        #expect { try engine.evaluate(expression, isCancelled: { true }) } throws: {
            ($0 as? CohortEngineError)?.code == .cancelled
        }
    }

    @Test("An empty store answers nobody")
    func emptyStore() throws {
        let (found, _) = try evaluate(condition, in: SmallStore())
        #expect(found.persons.isEmpty && found.events == .zero)
    }

    // MARK: Understanding

    @Test("The resolution says what a set has here, what is absent, and what is not mapped")
    func resolution() throws {
        var store = SmallStore.withVocabulary()
        store.concept(8, invalid: true)
        store.person(1, from: "2020-01-01", to: "2020-12-31")
        for concept in [1, 2, 2, 11, 0] { store.condition(1, concept, "2020-06-01") }
        let engine = CohortEngine(index: try IndexedStore(store).index)
        let sets = try engine.resolution(of: CohortExpression(parsing: condition.text))
        let first = try #require(sets.first { $0.id == 0 })
        #expect(first.resolved == 3 && first.absent.isEmpty && first.invalid.isEmpty)
        let use = try #require(first.uses.first)
        #expect(use.table == .condition && use.isPresent && use.occurring == 2)
        #expect(use.records.value == 3 && use.unmapped.value == 1)
        #expect(sets.first { $0.id == 5 }?.invalid == [8])
        #expect(sets.first { $0.id == 6 }?.absent == [999])
        #expect(sets.first { $0.id == 6 }?.isEmpty == true)
    }

    @Test("The semantics version goes with every answer")
    func semantics() throws {
        #expect(try evaluate(condition, in: SmallStore()).0.semanticsVersion == CohortSemantics.version)
    }
}
