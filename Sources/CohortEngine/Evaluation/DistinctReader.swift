import EventIndex

/// The values that a distinct count counts, as whole numbers; `EventRows.nullInteger` is NULL.
struct DistinctReader {
    let rows: EventRows
    let list: EventList

    /// One value for each event of `list`; `places` are the events' rows.
    func values(_ distinct: DistinctValue, places: [Int]) -> [Int64] {
        switch distinct {
        case .concept: places.map { Self.value(rows.concept[$0]) }
        case .conceptOrZero: places.map { rows.concept[$0] == EventRows.nullConcept ? 0 : Int64(rows.concept[$0]) }
        case .start: list.start.map { Int64($0) }
        case .end: list.end.map { Self.value($0) }
        case .visit: list.visit
        case .nothing: places.map { _ in EventRows.nullInteger }
        case .duration: list.start.indices.map { length($0) }
        case .one: places.map { _ in 1 }
        case .column(let column): values(of: column, places)
        }
    }

    private func values(of column: EventColumn, _ places: [Int]) -> [Int64] {
        switch column.kind {
        case .concepts:
            let values = rows.concepts(column)
            return places.map { Self.value(values[$0]) }
        case .integers:
            let values = rows.integers(column)
            return places.map { values[$0] }
        case .numbers:
            let values = rows.numbers(column)
            return places.map { Self.value(values[$0]) }
        case .texts:
            let (codes, _) = rows.texts(column)
            return places.map { codes[$0] < 0 ? EventRows.nullInteger : Int64(codes[$0]) }
        }
    }

    private func length(_ place: Int) -> Int64 {
        list.end[place] == CivilDay.null ? EventRows.nullInteger : Int64(list.end[place]) - Int64(list.start[place])
    }

    /// NULL days and NULL concepts share one number.
    private static func value(_ number: Int32) -> Int64 {
        number == CivilDay.null ? EventRows.nullInteger : Int64(number)
    }

    /// Equal numbers have equal bits once minus zero is zero.
    private static func value(_ number: Double) -> Int64 {
        number.isNaN ? EventRows.nullInteger : Int64(bitPattern: (number == 0 ? 0 : number).bitPattern)
    }
}
