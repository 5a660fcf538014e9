import Cohorts
import EventIndex

/// Evaluates a fast plan on one block. Its vectors are used again from block to block.
final class FastBlock {
    private let plan: FastPlan
    private let index: EventIndex
    private(set) var block = 0
    private(set) var facts: BlockFacts

    /// The day of each person's index event.
    let first = DayVector()
    private let other = DayVector()
    private let windows = WindowVector()
    private let counters = PersonCounters()
    /// Who has an index event, and who is left after the additional criteria.
    let entry = PersonBits()
    let qualified = PersonBits()
    /// For each rule, who of the qualified satisfies it.
    private(set) var rules: [PersonBits]

    /// A block whose rows must be read the general way.
    struct NeedsGeneralPath: Error {}

    init(_ plan: FastPlan, index: EventIndex, facts: BlockFacts) {
        self.plan = plan
        self.index = index
        self.facts = facts
        rules = plan.rules.map { _ in PersonBits() }
    }

    func evaluate(block: Int, facts: BlockFacts) throws {
        self.block = block
        self.facts = facts
        try findEntry()
        qualified.copy(entry)
        if let group = plan.additional { try narrow(qualified, group) }
        for (place, group) in plan.rules.enumerated() {
            rules[place].copy(qualified)
            try narrow(rules[place], group)
        }
    }

    // MARK: Entry events

    private func findEntry() throws {
        first.clear()
        entry.clear()
        let candidates = PersonBits()
        for criterion in plan.entry {
            let postings = try self.postings(criterion)
            try postings.insert(into: candidates)
            if criterion.first {
                lowerByFirstEver(criterion, postings, candidates)
            } else {
                try lower(criterion, postings, candidates)
            }
        }
        candidates.forEach { if first.day(of: $0) != nil { entry.insert($0) } }
    }

    private func postings(_ criterion: FastCriterion) throws -> Postings {
        guard let postings = try index.postings(criterion.selection, block: block) else { throw NeedsGeneralPath() }
        return postings
    }

    /// `First`: the earliest row over the whole record, which then must pass everything else.
    private func lowerByFirstEver(_ criterion: FastCriterion, _ postings: Postings, _ candidates: PersonBits) {
        other.clear()
        postings.lower(other)
        let allowed = people(criterion)
        candidates.forEach { person in
            guard let day = other.day(of: person), allowed?.contains(person) ?? true,
                isInside(criterion, day, person), period(around: day, person) != nil
            else { return }
            first.lower(person, to: day)
        }
    }

    /// The earliest row that passes everything.
    private func lower(_ criterion: FastCriterion, _ postings: Postings, _ candidates: PersonBits) throws {
        let choice = try self.choice(criterion, postings)
        let allowed = people(criterion)
        if criterion.isPlain, plan.priorDays == 0, plan.postDays == 0 {
            facts.copyPeriods(to: windows)
        } else {
            windows.clear()
            candidates.forEach { person in
                if allowed?.contains(person) == false { return }
                if facts.isPuzzling(person) { return windows.setPuzzling(person) }
                guard let period = facts.period(of: person) else { return }
                let own = bounds(criterion, person)
                windows.set(
                    person, from: max(Int(period.lowerBound) + plan.priorDays, own.lower),
                    through: min(Int(period.upperBound) - plan.postDays, own.upper))
            }
        }
        for (person, day) in postings.lower(first, within: windows, choice: choice)
        where allowed?.contains(person) ?? true && isInside(criterion, day, person) && period(around: day, person) != nil {
            first.lower(person, to: day)
        }
    }

    /// The observation period that an index day lies in, with enough observation around the day.
    private func period(around day: Int32, _ person: Int) -> ClosedRange<Int32>? {
        func fits(_ period: ClosedRange<Int32>) -> Bool {
            Int(period.lowerBound) + plan.priorDays <= Int(day) && Int(day) + plan.postDays <= Int(period.upperBound)
                && period.contains(day)
        }
        if facts.isPuzzling(person) { return facts.periods(of: person).first(where: fits) }
        return facts.period(of: person).flatMap { fits($0) ? $0 : nil }
    }

    // MARK: What a criterion asks beside its concepts

    /// The persons that pass the tests of a person; nil if there is no such test.
    private func people(_ criterion: FastCriterion) -> PersonBits? { people(criterion.persons) }

    private func people(_ tests: [PersonTest]) -> PersonBits? {
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
    private func bounds(_ criterion: FastCriterion, _ person: Int) -> Bounds {
        guard let ages = criterion.ages else { return criterion.days }
        guard let year = facts.yearOfBirth(person) else { return .none }
        return criterion.days.intersected(YearDays.bounds(fromYear: year + ages.lower, throughYear: year + ages.upper))
    }

    private func isInside(_ criterion: FastCriterion, _ day: Int32, _ person: Int) -> Bool {
        bounds(criterion, person).contains(Int(day))
    }

    /// The rows that pass the tests of columns; nil if there is no such test.
    private func choice(_ criterion: FastCriterion, _ postings: Postings) throws -> Postings.Choice? {
        var choice: Postings.Choice?
        for test in criterion.columns {
            switch test {
            case .concept(let column, let test):
                choice = try postings.choose(column, { $0 != EventRows.absentRow && test.holds($0) }, from: choice)
            case .number(let column, let range):
                choice = try postings.choose(column, number: { range.contains($0) }, from: choice)
            }
        }
        return choice
    }

    // MARK: Groups

    /// Leaves in `alive` the persons for whom the group holds.
    private func narrow(_ alive: PersonBits, _ group: FastGroup) throws {
        if group.members.isEmpty || alive.isEmpty { return }
        switch group.rule {
        case .all:
            for member in group.members.filter(\.isCheap) + group.members.filter({ !$0.isCheap }) {
                try narrow(alive, member)
            }
        case .any:
            let found = PersonBits()
            for member in group.members {
                let one = PersonBits()
                one.copy(alive)
                one.subtract(found)
                try narrow(one, member)
                found.unite(one)
            }
            alive.copy(found)
        case .atLeast(let least): try count(alive, group) { $0 >= least }
        case .atMost(let most): try count(alive, group) { $0 <= most }
        }
    }

    private func count(_ alive: PersonBits, _ group: FastGroup, _ holds: (Int) -> Bool) throws {
        var held = [Int](repeating: 0, count: EventIndex.blockSize)
        for member in group.members {
            let one = PersonBits()
            one.copy(alive)
            try narrow(one, member)
            one.forEach { held[$0] += 1 }
        }
        let found = PersonBits()
        alive.forEach { if holds(held[$0]) { found.insert($0) } }
        alive.copy(found)
    }

    private func narrow(_ alive: PersonBits, _ member: FastGroup.Member) throws {
        switch member {
        case .group(let group): try narrow(alive, group)
        case .demographic(let plan): narrow(alive, plan)
        case .counted(let counted): try narrow(alive, counted)
        }
    }

    private func narrow(_ alive: PersonBits, _ plan: DemographicPlan) {
        if let people = people(plan.persons) { alive.intersect(people) }
        let found = PersonBits()
        alive.forEach { person in
            guard facts.hasRow(person), let day = first.day(of: person) else { return }
            if let range = plan.age {
                guard let year = facts.yearOfBirth(person), range.contains(Double(YearDays.year(of: day) - year)) else { return }
            }
            if let range = plan.start, !range.holds(day) { return }
            found.insert(person)
        }
        alive.copy(found)
    }

    private func narrow(_ alive: PersonBits, _ counted: FastCounted) throws {
        let occurrence = counted.occurrence
        if occurrence.kind == .atLeast, occurrence.count == 0 { return }
        let postings = try self.postings(counted.criterion)
        setWindows(alive, counted)
        let enough = occurrence.kind == .atLeast ? occurrence.count : occurrence.count + 1
        if enough > 1, !counted.criterion.first {
            try narrow(alive, counted, byCounting: postings)
            return
        }
        let found = PersonBits()
        if counted.criterion.first {
            markFirstEver(found, alive, postings)
        } else {
            postings.mark(found, within: windows, choice: try choice(counted.criterion, postings))
        }
        // At most one event is told apart here: none, or some.
        switch occurrence.kind {
        case .atLeast: if enough == 1 { alive.intersect(found) } else { alive.clear() }
        case .atMost: if occurrence.count == 0 { alive.subtract(found) }
        case .exactly:
            switch occurrence.count {
            case 0: alive.subtract(found)
            case 1: alive.intersect(found)
            default: alive.clear()
            }
        }
    }

    private func narrow(_ alive: PersonBits, _ counted: FastCounted, byCounting postings: Postings) throws {
        counters.clear()
        postings.count(counters, within: windows, choice: try choice(counted.criterion, postings))
        let found = PersonBits()
        alive.forEach { if counted.occurrence.holds(Int(counters[$0])) { found.insert($0) } }
        alive.copy(found)
    }

    /// `First` in a counted criterion: the earliest row over the whole record, if it lies in the window.
    private func markFirstEver(_ found: PersonBits, _ alive: PersonBits, _ postings: Postings) {
        other.clear()
        postings.lower(other)
        alive.forEach { if let day = other.day(of: $0), windows.contains($0, day) { found.insert($0) } }
    }

    /// Where the counted events of each person may start.
    private func setWindows(_ alive: PersonBits, _ counted: FastCounted) {
        windows.clear()
        let allowed = people(counted.criterion)
        alive.forEach { person in
            guard allowed?.contains(person) ?? true, let day = first.day(of: person),
                let period = period(around: day, person)
            else { return }
            var window = bounds(counted.criterion, person)
            if counted.insidePeriod {
                window = window.intersected(Bounds(lower: Int(period.lowerBound), upper: Int(period.upperBound)))
            }
            window.lower = max(window.lower, Self.day(counted.lower, day, period) ?? window.lower)
            window.upper = min(window.upper, Self.day(counted.upper, day, period) ?? window.upper)
            windows.set(person, from: window.lower, through: window.upper)
        }
    }

    private static func day(_ bound: WindowBound, _ index: Int32, _ period: ClosedRange<Int32>) -> Int? {
        switch bound {
        case .days(let days): Int(index) + days
        case .periodStart: Int(period.lowerBound)
        case .periodEnd: Int(period.upperBound)
        case .minutes, .none: nil
        }
    }
}

extension FastGroup.Member {
    /// Whether it is decided without reading events.
    fileprivate var isCheap: Bool {
        if case .demographic = self { true } else { false }
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
