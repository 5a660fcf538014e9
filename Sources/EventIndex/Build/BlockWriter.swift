/// Sorts the rows of one table in one block and writes its segments.
struct BlockWriter {
    let table: EventTable
    let block: Int
    let plan: TablePlan
    let sink: FileSink
    let bitmapThreshold: Int

    private var kind: UInt16 { UInt16(table.number) }

    /// What the block adds to the table's totals.
    struct Totals {
        var persons = 0
        var firstDay = Int32.max
        var lastDay = Int32.min
    }

    /// Writes everything. `pairs` collects the source and standard concepts that occur together.
    func write(
        _ rows: RowBuffer, within periods: BlockPeriods, codes: inout ConceptCodes, pairs: inout Set<UInt64>
    ) throws(EventIndexError) -> Totals {
        codes.completeBlock()
        let (order, directory) = Self.order(rows, codes.codeOfPlace)
        let persons = rows.person.withUnsafeBufferPointer { own in order.map { own[Int($0)] } }
        try put(PostingColumn.directory, count: directory.count, directory)
        try put(PostingColumn.person, count: persons.count, persons)
        try writeStarts(rows.start, order)
        try writeObserved(persons, rows.start, order, periods)
        try writeBitmaps(persons, directory, &codes)
        try writeColumns(rows, order, persons)
        collectPairs(rows, order, directory, &pairs)
        var totals = Totals()
        totals.persons = Self.distinct(persons)
        for day in rows.start {
            totals.firstDay = min(totals.firstDay, day)
            totals.lastDay = max(totals.lastDay, day)
        }
        return totals
    }

    // MARK: Order

    /// Rows by (code, person, start, id), and where each code begins. `codes` are the codes of the concepts' places.
    private static func order(_ rows: RowBuffer, _ codes: [UInt32]) -> ([UInt32], [UInt32]) {
        let byPerson = RowOrder.sorted(persons: rows.person, starts: rows.start, ids: rows.id)
        var directory = [UInt32](repeating: 0, count: codes.count + 1)
        var order = [UInt32](repeating: 0, count: byPerson.count)
        rows.concept.withUnsafeBufferPointer { places in
            codes.withUnsafeBufferPointer { codes in
                directory.withUnsafeMutableBufferPointer { directory in
                    for place in places { directory[Int(codes[Int(place)]) + 1] += 1 }
                    for code in codes.indices { directory[code + 1] += directory[code] }
                }
                var next = directory
                next.withUnsafeMutableBufferPointer { next in
                    order.withUnsafeMutableBufferPointer { order in
                        for row in byPerson {
                            let code = Int(codes[Int(places[Int(row)])])
                            order[Int(next[code])] = row
                            next[code] += 1
                        }
                    }
                }
            }
        }
        return (order, directory)
    }

    private static func distinct(_ persons: [UInt16]) -> Int {
        var seen = [Bool](repeating: false, count: FileLayout.blockSize)
        for person in persons { seen[Int(person)] = true }
        return seen.reduce(0) { $1 ? $0 + 1 : $0 }
    }

    // MARK: Hot columns

    private func put<T: FixedWidthInteger>(_ column: UInt16, count: Int, _ values: [T]) throws(EventIndexError) {
        var failure: EventIndexError?
        values.withUnsafeBytes { raw in
            do throws(EventIndexError) {
                try sink.append(kind: kind, column: column, block: block, rows: count, bytes: raw)
            } catch { failure = error }
        }
        if let failure { throw failure }
    }

    private func writeStarts(_ starts: [Int32], _ order: [UInt32]) throws(EventIndexError) {
        let hot = starts.withUnsafeBufferPointer { starts in order.map { HotDay.code(starts[Int($0)]) } }
        try put(PostingColumn.start, count: hot.count, hot)
        var escapes: [UInt8] = []
        for row in hot.indices where hot[row] == HotDay.escape {
            escapes.append(number: UInt32(row))
            escapes.append(number: starts[Int(order[row])])
        }
        if !escapes.isEmpty {
            try sink.append(
                kind: kind, column: PostingColumn.escapes, block: block, rows: escapes.count / 8, escapes)
        }
    }

    /// Says which rows start inside an observation period of their person; nothing if all do.
    private func writeObserved(
        _ persons: [UInt16], _ starts: [Int32], _ order: [UInt32], _ periods: BlockPeriods
    ) throws(EventIndexError) {
        var words = [UInt64](repeating: 0, count: (order.count + 63) / 64)
        var outside = 0
        for row in order.indices {
            let isInside = periods.contain(starts[Int(order[row])], of: persons[row])
            words[row >> 6] |= (isInside ? 1 : 0) << UInt64(row & 63)
            outside += isInside ? 0 : 1
        }
        if outside > 0 { try put(PostingColumn.observed, count: order.count, words) }
    }

    /// Counts each concept's records and persons, and writes a bitmap for those with many persons.
    private func writeBitmaps(
        _ persons: [UInt16], _ directory: [UInt32], _ codes: inout ConceptCodes
    ) throws(EventIndexError) {
        var chosen: [UInt32] = []
        for code in 0..<directory.count - 1 {
            let rows = Int(directory[code])..<Int(directory[code + 1])
            guard !rows.isEmpty else { continue }
            var people = 1
            persons.withUnsafeBufferPointer { persons in
                for row in rows.dropFirst() where persons[row] != persons[row - 1] { people += 1 }
            }
            codes.add(code: code, records: rows.count, persons: people)
            if table.hasConcept, people > bitmapThreshold { chosen.append(UInt32(code)) }
        }
        if chosen.isEmpty { return }
        var bytes: [UInt8] = []
        bytes.append(number: UInt32(chosen.count))
        for code in chosen { bytes.append(number: code) }
        bytes.pad(to: FileLayout.alignment)
        for code in chosen {
            var words = [UInt64](repeating: 0, count: FileLayout.bitmapBytes / 8)
            for row in Int(directory[Int(code)])..<Int(directory[Int(code) + 1]) {
                words[Int(persons[row] >> 6)] |= 1 << UInt64(persons[row] & 63)
            }
            words.withUnsafeBytes { bytes.append(contentsOf: $0) }
        }
        try sink.append(kind: kind, column: PostingColumn.bitmaps, block: block, rows: chosen.count, bytes)
    }

    // MARK: Cold columns

    private func writeColumns(_ rows: RowBuffer, _ order: [UInt32], _ persons: [UInt16]) throws(EventIndexError) {
        var scratch = [Int64](repeating: 0, count: order.count)
        rows.id.withUnsafeBufferPointer { ids in
            for place in order.indices { scratch[place] = ids[Int(order[place])] }
        }
        try write(PostingColumn.id, scratch, persons)
        if !rows.visit.holdsOnly(Int64.min) {
            rows.visit.gather(order, into: &scratch) { $0 }
            try write(PostingColumn.visit, scratch, persons)
        }
        if !rows.end.holdsOnly(Int32.min) {
            try write(PostingColumn.end, rows.end, order, &scratch, .plain, Self.wide)
        }
        for column in plan.columns {
            try write(column, rows, order, &scratch)
        }
    }

    @inline(__always)
    private static func wide(_ value: Int32) -> Int64 { value == Int32.min ? Int64.min : Int64(value) }

    /// Ids, which follow the persons.
    private func write(_ column: UInt16, _ values: [Int64], _ persons: [UInt16]) throws(EventIndexError) {
        let bytes = values.withUnsafeBufferPointer { values in
            persons.withUnsafeBufferPointer { persons in ColumnEncoder.encode(values, hint: .byPerson(persons)) }
        }
        try sink.append(kind: kind, column: column, block: block, rows: values.count, bytes)
    }

    @inline(__always)
    private func write<Value>(
        _ column: UInt16, _ values: LazyColumn<Value>, _ order: [UInt32], _ scratch: inout [Int64], _ hint: ColumnEncoder.Hint,
        _ wide: (Value) -> Int64
    ) throws(EventIndexError) {
        let bytes: [UInt8]
        if let only = values.only {
            bytes = LeafEncoder.encode(only: wide(only))
        } else {
            values.gather(order, into: &scratch, wide)
            bytes = scratch.withUnsafeBufferPointer { ColumnEncoder.encode($0, hint: hint) }
        }
        try sink.append(kind: kind, column: column, block: block, rows: order.count, bytes)
    }

    private func write(
        _ column: TablePlan.Column, _ rows: RowBuffer, _ order: [UInt32], _ scratch: inout [Int64]
    ) throws(EventIndexError) {
        let number = UInt16(column.column.rawValue)
        switch column.store {
        case .narrow(let slot):
            if rows.narrow[slot].holdsOnly(Int32.min) { return }
            try write(
                number, rows.narrow[slot], order, &scratch, column.column.kind == .concepts ? .repeating : .plain, Self.wide)
        case .wide(let slot):
            if rows.wide[slot].holdsOnly(Int64.min) { return }
            try write(number, rows.wide[slot], order, &scratch, .plain) { $0 }
        case .number(let slot):
            if rows.wide[slot].holdsOnly(Int64.min) { return }
            rows.wide[slot].gather(order, into: &scratch) { $0 }
            let numbers = scratch.map { $0 == Int64.min ? Double.nan : Double(bitPattern: UInt64(bitPattern: $0)) }
            let bytes = numbers.withUnsafeBufferPointer(ColumnEncoder.encode(numbers:))
            try sink.append(kind: kind, column: number, block: block, rows: order.count, bytes)
        case .text(let slot, let table):
            if rows.narrow[slot].holdsOnly(Int32.min) { return }
            rows.narrow[slot].gather(order, into: &scratch, Self.wide)
            let bytes = scratch.withUnsafeBufferPointer {
                ColumnEncoder.encode(codes: $0, texts: rows.texts[table].texts)
            }
            try sink.append(kind: kind, column: number, block: block, rows: order.count, bytes)
        }
    }

    // MARK: Source concepts

    private func collectPairs(_ rows: RowBuffer, _ order: [UInt32], _ directory: [UInt32], _ pairs: inout Set<UInt64>) {
        guard case .narrow(let slot)? = plan.columns.first(where: { $0.column == .sourceConcept })?.store,
            !rows.narrow[slot].holdsOnly(Int32.min)
        else { return }
        var sources = NumberTable()
        var lastCode: [Int] = []
        for code in 0..<directory.count - 1 {
            for row in Int(directory[code])..<Int(directory[code + 1]) {
                let source = rows.narrow[slot][Int(order[row])]
                let place = sources.place(of: Int64(source))
                if place == lastCode.count { lastCode.append(-1) }
                if lastCode[place] == code || source == Int32.min { continue }
                lastCode[place] = code
                pairs.insert(SourcePairs.key(source: source, code: UInt32(code)))
            }
        }
    }
}
