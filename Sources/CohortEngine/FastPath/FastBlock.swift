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
        for criterion in plan.entry {
            if criterion.first {
                try takeFirstEver(criterion)
            } else if reader.needsOnlyObservation(criterion), criterion.persons.isEmpty || plan.entry.count == 1 {
                try takeObserved(criterion)
            } else {
                try takeEarliest(criterion)
            }
        }
    }

    /// Every row inside the observation.
    private func takeObserved(_ criterion: FastCriterion) throws {
        let postings = try reader.observedPostings(criterion)
        let choice = try reader.choice(criterion, postings)
        if let choice { postings.insert(into: entry, choice: choice) } else { try postings.insert(into: entry) }
        // Then `first` may hold days of persons who are not in `entry`, which nobody looks at.
        if let allowed = reader.people(criterion) { entry.intersect(allowed) }
        if plan.asksForDays { postings.lower(first, choice: choice) }
    }

    /// `First`: the earliest row over the whole record, which then must pass everything else.
    private func takeFirstEver(_ criterion: FastCriterion) throws {
        let postings = try reader.postings(criterion)
        let candidates = PersonBits()
        try postings.insert(into: candidates)
        if let allowed = reader.people(criterion) { candidates.intersect(allowed) }
        other.clear()
        postings.lower(other)
        let (reader, facts, first) = (reader, reader.facts, first)
        let puzzling =
            criterion.hasBounds
            ? first.lower(
                candidates, from: other, inside: facts.observation, prior: plan.priorDays, post: plan.postDays, found: entry
            ) { FastReader.isInside(criterion, $1, $0, facts) }
            : first.lower(
                candidates, from: other, inside: facts.observation, prior: plan.priorDays, post: plan.postDays, found: entry
            ) { _, _ in true }
        for person in puzzling {
            guard let day = other.day(of: person), reader.isInside(criterion, day, person),
                reader.period(around: day, person) != nil
            else { continue }
            first.lower(person, to: day)
            entry.insert(person)
        }
    }

    /// The earliest row that passes everything.
    private func takeEarliest(_ criterion: FastCriterion) throws {
        let postings = try reader.postings(criterion)
        let candidates = PersonBits()
        try postings.insert(into: candidates)
        let choice = try reader.choice(criterion, postings)
        let allowed = reader.people(criterion)
        let own = reader.entryWindows(criterion, candidates, using: windows)
        for (person, day) in postings.lower(first, within: own, choice: choice)
        where allowed?.contains(person) ?? true && reader.isInside(criterion, day, person)
            && reader.period(around: day, person) != nil
        {
            first.lower(person, to: day)
        }
        candidates.forEach { if first.day(of: $0) != nil { entry.insert($0) } }
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
        let (reader, first, found) = (reader, first, PersonBits())
        alive.forEach { person in
            if let day = first.day(of: person), reader.holds(plan, day, person) { found.insert(person) }
        }
        alive.copy(found)
    }

    private func narrow(_ alive: PersonBits, _ counted: FastCounted) throws {
        let occurrence = counted.occurrence
        if occurrence.kind == .atLeast, occurrence.count == 0 { return }
        let enough = counted.mostTold
        if enough > 1, !counted.criterion.first {
            try narrow(alive, counted, byCounting: try reader.postings(counted.criterion))
            return
        }
        let found = try holders(counted, alive)
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

    /// Whoever of the persons alive has one of the counted events; it may name others too.
    private func holders(_ counted: FastCounted, _ alive: PersonBits) throws -> PersonBits {
        let criterion = counted.criterion
        let postings = try reader.postings(criterion)
        let choice = try reader.choice(criterion, postings)
        let found = PersonBits()
        switch counted.extent {
        case .ever: if let choice { postings.insert(into: found, choice: choice) } else { try postings.insert(into: found) }
        case .never: break
        case .around(let window): postings.mark(found, around: first, window, choice: choice)
        case .window:
            setWindows(alive, counted)
            if criterion.first {
                markFirstEver(found, alive, postings)
            } else {
                postings.mark(found, within: windows, choice: choice)
            }
        }
        if let allowed = reader.people(criterion) { found.intersect(allowed) }
        return found
    }

    /// `First` in a counted criterion: the earliest row over the whole record, if it lies in the window.
    private func markFirstEver(_ found: PersonBits, _ alive: PersonBits, _ postings: Postings) {
        other.clear()
        postings.lower(other)
        let (other, windows) = (other, windows)
        alive.forEach { if let day = other.day(of: $0), windows.contains($0, day) { found.insert($0) } }
    }

    private func narrow(_ alive: PersonBits, _ counted: FastCounted, byCounting postings: Postings) throws {
        let choice = try reader.choice(counted.criterion, postings)
        let allowed = reader.people(counted.criterion)
        if counted.extent == .ever, counted.occurrence.kind == .atLeast, counted.occurrence.count == 2 {
            let (once, twice) = (PersonBits(), PersonBits())
            postings.count(once: once, twice: twice, choice: choice)
            if let allowed { twice.intersect(allowed) }
            alive.intersect(twice)
            return
        }
        counters.clear()
        switch counted.extent {
        case .ever: postings.count(counters, choice: choice)
        case .never: break
        case .around(let window): postings.count(counters, around: first, window, choice: choice)
        case .window:
            setWindows(alive, counted)
            postings.count(counters, within: windows, choice: choice)
        }
        let (counters, found) = (counters, PersonBits())
        alive.forEach { person in
            let count = allowed?.contains(person) ?? true ? Int(counters[person]) : 0
            if counted.occurrence.holds(count) { found.insert(person) }
        }
        alive.copy(found)
    }

    /// Where the counted events of each person alive may start. Other persons' windows mean nothing.
    private func setWindows(_ alive: PersonBits, _ counted: FastCounted) {
        windows.dropSeconds()
        if !counted.criterion.hasBounds, let days = counted.plainWindow(inside: counted.insidePeriod) {
            let puzzling = windows.set(
                alive, around: first, from: days.lower, through: days.upper,
                inside: counted.insidePeriod ? reader.facts.observation : nil)
            for person in puzzling { setWindow(of: person, counted) }
        } else {
            alive.forEach { setWindow(of: $0, counted) }
        }
    }

    private func setWindow(of person: Int, _ counted: FastCounted) {
        guard let day = first.day(of: person), let period = reader.period(around: day, person) else {
            windows.set(person, from: 1, through: 0)
            return
        }
        let window = FastReader.window(counted, within: reader.bounds(counted.criterion, person), day, period)
        windows.set(person, from: window.lower, through: window.upper)
    }
}
