/// The events that a group is asked about: each with the observation period that its start lies in.
///
/// Columns of equal length, sorted by person. For entry events `number` is the number that `EntryEvents` gives it; for the
/// events of a nested criterion it is their own id.
struct IndexEvents {
    var person: [UInt16] = []
    var number: [Int64] = []
    var start: [Int32] = []
    var end: [Int32] = []
    var visit: [Int64] = []
    var periodStart: [Int32] = []
    var periodEnd: [Int32] = []
    /// Minutes since 1970; empty unless a window of hours looks at these events.
    var startMinute: [Int64] = []
    var endMinute: [Int64] = []

    var count: Int { person.count }

    /// Bytes that the columns take, for the budget.
    var bytes: Int { person.count * 34 + (startMinute.count + endMinute.count) * 8 }

    /// Adds the event at `place` of `list`, with its period.
    mutating func append(_ list: EventList, at place: Int, number: Int64, periodStart: Int32, periodEnd: Int32) {
        person.append(list.person[place])
        self.number.append(number)
        start.append(list.start[place])
        end.append(list.end[place])
        visit.append(list.visit[place])
        self.periodStart.append(periodStart)
        self.periodEnd.append(periodEnd)
        if !list.startMinute.isEmpty {
            startMinute.append(list.startMinute[place])
            endMinute.append(list.endMinute[place])
        }
    }

    /// The events at the given places, in that order.
    func picking(_ places: [Int]) -> IndexEvents {
        IndexEvents(
            person: places.map { person[$0] }, number: places.map { number[$0] }, start: places.map { start[$0] },
            end: places.map { end[$0] }, visit: places.map { visit[$0] }, periodStart: places.map { periodStart[$0] },
            periodEnd: places.map { periodEnd[$0] }, startMinute: startMinute.isEmpty ? [] : places.map { startMinute[$0] },
            endMinute: endMinute.isEmpty ? [] : places.map { endMinute[$0] })
    }

    /// Who has an event here.
    var persons: BlockPersons {
        var found = BlockPersons()
        for ordinal in person { found.insert(ordinal) }
        return found
    }
}
