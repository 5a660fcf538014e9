/// Start days listed by person: each person's days lie together, ascending. For questions in which a person has several events.
///
/// First rows are added in any order, then `sort` lists them. Persons are numbered as they come (`ranks`), so that nothing goes
/// through all persons of a block where few have a row.
public final class DayLists {
    /// Whose days are listed.
    private let listed = PersonBits()
    /// For each word of `listed`, how many persons are in the words before.
    private let before: UnsafeMutablePointer<UInt32>
    /// The listed persons, ascending.
    @usableFromInline var persons: [UInt16] = []
    /// Where each listed person's days begin, and one more for the end of the last.
    @usableFromInline var offsets: [UInt32] = [0]
    /// Codes of days (see `HotDay`), by person.
    @usableFromInline var days: UnsafeMutablePointer<UInt16>
    /// Person and code of each row that was added, in the order in which they came: the person in the upper half.
    private var added: UnsafeMutablePointer<UInt32>
    private var capacity = 1 << 12
    /// How many rows were added.
    public private(set) var addedCount = 0

    /// Runs that are longer are sorted by the library's way.
    private static let shortRun = 40

    /// No days for anybody.
    public init() {
        before = .allocate(capacity: PersonBits.wordCount)
        days = .allocate(capacity: capacity)
        added = .allocate(capacity: capacity)
    }

    deinit {
        before.deallocate()
        days.deallocate()
        added.deallocate()
    }

    /// Bytes that so many rows take.
    public static func bytes(of rows: Int) -> Int { rows * 6 }

    /// Forgets all rows; the lists stay until they are sorted anew.
    public func begin() { addedCount = 0 }

    /// Adds one row.
    public func add(_ person: Int, _ day: Int32) {
        reserve(1)
        added[addedCount] = UInt32(person & 0xFFFF) << 16 | UInt32(HotDay.code(day))
        addedCount += 1
    }

    /// Adds the rows of some persons.
    public func add(_ postings: Postings, of persons: PersonBits, choice: Postings.Choice? = nil) {
        guard let block = postings.block else { return }
        reserve(postings.count)
        var place = 0
        var count = addedCount
        for span in postings.spans {
            for row in span.rows {
                let person = Int(block.person[row])
                added[count] = UInt32(person) << 16 | UInt32(block.start[row])
                let isWanted = persons.words[person >> 6] >> UInt64(person & 63) & 1 == 1
                count += isWanted && (choice.map { $0[place] } ?? true) ? 1 : 0
                place += 1
            }
        }
        addedCount = count
    }

    /// Adds the rows that lie inside their person's window.
    ///
    /// - Returns: person and start day of the rows of persons whose window says that they must be looked at one by one.
    public func add(
        _ postings: Postings, within windows: WindowVector, choice: Postings.Choice? = nil
    ) -> [(person: Int, day: Int32)] {
        guard let block = postings.block else { return [] }
        reserve(postings.count)
        var puzzling: [(person: Int, day: Int32)] = []
        var place = 0
        var count = addedCount
        for span in postings.spans {
            for row in span.rows {
                defer { place += 1 }
                let person = Int(block.person[row])
                let day = UInt32(block.start[row])
                let window = windows.windows[person]
                added[count] = UInt32(person) << 16 | day
                if WindowVector.contains(window, day)
                    || (windows.hasSeconds && WindowVector.contains(windows.seconds[person], day))
                {
                    count += choice.map { $0[place] } ?? true ? 1 : 0
                } else if window == WindowVector.puzzling, choice.map({ $0[place] }) ?? true {
                    puzzling.append((person, Int32(day) + HotDay.origin))
                }
            }
        }
        addedCount = count
        return puzzling
    }

    private func reserve(_ more: Int) {
        // One more, because loops write a row before they know whether it counts.
        let needed = addedCount + more + 1
        guard needed > capacity else { return }
        var wanted = capacity
        while wanted < needed { wanted *= 2 }
        let larger = UnsafeMutablePointer<UInt32>.allocate(capacity: wanted)
        larger.update(from: added, count: addedCount)
        added.deallocate()
        added = larger
        days.deallocate()
        days = .allocate(capacity: wanted)
        capacity = wanted
    }

    /// Adds everybody who has a row to a set.
    public func insertPersons(into bits: PersonBits) {
        for place in 0..<addedCount {
            let person = Int(added[place] >> 16)
            bits.words[person >> 6] |= 1 << UInt64(person & 63)
        }
    }

    /// Lists what was added.
    /// - Parameter only: whose rows to list; nil for everybody's.
    public func sort(only wanted: PersonBits? = nil) {
        if let wanted { keep(wanted) }
        listed.clear()
        insertPersons(into: listed)
        number()
        offsets.withUnsafeMutableBufferPointer { offsets in
            for place in 0..<addedCount { offsets[rank(Int(added[place] >> 16)) + 1] += 1 }
            for rank in 0..<offsets.count - 1 { offsets[rank + 1] += offsets[rank] }
            // Each person's place moves on as its days come; in the end it is where the next person's begin.
            for place in 0..<addedCount {
                let rank = rank(Int(added[place] >> 16))
                days[Int(offsets[rank])] = UInt16(truncatingIfNeeded: added[place])
                offsets[rank] += 1
            }
            var from = 0
            for rank in 0..<offsets.count - 1 {
                let to = Int(offsets[rank])
                offsets[rank] = UInt32(from)
                if to - from > 1 { sortRun(from, to) }
                from = to
            }
        }
    }

    /// Numbers the listed persons.
    private func number() {
        persons.removeAll(keepingCapacity: true)
        for word in 0..<PersonBits.wordCount {
            before[word] = UInt32(persons.count)
            var bits = listed.words[word]
            while bits != 0 {
                persons.append(UInt16(truncatingIfNeeded: word << 6 | bits.trailingZeroBitCount))
                bits &= bits &- 1
            }
        }
        offsets.removeAll(keepingCapacity: true)
        offsets.append(contentsOf: repeatElement(0, count: persons.count + 1))
    }

    /// The number of a listed person.
    @inline(__always)
    private func rank(_ person: Int) -> Int {
        let lower = listed.words[person >> 6] & ((1 << UInt64(person & 63)) &- 1)
        return Int(before[person >> 6]) + lower.nonzeroBitCount
    }

    private func keep(_ wanted: PersonBits) {
        var count = 0
        for place in 0..<addedCount {
            let person = Int(added[place] >> 16)
            added[count] = added[place]
            count += Int(wanted.words[person >> 6] >> UInt64(person & 63) & 1)
        }
        addedCount = count
    }

    private func sortRun(_ from: Int, _ to: Int) {
        if to - from > Self.shortRun {
            var run = UnsafeMutableBufferPointer(start: days + from, count: to - from)
            run.sort()
            return
        }
        for place in from + 1..<to {
            let day = days[place]
            var hole = place
            while hole > from, days[hole - 1] > day {
                days[hole] = days[hole - 1]
                hole -= 1
            }
            days[hole] = day
        }
    }

    /// How many days are listed.
    public var count: Int { Int(offsets[offsets.count - 1]) }

    /// How many persons are listed.
    public var personCount: Int { persons.count }

    /// A listed person, by number, and the places of the person's days.
    @inlinable
    public func entry(_ number: Int) -> (person: Int, run: Range<Int>) {
        (Int(persons[number]), Int(offsets[number])..<Int(offsets[number + 1]))
    }

    /// Places of a person's days; none for a person who is not listed.
    public func run(of person: Int) -> Range<Int> {
        guard listed.contains(person) else { return 0..<0 }
        let rank = rank(person & 0xFFFF)
        return Int(offsets[rank])..<Int(offsets[rank + 1])
    }

    /// The day at a place, as days since 1970-01-01.
    @inlinable
    public func day(_ place: Int) -> Int32 { Int32(days[place]) + HotDay.origin }

    /// Keeps the days whose flag is not 0.
    public func compact(_ flags: [UInt8]) {
        var to = 0
        var from = 0
        for rank in persons.indices {
            let end = Int(offsets[rank + 1])
            offsets[rank] = UInt32(to)
            while from < end {
                days[to] = days[from]
                to += flags[from] == 0 ? 0 : 1
                from += 1
            }
        }
        offsets[persons.count] = UInt32(to)
    }
}
