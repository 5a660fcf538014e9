import Cohorts
import EventIndex

/// Evaluates a fast plan on one block. Its vectors are used again from block to block.
///
/// With one entry event a person (primary limit First), or one qualified event after several entry events, everything is a
/// vector over persons; where a person keeps several events, `FastEvents` evaluates the rules event by event.
final class FastBlock {
    let reader: FastReader
    private let plan: FastPlan
    private let events: FastEvents?

    /// The day of each person's index event.
    private(set) lazy var first = DayVector()
    private lazy var other = DayVector()
    private lazy var windows = WindowVector()
    private lazy var counters = PersonCounters()
    /// Who has an entry event, and who is left after the additional criteria.
    let entry = PersonBits()
    let qualified = PersonBits()
    private(set) var entryEvents = 0
    /// For each rule, who of the qualified satisfies it.
    private(set) var rules: [PersonBits]
    /// What the rules did where persons have several events; then `rules` and `first` say nothing.
    private(set) var several: SeveralEvents?

    init(_ plan: FastPlan, reader: FastReader) {
        self.plan = plan
        self.reader = reader
        events = plan.limit == .all ? FastEvents(reader) : nil
        rules = plan.rules.map { _ in PersonBits() }
    }

    func evaluate(block: Int) throws {
        try reader.open(block: block)
        if plan.asksForDays { first.clear() }
        entry.clear()
        if let events {
            try events.findEntry(entry)
            entryEvents = events.entryEvents
            try events.qualify()
            if plan.keepsSeveral {
                several = try events.included()
                return
            }
            qualified.clear()
            events.takeOne(plan.qualifiedLimit, first, qualified)
        } else {
            try findEntry()
            entryEvents = entry.count
            qualified.copy(entry)
            if let group = plan.additional { try narrow(qualified, group) }
        }
        for (place, group) in plan.rules.enumerated() {
            rules[place].copy(qualified)
            try narrow(rules[place], group)
        }
    }

    // MARK: Entry events

    private func findEntry() throws {
        let candidates = PersonBits()
        for criterion in plan.entry {
            let postings = try reader.postings(criterion)
            if !plan.asksForDays {
                try insert(criterion, postings)
                continue
            }
            try postings.insert(into: candidates)
            if criterion.first {
                lowerByFirstEver(criterion, postings, candidates)
            } else {
                try lower(criterion, postings, candidates)
            }
        }
        if !plan.asksForDays { return }
        candidates.forEach { if first.day(of: $0) != nil { entry.insert($0) } }
    }

    /// Whoever has a row that passes everything, where nobody asks for its day.
    private func insert(_ criterion: FastCriterion, _ postings: Postings) throws {
        for (person, day) in postings.insert(
            into: entry, within: reader.facts.observation, choice: try reader.choice(criterion, postings))
        where reader.period(around: day, person) != nil {
            entry.insert(person)
        }
    }

    /// `First`: the earliest row over the whole record, which then must pass everything else.
    private func lowerByFirstEver(_ criterion: FastCriterion, _ postings: Postings, _ candidates: PersonBits) {
        other.clear()
        postings.lower(other)
        let allowed = reader.people(criterion)
        candidates.forEach { person in
            guard let day = other.day(of: person), allowed?.contains(person) ?? true,
                reader.isInside(criterion, day, person), reader.period(around: day, person) != nil
            else { return }
            first.lower(person, to: day)
        }
    }

    /// The earliest row that passes everything.
    private func lower(_ criterion: FastCriterion, _ postings: Postings, _ candidates: PersonBits) throws {
        let choice = try reader.choice(criterion, postings)
        let allowed = reader.people(criterion)
        let own = reader.entryWindows(criterion, candidates, using: windows)
        for (person, day) in postings.lower(first, within: own, choice: choice)
        where allowed?.contains(person) ?? true && reader.isInside(criterion, day, person)
            && reader.period(around: day, person) != nil
        {
            first.lower(person, to: day)
        }
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
        if let people = reader.people(plan.persons) { alive.intersect(people) }
        let found = PersonBits()
        alive.forEach { person in
            if let day = first.day(of: person), reader.holds(plan, day, person) { found.insert(person) }
        }
        alive.copy(found)
    }

    private func narrow(_ alive: PersonBits, _ counted: FastCounted) throws {
        let occurrence = counted.occurrence
        if occurrence.kind == .atLeast, occurrence.count == 0 { return }
        let postings = try reader.postings(counted.criterion)
        let enough = counted.mostTold
        let tellsNumbers = enough > 1 && !counted.criterion.first
        if tellsNumbers || !counted.isAnyRecord { setWindows(alive, counted) }
        if tellsNumbers {
            try narrow(alive, counted, byCounting: postings)
            return
        }
        let found = PersonBits()
        if counted.isAnyRecord {
            try postings.insert(into: found)
            if let allowed = reader.people(counted.criterion) { found.intersect(allowed) }
        } else if counted.criterion.first {
            markFirstEver(found, alive, postings)
        } else {
            postings.mark(found, within: windows, choice: try reader.choice(counted.criterion, postings))
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
        postings.count(counters, within: windows, choice: try reader.choice(counted.criterion, postings))
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
        let allowed = reader.people(counted.criterion)
        alive.forEach { person in
            guard allowed?.contains(person) ?? true, let day = first.day(of: person),
                let period = reader.period(around: day, person)
            else { return }
            let window = FastReader.window(counted, within: reader.bounds(counted.criterion, person), day, period)
            windows.set(person, from: window.lower, through: window.upper)
        }
    }
}
