import Cohorts
@_spi(Hospital) import Disclosure
import OMOPStore
import Testing

@testable import CohortEngine

/// The surprising readings of the cohort language, each with a store small enough to see the answer.
@Suite("Where a plausible reading would give another number")
struct TrapTests {
    /// Persons in the cohort.
    private func persons(_ cohort: Cohort, in store: SmallStore) throws -> Set<Int> {
        let indexed = try IndexedStore(store)
        return indexed.persons(try CohortEngine(index: indexed.index).evaluate(CohortExpression(parsing: cohort.text)).persons)
    }

    /// Cohort rows.
    private func rows(_ cohort: Cohort, in store: SmallStore) throws -> Int {
        try CohortEngine(index: IndexedStore(store).index).evaluate(CohortExpression(parsing: cohort.text)).events.value
    }

    private let condition = Cohort(#"{"ConditionOccurrence": {"CodesetId": 0}}"#)
    private let anyDrug = #"{"DrugExposure": {}}"#

    /// Person 1 with conditions on 10 January, 10 March and 10 June 2020; observed through the year.
    private func three() -> SmallStore {
        var store = SmallStore.withVocabulary()
        store.person(1, from: "2020-01-01", to: "2020-12-31")
        for day in ["2020-01-10", "2020-03-10", "2020-06-10"] { store.condition(1, 1, day) }
        return store
    }

    /// An exit on the event's own day, so that every event is a row of its own.
    private let oneDay = #"{"DateOffset": {"DateField": "StartDate", "Offset": 0}}"#

    @Test("the qualified limit works only where additional criteria are present, be they empty")
    func qualifiedLimit() throws {
        let cohort = condition.with { $0.end = oneDay }
        #expect(try rows(cohort, in: three()) == 3)
        #expect(try rows(cohort.with { $0.additional = Cohort.group("ALL") }, in: three()) == 1)
    }

    @Test("any word but All means one event")
    func limitWords() throws {
        let cohort = condition.with { $0.end = oneDay }
        #expect(try rows(cohort.with { $0.primaryLimit = "ALL" }, in: three()) == 3)
        #expect(try rows(cohort.with { $0.primaryLimit = "Every" }, in: three()) == 1)
        #expect(try rows(cohort.with { $0.expressionLimit = "Some" }, in: three()) == 1)
    }

    @Test("First is taken before the filters, not after")
    func firstBeforeFilters() throws {
        var store = SmallStore.withVocabulary()
        store.person(1, born: 1980, from: "2019-01-01", to: "2021-12-31")
        store.condition(1, 1, "2019-06-01")
        store.condition(1, 1, "2020-06-01")
        let first = Cohort(#"{"ConditionOccurrence": {"CodesetId": 0, "First": true, "Age": {"Value": 40, "Op": "gte"}}}"#)
        #expect(try persons(first, in: store) == [])
        let some = Cohort(#"{"ConditionOccurrence": {"CodesetId": 0, "Age": {"Value": 40, "Op": "gte"}}}"#)
        #expect(try persons(some, in: store) == [1])
    }

    @Test("windows include both ends; without days they end with observation, or nowhere when that is ignored")
    func windowBounds() throws {
        var store = SmallStore.withVocabulary()
        store.person(1, from: "2020-01-01", to: "2020-12-31")
        store.condition(1, 1, "2020-06-30")
        store.drug(1, 11, "2020-05-31", until: "2020-05-31")
        func cohort(_ from: String, _ to: String, _ rest: String = "") -> Cohort {
            condition.with { $0.rules = [Cohort.group("ALL", [Cohort.count(anyDrug, from: from, to: to, rest: rest)])] }
        }
        #expect(try persons(cohort(Cohort.before(30), Cohort.before(1)), in: store) == [1])
        #expect(try persons(cohort(Cohort.before(29), Cohort.before(1)), in: store) == [])
        #expect(try persons(cohort(Cohort.before(60), Cohort.before(30)), in: store) == [1])
        var outside = SmallStore.withVocabulary()
        outside.person(1, from: "2020-01-01", to: "2020-12-31")
        outside.condition(1, 1, "2020-06-30")
        outside.drug(1, 11, "2019-12-31", until: "2019-12-31")
        #expect(try persons(cohort(Cohort.before(), Cohort.after()), in: outside) == [])
        let ignoring = #", "IgnoreObservationPeriod": true"#
        #expect(try persons(cohort(Cohort.before(), Cohort.after(), ignoring), in: outside) == [1])
    }

    @Test("an end window looks at the event's end unless it says otherwise; a start window at its start")
    func windowDates() throws {
        var store = SmallStore.withVocabulary()
        store.person(1, from: "2020-01-01", to: "2020-12-31")
        store.condition(1, 1, "2020-06-30")
        store.drug(1, 11, "2020-06-01", until: "2020-07-15")
        func cohort(_ flags: String) -> Cohort {
            let end = #", "EndWindow": {"Start": \#(Cohort.before(60)), "End": \#(Cohort.after(0))\#(flags)}"#
            return condition.with { $0.rules = [Cohort.group("ALL", [Cohort.count(anyDrug, rest: end)])] }
        }
        #expect(try persons(cohort(""), in: store) == [])
        #expect(try persons(cohort(#", "UseEventEnd": null"#), in: store) == [])
        #expect(try persons(cohort(#", "UseEventEnd": false"#), in: store) == [1])
    }

    @Test("only the start of an event must lie in the observation period")
    func onlyTheStart() throws {
        var store = SmallStore.withVocabulary()
        store.person(1, from: "2020-01-01", to: "2020-06-30")
        store.condition(1, 1, "2020-06-01", until: "2020-09-01")
        store.drug(1, 11, "2020-06-30", until: "2020-12-01")
        #expect(try persons(condition.with { $0.rules = [Cohort.group("ALL", [Cohort.count(anyDrug)])] }, in: store) == [1])
    }

    @Test("an event with nested criteria needs an observation period even where periods are ignored")
    func nestedNeedsPeriod() throws {
        var store = SmallStore.withVocabulary()
        store.person(1, from: "2020-01-01", to: "2020-12-31")
        store.condition(1, 1, "2020-06-30")
        store.drug(1, 11, "2019-06-01", until: "2019-06-02")
        store.measurement(1, 21, "2019-06-01")
        let ignoring = #", "IgnoreObservationPeriod": true"#
        let inner = Cohort.group("ALL", [Cohort.count(#"{"Measurement": {}}"#, rest: ignoring)])
        let nested = #"{"DrugExposure": {"CorrelatedCriteria": \#(inner)}}"#
        func cohort(_ criterion: String) -> Cohort {
            condition.with { $0.rules = [Cohort.group("ALL", [Cohort.count(criterion, rest: ignoring)])] }
        }
        #expect(try persons(cohort(anyDrug), in: store) == [1])
        #expect(try persons(cohort(nested), in: store) == [])
    }

    @Test("AT_MOST and zero counts hold without any match, ANY does not")
    func nothingFound() throws {
        let none = Cohort.count(anyDrug)
        func cohort(_ group: String) -> Cohort { condition.with { $0.rules = [group] } }
        #expect(try persons(cohort(Cohort.group("AT_MOST", [none], count: 0)), in: three()) == [1])
        #expect(try persons(cohort(Cohort.group("AT_LEAST", [none], count: 0)), in: three()) == [1])
        #expect(try persons(cohort(Cohort.group("ANY", [none])), in: three()) == [])
        #expect(try persons(cohort(Cohort.group("ALL", [Cohort.count(anyDrug, type: 0, 0)])), in: three()) == [1])
        #expect(try persons(cohort(Cohort.group("ALL", [Cohort.count(anyDrug, type: 1, 2)])), in: three()) == [1])
        #expect(try persons(cohort(Cohort.group("ALL", [Cohort.count(anyDrug, type: 2, 0)])), in: three()) == [1])
    }

    @Test("a date offset replaces the end of observation as an exit, and is cut to it")
    func offsetExit() throws {
        let far = #"{"DateOffset": {"DateField": "StartDate", "Offset": 400}}"#
        // All three exits are on 31 December, so the events are one stay.
        #expect(try rows(condition.with { $0.end = far }, in: three()) == 1)
        let near = #"{"DateOffset": {"DateField": "StartDate", "Offset": 7}}"#
        #expect(try rows(condition.with { $0.end = near }, in: three()) == 3)
    }

    @Test("an event without an end, or that ends before it starts, is dropped")
    func droppedEvents() throws {
        var store = SmallStore.withVocabulary()
        for person in 1...2 { store.person(person, from: "2020-01-01", to: "2020-12-31") }
        store.visit(1, "2020-03-01", until: "2020-03-05")
        store.visit(2, "2020-03-01")
        let visit = Cohort(#"{"VisitOccurrence": {}}"#)
        #expect(try persons(visit, in: store) == [1, 2])
        #expect(try persons(visit.with { $0.end = #"{"DateOffset": {"DateField": "EndDate", "Offset": 0}}"# }, in: store) == [1])
        #expect(try persons(visit.with { $0.end = #"{"DateOffset": {"DateField": "EndDate", "Offset": -5}}"# }, in: store) == [])
    }

    @Test("stays that touch are one stay; the pad joins what lies apart and is taken off again")
    func touchingStays() throws {
        var store = SmallStore.withVocabulary()
        store.person(1, from: "2020-01-01", to: "2020-12-31")
        store.condition(1, 1, "2020-01-10")
        store.condition(1, 1, "2020-01-15")
        func cohort(_ offset: Int, pad: Int = 0) -> Cohort {
            condition.with {
                $0.end = #"{"DateOffset": {"DateField": "StartDate", "Offset": \#(offset)}}"#
                $0.pad = pad
            }
        }
        #expect(try rows(cohort(5), in: store) == 1)
        #expect(try rows(cohort(4), in: store) == 2)
        #expect(try rows(cohort(4, pad: 1), in: store) == 1)
    }

    @Test("age is a difference of calendar years")
    func calendarAge() throws {
        var store = SmallStore.withVocabulary()
        store.person(1, born: 2002, from: "2020-01-01", to: "2020-12-31")
        store.condition(1, 1, "2020-01-01")
        let adult = Cohort(#"{"ConditionOccurrence": {"Age": {"Value": 18, "Op": "gte"}}}"#)
        #expect(try persons(adult, in: store) == [1])
    }

    @Test("a measurement ends on the day after, so an end window of 0 days misses it")
    func oneDayDomains() throws {
        var store = SmallStore.withVocabulary()
        store.person(1, from: "2020-01-01", to: "2020-12-31")
        store.condition(1, 1, "2020-06-01")
        store.measurement(1, 21, "2020-06-01")
        func cohort(_ days: Int) -> Cohort {
            let end = #", "EndWindow": {"Start": \#(Cohort.before(days)), "End": \#(Cohort.after(days))}"#
            return condition.with { $0.rules = [Cohort.group("ALL", [Cohort.count(#"{"Measurement": {}}"#, rest: end)])] }
        }
        #expect(try persons(cohort(0), in: store) == [])
        #expect(try persons(cohort(1), in: store) == [1])
    }

    @Test("a drug's end date filter tests its start, and a visit detail's age the year of its end")
    func quirksThatUpstreamKeeps() throws {
        var store = SmallStore.withVocabulary()
        store.person(1, born: 1980, from: "2019-01-01", to: "2021-12-31")
        store.drug(1, 11, "2020-12-01", until: "2021-02-01")
        store.add(
            .visitDetail,
            [
                "person_id": 1, "visit_detail_concept_id": 1, "visit_detail_start_date": date("2020-12-31"),
                "visit_detail_end_date": date("2021-01-02"),
            ])
        let ended = Cohort(#"{"DrugExposure": {"OccurrenceEndDate": {"Value": "2021-01-01", "Op": "gte"}}}"#)
        #expect(try persons(ended, in: store) == [])
        let age = Cohort(#"{"VisitDetail": {"Age": {"Value": 41, "Op": "eq"}}}"#)
        #expect(try persons(age, in: store) == [1])
    }

    @Test("a missing concept still brings its descendants; an invalid one counts only when it is named")
    func conceptsMissingAndInvalid() throws {
        var store = SmallStore()
        // 999 has no CONCEPT row; 2 is below it and valid, 8 is below 1 and invalid.
        store.concept(2)
        store.concept(1)
        store.concept(8, under: [1], invalid: true)
        store.descent(2, of: 999)
        for (person, concept) in [(1, 2), (2, 8), (3, 999)] {
            store.person(person, from: "2020-01-01", to: "2020-12-31")
            store.condition(person, concept, "2020-06-01")
        }
        func cohort(_ set: Int) -> Cohort { Cohort(#"{"ConditionOccurrence": {"CodesetId": \#(set)}}"#) }
        #expect(try persons(cohort(6), in: store) == [1])
        #expect(try persons(cohort(0), in: store) == [])
        #expect(try persons(cohort(5), in: store) == [2])
    }

    @Test("NOT IN fails for NULL, except that NOT IN an empty set is true")
    func notInAndNull() throws {
        var store = SmallStore.withVocabulary()
        for (person, type) in [(1, 1), (2, 11)] as [(Int, Int)] {
            store.person(person, from: "2020-01-01", to: "2020-12-31")
            store.add(
                .conditionOccurrence,
                [
                    "person_id": .int(person), "condition_concept_id": 1, "condition_start_date": date("2020-06-01"),
                    "condition_type_concept_id": .int(type),
                ])
        }
        store.person(3, from: "2020-01-01", to: "2020-12-31")
        store.condition(3, 1, "2020-06-01")
        func cohort(_ attribute: String) -> Cohort { Cohort(#"{"ConditionOccurrence": {\#(attribute)}}"#) }
        let listed = #""ConditionType": [{"CONCEPT_ID": 1}], "ConditionTypeExclude": true"#
        #expect(try persons(cohort(listed), in: store) == [2])
        #expect(try persons(cohort(#""ConditionTypeCS": {"CodesetId": 0, "IsExclusion": true}"#), in: store) == [2])
        #expect(try persons(cohort(#""ConditionTypeCS": {"CodesetId": 8, "IsExclusion": true}"#), in: store) == [1, 2, 3])
        #expect(try persons(cohort(#""ConditionTypeCS": {"IsExclusion": true}"#), in: store) == [3])
    }

    @Test("a source concept set and a standard concept set must both hold")
    func sourceAndStandard() throws {
        var store = SmallStore.withVocabulary()
        store.concept(101, standard: false)
        for (person, concept, source) in [(1, 1, 101), (2, 1, 102), (3, 11, 101)] {
            store.person(person, from: "2020-01-01", to: "2020-12-31")
            store.condition(person, concept, "2020-06-01", source: source)
        }
        let both = Cohort(#"{"ConditionOccurrence": {"CodesetId": 0, "ConditionSourceConcept": 9}}"#)
        #expect(try persons(both, in: store) == [1])
        #expect(try persons(Cohort(#"{"ConditionOccurrence": {"ConditionSourceConcept": 9}}"#), in: store) == [1, 3])
    }

    @Test("the visit of a record must be the same person's")
    func visitOfAnother() throws {
        var store = SmallStore.withVocabulary()
        for person in 1...2 { store.person(person, from: "2020-01-01", to: "2020-12-31") }
        let visit = store.visit(1, "2020-06-01", until: "2020-06-03")
        store.condition(1, 1, "2020-06-01", visit: visit)
        store.condition(2, 1, "2020-06-01", visit: visit)
        let inpatient = Cohort(#"{"ConditionOccurrence": {"VisitType": [{"CONCEPT_ID": 9201}]}}"#)
        #expect(try persons(inpatient, in: store) == [1])
    }

    @Test("of two events on one day the one with the smaller id comes first")
    func tiesById() throws {
        var store = SmallStore.withVocabulary()
        store.person(1, from: "2020-01-01", to: "2020-12-31")
        store.condition(1, 1, "2020-06-01", until: "2020-06-20")
        store.condition(1, 2, "2020-06-01", until: "2020-06-02")
        let cohort = Cohort(#"{"ConditionOccurrence": {"CodesetId": 0}}"#).with {
            $0.primaryLimit = "First"
            $0.rules = [Cohort.group("ALL", demographics: [#"{"OccurrenceEndDate": {"Value": "2020-06-20", "Op": "eq"}}"#])]
        }
        #expect(try persons(cohort, in: store) == [1])
    }

    @Test("attrition by best event is not attrition by any event")
    func bestEventAttrition() throws {
        // The first event satisfies rules 2 and 3, the second rule 1 alone.
        var store = SmallStore.withVocabulary()
        store.person(1, from: "2020-01-01", to: "2020-12-31")
        store.condition(1, 1, "2020-02-01")
        store.condition(1, 1, "2020-08-01")
        store.drug(1, 11, "2020-02-01", until: "2020-02-01")
        store.measurement(1, 21, "2020-02-01")
        store.visit(1, "2020-08-01", until: "2020-08-01")
        let sameDay = (Cohort.before(0), Cohort.after(0))
        let cohort = condition.with {
            $0.rules = [#"{"VisitOccurrence": {}}"#, #"{"DrugExposure": {}}"#, #"{"Measurement": {}}"#].map {
                Cohort.group("ALL", [Cohort.count($0, from: sameDay.0, to: sameDay.1)])
            }
        }
        let indexed = try IndexedStore(store)
        let found = try CohortEngine(index: indexed.index).evaluate(CohortExpression(parsing: cohort.text))
        #expect(found.attritionAnyEvent.map { $0.persons.count.value } == [1, 1, 0, 0, 0])
        #expect(found.attritionBestEvent.map { $0.persons.count.value } == [1, 0, 0, 0, 0])
        #expect(found.attritionAnyEvent.map(\.name) == ["entry events", "rule 1", "rule 2", "rule 3", "cohort"])
        #expect(found.byEvent.masks.mapValues(\.value) == [0b110: 1, 0b001: 1])
        #expect(found.byPerson.masks.mapValues(\.value) == [0b110: 1])
        #expect(found.byPerson.rules.map(\.gain.value) == [1, 0, 0])
        #expect(found.byPerson.rules.map(\.satisfying.value) == [0, 1, 1])
    }

    @Test("a person without a PERSON row passes until a person attribute is asked")
    func orphans() throws {
        var store = SmallStore.withVocabulary()
        store.period(1, from: "2020-01-01", to: "2020-12-31")
        store.condition(1, 1, "2020-06-01")
        #expect(try persons(condition, in: store) == [1])
        let anyAge = Cohort(#"{"ConditionOccurrence": {"Age": {"Value": 0, "Op": "gte"}}}"#)
        #expect(try persons(anyAge, in: store) == [])
        #expect(try persons(condition.with { $0.rules = [Cohort.group("ALL", demographics: ["{}"])] }, in: store) == [])
    }

    @Test("a date and a moment of the same day are the same day")
    func datesAndMoments() throws {
        var store = SmallStore.withVocabulary()
        store.person(1, from: "2020-01-01", to: "2020-12-31")
        store.add(
            .measurement,
            ["person_id": 1, "measurement_concept_id": 21, "measurement_date": .minute(dayNumber("2020-06-01") * 1440 + 1439)])
        let cohort = Cohort(#"{"Measurement": {"OccurrenceStartDate": {"Value": "2020-06-01", "Op": "eq"}}}"#)
        #expect(try persons(cohort, in: store) == [1])
    }
}
