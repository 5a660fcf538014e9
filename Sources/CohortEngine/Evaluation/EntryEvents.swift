import Cohorts
import EventIndex

/// The entry events of a block, sorted by person and event number.
struct EntryEvents {
    /// The events that the primary limit leaves, as index events.
    var events = IndexEvents()

    /// Pairs the events of all primary criteria with observation periods, keeps those with enough observation around
    /// them, numbers them per person and applies the limit.
    init(
        lists: [EventList], periods: ObservationPeriods, entry: EntryPlan, budget: EvaluationBudget
    ) throws(CohortEngineError) {
        var found: [Candidate] = []
        for (criterion, list) in lists.enumerated() {
            try budget.spend(list.count)
            for place in 0..<list.count {
                for period in periods.containing(list.start[place], person: list.person[place]) {
                    let opens = CivilDay.clamped(Int(periods.start[period]) + entry.priorDays)
                    let closes = CivilDay.clamped(Int(list.start[place]) + entry.postDays)
                    guard opens <= list.start[place], closes <= periods.end[period] else { continue }
                    found.append(
                        Candidate(
                            person: list.person[place], sort: list.sort[place], id: list.id[place],
                            criterion: Int32(criterion), place: Int32(place), period: Int32(period)))
                }
            }
        }
        try budget.hold(bytes: found.count * MemoryLayout<Candidate>.stride * 2)
        defer { budget.release(bytes: found.count * MemoryLayout<Candidate>.stride * 2) }
        number(entry.limit == .last ? found.sorted(by: Candidate.latestFirst) : found.sorted(by: Candidate.earliestFirst))

        func number(_ ordered: [Candidate]) {
            var person: UInt16?
            var number: Int64 = 0
            for candidate in ordered {
                number = candidate.person == person ? number + 1 : 1
                person = candidate.person
                guard entry.limit == .all || number == 1 else { continue }
                events.append(
                    lists[Int(candidate.criterion)], at: Int(candidate.place), number: number,
                    periodStart: periods.start[Int(candidate.period)], periodEnd: periods.end[Int(candidate.period)])
            }
        }
    }

    private struct Candidate {
        let person: UInt16
        let sort: Int32
        let id: Int64
        let criterion: Int32
        let place: Int32
        let period: Int32

        static func earliestFirst(_ left: Candidate, _ right: Candidate) -> Bool {
            if left.person != right.person { return left.person < right.person }
            if left.sort != right.sort { return left.sort < right.sort }
            return isBefore(left, right)
        }

        static func latestFirst(_ left: Candidate, _ right: Candidate) -> Bool {
            if left.person != right.person { return left.person < right.person }
            if left.sort != right.sort { return left.sort > right.sort }
            return isBefore(left, right)
        }

        /// The order within one day: event id, then the order in which the definition lists the criteria.
        private static func isBefore(_ left: Candidate, _ right: Candidate) -> Bool {
            (left.id, left.criterion, left.place, left.period) < (right.id, right.criterion, right.place, right.period)
        }
    }
}

extension ObservationPeriods {
    /// The person's periods that contain a day; more than one only where periods overlap, which the data model forbids.
    func containing(_ day: Int32, person: UInt16) -> [Int] {
        var found: [Int] = []
        for period in range(of: Int(person)) where start[period] <= day && day <= end[period] { found.append(period) }
        return found
    }

    /// The first of the person's periods that contains a day.
    func firstContaining(_ day: Int32, person: UInt16) -> Int? {
        range(of: Int(person)).first { start[$0] <= day && day <= end[$0] }
    }
}
