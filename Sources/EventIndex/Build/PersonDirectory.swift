import OMOPStore

/// All persons of the store in the order of their ids: a person's ordinal is its place here.
struct PersonDirectory {
    /// Attributes of a PERSON row, in the order of `columns`.
    private static let columns: [(name: String, column: UInt16)] = [
        ("year_of_birth", PersonColumn.yearOfBirth), ("month_of_birth", PersonColumn.monthOfBirth),
        ("day_of_birth", PersonColumn.dayOfBirth), ("gender_concept_id", PersonColumn.gender),
        ("race_concept_id", PersonColumn.race), ("ethnicity_concept_id", PersonColumn.ethnicity),
        ("gender_source_concept_id", PersonColumn.genderSource), ("race_source_concept_id", PersonColumn.raceSource),
        ("ethnicity_source_concept_id", PersonColumn.ethnicitySource),
    ]

    /// Person ids, ascending.
    let ids: [Int64]
    /// For each ordinal the row in `attributes`, or -1 for orphans.
    private let rows: [Int32]
    private let attributes: [LazyColumn<Int32>]
    /// Whether ids follow one another without a gap, so that the ordinal is a subtraction.
    private let isDense: Bool

    var count: Int { ids.count }
    /// Blocks that they fill.
    var blockCount: Int { (count + FileLayout.blockSize - 1) / FileLayout.blockSize }

    /// Reads PERSON and the persons of OBSERVATION_PERIOD.
    init(
        _ store: any ClinicalStore, skipped: inout SkippedRows, isCancelled: @escaping @Sendable () -> Bool
    ) throws(EventIndexError) {
        var own: [Int64] = []
        var attributes = Self.columns.map { _ in LazyColumn<Int32>() }
        var bad = SkippedRows()
        try translated("PERSON") {
            try store.scan(
                .person, columns: ["person_id"] + Self.columns.map(\.name), order: .unordered, isCancelled: isCancelled
            ) { row in
                guard let id = row.int64(0) else { return bad.count("person", .noPerson) }
                own.append(id)
                for place in Self.columns.indices {
                    let value = row.int64(place + 1)
                    attributes[place].append(value.flatMap(Int32.init(exactly:)) ?? Int32.min)
                }
            }
        }
        var others: [Int64] = []
        try translated("OBSERVATION_PERIOD") {
            try store.scan(.observationPeriod, columns: ["person_id"], order: .unordered, isCancelled: isCancelled) { row in
                if let id = row.int64(0), id != others.last { others.append(id) }
            }
        }
        var order = own.indices.map { Int32($0) }
        if !Self.isAscending(own) { order.sort { (own[Int($0)], $0) < (own[Int($1)], $1) } }
        if !Self.isAscending(others) { others = Set(others).sorted() }
        (ids, rows) = Self.merged(own, order, others) { bad.count("person", .repeated) }
        self.attributes = attributes
        isDense = ids.isEmpty || (ids[ids.count - 1] &- ids[0]) == Int64(ids.count - 1)
        skipped.add(bad)
        guard ids.count <= 1 << 31 else {
            throw EventIndexError(
                .unusableStore, "The store has \(ids.count) persons", advice: "An index holds at most 2,147,483,648 persons.")
        }
    }

    private static func isAscending(_ values: [Int64]) -> Bool {
        values.indices.dropFirst().allSatisfy { values[$0 - 1] < values[$0] }
    }

    private static func merged(
        _ own: [Int64], _ order: [Int32], _ others: [Int64], repeated: () -> Void
    ) -> ([Int64], [Int32]) {
        var ids: [Int64] = []
        var rows: [Int32] = []
        ids.reserveCapacity(own.count)
        rows.reserveCapacity(own.count)
        var other = 0
        for row in order {
            let id = own[Int(row)]
            if ids.last == id {
                repeated()
                continue
            }
            while other < others.count, others[other] < id {
                ids.append(others[other])
                rows.append(-1)
                other += 1
            }
            if other < others.count, others[other] == id { other += 1 }
            ids.append(id)
            rows.append(row)
        }
        for id in others[other...] {
            ids.append(id)
            rows.append(-1)
        }
        return (ids, rows)
    }

    /// The ordinal of a person, nil if unknown.
    @inline(__always)
    func ordinal(of id: Int64) -> Int? {
        guard let first = ids.first, let last = ids.last, id >= first, id <= last else { return nil }
        if isDense { return Int(id - first) }
        return ids.withUnsafeBufferPointer { $0.sortedPlace(of: id) }
    }

    /// Writes the persons' attributes, block by block.
    func write(to sink: FileSink) throws(EventIndexError) {
        var block = 0
        for from in stride(from: 0, to: count, by: FileLayout.blockSize) {
            let range = from..<min(count, from + FileLayout.blockSize)
            let present = range.map { rows[$0] >= 0 ? Int64(1) : 0 }
            try write(present, PersonColumn.hasRow, block, to: sink)
            for (place, column) in Self.columns.enumerated() {
                let values = range.map { ordinal -> Int64 in
                    guard rows[ordinal] >= 0 else { return Int64.min }
                    let value = attributes[place][Int(rows[ordinal])]
                    return value == Int32.min ? Int64.min : Int64(value)
                }
                try write(values, column.column, block, to: sink)
            }
            block += 1
        }
    }

    private func write(_ values: [Int64], _ column: UInt16, _ block: Int, to sink: FileSink) throws(EventIndexError) {
        let bytes = values.withUnsafeBufferPointer { ColumnEncoder.encode($0, hint: .repeating) }
        try sink.append(kind: SegmentKind.persons, column: column, block: block, rows: values.count, bytes)
    }
}
