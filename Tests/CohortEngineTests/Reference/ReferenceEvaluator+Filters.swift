// A test may fail at once: a missing value here is a mistake in the test.
// swift-format-ignore-file: NeverForceUnwrap

import CanonicalJSON
import Cohorts
import OMOPStore

extension ReferenceEvaluator {
    /// One attribute of a row; comparisons with NULL are false.
    func passes(
        _ filter: CriterionFilter, _ row: Row, _ start: Int, _ end: Int?, _ domain: CriterionDomain, _ person: Int
    ) -> Bool {
        switch filter.attribute {
        case .startDate: return date(filter.test, start)
        case .endDate: return date(filter.test, domain == .drugExposure ? start : end)
        case .length: return number(filter.test, end.map { Double($0 - start) })
        case .age: return number(filter.test, age(on: domain == .visitDetail ? end : start, person))
        case .ageAtStart: return number(filter.test, age(on: start, person))
        case .ageAtEnd: return number(filter.test, age(on: end, person))
        case .gender, .race, .ethnicity:
            guard let personRow = personRow(person) else { return false }
            return concept(filter.test, personRow.int("\(filter.attribute.rawValue)_concept_id"))
        case .visitType:
            guard let visit = visit(row, of: person) else { return false }
            return concept(filter.test, visit.int("visit_concept_id"))
        case .providerSpecialty: return concept(filter.test, provider(row)?.int("specialty_concept_id"))
        case .placeOfService:
            guard let site = careSite(row) else { return false }
            return concept(filter.test, site.int("place_of_service_concept_id"))
        case .rangeLowRatio, .rangeHighRatio:
            let bound = row.double(filter.attribute == .rangeLowRatio ? "range_low" : "range_high")
            guard let value = row.double("value_as_number"), let bound, bound != 0 else { return false }
            return number(filter.test, value / bound)
        case .abnormal: return isAbnormal(row)
        default: return column(filter, row, domain)
        }
    }

    private func isAbnormal(_ row: Row) -> Bool {
        if let value = row.double("value_as_number") {
            if let low = row.double("range_low"), value < low { return true }
            if let high = row.double("range_high"), value > high { return true }
        }
        return [4_155_142, 4_155_143].contains(row.int("value_as_concept_id"))
    }

    private func column(_ filter: CriterionFilter, _ row: Row, _ domain: CriterionDomain) -> Bool {
        let column = Self.column(of: filter.attribute, domain)
        switch filter.test {
        case .number: return number(filter.test, row.double(column))
        case .text(let text): return self.text(text, row.text(column))
        default: return concept(filter.test, row.int(column))
        }
    }

    private static func column(of attribute: CriterionAttribute, _ domain: CriterionDomain) -> String {
        switch attribute {
        case .type: columns(domain).type!
        case .status: "condition_status_concept_id"
        case .stopReason: "stop_reason"
        case .refills: "refills"
        case .quantity: "quantity"
        case .daysSupply: "days_supply"
        case .route: "route_concept_id"
        case .lotNumber: "lot_number"
        case .uniqueDeviceID: "unique_device_id"
        case .operatorConcept: "operator_concept_id"
        case .valueAsNumber: "value_as_number"
        case .valueAsConcept: "value_as_concept_id"
        case .valueAsString: "value_as_string"
        case .unit: "unit_concept_id"
        case .rangeLow: "range_low"
        case .rangeHigh: "range_high"
        case .qualifier: "qualifier_concept_id"
        case .modifier: "modifier_concept_id"
        case .anatomicSite: "anatomic_site_concept_id"
        case .diseaseStatus: "disease_status_concept_id"
        case .sourceID: "specimen_source_id"
        case .occurrenceCount: domain == .conditionEra ? "condition_occurrence_count" : "drug_exposure_count"
        case .gapDays: "gap_days"
        case .doseValue: "dose_value"
        case .episodeNumber: "episode_number"
        case .episodeObjectConcept: "episode_object_concept_id"
        case .payer: "payer_concept_id"
        case .plan: "plan_concept_id"
        case .sponsor: "sponsor_concept_id"
        case .payerStopReason: "stop_reason_concept_id"
        case .payerSource: "payer_source_concept_id"
        case .planSource: "plan_source_concept_id"
        case .sponsorSource: "sponsor_source_concept_id"
        case .payerStopReasonSource: "stop_reason_source_concept_id"
        default: fatalError("\(attribute) has no column")
        }
    }

    // MARK: Tests

    func age(on day: Int?, _ person: Int) -> Double? {
        guard let day, let born = personRow(person)?.int("year_of_birth") else { return nil }
        return Double(year(of: day) - born)
    }

    private func compare(_ op: RangeOperator, _ x: Double, _ a: Double, _ b: Double) -> Bool {
        switch op {
        case .lessThan: return x < a
        case .atMost: return x <= a
        case .equal: return x == a
        case .notEqual: return x != a
        case .greaterThan: return x > a
        case .atLeast: return x >= a
        case .between: return a <= x && x <= b
        case .notBetween: return x < a || x > b
        }
    }

    func number(_ test: FilterTest, _ value: Double?) -> Bool {
        guard case .number(let range) = test, let value else { return false }
        return compare(range.op, value, range.value, range.extent ?? 0)
    }

    func date(_ test: FilterTest, _ day: Int?) -> Bool {
        guard case .date(let range) = test, let day else { return false }
        return compare(range.op, Double(day), Double(range.value.dayNumber), Double(range.extent?.dayNumber ?? 0))
    }

    func concept(_ test: FilterTest, _ id: Int?) -> Bool {
        switch test {
        case .concepts(let list, let excluded):
            guard let id else { return false }
            return list.contains { $0.id == id } != excluded
        case .conceptSet(let set):
            return id.map { sets[set, default: []].contains($0) } ?? false
        case .selection(let selection):
            guard let set = selection.codesetID else { return (id == nil) == selection.isExclusion }
            let concepts = sets[set, default: []]
            if selection.isExclusion && concepts.isEmpty { return true }
            guard let id else { return false }
            return concepts.contains(id) != selection.isExclusion
        default: return false
        }
    }

    /// LIKE by recursion, one character at a time.
    func text(_ filter: TextFilter, _ value: String?) -> Bool {
        guard let value else { return false }
        func like(_ text: ArraySlice<Character>, _ pattern: ArraySlice<Character>) -> Bool {
            guard let first = pattern.first else { return text.isEmpty }
            if first == "%" { return like(text, pattern.dropFirst()) || (!text.isEmpty && like(text.dropFirst(), pattern)) }
            guard let character = text.first, first == "_" || first == character else { return false }
            return like(text.dropFirst(), pattern.dropFirst())
        }
        let before = filter.placement == .startsWith ? "" : "%"
        let after = filter.placement == .endsWith ? "" : "%"
        return like(Array(value)[...], Array(before + filter.text + after)[...]) != filter.isNegated
    }
}
