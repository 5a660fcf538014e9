// A test may fail at once: a missing value here is a mistake in the test.
// swift-format-ignore-file: NeverForceUnwrap

import CanonicalJSON
import Cohorts
import OMOPStore

/// A second, slow and obvious evaluator, written straight from the specification: rows and loops, one person at a time, no
/// index, nothing shared with the engine but the parsed definition.
final class ReferenceEvaluator {
    struct Event {
        var id: Int
        var start: Int
        var end: Int?
        var visit: Int?
        var sort: Int
        var startMinute: Int?
        var endMinute: Int?
        /// The row behind it, for distinct counts.
        var row: Row
        /// The dates that length and duration see.
        var duration: Int?
    }

    /// An event that a group is asked about.
    struct IndexEvent {
        var number: Int
        var event: Event
        var periodStart: Int
        var periodEnd: Int
    }

    struct Answer: Equatable {
        /// (person, start, end) of each cohort row.
        var rows: Set<[Int]> = []
        var entryEvents = 0
        var qualifiedEvents = 0
        var byEvent: [UInt64: Int] = [:]
        var byPerson: [UInt64: Int] = [:]
        /// Persons after entry, after each rule (from none), and in the cohort.
        var entry: Set<Int> = []
        var anyEvent: [Set<Int>] = []
        var bestEvent: [Set<Int>] = []
        var cohort: Set<Int> { Set(rows.map { $0[0] }) }
    }

    let expression: CohortExpression
    let store: SmallStore
    private let persons: [Int: Row]
    private let byPerson: [CDMTable: [Int: [Row]]]
    private let visits: [Int: Row]
    private let providers: [Int: Row]
    private let careSites: [Int: Row]
    let sets: [Int: Set<Int>]
    private var eraCache: [String: [Int: [Event]]] = [:]

    init(_ expression: CohortExpression, _ store: SmallStore) {
        self.expression = expression
        self.store = store
        func keyed(_ table: CDMTable, _ key: String) -> [Int: Row] {
            Dictionary(store.rows(table).compactMap { row in row.int(key).map { ($0, row) } }) { first, _ in first }
        }
        persons = keyed(.person, "person_id")
        visits = keyed(.visitOccurrence, "visit_occurrence_id")
        providers = keyed(.provider, "provider_id")
        careSites = keyed(.careSite, "care_site_id")
        var grouped: [CDMTable: [Int: [Row]]] = [:]
        for (table, rows) in store.tables {
            for row in rows {
                if let person = row.int("person_id") { grouped[table, default: [:]][person, default: []].append(row) }
            }
        }
        byPerson = grouped
        sets = Dictionary(uniqueKeysWithValues: expression.conceptSets.map { ($0.id, Self.resolve($0, store)) })
    }

    // MARK: 4.1 Concept sets

    private static func resolve(_ set: ConceptSet, _ store: SmallStore) -> Set<Int> {
        let concepts = Dictionary(store.rows(.concept).map { ($0.int("concept_id")!, $0) }) { first, _ in first }
        func side(_ items: [ConceptSetItem]) -> Set<Int> {
            var found = Set<Int>()
            for item in items {
                var own = Set<Int>()
                if concepts[item.concept.id] != nil { own.insert(item.concept.id) }
                if item.includeDescendants {
                    for line in store.rows(.conceptAncestor) where line.int("ancestor_concept_id") == item.concept.id {
                        let descendant = line.int("descendant_concept_id")!
                        if let concept = concepts[descendant], concept.text("invalid_reason") == nil { own.insert(descendant) }
                    }
                }
                found.formUnion(own)
                guard item.includeMapped else { continue }
                for line in store.rows(.conceptRelationship)
                where line.text("relationship_id") == "Maps to" && line.text("invalid_reason") == nil
                    && own.contains(line.int("concept_id_2")!)
                {
                    found.insert(line.int("concept_id_1")!)
                }
            }
            return found
        }
        return side(set.items.filter { !$0.isExcluded }).subtracting(side(set.items.filter(\.isExcluded)))
    }

    // MARK: The whole definition

    func evaluate() -> Answer {
        var answer = Answer()
        let rules = expression.inclusionRules.count
        answer.anyEvent = Array(repeating: [], count: rules + 1)
        answer.bestEvent = answer.anyEvent
        let everyone = Set(persons.keys).union(byPerson[.observationPeriod, default: [:]].keys)
        for person in everyone.sorted() { evaluate(person, into: &answer) }
        return answer
    }

    private func evaluate(_ person: Int, into answer: inout Answer) {
        let rules = expression.inclusionRules
        let entry = entryEvents(person)
        answer.entryEvents += entry.count
        if !entry.isEmpty { answer.entry.insert(person) }
        let qualified = self.qualified(entry, person)
        answer.qualifiedEvents += qualified.count
        var masks: [UInt64] = []
        for event in qualified {
            var mask: UInt64 = 0
            for (index, rule) in rules.enumerated() where holds(rule.expression, event, person) { mask |= 1 << UInt64(index) }
            masks.append(mask)
            answer.byEvent[mask, default: 0] += 1
            for step in 0...rules.count where (0..<step).allSatisfy({ mask & (1 << UInt64($0)) != 0 }) {
                answer.anyEvent[step].insert(person)
            }
        }
        if let best = bestEvent(qualified, masks, rules.count) {
            answer.byPerson[best, default: 0] += 1
            for step in 0...rules.count where (0..<step).allSatisfy({ best & (1 << UInt64($0)) != 0 }) {
                answer.bestEvent[step].insert(person)
            }
        }
        let full: UInt64 = rules.isEmpty ? 0 : (1 << UInt64(rules.count)) - 1
        let passed = zip(qualified, masks).filter { $0.1 == full }.map(\.0)
        let included = limited(passed, expression.expressionLimit ?? .all)
        for row in cohortRows(included, person) { answer.rows.insert([person, row.0, row.1]) }
    }

    // MARK: 4.3 Entry events

    private func periods(_ person: Int) -> [(start: Int, end: Int)] {
        byPerson[.observationPeriod, default: [:]][person, default: []].compactMap { row in
            guard let start = row.day("observation_period_start_date"), let end = row.day("observation_period_end_date")
            else { return nil }
            return (start, end)
        }.sorted { $0 < $1 }
    }

    private func entryEvents(_ person: Int) -> [IndexEvent] {
        var found: [(event: Event, criterion: Int, period: (start: Int, end: Int))] = []
        let window = expression.primaryCriteria.observationWindow
        for (index, criterion) in expression.primaryCriteria.criteria.enumerated() {
            for event in events(criterion, person) {
                for period in periods(person) where period.start <= event.start && event.start <= period.end {
                    if period.start + window.priorDays <= event.start, event.start + window.postDays <= period.end {
                        found.append((event, index, period))
                    }
                }
            }
        }
        let last = expression.primaryCriteria.limit == .last
        found.sort { left, right in
            if left.event.sort != right.event.sort { return (left.event.sort < right.event.sort) != last }
            return (left.event.id, left.criterion, left.period.start) < (right.event.id, right.criterion, right.period.start)
        }
        let numbered = found.enumerated().map { index, item in
            IndexEvent(number: index + 1, event: item.event, periodStart: item.period.start, periodEnd: item.period.end)
        }
        return expression.primaryCriteria.limit == .all ? numbered : Array(numbered.prefix(1))
    }

    // MARK: 4.4 Qualified events, 4.6 limits

    private func qualified(_ entry: [IndexEvent], _ person: Int) -> [IndexEvent] {
        guard let group = expression.additionalCriteria else { return entry }
        let kept = entry.filter { holds(group, $0, person) }
        return limited(kept, expression.qualifiedLimit ?? .all)
    }

    private func limited(_ events: [IndexEvent], _ limit: EventLimit) -> [IndexEvent] {
        if limit == .all { return events }
        let ordered = events.sorted { left, right in
            if left.event.start != right.event.start { return (left.event.start < right.event.start) == (limit == .first) }
            return left.number < right.number
        }
        return Array(ordered.prefix(1))
    }

    private func bestEvent(_ events: [IndexEvent], _ masks: [UInt64], _ rules: Int) -> UInt64? {
        func rank(_ place: Int) -> [Int] {
            let satisfied = (0..<rules).filter { masks[place] & (1 << UInt64($0)) != 0 }
            return [-satisfied.count, satisfied.first ?? 0, events[place].event.start, events[place].number]
        }
        let best = events.indices.min { rank($0).lexicographicallyPrecedes(rank($1)) }
        return best.map { masks[$0] }
    }

    // MARK: 4.7 Exit, 4.8 collapse

    private func cohortRows(_ included: [IndexEvent], _ person: Int) -> [(Int, Int)] {
        var spans: [(Int, Int)] = []
        for item in included {
            let start = item.event.start
            if let end = candidates(item, person).filter({ $0 >= start }).min() { spans.append((start, end)) }
        }
        let pad = expression.collapseSettings.eraPad
        let joined = merged(spans.map { ($0.0, $0.1 + pad) }).map { ($0.0, $0.1! - pad) }
        guard let window = expression.censorWindow, !window.isEmpty else { return joined }
        return joined.compactMap { row in
            let start = max(row.0, window.start.map { Int($0.dayNumber) } ?? row.0)
            let end = min(row.1, window.end.map { Int($0.dayNumber) } ?? row.1)
            return start <= end ? (start, end) : nil
        }
    }

    private func candidates(_ item: IndexEvent, _ person: Int) -> [Int] {
        var found: [Int] = []
        switch expression.endStrategy {
        case nil: found = [item.periodEnd]
        case .dateOffset(let exit):
            if let date = exit.field == .start ? item.event.start : item.event.end {
                found = [min(date + exit.offset, item.periodEnd)]
            }
        case .customEra(let exit):
            found = [item.periodEnd]
            for era in exposureEras(exit, person) where era.0 <= item.event.start && item.event.start <= era.1 {
                found.append(era.1)
            }
        }
        for criterion in expression.censoringCriteria {
            let starts = events(criterion, person).map(\.start).filter { $0 >= item.event.start && $0 <= item.periodEnd }
            if let first = starts.min() { found.append(first) }
        }
        return found
    }

    private func exposureEras(_ exit: EndStrategy.DrugEraExit, _ person: Int) -> [(Int, Int)] {
        let set = sets[exit.drugCodesetID] ?? []
        var spans: [(Int, Int?)] = []
        for row in byPerson[.drugExposure, default: [:]][person, default: []] {
            let concepts = [row.int("drug_concept_id"), row.int("drug_source_concept_id")].compactMap { $0 }
            guard concepts.contains(where: { set.contains($0) }) else { continue }
            let start = row.day("drug_exposure_start_date")!
            let end =
                exit.daysSupplyOverride.map { start + $0 } ?? row.day("drug_exposure_end_date")
                ?? (start + (row.int("days_supply") ?? 1))
            spans.append((start, end + exit.gapDays + exit.offset))
        }
        return merged(spans).map { ($0.0, $0.1! - exit.gapDays) }
    }

    /// Joins a span to the running one when it starts on or before its last day.
    func merged(_ spans: [(Int, Int?)]) -> [(Int, Int?)] {
        var joined: [(Int, Int?)] = []
        for span in spans.sorted(by: { $0.0 != $1.0 ? $0.0 < $1.0 : ($0.1 ?? .min) > ($1.1 ?? .min) }) {
            if let end = joined.last?.1, end >= span.0 {
                joined[joined.count - 1].1 = max(end, span.1 ?? end)
            } else {
                joined.append(span)
            }
        }
        return joined
    }

    // MARK: Access for the parts in other files

    func rows(_ table: CDMTable, _ person: Int) -> [Row] { byPerson[table, default: [:]][person, default: []] }
    func personRow(_ person: Int) -> Row? { persons[person] }
    func provider(_ row: Row) -> Row? { row.int("provider_id").flatMap { providers[$0] } }
    func careSite(_ row: Row) -> Row? { row.int("care_site_id").flatMap { careSites[$0] } }
    func visit(_ row: Row, of person: Int) -> Row? {
        row.int("visit_occurrence_id").flatMap { visits[$0] }.flatMap { $0.int("person_id") == person ? $0 : nil }
    }

    /// The first period that contains a day.
    func period(containing day: Int, _ person: Int) -> (start: Int, end: Int)? {
        periods(person).first { $0.start <= day && day <= $0.end }
    }

    /// Custom eras of everybody, numbered by (person, start, end) as upstream numbers them.
    func customEras(_ criterion: Criterion, _ person: Int) -> [Event] {
        let key = criterion.pointer.description
        if eraCache[key] == nil {
            var all: [Int: [Event]] = [:]
            var number = 0
            let everyone = Set(byPerson.values.flatMap(\.keys)).sorted()
            for owner in everyone {
                let spans = criterion.eraMembers.flatMap { events($0, owner).map { ($0.start, $0.end) } }
                for span in merged(spans) {
                    number += 1
                    all[owner, default: []].append(
                        Event(id: number, start: span.0, end: span.1, visit: nil, sort: span.0, row: [:], duration: nil))
                }
            }
            eraCache[key] = all
        }
        return eraCache[key]?[person] ?? []
    }
}
