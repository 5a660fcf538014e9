import Cohorts
import EventIndex

/// Counts, for each index event, the events of one criterion in its windows.
///
/// Both lists are sorted by person, and the events also by start, so one pass goes through the persons; inside a person the
/// window on the start is found by binary search, and only what else is asked is looked at event by event.
struct WindowCounter {
    let plan: CountedPlan
    let index: IndexEvents
    let events: EventList

    /// For each index event, whether the count is as the definition wants it.
    func decide(_ budget: EvaluationBudget) throws(CohortEngineError) -> [Bool] {
        var result = [Bool](repeating: false, count: index.count)
        var run = 0..<0
        for place in 0..<index.count {
            let person = index.person[place]
            if run.isEmpty || events.person[run.lowerBound] != person { run = self.run(of: person, from: run.upperBound) }
            let days = startDays(of: place)
            let found = narrowed(run, to: days)
            if isCountOfStarts {
                result[place] = plan.occurrence.holds(found.count)
                try budget.spend(8)
            } else {
                result[place] = plan.occurrence.holds(isDistinct ? distinct(in: found, of: place) : count(in: found, of: place))
                try budget.spend(8 + found.count)
            }
        }
        return result
    }

    private var isDistinct: Bool { plan.occurrence.isDistinct }

    /// Whether the days between which an event may start say everything.
    private var isCountOfStarts: Bool {
        !isDistinct && !plan.sameVisit && plan.endWindow == nil && !plan.startWindow.ofEventEnd
            && !plan.startWindow.usesMoments
    }

    // MARK: The run of a person and the days in it

    private func run(of person: UInt16, from: Int) -> Range<Int> {
        var lower = from
        while lower < events.count, events.person[lower] < person { lower += 1 }
        var upper = lower
        while upper < events.count, events.person[upper] == person { upper += 1 }
        return lower..<upper
    }

    /// The days on which an event may start, as far as they are limited; nil when no event can match.
    private func startDays(of place: Int) -> ClosedRange<Int32>? {
        var (lower, upper) = (Int32.min + 1, Int32.max)
        if plan.insidePeriod {
            lower = index.periodStart[place]
            upper = index.periodEnd[place]
        }
        if !plan.startWindow.ofEventEnd {
            let date = plan.startWindow.fromIndexEnd ? index.end[place] : index.start[place]
            switch day(plan.startWindow.lower, date, place) {
            case .at(let day): lower = max(lower, day)
            case .unknown: return nil
            case .open: break
            }
            switch day(plan.startWindow.upper, date, place) {
            case .at(let day): upper = min(upper, day)
            case .unknown: return nil
            case .open: break
            }
        }
        return lower <= upper ? lower...upper : nil
    }

    private func narrowed(_ run: Range<Int>, to days: ClosedRange<Int32>?) -> Range<Int> {
        guard let days, !run.isEmpty else { return run.lowerBound..<run.lowerBound }
        let lower = firstPlace(in: run) { $0 >= days.lowerBound }
        return lower..<firstPlace(in: lower..<run.upperBound) { $0 > days.upperBound }
    }

    private func firstPlace(in run: Range<Int>, where isPast: (Int32) -> Bool) -> Int {
        var (lower, upper) = (run.lowerBound, run.upperBound)
        while lower < upper {
            let middle = (lower + upper) / 2
            if isPast(events.start[middle]) { upper = middle } else { lower = middle + 1 }
        }
        return lower
    }

    // MARK: Event by event

    private func count(in range: Range<Int>, of place: Int) -> Int {
        var found = 0
        let enough = plan.settledAt
        for event in range where matches(event, place) {
            found += 1
            if found >= enough { break }
        }
        return found
    }

    private func distinct(in range: Range<Int>, of place: Int) -> Int {
        var found = Set<Int64>()
        let enough = plan.settledAt
        for event in range where events.distinct[event] != EventRows.nullInteger && matches(event, place) {
            found.insert(events.distinct[event])
            if found.count >= enough { break }
        }
        return found.count
    }

    private func matches(_ event: Int, _ place: Int) -> Bool {
        if plan.sameVisit {
            guard events.visit[event] != EventRows.nullInteger, events.visit[event] == index.visit[place] else { return false }
        }
        guard isInside(plan.startWindow, event, place) else { return false }
        guard let endWindow = plan.endWindow else { return true }
        return isInside(endWindow, event, place)
    }

    private func isInside(_ window: WindowPlan, _ event: Int, _ place: Int) -> Bool {
        let date = window.fromIndexEnd ? index.end[place] : index.start[place]
        let eventDate = window.ofEventEnd ? events.end[event] : events.start[event]
        return isPast(window.lower, date, eventDate, window, event, place, atLeast: true)
            && isPast(window.upper, date, eventDate, window, event, place, atLeast: false)
    }

    private func isPast(
        _ bound: WindowBound, _ date: Int32, _ eventDate: Int32, _ window: WindowPlan, _ event: Int, _ place: Int, atLeast: Bool
    ) -> Bool {
        if case .minutes(let offset) = bound {
            let moment = window.fromIndexEnd ? index.endMinute[place] : index.startMinute[place]
            let eventMoment = window.ofEventEnd ? events.endMinute[event] : events.startMinute[event]
            guard moment != CivilDay.nullMinute, eventMoment != CivilDay.nullMinute else { return false }
            return atLeast ? eventMoment >= moment + offset : eventMoment <= moment + offset
        }
        switch day(bound, date, place) {
        case .open: return true
        case .unknown: return false
        case .at(let day): return eventDate != CivilDay.null && (atLeast ? eventDate >= day : eventDate <= day)
        }
    }

    /// Where a bound lies for one index event.
    private enum BoundDay {
        case at(Int32)
        /// The index date is missing: nothing is inside.
        case unknown
        case open
    }

    private func day(_ bound: WindowBound, _ date: Int32, _ place: Int) -> BoundDay {
        switch bound {
        case .days(let days): date == CivilDay.null ? .unknown : .at(CivilDay.adding(days, to: date))
        case .periodStart: .at(index.periodStart[place])
        case .periodEnd: .at(index.periodEnd[place])
        // Moments are compared event by event, where the day alone says nothing.
        case .minutes, .none: .open
        }
    }
}
