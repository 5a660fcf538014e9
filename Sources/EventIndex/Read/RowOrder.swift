/// Puts rows in the order (person, start, id).
enum RowOrder {
    /// The places of the rows in that order, of all rows or of the ones in `among`. Equal rows keep their order.
    static func sorted(persons: [UInt16], starts: [Int32], ids: [Int64], among: [UInt32]? = nil) -> [UInt32] {
        let rows = among ?? Array(0..<UInt32(persons.count))
        // Counting by person walks all 65,536 of them: not worth it for a handful of rows.
        if rows.count < 4_096 { return sortedByComparing(rows, persons, starts, ids) }
        var ends = [Int32](repeating: 0, count: FileLayout.blockSize + 1)
        for row in rows { ends[Int(persons[Int(row)]) + 1] += 1 }
        for person in 0..<FileLayout.blockSize { ends[person + 1] += ends[person] }
        var order = [UInt32](repeating: 0, count: rows.count)
        var next = ends
        for row in rows {
            let person = Int(persons[Int(row)])
            order[Int(next[person])] = row
            next[person] += 1
        }
        for person in 0..<FileLayout.blockSize {
            let from = Int(ends[person])
            let to = Int(ends[person + 1])
            if to - from > 1 { sortRun(&order, from..<to, starts, ids) }
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

    /// Short runs by insertion, long ones (hundreds of records of one person) by the library's sort, which is stable.
    private static func sortRun(_ order: inout [UInt32], _ run: Range<Int>, _ starts: [Int32], _ ids: [Int64]) {
        func comes(_ a: UInt32, before b: UInt32) -> Bool {
            let a = Int(a)
            let b = Int(b)
            return starts[a] != starts[b] ? starts[a] < starts[b] : ids[a] < ids[b]
        }
        if run.count > 24 {
            order[run].sort { comes($0, before: $1) }
            return
        }
        for place in run.dropFirst() {
            let row = order[place]
            var at = place
            while at > run.lowerBound, comes(row, before: order[at - 1]) {
                order[at] = order[at - 1]
                at -= 1
            }
            order[at] = row
        }
    }
}
