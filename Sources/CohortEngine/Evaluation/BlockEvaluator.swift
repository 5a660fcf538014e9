import Cohorts
import EventIndex

/// What one block of persons gave.
struct BlockOutcome {
    var entryEvents = 0
    var entryPersons = BlockPersons()
    var qualifiedEvents = 0
    var inclusion: BlockInclusion
    var cohortEvents = 0
    var cohortPersons = BlockPersons()
    /// Each person's first stay, by person: the index date of the breakdown.
    var firstStays: [IndexStay] = []
}

/// A person's earliest stay in the cohort.
struct IndexStay: Hashable {
    let person: UInt16
    let start: Int32
    /// The visit of the event that opened the stay, `EventRows.nullInteger` if it has none.
    let visit: Int64
}

/// Evaluates a plan over one block, in the order that matters: primary limit, additional criteria, qualified
/// limit, rules, expression limit; then exit, collapse and censor window.
struct BlockEvaluator {
    let plan: CohortPlan
    let reader: BlockReader

    func evaluate() throws(CohortEngineError) -> BlockOutcome {
        let entry = try entryEvents()
        try reader.budget.hold(bytes: entry.bytes)
        defer { reader.budget.release(bytes: entry.bytes) }
        let qualified = try self.qualified(entry)
        let masks = try self.masks(qualified)
        var outcome = BlockOutcome(inclusion: BlockInclusion(qualified, masks: masks, rules: plan.rules.count))
        outcome.entryEvents = entry.count
        outcome.entryPersons = entry.persons
        outcome.qualifiedEvents = qualified.count
        let included = included(qualified, masks)
        let ends = try CohortExit(plan: plan, reader: reader).ends(of: included)
        let cohort = CohortRows(included, ends: ends, plan: plan)
        outcome.cohortEvents = cohort.rows.count
        for row in cohort.rows {
            outcome.cohortPersons.insert(row.person)
            if outcome.firstStays.last?.person != row.person {
                outcome.firstStays.append(IndexStay(person: row.person, start: row.start, visit: included.visit[row.opener]))
            }
        }
        return outcome
    }

    private func entryEvents() throws(CohortEngineError) -> IndexEvents {
        var lists: [EventList] = []
        var bytes = 0
        defer { reader.budget.release(bytes: bytes) }
        for criterion in plan.entry.criteria {
            let list = try CriterionEvaluator(reader: reader).events(of: criterion, among: nil)
            bytes += list.bytes
            try reader.budget.hold(bytes: list.bytes)
            lists.append(list)
        }
        return try EntryEvents(lists: lists, periods: reader.periods, entry: plan.entry, budget: reader.budget).events
    }

    private func qualified(_ entry: IndexEvents) throws(CohortEngineError) -> IndexEvents {
        var events = entry
        if let group = plan.additional {
            let holds = try GroupEvaluator(reader: reader).evaluate(group, on: entry)
            events = entry.picking(holds.indices.filter { holds[$0] })
        }
        return events.limited(to: plan.qualifiedLimit)
    }

    private func masks(_ qualified: IndexEvents) throws(CohortEngineError) -> [UInt64] {
        var masks = [UInt64](repeating: 0, count: qualified.count)
        for (rule, entry) in plan.rules.enumerated() {
            let holds = try GroupEvaluator(reader: reader).evaluate(entry.group, on: qualified)
            for place in holds.indices where holds[place] { masks[place] |= 1 << UInt64(rule) }
        }
        return masks
    }

    private func included(_ qualified: IndexEvents, _ masks: [UInt64]) -> IndexEvents {
        let full = RuleMask.first(plan.rules.count)
        return qualified.picking(masks.indices.filter { masks[$0] == full }).limited(to: plan.expressionLimit)
    }
}

extension IndexEvents {
    /// One event a person: the first or last by start, and among those of one day the one with the smallest number.
    func limited(to limit: EventLimit) -> IndexEvents {
        guard limit != .all else { return self }
        var kept: [Int] = []
        for place in 0..<count {
            guard let leader = kept.last, person[leader] == person[place] else {
                kept.append(place)
                continue
            }
            let sooner = limit == .first ? start[place] < start[leader] : start[place] > start[leader]
            if sooner || (start[place] == start[leader] && number[place] < number[leader]) { kept[kept.count - 1] = place }
        }
        return picking(kept)
    }
}
