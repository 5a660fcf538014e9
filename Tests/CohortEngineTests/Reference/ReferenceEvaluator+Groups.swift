// A test may fail at once: a missing value here is a mistake in the test.
// swift-format-ignore-file: NeverForceUnwrap

import CanonicalJSON
import Cohorts
import OMOPStore

extension ReferenceEvaluator {
    /// A group for one index event.
    func holds(_ group: CriteriaGroup, _ index: IndexEvent, _ person: Int) -> Bool {
        let members =
            group.criteria.map { holds($0, index, person) } + group.demographics.map { holds($0, index, person) }
            + group.groups.map { holds($0, index, person) }
        if members.isEmpty { return true }
        let count = members.filter { $0 }.count
        switch group.rule {
        case .all: return count == members.count
        case .any: return count > 0
        case .atLeast(let number): return count >= number
        case .atMost(let number): return count <= number
        }
    }

    private func holds(_ demographic: DemographicCriterion, _ index: IndexEvent, _ person: Int) -> Bool {
        guard personRow(person) != nil else { return false }
        return demographic.filters.allSatisfy { filter in
            switch filter.attribute {
            case .startDate: date(filter.test, index.event.start)
            case .endDate: date(filter.test, index.event.end)
            default: passes(filter, [:], index.event.start, index.event.end, .conditionOccurrence, person)
            }
        }
    }

    private func holds(_ counted: CorrelatedCriterion, _ index: IndexEvent, _ person: Int) -> Bool {
        let found = events(counted.criterion, person).filter { matches(counted, $0, index) }
        let number: Int
        if counted.occurrence.isDistinct {
            let column = counted.occurrence.countColumn ?? .domainConcept
            number = Set(found.compactMap { value(column, $0, counted.criterion.domain) }).count
        } else {
            number = found.count
        }
        switch counted.occurrence.kind {
        case .exactly: return number == counted.occurrence.count
        case .atMost: return number <= counted.occurrence.count
        case .atLeast: return number >= counted.occurrence.count
        }
    }

    private func matches(_ counted: CorrelatedCriterion, _ event: Event, _ index: IndexEvent) -> Bool {
        if !counted.ignoreObservationPeriod {
            guard index.periodStart <= event.start, event.start <= index.periodEnd else { return false }
        }
        if counted.restrictVisit {
            guard let visit = event.visit, visit == index.event.visit else { return false }
        }
        let windows = [counted.startWindow] + (counted.endWindow.map { [$0] } ?? [])
        return windows.allSatisfy { window in
            inside(window.start, window, event, index, counted.ignoreObservationPeriod, isLower: true)
                && inside(window.end, window, event, index, counted.ignoreObservationPeriod, isLower: false)
        }
    }

    private func inside(
        _ endpoint: WindowEndpoint, _ window: Window, _ event: Event, _ index: IndexEvent, _ ignoresPeriod: Bool, isLower: Bool
    ) -> Bool {
        let indexDate = window.indexDate == .end ? index.event.end : index.event.start
        let eventDate = window.eventDate == .end ? event.end : event.start
        func ordered(_ bound: Int?, _ value: Int?) -> Bool {
            guard let bound, let value else { return false }
            return isLower ? value >= bound : value <= bound
        }
        if let hours = endpoint.hours {
            let moment = window.indexDate == .end ? index.event.endMinute : index.event.startMinute
            let eventMoment = window.eventDate == .end ? event.endMinute : event.startMinute
            return ordered(moment.map { $0 + endpoint.coefficient * hours * 60 }, eventMoment)
        }
        if let days = endpoint.days { return ordered(indexDate.map { $0 + endpoint.coefficient * days }, eventDate) }
        if ignoresPeriod { return true }
        return ordered(endpoint.coefficient == -1 ? index.periodStart : index.periodEnd, eventDate)
    }

    /// What a distinct count counts, as text so that every kind of value fits.
    private func value(_ column: CountColumn, _ event: Event, _ domain: CriterionDomain) -> String? {
        func number(_ name: String) -> String? { event.row.double(name).map { "\($0 == 0 ? 0 : $0)" } }
        switch column {
        case .domainConcept:
            switch domain {
            case .death: return "\(event.row.int("cause_concept_id") ?? 0)"
            case .observationPeriod: return event.row.int("period_type_concept_id").map { "\($0)" }
            case .payerPlanPeriod: return event.row.int("payer_concept_id").map { "\($0)" }
            default: return event.row.int(Self.columns(domain).concept!).map { "\($0)" }
            }
        case .startDate: return "\(event.start)"
        case .endDate: return event.end.map { "\($0)" }
        case .visitID: return event.visit.map { "\($0)" }
        case .duration:
            switch domain {
            case .procedureOccurrence, .measurement, .observation, .specimen, .death: return "1"
            default: return event.duration.map { "\($0)" }
            }
        case .daysSupply: return number("days_supply")
        case .quantity: return number("quantity")
        case .refills: return number("refills")
        case .valueAsNumber: return number(domain == .doseEra ? "dose_value" : "value_as_number")
        case .unit: return event.row.int("unit_concept_id").map { "\($0)" }
        case .rangeLow: return number("range_low")
        case .rangeHigh: return number("range_high")
        case .eraOccurrences: return number(domain == .conditionEra ? "condition_occurrence_count" : "drug_exposure_count")
        case .gapDays: return number("gap_days")
        case .domainSourceConcept, .visitDetailID: return nil
        }
    }
}
