import Cohorts
import EventIndex

/// What the rules made of a block's qualified events, where a person may have several.
struct SeveralEvents {
    /// Events by mask, and persons by the mask of their best event.
    private(set) var byEvent: [UInt64: Int] = [:]
    private(set) var byPerson: [UInt64: Int] = [:]
    /// Who has an event, or whose best event, satisfies the first k rules; k from 0.
    let anyEvent: [PersonBits]
    let bestEvent: [PersonBits]
    /// Who is in the cohort, and since when: the start of the first stay.
    let cohort = PersonBits()
    let index = DayVector()
    /// Stays after collapse.
    private(set) var stays = 0

    private let plan: FastPlan

    /// - Parameter masks: one for each event; empty if there are no rules.
    init(_ events: DayLists, masks: [UInt64], reader: FastReader) {
        plan = reader.plan
        anyEvent = (0...plan.rules.count).map { _ in PersonBits() }
        bestEvent = (0...plan.rules.count).map { _ in PersonBits() }
        let full = RuleMask.first(plan.rules.count)
        events.forEachRun { person, run in
            if run.isEmpty { return }
            if masks.isEmpty {
                note(run, person)
                include(run.map { events.day($0) }, person, reader)
            } else {
                note(run, person, masks)
                include(run.filter { masks[$0] == full }.map { events.day($0) }, person, reader)
            }
        }
    }

    // MARK: Statistics

    private mutating func note(_ run: Range<Int>, _ person: Int) {
        byEvent[0, default: 0] += run.count
        byPerson[0, default: 0] += 1
        anyEvent[0].insert(person)
        bestEvent[0].insert(person)
    }

    private mutating func note(_ run: Range<Int>, _ person: Int, _ masks: [UInt64]) {
        var best = masks[run.lowerBound]
        for place in run {
            let mask = masks[place]
            byEvent[mask, default: 0] += 1
            for step in 0...RuleMask.steps(mask, plan.rules.count) { anyEvent[step].insert(person) }
            // Of events that are equally good the earlier one stays.
            if RuleMask.isBetter(mask, best) { best = mask }
        }
        byPerson[best, default: 0] += 1
        for step in 0...RuleMask.steps(best, plan.rules.count) { bestEvent[step].insert(person) }
    }

    // MARK: The cohort

    /// Takes one person's included events, by day.
    private mutating func include(_ days: [Int32], _ person: Int, _ reader: FastReader) {
        guard let first = days.first, let last = days.last else { return }
        cohort.insert(person)
        index.lower(person, to: plan.expressionLimit == .last ? last : first)
        guard plan.expressionLimit == .all else {
            stays += 1
            return
        }
        // As the collapse does it: a stay goes on while the next event begins on or before its padded end.
        var end: Int?
        for day in days {
            guard let period = reader.period(around: day, person) else { continue }
            let own = min(plan.stay.map { Int(day) + $0 } ?? Int(period.upperBound), Int(period.upperBound)) + plan.eraPad
            if let running = end, running >= Int(day) {
                end = max(running, own)
            } else {
                stays += 1
                end = own
            }
        }
    }
}
