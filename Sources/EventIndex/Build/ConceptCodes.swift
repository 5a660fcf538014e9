/// The local codes of one table's concepts, and their totals.
///
/// Concepts that a block brings for the first time get their codes in ascending order when the block is complete: so the
/// codes do not depend on the order of a person's rows in the store.
struct ConceptCodes {
    /// Concepts in the order in which they first came; NULL is `EventRows.nullConcept`.
    private var seen = NumberTable()
    /// The code of each of them, for those of complete blocks.
    private(set) var codeOfPlace: [UInt32] = []
    private(set) var records: [UInt64] = []
    private(set) var persons: [UInt32] = []

    /// The place of a concept among those seen.
    @inline(__always)
    mutating func place(of concept: Int32) -> Int32 { Int32(truncatingIfNeeded: seen.place(of: Int64(concept))) }

    /// Codes given so far.
    var count: Int { codeOfPlace.count }

    /// Gives codes to the concepts that are new since the last time.
    mutating func completeBlock() {
        let first = codeOfPlace.count
        let fresh = (first..<seen.count).sorted { seen.values[$0] < seen.values[$1] }
        codeOfPlace.append(contentsOf: repeatElement(0, count: fresh.count))
        for (rank, place) in fresh.enumerated() { codeOfPlace[place] = UInt32(first + rank) }
        records.append(contentsOf: repeatElement(0, count: fresh.count))
        persons.append(contentsOf: repeatElement(0, count: fresh.count))
    }

    mutating func add(code: Int, records more: Int, persons people: Int) {
        records[code] += UInt64(more)
        persons[code] += UInt32(people)
    }

    /// The concept of each code.
    var conceptOfCode: [Int32] {
        var concepts = [Int32](repeating: 0, count: count)
        for place in codeOfPlace.indices {
            concepts[Int(codeOfPlace[place])] = Int32(truncatingIfNeeded: seen.values[place])
        }
        return concepts
    }

    /// Rows without a mapped concept.
    var unmappedRecords: UInt64 {
        zip(conceptOfCode, records).reduce(0) { $1.0 == 0 || $1.0 == EventRows.nullConcept ? $0 + $1.1 : $0 }
    }

    /// The segment that `TableConcepts` reads.
    func bytes() -> [UInt8] {
        let concepts = conceptOfCode
        let order = concepts.indices.sorted { concepts[$0] < concepts[$1] }
        var out: [UInt8] = []
        for code in order { out.append(number: concepts[code]) }
        out.pad(to: 8)
        for code in order { out.append(number: UInt32(code)) }
        out.pad(to: 8)
        for code in order { out.append(number: persons[code]) }
        out.pad(to: 8)
        for code in order { out.append(number: records[code]) }
        return out
    }
}
