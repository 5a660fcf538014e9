import Cohorts
import EventIndex

/// A block whose rows must be read the general way.
struct NeedsGeneralPath: Error {}

/// What the fast path reads of one block: postings, and what is known of its persons.
final class FastReader {
    let plan: FastPlan
    let index: EventIndex
    let budget: EvaluationBudget
    private(set) var block = 0
    private(set) var facts: BlockFacts

    init(_ plan: FastPlan, index: EventIndex, budget: EvaluationBudget) throws {
        self.plan = plan
        self.index = index
        self.budget = budget
        facts = try index.facts(block: 0)
    }

    func open(block: Int) throws {
        self.block = block
        facts = try index.facts(block: block)
    }

    func postings(_ criterion: FastCriterion) throws -> Postings { try postings(criterion.selection) }

    func postings(_ selection: ConceptSelection) throws -> Postings {
        guard let postings = try index.postings(selection, block: block) else { throw NeedsGeneralPath() }
        try budget.spend(postings.count)
        return postings
    }

    /// The rows of a criterion that start inside an observation period of their person.
    func observedPostings(_ criterion: FastCriterion) throws -> Postings {
        guard let postings = try index.postings(criterion.selection, block: block, observed: true) else {
            throw NeedsGeneralPath()
        }
        try budget.spend(postings.examined)
        // Only for the look: the list is gone before the next block's.
        try budget.hold(bytes: postings.bytes)
        budget.release(bytes: postings.bytes)
        return postings
    }

    /// Whether every observed row of a criterion is an entry event, but for tests of columns and persons.
    func needsOnlyObservation(_ criterion: FastCriterion) -> Bool {
        criterion.days == .all && criterion.ages == nil && !criterion.first && plan.priorDays == 0 && plan.postDays == 0
    }

    /// The observation period that an index day lies in, with enough observation around the day.
    func period(around day: Int32, _ person: Int) -> ClosedRange<Int32>? {
        func fits(_ period: ClosedRange<Int32>) -> Bool {
            Int(period.lowerBound) + plan.priorDays <= Int(day) && Int(day) + plan.postDays <= Int(period.upperBound)
                && period.contains(day)
        }
        if facts.isPuzzling(person) { return facts.periods(of: person).first(where: fits) }
        if let first = facts.period(of: person), fits(first) { return first }
        if let second = facts.secondPeriod(of: person), fits(second) { return second }
        return nil
    }

    // MARK: What a criterion asks beside its concepts

    /// The persons that pass the tests of a person; nil if there is no such test.
    func people(_ criterion: FastCriterion) -> PersonBits? { people(criterion.persons) }

    func people(_ tests: [PersonTest]) -> PersonBits? {
        guard let test = tests.first else { return nil }
        let found = PersonBits()
        facts.choose(test.column.attribute, into: found) { test.test.holds($0) }
        for test in tests.dropFirst() {
            let more = PersonBits()
            facts.choose(test.column.attribute, into: more) { test.test.holds($0) }
            found.intersect(more)
        }
        return found
    }

    /// The start days at which a person's row passes the tests of day and age.
    func bounds(_ criterion: FastCriterion, _ person: Int) -> Bounds {
        guard let ages = criterion.ages else { return criterion.days }
        guard let year = facts.yearOfBirth(person) else { return .none }
        return criterion.days.intersected(YearDays.bounds(fromYear: year + ages.lower, throughYear: year + ages.upper))
    }

    func isInside(_ criterion: FastCriterion, _ day: Int32, _ person: Int) -> Bool {
        Self.isInside(criterion, day, person, facts)
    }

    @inline(__always)
    static func isInside(_ criterion: FastCriterion, _ day: Int32, _ person: Int, _ facts: BlockFacts) -> Bool {
        guard criterion.days.contains(Int(day)) else { return false }
        guard let ages = criterion.ages else { return true }
        guard let year = facts.yearOfBirth(person) else { return false }
        return ages.contains(YearDays.year(of: day) - year)
    }

    /// The rows that pass the tests of columns; nil if there is no such test.
    func choice(_ criterion: FastCriterion, _ postings: Postings) throws -> Postings.Choice? {
        var choice: Postings.Choice?
        for test in criterion.columns {
            switch test {
            case .concept(let column, let test):
                choice = try postings.choose(column, { $0 != EventRows.absentRow && test.holds($0) }, from: choice)
            case .number(let column, let range):
                let interval = range.interval
                choice = try postings.choose(
                    column, from: interval.lower, through: interval.upper, isOutside: interval.isOutside, among: choice)
            }
        }
        return choice
    }

    /// The windows in which a person's row can be an entry event: what the criterion asks, inside the observation.
    /// - Parameter windows: a vector to use for it.
    func entryWindows(
        _ criterion: FastCriterion, _ candidates: PersonBits, using windows: WindowVector
    ) -> WindowVector {
        if criterion.isPlain, plan.priorDays == 0, plan.postDays == 0 { return facts.observation }
        let allowed = people(criterion)
        let facts = facts
        windows.clear()
        candidates.forEach { person in
            if allowed?.contains(person) == false { return }
            if facts.isPuzzling(person) { return windows.setPuzzling(person) }
            guard let period = facts.period(of: person) else { return }
            let own = bounds(criterion, person)
            windows.set(
                person, from: max(Int(period.lowerBound) + plan.priorDays, own.lower),
                through: min(Int(period.upperBound) - plan.postDays, own.upper))
            guard let second = facts.secondPeriod(of: person) else { return }
            windows.setSecond(
                person, from: max(Int(second.lowerBound) + plan.priorDays, own.lower),
                through: min(Int(second.upperBound) - plan.postDays, own.upper))
        }
        return windows
    }

    /// Whether a demographic member holds for a person whose index event is on a day; its tests of concepts are `people`.
    func holds(_ plan: DemographicPlan, _ day: Int32, _ person: Int) -> Bool {
        guard facts.hasRow(person) else { return false }
        if let range = plan.age {
            guard let year = facts.yearOfBirth(person), range.contains(Double(YearDays.year(of: day) - year)) else {
                return false
            }
        }
        return plan.start.map { $0.holds(day) } ?? true
    }

    /// Where a bound of a window lies for an index day; nil for no bound.
    static func day(_ bound: WindowBound, _ index: Int32, _ period: ClosedRange<Int32>) -> Int? {
        switch bound {
        case .days(let days): Int(index) + days
        case .periodStart: Int(period.lowerBound)
        case .periodEnd: Int(period.upperBound)
        case .minutes, .none: nil
        }
    }

    /// The days that a counted event may start on, for an index event on a day in an observation period.
    static func window(
        _ counted: FastCounted, within bounds: Bounds, _ day: Int32, _ period: ClosedRange<Int32>
    ) -> Bounds {
        var window = bounds
        if counted.insidePeriod {
            window = window.intersected(Bounds(lower: Int(period.lowerBound), upper: Int(period.upperBound)))
        }
        window.lower = max(window.lower, Self.day(counted.lower, day, period) ?? window.lower)
        window.upper = min(window.upper, Self.day(counted.upper, day, period) ?? window.upper)
        return window
    }
}

extension FastGroup.Member {
    /// Whether it is decided without reading events.
    var isCheap: Bool {
        if case .demographic = self { true } else { false }
    }
}

extension NumericRange {
    /// The numbers that the range holds, the bounds among them, or those outside.
    fileprivate var interval: (lower: Double, upper: Double, isOutside: Bool) {
        switch op {
        case .lessThan: (-.infinity, value.nextDown, false)
        case .atMost: (-.infinity, value, false)
        case .greaterThan: (value.nextUp, .infinity, false)
        case .atLeast: (value, .infinity, false)
        case .equal: (value, value, false)
        case .notEqual: (value, value, true)
        case .between: (value, extent ?? value, false)
        case .notBetween: (value, extent ?? value, true)
        }
    }
}

extension PersonTest.Column {
    fileprivate var attribute: BlockFacts.Attribute {
        switch self {
        case .gender: .gender
        case .race: .race
        case .ethnicity: .ethnicity
        }
    }
}
