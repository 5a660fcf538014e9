import Cohorts
import EventIndex

/// The entry events of a block where a person may have several (primary limit All), and what rules make of them.
///
/// Events of one person on one day have all the same answer: a fast plan looks at nothing but person and start day.
final class FastEvents {
    private let reader: FastReader
    private let plan: FastPlan
    /// The events: entry events first, then those that are qualified.
    private let events = DayLists()
    private lazy var windows = WindowVector()
    private lazy var firsts = DayVector()
    private(set) var entryEvents = 0

    init(_ reader: FastReader) {
        self.reader = reader
        plan = reader.plan
    }

    // MARK: Entry events

    /// Finds the entry events and who has one.
    func findEntry(_ entry: PersonBits) throws {
        events.begin()
        entryEvents = 0
        let possible = try plan.additional.flatMap { try self.possible($0) }
        for criterion in plan.entry {
            if reader.needsOnlyObservation(criterion), criterion.isPlain, criterion.columns.isEmpty, let possible {
                try addObserved(criterion, of: possible, entry)
            } else {
                try add(criterion, of: possible, entry)
            }
        }
        events.sort()
    }

    /// Every row inside the observation is an event; only those of persons who can go on are listed.
    private func addObserved(_ criterion: FastCriterion, of possible: PersonBits, _ entry: PersonBits) throws {
        let postings = try reader.observedPostings(criterion)
        let persons = PersonBits()
        try postings.insert(into: persons)
        try refuseOverlaps(persons)
        entry.unite(persons)
        entryEvents += postings.count
        try listing(postings) { events.add(postings, of: possible) }
    }

    private func add(_ criterion: FastCriterion, of possible: PersonBits?, _ entry: PersonBits) throws {
        let postings = try reader.postings(criterion)
        let candidates = PersonBits()
        try postings.insert(into: candidates)
        try refuseOverlaps(candidates)
        let before = events.addedCount
        try listing(postings) {
            if criterion.first { addFirstEver(criterion, postings, candidates) } else { try add(criterion, postings, candidates) }
        }
        entryEvents += events.addedCount - before
        events.insertPersons(into: entry, from: before)
        if let possible { events.keep(possible, from: before) }
    }

    /// Does something that lists the rows of postings, within the memory that there is.
    private func listing(_ postings: Postings, _ body: () throws -> Void) throws {
        let held = DayLists.bytes(of: postings.count)
        try reader.budget.hold(bytes: held)
        defer { reader.budget.release(bytes: held) }
        try body()
    }

    /// A day in two periods makes two events, which the general way tells apart.
    private func refuseOverlaps(_ candidates: PersonBits) throws {
        if reader.facts.overlapping.contains(where: { candidates.contains(Int($0)) }) { throw NeedsGeneralPath() }
    }

    /// `First`: one row a person, which must pass everything else.
    private func addFirstEver(_ criterion: FastCriterion, _ postings: Postings, _ candidates: PersonBits) {
        firsts.clear()
        postings.lower(firsts)
        let allowed = reader.people(criterion)
        candidates.forEach { person in
            guard let day = firsts.day(of: person), allowed?.contains(person) ?? true,
                reader.isInside(criterion, day, person), reader.period(around: day, person) != nil
            else { return }
            events.add(person, day)
        }
    }

    private func add(_ criterion: FastCriterion, _ postings: Postings, _ candidates: PersonBits) throws {
        let choice = try reader.choice(criterion, postings)
        let allowed = reader.people(criterion)
        let own = reader.entryWindows(criterion, candidates, using: windows)
        for (person, day) in events.add(postings, within: own, choice: choice)
        where allowed?.contains(person) ?? true && reader.isInside(criterion, day, person)
            && reader.period(around: day, person) != nil
        {
            events.add(person, day)
        }
    }

    /// Whoever can satisfy a group at all, by having a record that it wants; nil if that says nothing.
    private func possible(_ group: FastGroup) throws -> PersonBits? {
        let parts = try group.members.map(possible)
        switch group.rule {
        case .all:
            let known = parts.compactMap { $0 }
            guard let first = known.first else { return nil }
            for part in known.dropFirst() { first.intersect(part) }
            return first
        case .any: return Self.union(parts)
        case .atLeast(let least): return least >= 1 ? Self.union(parts) : nil
        case .atMost: return nil
        }
    }

    private static func union(_ parts: [PersonBits?]) -> PersonBits? {
        let found = PersonBits()
        for part in parts {
            guard let part else { return nil }
            found.unite(part)
        }
        return parts.isEmpty ? nil : found
    }

    private func possible(_ member: FastGroup.Member) throws -> PersonBits? {
        switch member {
        case .group(let group): return try possible(group)
        case .demographic: return nil
        case .counted(let counted):
            guard counted.occurrence.kind != .atMost, counted.occurrence.count > 0 else { return nil }
            let found = PersonBits()
            try reader.postings(counted.criterion).insert(into: found)
            return found
        }
    }

    // MARK: Qualified events

    /// Leaves the events that satisfy the additional criteria.
    func qualify() throws {
        guard let group = plan.additional else { return }
        var alive = [UInt8](repeating: 1, count: events.count)
        try narrow(&alive, group)
        events.compact(alive)
    }

    /// Each person's first or last event.
    func takeOne(_ limit: EventLimit, _ days: DayVector, _ persons: PersonBits) {
        let events = events
        events.forEachRun { person, run in
            if run.isEmpty { return }
            persons.insert(person)
            days.lower(person, to: events.day(limit == .last ? run.upperBound - 1 : run.lowerBound))
        }
    }

    /// What the rules make of the qualified events.
    func included() throws -> SeveralEvents {
        var masks = [UInt64](repeating: 0, count: plan.rules.isEmpty ? 0 : events.count)
        for (rule, group) in plan.rules.enumerated() {
            var alive = [UInt8](repeating: 1, count: events.count)
            try narrow(&alive, group)
            for place in alive.indices { masks[place] |= UInt64(alive[place]) << UInt64(rule) }
        }
        try reader.budget.spend(events.count)
        return SeveralEvents(events, masks: masks, reader: reader)
    }

    // MARK: Groups

    /// Leaves 1 in `alive` for the events for which the group holds.
    private func narrow(_ alive: inout [UInt8], _ group: FastGroup) throws {
        if group.members.isEmpty || !alive.contains(1) { return }
        switch group.rule {
        case .all:
            for member in group.members.filter(\.isCheap) + group.members.filter({ !$0.isCheap }) {
                try narrow(&alive, member)
            }
        case .any: try count(&alive, group) { $0 > 0 }
        case .atLeast(let least): try count(&alive, group) { $0 >= least }
        case .atMost(let most): try count(&alive, group) { $0 <= most }
        }
    }

    private func count(_ alive: inout [UInt8], _ group: FastGroup, _ holds: (Int) -> Bool) throws {
        var held = [Int32](repeating: 0, count: alive.count)
        for member in group.members {
            var one = alive
            try narrow(&one, member)
            for place in one.indices { held[place] += Int32(one[place]) }
        }
        for place in alive.indices where !holds(Int(held[place])) { alive[place] = 0 }
    }

    private func narrow(_ alive: inout [UInt8], _ member: FastGroup.Member) throws {
        try reader.budget.spend(alive.count)
        switch member {
        case .group(let group): try narrow(&alive, group)
        case .demographic(let plan): narrow(&alive, plan)
        case .counted(let counted): try narrow(&alive, counted)
        }
    }

    private func narrow(_ alive: inout [UInt8], _ plan: DemographicPlan) {
        let people = reader.people(plan.persons)
        forEachRun(of: alive) { person, run in
            let isAllowed = people?.contains(person) ?? true
            for event in run where alive[event] == 1 {
                if !isAllowed || !reader.holds(plan, events.day(event), person) { alive[event] = 0 }
            }
        }
    }

    private func narrow(_ alive: inout [UInt8], _ counted: FastCounted) throws {
        if counted.occurrence.kind == .atLeast, counted.occurrence.count == 0 { return }
        let held = events.count * DayWindows.bytes
        try reader.budget.hold(bytes: held)
        defer { reader.budget.release(bytes: held) }
        let persons = PersonBits()
        var windows: DayWindows
        if !counted.insidePeriod, let days = counted.plainWindow(inside: false) {
            windows = DayWindows(count: events.count, from: days.lower, through: days.upper)
            forEachRun(of: alive) { person, _ in persons.insert(person) }
        } else {
            // Windows that no day lies in, until they are set.
            var from = [Int32](repeating: Int32.max, count: events.count)
            var through = [Int32](repeating: Int32.min, count: events.count)
            forEachRun(of: alive) { person, run in
                persons.insert(person)
                for event in run {
                    let day = events.day(event)
                    guard let period = reader.period(around: day, person) else { continue }
                    let window = FastReader.window(counted, within: .all, day, period)
                    (from[event], through[event]) = (Int32(clamping: window.lower), Int32(clamping: window.upper))
                }
            }
            windows = DayWindows(from: from, through: through)
        }
        try count(counted.criterion, of: persons, in: &windows)
        let counts = windows.counts()
        for event in alive.indices where alive[event] == 1 {
            alive[event] = counted.occurrence.holds(Int(counts[event])) ? 1 : 0
        }
    }

    /// Counts the rows of a criterion in the windows of some persons' events.
    private func count(_ criterion: FastCriterion, of persons: PersonBits, in windows: inout DayWindows) throws {
        if let allowed = reader.people(criterion) { persons.intersect(allowed) }
        let postings = try reader.postings(criterion)
        let facts = reader.facts
        if criterion.first {
            firsts.clear()
            postings.lower(firsts)
            let firsts = firsts
            persons.forEach { person in
                if let day = firsts.day(of: person), FastReader.isInside(criterion, day, person, facts) {
                    events.count(person, day, in: &windows)
                }
            }
            return
        }
        let choice = try reader.choice(criterion, postings)
        events.count(
            postings, of: persons, choice: choice, in: &windows,
            where: criterion.hasBounds ? { FastReader.isInside(criterion, $1, $0, facts) } : nil)
    }

    /// Each person with an event that is alive, and all of the person's events.
    private func forEachRun(of alive: [UInt8], _ body: (Int, Range<Int>) -> Void) {
        events.forEachRun { person, run in
            if run.contains(where: { alive[$0] == 1 }) { body(person, run) }
        }
    }
}
