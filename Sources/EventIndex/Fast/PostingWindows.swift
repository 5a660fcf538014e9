// Rows that are looked at only where they lie in a window of their person.

extension Postings {
    /// Hands over person and day of every row inside the person's window, and gives those that must be looked at one by one.
    @inline(__always)
    private func visit(
        within windows: WindowVector, choice: Choice?, _ take: (_ person: Int, _ day: UInt16) -> Void
    ) -> [(person: Int, day: Int32)] {
        var puzzling: [(person: Int, day: Int32)] = []
        let (firsts, seconds, hasSeconds) = (windows.windows, windows.seconds, windows.hasSeconds)
        forEachRow(choice) { person, day, isChosen in
            if !isChosen { return }
            let window = firsts[person]
            if WindowVector.contains(window, UInt32(day))
                || (hasSeconds && WindowVector.contains(seconds[person], UInt32(day)))
            {
                take(person, day)
            } else if window == WindowVector.puzzling {
                puzzling.append((person, Int32(day) + HotDay.origin))
            }
        }
        return puzzling
    }

    /// Lowers each person's day to that of the earliest row inside the person's window.
    ///
    /// - Returns: person and start day of the rows of persons whose window says that they must be looked at one by one.
    public func lower(_ first: DayVector, within windows: WindowVector, choice: Choice? = nil) -> [(person: Int, day: Int32)] {
        let days = first.days
        return visit(within: windows, choice: choice) { person, day in days[person] = min(days[person], day) }
    }

    /// Adds everybody who has a row inside the own window.
    public func mark(_ bits: PersonBits, within windows: WindowVector, choice: Choice? = nil) {
        let (words, windows) = (bits.words, windows.windows)
        forEachRow(choice) { person, day, isChosen in
            let inside: UInt64 = WindowVector.holds(windows[person], UInt32(day)) & (isChosen ? 1 : 0)
            words[person >> 6] |= inside << UInt64(person & 63)
        }
    }

    /// Counts each person's rows inside the own window, up to 255.
    public func count(_ counters: PersonCounters, within windows: WindowVector, choice: Choice? = nil) {
        let (counts, windows) = (counters.counts, windows.windows)
        forEachRow(choice) { person, day, isChosen in
            let inside = UInt8(truncatingIfNeeded: WindowVector.holds(windows[person], UInt32(day)) & (isChosen ? 1 : 0))
            let count = counts[person]
            counts[person] = count &+ (count == 255 ? 0 : inside)
        }
    }

    // MARK: Windows that lie alike around each person's day

    /// Adds everybody who has a row within so many days of the person's day. It may add persons who have no day.
    public func mark(_ bits: PersonBits, around days: DayVector, _ window: DaysAround, choice: Choice? = nil) {
        let (words, days) = (bits.words, days.days)
        let (lower, length) = (window.lower, window.length)
        forEachRow(choice) { person, day, isChosen in
            let inside: UInt64 = DaysAround.holds(day, days[person], lower, length) & (isChosen ? 1 : 0)
            words[person >> 6] |= inside << UInt64(person & 63)
        }
    }

    /// Counts each person's rows within so many days of the person's day, up to 255. What it counts for persons who have no day
    /// means nothing.
    public func count(_ counters: PersonCounters, around days: DayVector, _ window: DaysAround, choice: Choice? = nil) {
        let (counts, days) = (counters.counts, days.days)
        let (lower, length) = (window.lower, window.length)
        forEachRow(choice) { person, day, isChosen in
            let inside = UInt8(
                truncatingIfNeeded: DaysAround.holds(day, days[person], lower, length) & (isChosen ? 1 : 0))
            let count = counts[person]
            counts[person] = count &+ (count == 255 ? 0 : inside)
        }
    }
}

/// From so many days after a day through so many days after it; negative ones lie before it.
public struct DaysAround: Sendable, Hashable {
    /// The first, at least -70,000: more than any two days of the hot column lie apart.
    let lower: Int32
    /// The last less the first.
    let length: UInt32
    private static let most = 70_000

    /// Nil where no day can lie in it.
    /// - Parameters:
    ///   - lower: nil for no bound.
    ///   - upper: nil for no bound.
    public init?(from lower: Int?, through upper: Int?) {
        let lower = max(-Self.most, lower ?? -Self.most)
        let upper = min(Self.most, upper ?? Self.most)
        guard lower <= upper, lower <= Self.most, upper >= -Self.most else { return nil }
        self.lower = Int32(lower)
        length = UInt32(upper - lower)
    }

    /// 1 if a day lies in the window around another, else 0.
    @inline(__always)
    static func holds(_ day: UInt16, _ center: UInt16, _ lower: Int32, _ length: UInt32) -> UInt64 {
        UInt32(bitPattern: Int32(day) &- Int32(center) &- lower) <= length ? 1 : 0
    }
}
