/// The observation periods of one block's persons, to say which rows start inside one.
struct BlockPeriods {
    private var offsets = [Int32](repeating: 0, count: FileLayout.blockSize + 1)
    private var periods: [(start: Int32, end: Int32)] = []

    /// The periods that are about to be written.
    init(_ rows: RowBuffer) {
        arrange(rows.person) { place in
            let length = rows.end.count == 0 ? Int32.min : rows.end[place]
            return (rows.start[place], Self.end(rows.start[place], Int64(length), null: Int64(Int32.min)))
        }
    }

    /// Reads the periods that were written for a block.
    init(block: Int, written: WrittenTable, sink: FileSink) throws(EventIndexError) {
        guard let hot = written.blocks[block], let end = hot.end else { return }
        let count = Int(hot.person.rows)
        let persons: [UInt16] = Self.numbers(try sink.read(hot.person))
        var starts = (Self.numbers(try sink.read(hot.start)) as [UInt16]).map { Int32($0) + HotDay.origin }
        if let escapes = hot.escapes {
            let pairs: [Int32] = Self.numbers(try sink.read(escapes))
            for pair in stride(from: 0, to: pairs.count, by: 2) {
                starts[Int(UInt32(bitPattern: pairs[pair]))] = pairs[pair + 1]
            }
        }
        var lengths = [Int64](repeating: Int64.min, count: count)
        let ends = try sink.read(end)
        try translated("The observation periods written") {
            try ends.withUnsafeBytes { raw in
                let column = try WholeColumn(Bytes(raw), rows: count)
                try persons.withUnsafeBufferPointer { persons in
                    try lengths.withUnsafeMutableBufferPointer { buffer in
                        guard let start = buffer.baseAddress else { return }
                        try column.decode(0..<count, persons: persons, into: start)
                    }
                }
            }
        }
        arrange(persons) { (starts[$0], Self.end(starts[$0], lengths[$0], null: Int64.min)) }
    }

    /// A period without an end has no day in it.
    private static func end(_ start: Int32, _ length: Int64, null: Int64) -> Int32 {
        length == null ? Int32.min : Int32(truncatingIfNeeded: Int64(start) &+ length)
    }

    private static func numbers<Number: FixedWidthInteger>(_ bytes: [UInt8]) -> [Number] {
        bytes.withUnsafeBytes { Array($0.bindMemory(to: Number.self)) }
    }

    private mutating func arrange(_ persons: [UInt16], _ period: (Int) -> (start: Int32, end: Int32)) {
        for person in persons { offsets[Int(person) + 1] += 1 }
        for person in 0..<FileLayout.blockSize { offsets[person + 1] += offsets[person] }
        var next = offsets
        periods = Array(repeating: (0, Int32.min), count: persons.count)
        for (place, person) in persons.enumerated() {
            periods[Int(next[Int(person)])] = period(place)
            next[Int(person)] += 1
        }
    }

    /// Whether a day lies in an observation period of a person.
    @inline(__always)
    func contain(_ day: Int32, of person: UInt16) -> Bool {
        for place in Int(offsets[Int(person)])..<Int(offsets[Int(person) + 1])
        where periods[place].start <= day && day <= periods[place].end {
            return true
        }
        return false
    }
}
