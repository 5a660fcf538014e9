import EventIndex

/// The start and end of rows: missing ends filled in, then adjusted.
struct RowDates {
    private(set) var start: [Int32]
    private(set) var end: [Int32]

    /// Dates of the rows at `places`.
    init(_ rows: EventRows, _ places: [Int], _ rule: EndRule) {
        start = places.map { rows.start[$0] }
        switch rule {
        case .raw:
            end = places.map { rows.end[$0] }
        case .nextDay:
            end = places.map { CivilDay.adding(1, to: rows.start[$0]) }
        case .rawOrNextDay:
            end = places.map { rows.end[$0] != CivilDay.null ? rows.end[$0] : CivilDay.adding(1, to: rows.start[$0]) }
        case .drug:
            let supply = rows.integers(.daysSupply)
            end = places.map { Self.drugEnd(rows.start[$0], rows.end[$0], supply[$0]) }
        }
    }

    /// The end of a drug exposure: as recorded, else by the days supplied, else the next day.
    static func drugEnd(_ start: Int32, _ end: Int32, _ daysSupply: Int64) -> Int32 {
        if end != CivilDay.null { return end }
        return CivilDay.adding(daysSupply == EventRows.nullInteger ? 1 : Int(daysSupply), to: start)
    }

    /// Moves the dates and drops the rows whose end is then missing or before their start.
    /// - Returns: the places that are kept, in order.
    mutating func adjust(_ adjustment: DateAdjustmentPlan) -> [Int] {
        var kept: [Int] = []
        var (starts, ends): ([Int32], [Int32]) = ([], [])
        for place in start.indices {
            let from = CivilDay.adding(adjustment.startOffset, to: adjustment.startFromEnd ? end[place] : start[place])
            let to = CivilDay.adding(adjustment.endOffset, to: adjustment.endFromEnd ? end[place] : start[place])
            guard from != CivilDay.null, to != CivilDay.null, from <= to else { continue }
            kept.append(place)
            starts.append(from)
            ends.append(to)
        }
        start = starts
        end = ends
        return kept
    }
}

/// The moments of rows for windows of hours; NULL where the store knows no time of day.
struct RowMoments {
    private let starts: [Int64]
    private let ends: [Int64]
    private let supply: [Int64]
    private let rule: EndRule
    private let adjustment: DateAdjustmentPlan?

    init(_ rows: EventRows, _ rule: EndRule, _ adjustment: DateAdjustmentPlan?) {
        starts = rows.integers(.startMinute)
        ends = rows.integers(.endMinute)
        supply = rule == .drug ? rows.integers(.daysSupply) : []
        self.rule = rule
        self.adjustment = adjustment
        rawEnds = rows.end
    }

    private let rawEnds: [Int32]

    /// The moment of the start.
    func start(_ place: Int) -> Int64 {
        guard let adjustment else { return starts[place] }
        return Self.adding(adjustment.startOffset, to: adjustment.startFromEnd ? end(unadjusted: place) : starts[place])
    }

    /// The moment of the end.
    func end(_ place: Int) -> Int64 {
        guard let adjustment else { return end(unadjusted: place) }
        return Self.adding(adjustment.endOffset, to: adjustment.endFromEnd ? end(unadjusted: place) : starts[place])
    }

    private func end(unadjusted place: Int) -> Int64 {
        switch rule {
        case .raw: return ends[place]
        case .nextDay: return Self.adding(1, to: starts[place])
        case .rawOrNextDay, .drug:
            if rawEnds[place] != CivilDay.null { return ends[place] }
            let days = rule == .drug && supply[place] != EventRows.nullInteger ? Int(supply[place]) : 1
            return Self.adding(days, to: starts[place])
        }
    }

    private static func adding(_ days: Int, to minute: Int64) -> Int64 {
        if minute == CivilDay.nullMinute { return minute }
        let (sum, overflow) = minute.addingReportingOverflow(Int64(days) * CivilDay.minutes)
        return overflow ? CivilDay.nullMinute : sum
    }
}
