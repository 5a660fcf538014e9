import CanonicalJSON
import EventIndex

/// From a criterion to its events in one block, in this order: rows, first, dates, tests, user-defined
/// period, nested group.
struct CriterionEvaluator {
    let reader: BlockReader

    /// The events of a criterion, sorted by (person, start, id).
    /// - Parameter among: the persons that matter; nil for all. Everything is decided person by person, so leaving
    ///   others out changes nothing for these.
    func events(of plan: CriterionPlan, among: BlockPersons?) throws(CohortEngineError) -> EventList {
        var list =
            switch plan.source {
            case .rows(let source): try rowEvents(plan, source, among)
            case .eras(let parts): try eraEvents(plan, parts, among)
            }
        if plan.adjustment != nil { list = list.sortedByStart() }
        if let nested = plan.nested, list.count > 0 { list = try keep(list, where: nested) }
        if !plan.keepsMoments {
            list.startMinute = []
            list.endMinute = []
        }
        return list
    }

    // MARK: Rows

    private func rowEvents(
        _ plan: CriterionPlan, _ source: CriterionPlan.RowSource, _ among: BlockPersons?
    ) throws(CohortEngineError) -> EventList {
        let rows = try reader.rows(source)
        if plan.needsMoments { reader.moments.note(rows, at: plan.pointer.description) }
        let bytes = rows.count * (40 + 8 * source.columns.count)
        try reader.budget.hold(bytes: bytes)
        defer { reader.budget.release(bytes: bytes) }
        try reader.budget.spend(rows.count)

        var places = rows.places(among: among)
        if plan.first { places = rows.firsts(of: places) }
        var dates = RowDates(rows, places, source.end)
        if let adjustment = plan.adjustment {
            let kept = dates.adjust(adjustment)
            places = kept.map { places[$0] }
        }
        let tester = RowTester(rows: rows, persons: reader.persons, places: places, start: dates.start, end: dates.end)
        let left = tester.survivors(of: plan.tests)
        return list(plan, source, rows, places, dates, left)
    }

    private func list(
        _ plan: CriterionPlan, _ source: CriterionPlan.RowSource, _ rows: EventRows, _ places: [Int], _ dates: RowDates,
        _ left: [Int]
    ) -> EventList {
        var list = EventList()
        list.person = left.map { rows.person[places[$0]] }
        list.id = left.map { rows.id[places[$0]] }
        list.sort = left.map { dates.start[$0] }
        list.start = left.map { source.replacedStart ?? dates.start[$0] }
        list.end = left.map { source.replacedEnd ?? dates.end[$0] }
        list.visit = source.hasVisit ? left.map { rows.visit[places[$0]] } : left.map { _ in EventRows.nullInteger }
        if plan.needsMoments {
            let moments = RowMoments(rows, source.end, plan.adjustment)
            // A date that a person typed into the definition has no time of day.
            list.startMinute = left.map { source.replacedStart == nil ? moments.start(places[$0]) : CivilDay.nullMinute }
            list.endMinute = left.map { source.replacedEnd == nil ? moments.end(places[$0]) : CivilDay.nullMinute }
        }
        if let distinct = plan.distinct {
            list.distinct = DistinctReader(rows: rows, list: list).values(distinct, places: left.map { places[$0] })
        }
        return source.replacedStart == nil ? list : list.sortedByStart()
    }

    // MARK: Custom eras

    private func eraEvents(
        _ plan: CriterionPlan, _ parts: [CriterionPlan], _ among: BlockPersons?
    ) throws(CohortEngineError) -> EventList {
        var spans: [[Span]] = Array(repeating: [], count: reader.persons.count)
        for part in parts {
            let events = try self.events(of: part, among: among)
            for place in 0..<events.count {
                spans[Int(events.person[place])].append(Span(start: events.start[place], end: events.end[place]))
            }
        }
        var rows = EventRows(table: .conditionEra, block: reader.block)
        for (person, own) in spans.enumerated() where !own.isEmpty {
            for era in SpanMerger.merge(own) {
                rows.person.append(UInt16(person))
                rows.start.append(era.start)
                rows.end.append(era.end)
            }
        }
        let first = reader.eraNumbers.next(rows.count, at: plan.pointer.description)
        rows.id = (0..<rows.count).map { first + Int64($0) }
        try reader.budget.spend(rows.count)
        var places = Array(0..<rows.count)
        if plan.first { places = rows.firsts(of: places) }
        var dates = RowDates(rows, places, .raw)
        if let adjustment = plan.adjustment {
            let kept = dates.adjust(adjustment)
            places = kept.map { places[$0] }
        }
        let tester = RowTester(rows: rows, persons: reader.persons, places: places, start: dates.start, end: dates.end)
        let left = tester.survivors(of: plan.tests)
        return eraList(plan, rows, places, dates, left)
    }

    private func eraList(
        _ plan: CriterionPlan, _ rows: EventRows, _ places: [Int], _ dates: RowDates, _ left: [Int]
    ) -> EventList {
        var list = EventList()
        list.person = left.map { rows.person[places[$0]] }
        list.id = left.map { rows.id[places[$0]] }
        list.start = left.map { dates.start[$0] }
        list.end = left.map { dates.end[$0] }
        list.sort = list.start
        list.visit = left.map { _ in EventRows.nullInteger }
        if plan.needsMoments {
            list.startMinute = left.map { _ in CivilDay.nullMinute }
            list.endMinute = list.startMinute
        }
        if let distinct = plan.distinct {
            list.distinct = DistinctReader(rows: rows, list: list).values(distinct, places: left.map { places[$0] })
        }
        return list
    }

    // MARK: Nested groups

    /// The events that lie in an observation period and for which the group holds; both are needed even where periods
    /// are otherwise ignored.
    private func keep(_ list: EventList, where group: GroupPlan) throws(CohortEngineError) -> EventList {
        var index = IndexEvents()
        var places: [Int] = []
        for place in 0..<list.count {
            guard let period = reader.periods.firstContaining(list.start[place], person: list.person[place]) else { continue }
            places.append(place)
            index.append(
                list, at: place, number: list.id[place], periodStart: reader.periods.start[period],
                periodEnd: reader.periods.end[period])
        }
        let holds = try GroupEvaluator(reader: reader).evaluate(group, on: index)
        return list.picking(places.indices.filter { holds[$0] }.map { places[$0] })
    }
}

extension EventRows {
    /// Places of the rows of the given persons.
    func places(among persons: BlockPersons?) -> [Int] {
        guard let persons else { return Array(0..<count) }
        return (0..<count).filter { persons.contains(person[$0]) }
    }

    /// The first place of each person; rows come sorted by (person, start, id).
    func firsts(of places: [Int]) -> [Int] {
        var last: UInt16?
        return places.filter { place in
            defer { last = person[place] }
            return person[place] != last
        }
    }
}
