/// The observation periods of one block's persons, to say which rows start inside one.
struct BlockPeriods {
    private var offsets = RowOrder.offsets(of: [], persons: FileLayout.blockSize)
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
        let persons: [UInt16] = try sink.numbers(hot.person)
        let days: [UInt16] = try sink.numbers(hot.start)
        var starts = days.map { Int32($0) + HotDay.origin }
        if let escapes = hot.escapes {
            let pairs: [Int32] = try sink.numbers(escapes)
            for pair in stride(from: 0, to: pairs.count, by: 2) {
                starts[Int(UInt32(bitPattern: pairs[pair]))] = pairs[pair + 1]
            }
        }
        let lengths = try sink.values(end, of: persons)
        arrange(persons) { (starts[$0], Self.end(starts[$0], lengths[$0], null: Int64.min)) }
    }

    /// A period without an end has no day in it.
    private static func end(_ start: Int32, _ length: Int64, null: Int64) -> Int32 {
        length == null ? Int32.min : Int32(truncatingIfNeeded: Int64(start) &+ length)
    }

    private mutating func arrange(_ persons: [UInt16], _ period: (Int) -> (start: Int32, end: Int32)) {
        offsets = RowOrder.offsets(of: persons, persons: FileLayout.blockSize)
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
