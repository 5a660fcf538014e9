/// Single rows of postings, for what the vectors do not hold.
public struct PostingPlace: Sendable {
    /// The row's place in its block.
    let row: Int
    /// The person.
    public let person: Int
    /// The row's concept.
    public let concept: Int32
}

extension Postings {
    /// The rows of some persons that start on the person's day, in the order of the file.
    public func places(of persons: PersonBits, on days: DayVector, choice: Choice? = nil) -> [PostingPlace] {
        guard let block else { return [] }
        var found: [PostingPlace] = []
        var place = 0
        for span in spans {
            let concept = Int(span.code) < concepts.count ? concepts[Int(span.code)] : EventRows.nullConcept
            for row in span.rows {
                defer { place += 1 }
                let person = Int(block.person[row])
                guard days.days[person] == block.start[row], persons.contains(person), choice.map({ $0[place] }) ?? true else {
                    continue
                }
                found.append(PostingPlace(row: row, person: person, concept: concept))
            }
        }
        return found
    }

    /// The ids of rows.
    public func ids(_ places: [PostingPlace]) throws(EventIndexError) -> [Int64] {
        try values(PostingColumn.id, places)
    }

    /// The concepts of rows in a column; NULL is `EventRows.nullConcept`, see also `EventRows.absentRow`.
    public func concepts(_ column: EventColumn, _ places: [PostingPlace]) throws(EventIndexError) -> [Int32] {
        try values(UInt16(column.rawValue), places).map {
            $0 == Int64.min ? EventRows.nullConcept : Int32(truncatingIfNeeded: $0)
        }
    }

    private func values(_ column: UInt16, _ places: [PostingPlace]) throws(EventIndexError) -> [Int64] {
        guard let block, let bytes = try block.bytes(column) else {
            return [Int64](repeating: Int64.min, count: places.count)
        }
        let whole = try WholeColumn(bytes, rows: block.count)
        var values: [Int64] = []
        values.reserveCapacity(places.count)
        for place in places { values.append(try whole.value(place.row, persons: block.person)) }
        return values
    }
}
