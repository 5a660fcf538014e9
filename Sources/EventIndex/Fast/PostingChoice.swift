// Choosing rows by a cold column.

extension Postings {
    /// The rows whose concept in a column passes a test; NULL is `EventRows.nullConcept`, see also `EventRows.absentRow`.
    public func choose(_ column: EventColumn, _ test: (Int32) -> Bool, from choice: Choice? = nil) throws(EventIndexError)
        -> Choice
    {
        guard let block else { return [] }
        guard let bytes = try block.bytes(UInt16(column.rawValue)) else {
            return Self.all(count, choice, test(EventRows.nullConcept))
        }
        let values = try WholeColumn(bytes, rows: block.count)
        // Concepts repeat: what was said of one is kept where the next one of its kind overwrites it.
        let slots = 64
        let kept = UnsafeMutablePointer<(value: Int64, holds: Bool)>.allocate(capacity: slots)
        kept.initialize(repeating: (Int64.min, test(EventRows.nullConcept)), count: slots)
        defer { kept.deallocate() }
        return try decoded(Int64.self, 0, choice) { (rows, out) throws(EventIndexError) in
            try values.decode(rows, persons: block.person, into: out)
        } test: { value in
            let slot = Int(truncatingIfNeeded: value ^ value >> 6) & (slots - 1)
            if kept[slot].value != value {
                kept[slot] = (value, test(value == Int64.min ? EventRows.nullConcept : Int32(truncatingIfNeeded: value)))
            }
            return kept[slot].holds
        }
    }

    /// The rows whose number in a column is neither NULL nor below one number nor above another.
    /// - Parameter isOutside: those that are below or above instead.
    public func choose(
        _ column: EventColumn, from lower: Double, through upper: Double, isOutside: Bool = false, among choice: Choice? = nil
    ) throws(EventIndexError) -> Choice {
        guard let block else { return [] }
        guard let bytes = try block.bytes(UInt16(column.rawValue)) else { return Self.all(count, choice, false) }
        let values = try NumberColumn(bytes, rows: block.count)
        return try decoded(Double.self, 0, choice) { (rows, out) throws(EventIndexError) in
            try values.decode(rows, into: out)
        } test: { number in
            // NaN is NULL.
            number == number && (lower <= number && number <= upper) != isOutside
        }
    }

    private static func all(_ count: Int, _ choice: Choice?, _ holds: Bool) -> Choice {
        holds ? choice ?? Choice(repeating: true, count: count) : Choice(repeating: false, count: count)
    }

    @inline(__always)
    private func decoded<T>(
        _ type: T.Type, _ zero: T, _ choice: Choice?,
        _ decode: (Range<Int>, UnsafeMutablePointer<T>) throws(EventIndexError) -> Void, test: (T) -> Bool
    ) throws(EventIndexError) -> Choice {
        var failure: EventIndexError?
        let buffer = UnsafeMutablePointer<T>.allocate(capacity: 1_024)
        buffer.initialize(repeating: zero, count: 1_024)
        defer { buffer.deallocate() }
        let result = Choice(unsafeUninitializedCapacity: count) { chosen, filled in
            for span in spans {
                var from = span.rows.lowerBound
                while from < span.rows.upperBound {
                    let to = min(span.rows.upperBound, from + 1_024)
                    do throws(EventIndexError) { try decode(from..<to, buffer) } catch {
                        failure = error
                        return
                    }
                    for place in 0..<to - from { chosen[filled + place] = test(buffer[place]) }
                    filled += to - from
                    from = to
                }
            }
        }
        if let failure { throw failure }
        guard let choice else { return result }
        return zip(result, choice).map { $0 && $1 }
    }
}
