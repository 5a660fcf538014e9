/// Events of one criterion in one block of persons, as columns of equal length, sorted by person.
///
/// `person` is the ordinal within the block. Days are day numbers with `CivilDay.null` for NULL; visits are visit
/// occurrence ids with `Int64.min` for NULL. `sort` is the day that orders entry events, which differs from `start`
/// only for user-defined periods.
struct EventList {
    var person: [UInt16] = []
    var id: [Int64] = []
    var start: [Int32] = []
    var end: [Int32] = []
    var visit: [Int64] = []
    var sort: [Int32] = []
    /// Minutes since 1970; empty unless a window of hours looks at these events.
    var startMinute: [Int64] = []
    var endMinute: [Int64] = []
    /// What a distinct count counts; empty unless asked for, `Int64.min` is NULL.
    var distinct: [Int64] = []

    var count: Int { person.count }

    /// Bytes that the columns take, for the budget.
    var bytes: Int {
        person.count * 30 + (startMinute.count + endMinute.count + distinct.count) * 8
    }

    /// The events at the given places, in that order.
    func picking(_ places: [Int]) -> EventList {
        EventList(
            person: places.map { person[$0] }, id: places.map { id[$0] }, start: places.map { start[$0] },
            end: places.map { end[$0] }, visit: places.map { visit[$0] }, sort: places.map { sort[$0] },
            startMinute: startMinute.isEmpty ? [] : places.map { startMinute[$0] },
            endMinute: endMinute.isEmpty ? [] : places.map { endMinute[$0] },
            distinct: distinct.isEmpty ? [] : places.map { distinct[$0] })
    }

    /// The events sorted by (person, start, id), which counting in windows needs.
    ///
    /// Rows come from the index in this order; only adjusted dates and user-defined periods can break it.
    func sortedByStart() -> EventList {
        var sorted = true
        for place in person.indices.dropFirst() where isBefore(place, place - 1) {
            sorted = false
            break
        }
        return sorted ? self : picking(person.indices.sorted { isBefore($0, $1) })
    }

    private func isBefore(_ left: Int, _ right: Int) -> Bool {
        (person[left], start[left], id[left]) < (person[right], start[right], id[right])
    }
}
