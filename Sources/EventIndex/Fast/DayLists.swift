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
        reserve(postings.count)
        let (added, words) = (added, persons.words)
        var count = addedCount
        postings.forEachRow(choice) { person, day, isChosen in
            added[count] = UInt32(person) << 16 | UInt32(day)
            count += Int(words[person >> 6] >> UInt64(person & 63) & (isChosen ? 1 : 0))
        }
        addedCount = count
    }

    /// Adds the rows that lie inside their person's window.
    ///
    /// - Returns: person and start day of the rows of persons whose window says that they must be looked at one by one.
    public func add(
        _ postings: Postings, within windows: WindowVector, choice: Postings.Choice? = nil
    ) -> [(person: Int, day: Int32)] {
        reserve(postings.count)
        var puzzling: [(person: Int, day: Int32)] = []
        let (added, firsts, seconds, hasSeconds) = (added, windows.windows, windows.seconds, windows.hasSeconds)
        var count = addedCount
        postings.forEachRow(choice) { person, day, isChosen in
            let window = firsts[person]
            added[count] = UInt32(person) << 16 | UInt32(day)
            if WindowVector.contains(window, UInt32(day))
                || (hasSeconds && WindowVector.contains(seconds[person], UInt32(day)))
            {
                count += isChosen ? 1 : 0
            } else if window == WindowVector.puzzling, isChosen {
                puzzling.append((person, Int32(day) + HotDay.origin))
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

    /// Adds everybody who has a row to a set; only of the rows from the given one on.
    public func insertPersons(into bits: PersonBits, from: Int = 0) {
        let (added, words) = (added, bits.words)
        for place in from..<addedCount {
            let person = Int(added[place] >> 16)
            words[person >> 6] |= 1 << UInt64(person & 63)
        }
    }

    /// Lists what was added.
    public func sort() {
        listed.clear()
        insertPersons(into: listed)
        number()
        // Held here, so that no loop asks the object for them.
        let (added, days, count, ranks) = (added, days, addedCount, self.ranks)
        offsets.withUnsafeMutableBufferPointer { offsets in
            for place in 0..<count { offsets[ranks[Int(added[place] >> 16)] + 1] += 1 }
            for rank in 0..<offsets.count - 1 { offsets[rank + 1] += offsets[rank] }
            // Each person's place moves on as its days come; in the end it is where the next person's begin.
            for place in 0..<count {
                let rank = ranks[Int(added[place] >> 16)]
                days[Int(offsets[rank])] = UInt16(truncatingIfNeeded: added[place])
                offsets[rank] += 1
            }
            var from = 0
            for rank in 0..<offsets.count - 1 {
                let to = Int(offsets[rank])
                offsets[rank] = UInt32(from)
                if to - from > 1 { Self.sortRun(days, from, to) }
                from = to
            }
        }
    }

    /// Numbers the listed persons.
    private func number() {
        // Taken out, so that no loop asks the object for it.
        var persons: [UInt16] = []
        swap(&persons, &self.persons)
        persons.removeAll(keepingCapacity: true)
        for word in 0..<PersonBits.wordCount {
            before[word] = UInt32(persons.count)
            var bits = listed.words[word]
            while bits != 0 {
                persons.append(UInt16(truncatingIfNeeded: word << 6 | bits.trailingZeroBitCount))
                bits &= bits &- 1
            }
        }
        swap(&persons, &self.persons)
        offsets.removeAll(keepingCapacity: true)
        offsets.append(contentsOf: repeatElement(0, count: self.persons.count + 1))
    }

    /// The numbers of the listed persons.
    private struct Ranks {
        let words: UnsafeMutablePointer<UInt64>
        let before: UnsafeMutablePointer<UInt32>

        @inline(__always)
        subscript(person: Int) -> Int {
            let lower = words[person >> 6] & ((1 << UInt64(person & 63)) &- 1)
            return Int(before[person >> 6]) + lower.nonzeroBitCount
        }
    }

    private var ranks: Ranks { Ranks(words: listed.words, before: before) }

    /// Of the rows from the given one on, keeps those of some persons.
    public func keep(_ wanted: PersonBits, from: Int) {
        var count = from
        for place in from..<addedCount {
            let person = Int(added[place] >> 16)
            added[count] = added[place]
            count += Int(wanted.words[person >> 6] >> UInt64(person & 63) & 1)
        }
        addedCount = count
    }

    private static func sortRun(_ days: UnsafeMutablePointer<UInt16>, _ from: Int, _ to: Int) {
        if to - from > shortRun {
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

    /// Each listed person, ascending, and the places of the person's days.
    @inlinable
    public func forEachRun(_ body: (_ person: Int, _ run: Range<Int>) -> Void) {
        let (persons, offsets) = (persons, offsets)
        for number in persons.indices {
            body(Int(persons[number]), Int(offsets[number])..<Int(offsets[number + 1]))
        }
    }

    /// Places of a person's days; none for a person who is not listed.
    public func run(of person: Int) -> Range<Int> {
        guard listed.contains(person) else { return 0..<0 }
        let rank = ranks[person & 0xFFFF]
        return Int(offsets[rank])..<Int(offsets[rank + 1])
    }

    /// Counts the rows of some persons, who must be listed, in the windows of their listed days.
    /// - Parameter holds: whether a row of a person on a day (since 1970-01-01) counts; nil if every one does.
    public func count(
        _ postings: Postings, of persons: PersonBits, choice: Postings.Choice?, in windows: inout DayWindows,
        where holds: ((_ person: Int, _ day: Int32) -> Bool)?
    ) {
        let (wanted, days, ranks) = (persons.words, days, ranks)
        offsets.withUnsafeBufferPointer { offsets in
            windows.counting { counter in
                postings.forEachRow(choice) { person, day, isChosen in
                    guard wanted[person >> 6] >> UInt64(person & 63) & (isChosen ? 1 : 0) == 1 else { return }
                    let date = Int32(day) + HotDay.origin
                    if let holds, !holds(person, date) { return }
                    let rank = ranks[person]
                    counter.count(date, among: Int(offsets[rank])..<Int(offsets[rank + 1]), days)
                }
            }
        }
    }

    /// Counts one row in the windows of its person's listed days.
    public func count(_ person: Int, _ day: Int32, in windows: inout DayWindows) {
        windows.counting { $0.count(day, among: run(of: person), days) }
    }

    /// The day at a place, as days since 1970-01-01.
    @inlinable
    public func day(_ place: Int) -> Int32 { Int32(days[place]) + HotDay.origin }

    /// Keeps the days whose flag is not 0.
    public func compact(_ flags: [UInt8]) {
        let (days, count) = (days, persons.count)
        var to = 0
        var from = 0
        offsets.withUnsafeMutableBufferPointer { offsets in
            for rank in 0..<count {
                let end = Int(offsets[rank + 1])
                offsets[rank] = UInt32(to)
                while from < end {
                    days[to] = days[from]
                    to += flags[from] == 0 ? 0 : 1
                    from += 1
                }
            }
            offsets[count] = UInt32(to)
        }
    }
}
