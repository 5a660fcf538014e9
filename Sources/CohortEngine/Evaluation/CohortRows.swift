/// The cohort of a block: one row for each stay of a person in it.
struct CohortRows {
    /// A stay, with the place of the included event that opened it.
    struct Row: Hashable {
        let person: UInt16
        let start: Int32
        let end: Int32
        let opener: Int
    }

    private(set) var rows: [Row] = []

    /// Collapses events that overlap or touch once padded, and cuts what is left to the censor window.
    /// - Parameter ends: as `CohortExit` gives them; events without an end are dropped.
    init(_ included: IndexEvents, ends: [Int32], plan: CohortPlan) {
        let kept = ends.indices.filter { ends[$0] != CivilDay.null && ends[$0] >= included.start[$0] }
        let ordered = kept.sorted { left, right in
            (included.person[left], included.start[left], included.number[left])
                < (included.person[right], included.start[right], included.number[right])
        }
        for place in ordered {
            let padded = CivilDay.adding(plan.eraPad, to: ends[place])
            if let last = rows.last, last.person == included.person[place], last.end >= included.start[place] {
                rows[rows.count - 1] = Row(
                    person: last.person, start: last.start, end: max(last.end, padded), opener: last.opener)
            } else {
                rows.append(Row(person: included.person[place], start: included.start[place], end: padded, opener: place))
            }
        }
        rows = rows.compactMap { Self.cut($0, plan) }
    }

    /// Takes the padding off and applies the censor window; nil when nothing is left.
    private static func cut(_ row: Row, _ plan: CohortPlan) -> Row? {
        let end = CivilDay.adding(-plan.eraPad, to: row.end)
        let start = max(row.start, plan.censorStart ?? row.start)
        let last = min(end, plan.censorEnd ?? end)
        guard plan.censorStart == nil && plan.censorEnd == nil || start <= last else { return nil }
        return Row(person: row.person, start: start, end: last, opener: row.opener)
    }
}
