/// Puts rows in the order (person, start, id).
enum RowOrder {
    /// Where the rows of each person of a block begin once they lie by person: person p has `offsets[p] ..< offsets[p + 1]`.
    /// - Parameter persons: how many persons there are.
    static func offsets(of rows: [UInt16], persons: Int) -> [Int32] {
        var offsets = [Int32](repeating: 0, count: persons + 1)
        for person in rows { offsets[Int(person) + 1] += 1 }
        for person in 0..<persons { offsets[person + 1] += offsets[person] }
        return offsets
    }

    /// The places of the rows in that order, of all rows or of the ones in `among`. Equal rows keep their order.
    static func sorted(persons: [UInt16], starts: [Int32], ids: [Int64], among: [UInt32]? = nil) -> [UInt32] {
        let rows = among ?? Array(0..<UInt32(persons.count))
        // Counting by person walks all 65,536 of them: not worth it for a handful of rows.
        if rows.count < 4_096 { return sortedByComparing(rows, persons, starts, ids) }
        var order = [UInt32](repeating: 0, count: rows.count)
        var ends = [Int32](repeating: 0, count: FileLayout.blockSize + 1)
        persons.withUnsafeBufferPointer { persons in
            ends.withUnsafeMutableBufferPointer { ends in
                for row in rows { ends[Int(persons[Int(row)]) + 1] += 1 }
                for person in 0..<FileLayout.blockSize { ends[person + 1] += ends[person] }
            }
            var next = ends
            next.withUnsafeMutableBufferPointer { next in
                order.withUnsafeMutableBufferPointer { order in
                    for row in rows {
                        let person = Int(persons[Int(row)])
                        order[Int(next[person])] = row
                        next[person] += 1
                    }
                }
            }
        }
        var keys: [UInt64] = []
        order.withUnsafeMutableBufferPointer { order in
            starts.withUnsafeBufferPointer { starts in
                ids.withUnsafeBufferPointer { ids in
                    for person in 0..<FileLayout.blockSize {
                        let run = Int(ends[person])..<Int(ends[person + 1])
                        if run.count > 1 { sortRun(UnsafeMutableBufferPointer(rebasing: order[run]), starts, ids, &keys) }
                    }
                }
            }
        }
        return order
    }

    private static func sortedByComparing(
        _ rows: [UInt32], _ persons: [UInt16], _ starts: [Int32], _ ids: [Int64]
    ) -> [UInt32] {
        rows.sorted { left, right in
            let a = Int(left)
            let b = Int(right)
            if persons[a] != persons[b] { return persons[a] < persons[b] }
            if starts[a] != starts[b] { return starts[a] < starts[b] }
            return ids[a] != ids[b] ? ids[a] < ids[b] : a < b
        }
    }

    /// Sorts one person's rows.
    ///
    /// In most stores a person's ids rise with the rows; then start and row decide, which fit one number: short runs are
    /// sorted by insertion, long ones (hundreds of records of one person) by the library.
    private static func sortRun(
        _ run: UnsafeMutableBufferPointer<UInt32>, _ starts: UnsafeBufferPointer<Int32>, _ ids: UnsafeBufferPointer<Int64>,
        _ keys: inout [UInt64]
    ) {
        var idsRise = true
        var isSorted = true
        for place in 1..<run.count {
            let (before, row) = (Int(run[place - 1]), Int(run[place]))
            idsRise = idsRise && before < row && ids[before] <= ids[row]
            isSorted = isSorted && (starts[before] < starts[row] || (starts[before] == starts[row] && ids[before] <= ids[row]))
        }
        if isSorted { return }
        guard idsRise else {
            var run = run
            return run.sort { left, right in
                let (a, b) = (Int(left), Int(right))
                return starts[a] != starts[b] ? starts[a] < starts[b] : ids[a] < ids[b]
            }
        }
        keys.removeAll(keepingCapacity: true)
        for place in run.indices {
            let start = UInt64(UInt32(bitPattern: starts[Int(run[place])]) ^ 0x8000_0000)
            keys.append(start << 32 | UInt64(run[place]))
        }
        keys.withUnsafeMutableBufferPointer { keys in
            if keys.count > 32 { return keys.sort() }
            for place in 1..<keys.count {
                let key = keys[place]
                var at = place
                while at > 0, key < keys[at - 1] {
                    keys[at] = keys[at - 1]
                    at -= 1
                }
                keys[at] = key
            }
        }
        for place in run.indices { run[place] = UInt32(truncatingIfNeeded: keys[place]) }
    }
}
