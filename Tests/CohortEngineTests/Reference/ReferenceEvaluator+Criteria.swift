// A test may fail at once: a missing value here is a mistake in the test.
// swift-format-ignore-file: NeverForceUnwrap

import CanonicalJSON
import Cohorts
import OMOPStore

extension ReferenceEvaluator {
    /// What a domain's rows are called.
    struct Columns {
        let table: CDMTable
        let id: String
        let concept: String?
        let start: String
        let end: String?
        let source: String?
        let type: String?
    }

    static func columns(_ domain: CriterionDomain) -> Columns {
        switch domain {
        case .conditionOccurrence:
            Columns(
                table: .conditionOccurrence, id: "condition_occurrence_id", concept: "condition_concept_id",
                start: "condition_start_date", end: "condition_end_date", source: "condition_source_concept_id",
                type: "condition_type_concept_id")
        case .drugExposure:
            Columns(
                table: .drugExposure, id: "drug_exposure_id", concept: "drug_concept_id", start: "drug_exposure_start_date",
                end: "drug_exposure_end_date", source: "drug_source_concept_id", type: "drug_type_concept_id")
        case .procedureOccurrence:
            Columns(
                table: .procedureOccurrence, id: "procedure_occurrence_id", concept: "procedure_concept_id",
                start: "procedure_date", end: nil, source: "procedure_source_concept_id", type: "procedure_type_concept_id")
        case .measurement:
            Columns(
                table: .measurement, id: "measurement_id", concept: "measurement_concept_id", start: "measurement_date", end: nil,
                source: "measurement_source_concept_id", type: "measurement_type_concept_id")
        case .observation:
            Columns(
                table: .observation, id: "observation_id", concept: "observation_concept_id", start: "observation_date", end: nil,
                source: "observation_source_concept_id", type: "observation_type_concept_id")
        case .deviceExposure:
            Columns(
                table: .deviceExposure, id: "device_exposure_id", concept: "device_concept_id",
                start: "device_exposure_start_date", end: "device_exposure_end_date", source: "device_source_concept_id",
                type: "device_type_concept_id")
        case .visitOccurrence:
            Columns(
                table: .visitOccurrence, id: "visit_occurrence_id", concept: "visit_concept_id", start: "visit_start_date",
                end: "visit_end_date", source: "visit_source_concept_id", type: "visit_type_concept_id")
        case .visitDetail:
            Columns(
                table: .visitDetail, id: "visit_detail_id", concept: "visit_detail_concept_id", start: "visit_detail_start_date",
                end: "visit_detail_end_date", source: "visit_detail_source_concept_id", type: "visit_detail_type_concept_id")
        case .specimen:
            Columns(
                table: .specimen, id: "specimen_id", concept: "specimen_concept_id", start: "specimen_date", end: nil,
                source: nil,
                type: "specimen_type_concept_id")
        case .death:
            Columns(
                table: .death, id: "person_id", concept: "cause_concept_id", start: "death_date", end: nil,
                source: "cause_source_concept_id", type: "death_type_concept_id")
        case .conditionEra:
            Columns(
                table: .conditionEra, id: "condition_era_id", concept: "condition_concept_id", start: "condition_era_start_date",
                end: "condition_era_end_date", source: nil, type: nil)
        case .drugEra:
            Columns(
                table: .drugEra, id: "drug_era_id", concept: "drug_concept_id", start: "drug_era_start_date",
                end: "drug_era_end_date", source: nil, type: nil)
        case .doseEra:
            Columns(
                table: .doseEra, id: "dose_era_id", concept: "drug_concept_id", start: "dose_era_start_date",
                end: "dose_era_end_date", source: nil, type: nil)
        case .observationPeriod:
            Columns(
                table: .observationPeriod, id: "observation_period_id", concept: nil, start: "observation_period_start_date",
                end: "observation_period_end_date", source: nil, type: "period_type_concept_id")
        case .payerPlanPeriod:
            Columns(
                table: .payerPlanPeriod, id: "payer_plan_period_id", concept: nil, start: "payer_plan_period_start_date",
                end: "payer_plan_period_end_date", source: nil, type: nil)
        case .episode:
            Columns(
                table: .episode, id: "episode_id", concept: "episode_concept_id", start: "episode_start_date",
                end: "episode_end_date", source: nil, type: "episode_type_concept_id")
        case .locationRegion, .customEra: fatalError("not a table")
        }
    }

    /// The events of one person.
    func events(_ criterion: Criterion, _ person: Int) -> [Event] {
        if criterion.domain == .customEra { return eraEvents(criterion, person) }
        let columns = Self.columns(criterion.domain)
        // Step 1: the concepts.
        var rows = self.rows(columns.table, person).filter { row in
            guard row.day(columns.start) != nil else { return false }
            if let set = criterion.codesetID, let concept = columns.concept {
                guard let id = row.int(concept), sets[set, default: []].contains(id) else { return false }
            }
            if let set = criterion.sourceCodesetID, let source = columns.source {
                guard let id = row.int(source), sets[set, default: []].contains(id) else { return false }
            }
            return true
        }
        // Step 2: the first of what is left.
        rows.sort { ($0.day(columns.start)!, $0.int(columns.id)!) < ($1.day(columns.start)!, $1.int(columns.id)!) }
        if criterion.first { rows = Array(rows.prefix(1)) }
        // Steps 3 to 5.
        return rows.compactMap { event($0, columns, criterion, person) }.filter { nestedHolds(criterion, $0, person) }
    }

    private func event(_ row: Row, _ columns: Columns, _ criterion: Criterion, _ person: Int) -> Event? {
        var start = row.day(columns.start)!
        var end = rawEnd(row, columns, criterion.domain)
        var (startMinute, endMinute) = minutes(row, columns, criterion.domain)
        if let adjustment = criterion.dateAdjustment, criterion.domain != .specimen {
            let fromEnd = criterion.domain != .death && adjustment.startWith == .end
            let toEnd = criterion.domain == .death || adjustment.endWith == .end
            guard let newStart = (fromEnd ? end : start).map({ $0 + adjustment.startOffset }),
                let newEnd = (toEnd ? end : start).map({ $0 + adjustment.endOffset }), newEnd >= newStart
            else { return nil }
            let moments = (startMinute, endMinute)
            startMinute = (fromEnd ? moments.1 : moments.0).map { $0 + adjustment.startOffset * 1440 }
            endMinute = (toEnd ? moments.1 : moments.0).map { $0 + adjustment.endOffset * 1440 }
            start = newStart
            end = newEnd
        }
        guard criterion.filters.allSatisfy({ passes($0, row, start, end, criterion.domain, person) }) else { return nil }
        var event = Event(
            id: row.int(columns.id)!, start: start, end: end, visit: nil, sort: start, startMinute: startMinute,
            endMinute: endMinute, row: row, duration: nil)
        if criterion.domain.hasVisit { event.visit = row.int("visit_occurrence_id") }
        if let period = criterion.userDefinedPeriod, criterion.domain.hasUserDefinedPeriod {
            for day in [period.start, period.end].compactMap({ $0.map { Int($0.dayNumber) } }) {
                guard start <= day, let end, day <= end else { return nil }
            }
            if let day = period.start { (event.start, event.startMinute) = (Int(day.dayNumber), nil) }
            if let day = period.end { (event.end, event.endMinute) = (Int(day.dayNumber), nil) }
        }
        event.duration = event.end.map { $0 - event.start }
        return event
    }

    private func rawEnd(_ row: Row, _ columns: Columns, _ domain: CriterionDomain) -> Int? {
        let start = row.day(columns.start)!
        switch domain {
        case .conditionOccurrence, .deviceExposure: return row.day(columns.end!) ?? (start + 1)
        case .drugExposure: return row.day(columns.end!) ?? (start + (row.int("days_supply") ?? 1))
        case .procedureOccurrence, .measurement, .observation, .specimen, .death: return start + 1
        default: return row.day(columns.end!)
        }
    }

    private func minutes(_ row: Row, _ columns: Columns, _ domain: CriterionDomain) -> (Int?, Int?) {
        func datetime(_ column: String) -> Int? { row.minute(column.replacingDate) }
        let start = datetime(columns.start)
        switch domain {
        case .conditionEra, .drugEra, .doseEra, .observationPeriod, .payerPlanPeriod: return (nil, nil)
        case .procedureOccurrence, .measurement, .observation, .specimen, .death: return (start, start.map { $0 + 1440 })
        case .conditionOccurrence, .deviceExposure:
            return (start, row.day(columns.end!) == nil ? start.map { $0 + 1440 } : datetime(columns.end!))
        case .drugExposure:
            let days = row.int("days_supply") ?? 1
            return (start, row.day(columns.end!) == nil ? start.map { $0 + days * 1440 } : datetime(columns.end!))
        default: return (start, datetime(columns.end!))
        }
    }

    private func eraEvents(_ criterion: Criterion, _ person: Int) -> [Event] {
        var eras = customEras(criterion, person)
        if criterion.first { eras = Array(eras.prefix(1)) }
        return eras.compactMap { era in
            var era = era
            if let adjustment = criterion.dateAdjustment {
                guard let start = (adjustment.startWith == .start ? era.start : era.end).map({ $0 + adjustment.startOffset }),
                    let end = (adjustment.endWith == .start ? era.start : era.end).map({ $0 + adjustment.endOffset }),
                    end >= start
                else { return nil }
                (era.start, era.end, era.sort) = (start, end, start)
            }
            era.duration = era.end.map { $0 - era.start }
            let passes = criterion.filters.allSatisfy { self.passes($0, [:], era.start, era.end, .customEra, person) }
            return passes ? era : nil
        }
    }

    private func nestedHolds(_ criterion: Criterion, _ event: Event, _ person: Int) -> Bool {
        guard let group = criterion.correlated, group.memberCount > 0 else { return true }
        guard let period = period(containing: event.start, person) else { return false }
        let index = IndexEvent(number: event.id, event: event, periodStart: period.start, periodEnd: period.end)
        return holds(group, index, person)
    }
}

extension String {
    /// `condition_start_date` to `condition_start_datetime`.
    fileprivate var replacingDate: String { hasSuffix("_date") ? dropLast(5) + "_datetime" : self }
}
