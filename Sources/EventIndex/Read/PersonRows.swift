/// The persons of one block, by ordinal within the block. NULLs as in ``EventRows``.
public struct PersonRows: Sendable {
    /// How many persons the block has (65,536 but for the last block).
    public var count: Int { hasRow.count }
    /// Whether the person has a PERSON row. Without one the person is an orphan: known by observation periods alone, and
    /// failing every test of a person attribute.
    public var hasRow: [Bool]
    /// `year_of_birth`, ``EventRows/nullDay`` for NULL.
    public var yearOfBirth: [Int32]
    /// `month_of_birth`, ``EventRows/nullDay`` for NULL.
    public var monthOfBirth: [Int32]
    /// `day_of_birth`, ``EventRows/nullDay`` for NULL.
    public var dayOfBirth: [Int32]
    /// `gender_concept_id`
    public var gender: [Int32]
    /// `race_concept_id`
    public var race: [Int32]
    /// `ethnicity_concept_id`
    public var ethnicity: [Int32]
    /// `gender_source_concept_id`
    public var genderSource: [Int32]
    /// `race_source_concept_id`
    public var raceSource: [Int32]
    /// `ethnicity_source_concept_id`
    public var ethnicitySource: [Int32]
}

/// The observation periods of one block's persons, by (person, start, id).
public struct ObservationPeriods: Sendable {
    /// Person p has the periods `offsets[p] ..< offsets[p + 1]`.
    public var offsets: [Int32]
    /// First day.
    public var start: [Int32]
    /// Last day, ``EventRows/nullDay`` if the store has none (such a period contains no day).
    public var end: [Int32]
    /// `observation_period_id`
    public var id: [Int64]
    /// `period_type_concept_id`
    public var type: [Int32]

    /// The periods of a person (ordinal within the block).
    public func range(of person: Int) -> Range<Int> { Int(offsets[person])..<Int(offsets[person + 1]) }
}

extension PersonRows {
    init(_ segments: SegmentTable, block: Int, count: Int) throws(EventIndexError) {
        func values(_ column: UInt16, null: Int32) throws(EventIndexError) -> [Int32] {
            guard let entry = segments.find(SegmentKind.persons, column, block: block) else {
                return [Int32](repeating: null, count: count)
            }
            guard Int(entry.rows) == count else { throw .damaged("a column of persons has the wrong length") }
            let whole = try WholeColumn(segments.bytes(entry), rows: count)
            var wide = [Int64](repeating: 0, count: count)
            var failure: EventIndexError?
            wide.withUnsafeMutableBufferPointer { buffer in
                guard let start = buffer.baseAddress else { return }
                do throws(EventIndexError) {
                    try whole.decode(0..<count, persons: UnsafeBufferPointer(start: nil, count: 0), into: start)
                } catch { failure = error }
            }
            if let failure { throw failure }
            return wide.map { $0 == Int64.min ? null : Int32(truncatingIfNeeded: $0) }
        }
        func concepts(_ column: UInt16) throws(EventIndexError) -> [Int32] {
            try values(column, null: EventRows.nullConcept)
        }
        hasRow = try values(PersonColumn.hasRow, null: 0).map { $0 != 0 }
        yearOfBirth = try values(PersonColumn.yearOfBirth, null: EventRows.nullDay)
        monthOfBirth = try values(PersonColumn.monthOfBirth, null: EventRows.nullDay)
        dayOfBirth = try values(PersonColumn.dayOfBirth, null: EventRows.nullDay)
        gender = try concepts(PersonColumn.gender)
        race = try concepts(PersonColumn.race)
        ethnicity = try concepts(PersonColumn.ethnicity)
        genderSource = try concepts(PersonColumn.genderSource)
        raceSource = try concepts(PersonColumn.raceSource)
        ethnicitySource = try concepts(PersonColumn.ethnicitySource)
    }
}

extension ObservationPeriods {
    init(_ rows: EventRows, persons: Int) {
        offsets = RowOrder.offsets(of: rows.person, persons: persons)
        start = rows.start
        end = rows.end
        id = rows.id
        type = rows.concepts(.typeConcept)
    }
}
