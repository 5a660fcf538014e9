/// Reads the rows of a selection in one block.
struct RowReader {
    let table: EventTable
    let number: Int
    /// Nil if the table has no rows in the block.
    let block: TableBlock?
    let concepts: TableConcepts
    /// Persons in the block.
    let persons: Int

    func rows(_ selection: ConceptSelection, columns: Set<EventColumn>) throws(EventIndexError) -> EventRows {
        let empty = empty(columns)
        guard let block else { return empty }
        let rows = try BlockRowReader(block: block, concepts: concepts, persons: persons).rows(selection, columns: columns)
        return rows.count == 0 ? empty : rows
    }

    private func empty(_ columns: Set<EventColumn>) -> EventRows {
        var rows = EventRows(table: table, block: number)
        for column in columns {
            rows.columns[column] =
                switch column.kind {
                case .concepts: .concepts([])
                case .integers: .integers([])
                case .numbers: .numbers([])
                case .texts: .texts(codes: [], dictionary: [])
                }
        }
        return rows
    }
}

/// Reads rows of a table that has some in the block.
private struct BlockRowReader {
    let block: TableBlock
    let concepts: TableConcepts
    let persons: Int

    private struct Span {
        let rows: Range<Int>
        let concept: Int32
    }

    /// Rows in file order, and the order in which they are to come out (nil = as they are).
    private struct Choice {
        var spans: [Span]
        var count: Int
        var order: [UInt32]?
    }

    func rows(_ selection: ConceptSelection, columns: Set<EventColumn>) throws(EventIndexError) -> EventRows {
        var out = EventRows(table: block.table, block: block.block)
        var choice = try spans(selection)
        guard choice.count > 0 else { return out }
        var persons = try people(choice)
        var starts = try days(choice)
        var ids = try whole(PostingColumn.id, choice)
        var concepts = conceptColumn(choice)
        if let kept = try kept(selection, choice, concepts) { choice.order = kept }
        if choice.spans.count > 1 {
            choice.order = RowOrder.sorted(persons: persons, starts: starts, ids: ids, among: choice.order)
        }
        if let order = choice.order {
            persons = Self.picked(persons, order)
            starts = Self.picked(starts, order)
            ids = Self.picked(ids, order)
            concepts = Self.picked(concepts, order)
        }
        out.person = persons
        out.start = starts
        out.id = ids
        out.concept = concepts
        out.visit = try arranged(PostingColumn.visit, choice)
        out.end = try ends(choice, starts: starts)
        for column in columns { out.columns[column] = try values(column, choice, out) }
        return out
    }

    // MARK: Which rows

    private func spans(_ selection: ConceptSelection) throws(EventIndexError) -> Choice {
        var spans: [Span] = []
        var count = 0
        let codes = selection.codes ?? Array(0..<UInt32(clamping: block.codeCount))
        for code in codes {
            let rows = try block.rows(code: code)
            guard !rows.isEmpty else { continue }
            guard Int(code) < concepts.conceptOfCode.count else { throw .damaged("a row has an unknown concept") }
            spans.append(Span(rows: rows, concept: concepts.conceptOfCode[Int(code)]))
            count += rows.count
        }
        guard count <= block.count else { throw .damaged("a directory counts rows twice") }
        return Choice(spans: spans, count: count, order: nil)
    }

    /// The rows that pass the test of the source concept, nil without such a test.
    private func kept(
        _ selection: ConceptSelection, _ choice: Choice, _ concepts: [Int32]
    ) throws(EventIndexError) -> [UInt32]? {
        guard let test = selection.sourceTest else { return nil }
        let sources = try whole(UInt16(EventColumn.sourceConcept.rawValue), choice)
        let members = Set(test)
        let always = Set(selection.orStandard ?? [])
        var kept: [UInt32] = []
        for row in 0..<choice.count
        where (sources[row] != Int64.min && members.contains(Int32(truncatingIfNeeded: sources[row])))
            || (!always.isEmpty && always.contains(concepts[row]))
        {
            kept.append(UInt32(row))
        }
        return kept
    }

    // MARK: Values in file order

    private func people(_ choice: Choice) throws(EventIndexError) -> [UInt16] {
        var highest: UInt16 = 0
        let all = [UInt16](unsafeUninitializedCapacity: choice.count) { buffer, filled in
            for span in choice.spans {
                for row in span.rows {
                    let person = block.person[row]
                    highest = max(highest, person)
                    buffer[filled] = person
                    filled += 1
                }
            }
        }
        guard Int(highest) < persons else { throw .damaged("\(block.table.rawValue) names a person that does not exist") }
        return all
    }

    private func days(_ choice: Choice) throws(EventIndexError) -> [Int32] {
        var days: [Int32] = []
        days.reserveCapacity(choice.count)
        for span in choice.spans {
            for row in span.rows { days.append(try block.startDay(row)) }
        }
        return days
    }

    private func conceptColumn(_ choice: Choice) -> [Int32] {
        var all: [Int32] = []
        all.reserveCapacity(choice.count)
        for span in choice.spans { all.append(contentsOf: repeatElement(span.concept, count: span.rows.count)) }
        return all
    }

    /// Whole numbers in file order.
    private func whole(_ column: UInt16, _ choice: Choice) throws(EventIndexError) -> [Int64] {
        guard let bytes = try block.bytes(column) else { return [Int64](repeating: Int64.min, count: choice.count) }
        let values = try WholeColumn(bytes, rows: block.count)
        return try filled(choice, with: Int64.min) { (rows, out) throws(EventIndexError) in
            try values.decode(rows, persons: block.person, into: out)
        }
    }

    private func filled<T>(
        _ choice: Choice, with value: T, _ decode: (Range<Int>, UnsafeMutablePointer<T>) throws(EventIndexError) -> Void
    ) throws(EventIndexError) -> [T] {
        var failure: EventIndexError?
        let all = [T](unsafeUninitializedCapacity: choice.count) { buffer, filled in
            buffer.initialize(repeating: value)
            filled = choice.count
            guard let start = buffer.baseAddress else { return }
            var at = 0
            for span in choice.spans {
                do throws(EventIndexError) { try decode(span.rows, start + at) } catch {
                    failure = error
                    return
                }
                at += span.rows.count
            }
        }
        if let failure { throw failure }
        return all
    }

    // MARK: Values in the order they come out

    private static func picked<T>(_ values: [T], _ order: [UInt32]?) -> [T] {
        guard let order else { return values }
        return [T](unsafeUninitializedCapacity: order.count) { buffer, filled in
            for row in order {
                buffer.initializeElement(at: filled, to: values[Int(row)])
                filled += 1
            }
        }
    }

    private func arranged(_ column: UInt16, _ choice: Choice) throws(EventIndexError) -> [Int64] {
        Self.picked(try whole(column, choice), choice.order)
    }

    private func ends(_ choice: Choice, starts: [Int32]) throws(EventIndexError) -> [Int32] {
        guard try block.bytes(PostingColumn.end) != nil else { return starts.map { _ in EventRows.nullDay } }
        let lengths = try arranged(PostingColumn.end, choice)
        return starts.indices.map { row in
            lengths[row] == Int64.min ? EventRows.nullDay : Int32(truncatingIfNeeded: Int64(starts[row]) &+ lengths[row])
        }
    }

    private func values(
        _ column: EventColumn, _ choice: Choice, _ rows: EventRows
    ) throws(EventIndexError) -> ColumnValues {
        if column == .visitType, block.table == .visit { return .concepts(rows.concept) }
        let number = UInt16(column.rawValue)
        switch column.kind {
        case .concepts:
            return .concepts(try arranged(number, choice).map(Self.concept))
        case .integers:
            let values = try arranged(number, choice)
            switch column {
            case .startMinute: return .integers(Self.minutes(values, from: rows.start))
            case .endMinute: return .integers(Self.minutes(values, from: rows.start))
            default: return .integers(values)
            }
        case .numbers:
            guard let bytes = try block.bytes(number) else {
                return .numbers([Double](repeating: .nan, count: rows.count))
            }
            let numbers = try NumberColumn(bytes, rows: block.count)
            let all = try filled(choice, with: Double.nan) { (rows, out) throws(EventIndexError) in
                try numbers.decode(rows, into: out)
            }
            return .numbers(Self.picked(all, choice.order))
        case .texts:
            return try texts(number, choice, count: rows.count)
        }
    }

    private static func concept(_ value: Int64) -> Int32 {
        value == Int64.min ? EventRows.nullConcept : Int32(truncatingIfNeeded: value)
    }

    /// Minutes are stored from midnight of the start day.
    private static func minutes(_ values: [Int64], from days: [Int32]) -> [Int64] {
        values.indices.map { values[$0] == Int64.min ? Int64.min : Int64(days[$0]) * 1_440 &+ values[$0] }
    }

    private func texts(_ column: UInt16, _ choice: Choice, count: Int) throws(EventIndexError) -> ColumnValues {
        guard let bytes = try block.bytes(column) else {
            return .texts(codes: [Int32](repeating: -1, count: count), dictionary: [])
        }
        let texts = try TextColumn(bytes, rows: block.count)
        var scratch = [Int64](repeating: 0, count: choice.spans.map(\.rows.count).max() ?? 0)
        let all = try filled(choice, with: Int32(-1)) { (rows, out) throws(EventIndexError) in
            var failure: EventIndexError?
            scratch.withUnsafeMutableBufferPointer { buffer in
                guard let start = buffer.baseAddress else { return }
                do throws(EventIndexError) { try texts.decode(rows, scratch: start, into: out) } catch { failure = error }
            }
            if let failure { throw failure }
        }
        return try Self.compact(Self.picked(all, choice.order), texts)
    }

    /// Keeps of the block's dictionary the texts that these rows use.
    private static func compact(_ codes: [Int32], _ texts: TextColumn) throws(EventIndexError) -> ColumnValues {
        let used = TableConcepts.ascending(codes).filter { $0 >= 0 }
        var dictionary: [String] = []
        var places: [Int32: Int32] = [-1: -1]
        for code in used {
            places[code] = Int32(dictionary.count)
            dictionary.append(try texts.text(code))
        }
        return .texts(codes: codes.map { places[$0] ?? -1 }, dictionary: dictionary)
    }
}
