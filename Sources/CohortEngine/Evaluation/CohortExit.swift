import EventIndex

/// When the included events end.
struct CohortExit {
    let plan: CohortPlan
    let reader: BlockReader

    /// The end of each included event, `CivilDay.null` for events that have none and are dropped.
    func ends(of included: IndexEvents) throws(CohortEngineError) -> [Int32] {
        var ends = Array(repeating: CivilDay.null, count: included.count)
        try strategy(included, &ends)
        let persons = included.persons
        for criterion in plan.censoring {
            let events = try CriterionEvaluator(reader: reader).events(of: criterion, among: persons)
            try censor(included, by: events, &ends)
        }
        return ends
    }

    private func strategy(_ included: IndexEvents, _ ends: inout [Int32]) throws(CohortEngineError) {
        switch plan.exit {
        case .observation:
            ends = included.periodEnd
        case .offset(let fromEnd, let days):
            for place in 0..<included.count {
                let date = fromEnd ? included.end[place] : included.start[place]
                guard date != CivilDay.null else { continue }
                let end = min(CivilDay.adding(days, to: date), included.periodEnd[place])
                if end >= included.start[place] { ends[place] = end }
            }
        case .exposure(let exposure):
            ends = included.periodEnd
            try end(included, with: exposure, &ends)
        }
    }

    /// Adds the end of the exposure era that contains the event's start.
    private func end(_ included: IndexEvents, with plan: ExposurePlan, _ ends: inout [Int32]) throws(CohortEngineError) {
        let eras = try ExposureEras(plan, reader: reader, persons: included.persons)
        for place in 0..<included.count {
            let start = included.start[place]
            for era in eras.of(included.person[place]) where era.start <= start && start <= era.end {
                ends[place] = earlier(ends[place], era.end)
            }
        }
    }

    /// Adds the first start of a censoring event on or after the event's start, inside the observation period.
    private func censor(
        _ included: IndexEvents, by events: EventList, _ ends: inout [Int32]
    ) throws(CohortEngineError) {
        var cursor = 0
        for place in 0..<included.count {
            let person = included.person[place]
            while cursor < events.count, events.person[cursor] < person { cursor += 1 }
            var event = cursor
            while event < events.count, events.person[event] == person, events.start[event] < included.start[place] { event += 1 }
            try reader.budget.spend(1 + event - cursor)
            guard event < events.count, events.person[event] == person, events.start[event] <= included.periodEnd[place]
            else { continue }
            ends[place] = earlier(ends[place], events.start[event])
        }
    }

    private func earlier(_ left: Int32, _ right: Int32) -> Int32 {
        left == CivilDay.null ? right : min(left, right)
    }
}

/// The exposure eras of a `CustomEra` exit, by person.
struct ExposureEras {
    private var eras: [UInt16: [Span]] = [:]

    init(_ plan: ExposurePlan, reader: BlockReader, persons: BlockPersons) throws(CohortEngineError) {
        let rows = try reader.rows(plan.rows)
        try reader.budget.spend(rows.count)
        let supply = rows.integers(.daysSupply)
        var spans: [UInt16: [Span]] = [:]
        for place in rows.places(among: persons) {
            let end =
                if let days = plan.daysSupplyOverride {
                    CivilDay.adding(days, to: rows.start[place])
                } else {
                    RowDates.drugEnd(rows.start[place], rows.end[place], supply[place])
                }
            spans[rows.person[place], default: []].append(
                Span(start: rows.start[place], end: CivilDay.adding(plan.gapDays + plan.offset, to: end)))
        }
        for (person, own) in spans {
            eras[person] = SpanMerger.merge(own).map { Span(start: $0.start, end: CivilDay.adding(-plan.gapDays, to: $0.end)) }
        }
    }

    /// The eras of a person.
    func of(_ person: UInt16) -> [Span] { eras[person] ?? [] }
}
