// What the benchmark needs to run the loops over postings in another language: the same memory, without the loops.

extension Postings {
    /// Persons and start codes of each stretch of rows.
    package func forEachStretch(_ body: (UnsafeBufferPointer<UInt16>, UnsafeBufferPointer<UInt16>) -> Void) {
        guard let block else { return }
        for span in spans {
            body(UnsafeBufferPointer(rebasing: block.person[span.rows]), UnsafeBufferPointer(rebasing: block.start[span.rows]))
        }
    }

    /// Adds everybody who has a row, row by row, although there may be a bitmap.
    package func scatter(into bits: PersonBits) {
        forEachStretch { persons, _ in
            for person in persons { bits.words[Int(person) >> 6] |= 1 << UInt64(person & 63) }
        }
    }
}

extension DayVector {
    /// The memory of the vector.
    package var memory: UnsafeMutablePointer<UInt16> { days }
}

extension WindowVector {
    /// The memory of the vector.
    package var memory: UnsafeMutablePointer<UInt32> { windows }
}

extension PersonBits {
    /// The memory of the set.
    package var memory: UnsafeMutablePointer<UInt64> { words }
}

extension PersonCounters {
    /// The memory of the counters.
    package var memory: UnsafeMutablePointer<UInt8> { counts }
}
