/// Turns a block of an index back into the rows that it was made of.
struct BlockRestorer {
    let block: TableBlock
    /// The concept of each local code.
    let concepts: [Int32]
    let columns: [TablePlan.Column]

    /// Adds the rows for whose person `ordinal` gives the ordinal in the new block.
    func restore(
        into rows: inout RowBuffer, _ codes: inout ConceptCodes, ordinal: (UInt16) -> UInt16?
    ) throws(EventIndexError) {
        var kept: [UInt32] = []
        for code in 0..<block.codeCount {
            let span = try block.rows(code: UInt32(code))
            if span.isEmpty { continue }
            guard code < concepts.count else { throw .damaged("a concept of \(block.table.rawValue) has no code") }
            var place: Int32?
            for row in span {
                guard let person = ordinal(block.person[row]) else { continue }
                // Only a concept that still has rows keeps its code.
                let known = place ?? codes.place(of: concepts[code])
                place = known
                kept.append(UInt32(row))
                rows.person.append(person)
                rows.concept.append(known)
            }
        }
        if kept.isEmpty { return }
        for row in kept { rows.start.append(try block.startDay(Int(row))) }
        var scratch = [Int64](repeating: 0, count: block.count)
        guard try decode(PostingColumn.id, into: &scratch) else {
            throw .damaged("\(block.table.rawValue) lacks its ids in block \(block.block)")
        }
        for row in kept { rows.id.append(scratch[Int(row)]) }
        try restore(PostingColumn.visit, kept, &scratch, into: &rows.visit, null: Int64.min) { $0 }
        try restore(PostingColumn.end, kept, &scratch, into: &rows.end, null: Int32.min, Self.narrow)
        for column in columns { try restore(column, kept, &scratch, into: &rows) }
    }

    private static func narrow(_ value: Int64) -> Int32 { Int32(exactly: value) ?? Int32.min }

    private func restore(
        _ column: TablePlan.Column, _ kept: [UInt32], _ scratch: inout [Int64], into rows: inout RowBuffer
    ) throws(EventIndexError) {
        // Filled in from the visits when the block is complete.
        if case .visitType = column.origin { return }
        let number = UInt16(column.column.rawValue)
        switch column.store {
        case .narrow(let slot):
            try restore(number, kept, &scratch, into: &rows.narrow[slot], null: Int32.min, Self.narrow)
        case .wide(let slot):
            try restore(number, kept, &scratch, into: &rows.wide[slot], null: Int64.min) { $0 }
        case .number(let slot):
            guard let bytes = try block.bytes(number) else {
                return rows.wide[slot].append(kept.count) { _ in Int64.min }
            }
            var numbers = [Double](repeating: 0, count: block.count)
            let values = try NumberColumn(bytes, rows: block.count)
            try Self.filling(&numbers) { (out) throws(EventIndexError) in try values.decode(0..<block.count, into: out) }
            rows.wide[slot].append(kept.count) { place in
                let number = numbers[Int(kept[place])]
                return number.isNaN ? Int64.min : Int64(bitPattern: number.bitPattern)
            }
        case .text(let slot, let table):
            guard let bytes = try block.bytes(number) else {
                return rows.narrow[slot].append(kept.count) { _ in Int32.min }
            }
            let texts = try TextColumn(bytes, rows: block.count)
            var found = [Int32](repeating: -1, count: block.count)
            try Self.filling(&scratch) { (scratch) throws(EventIndexError) in
                try Self.filling(&found) { (out) throws(EventIndexError) in
                    try texts.decode(0..<block.count, scratch: scratch, into: out)
                }
            }
            for row in kept {
                let code = found[Int(row)]
                rows.narrow[slot].append(code < 0 ? Int32.min : rows.texts[table].place(of: try texts.text(code)))
            }
        }
    }

    private func restore<Value>(
        _ column: UInt16, _ kept: [UInt32], _ scratch: inout [Int64], into values: inout LazyColumn<Value>, null: Value,
        _ value: (Int64) -> Value
    ) throws(EventIndexError) {
        guard try decode(column, into: &scratch) else { return values.append(kept.count) { _ in null } }
        scratch.withUnsafeBufferPointer { scratch in
            values.append(kept.count) { value(scratch[Int(kept[$0])]) }
        }
    }

    /// Decodes a whole column; false if it is not in the file.
    private func decode(_ column: UInt16, into scratch: inout [Int64]) throws(EventIndexError) -> Bool {
        guard let bytes = try block.bytes(column) else { return false }
        let values = try WholeColumn(bytes, rows: block.count)
        try Self.filling(&scratch) { (out) throws(EventIndexError) in
            try values.decode(0..<block.count, persons: block.person, into: out)
        }
        return true
    }

    private static func filling<Value>(
        _ values: inout [Value], _ body: (UnsafeMutablePointer<Value>) throws(EventIndexError) -> Void
    ) throws(EventIndexError) {
        var failure: EventIndexError?
        values.withUnsafeMutableBufferPointer { buffer in
            guard let start = buffer.baseAddress else { return }
            do throws(EventIndexError) { try body(start) } catch { failure = error }
        }
        if let failure { throw failure }
    }
}
