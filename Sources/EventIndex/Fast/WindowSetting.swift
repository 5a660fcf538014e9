// Windows and days of many persons at once.

extension WindowVector {
    /// Sets the window of each of some persons who have a day: from so many days after it through so many, in an observation
    /// period that the day lies in if that is asked. Other persons' windows stay as they are.
    ///
    /// - Parameters:
    ///   - lower: nil for no bound.
    ///   - upper: nil for no bound.
    ///   - observation: nil if the period does not matter.
    /// - Returns: persons whose observation is puzzling; their windows stay as they are.
    public func set(
        _ persons: PersonBits, around days: DayVector, from lower: Int?, through upper: Int?, inside observation: WindowVector?
    ) -> [Int] {
        let (windows, days, last) = (windows, days.days, Int(HotDay.escape) - 1)
        var puzzling: [Int] = []
        persons.forEach { person in
            let day = Int(days[person])
            var from = max(0, lower.map { day + $0 } ?? 0)
            var through = min(last, upper.map { day + $0 } ?? last)
            if let observation {
                let period = observation.window(enclosing: UInt16(truncatingIfNeeded: day), of: person)
                if period == Self.puzzling {
                    puzzling.append(person)
                    return
                }
                from = max(from, Int(period & 0xFFFF))
                through = min(through, Int(period >> 16))
            }
            windows[person] = day <= last && from <= through ? UInt32(from) | UInt32(through) << 16 : Self.empty
        }
        return puzzling
    }

    /// The window of a person that a day lies in; `empty` for none. A puzzling one is handed out as it is.
    @inlinable
    func window(enclosing code: UInt16, of person: Int) -> UInt32 {
        let first = windows[person & 0xFFFF]
        if first == Self.puzzling || Self.contains(first, UInt32(code)) { return first }
        if hasSeconds, Self.contains(seconds[person & 0xFFFF], UInt32(code)) { return seconds[person & 0xFFFF] }
        return Self.empty
    }
}

extension DayVector {
    /// Takes the days of some persons, where they are earlier and lie in an observation period with so many days of it before and
    /// after, and adds the persons whose day lies so to `found`.
    ///
    /// - Parameter holds: what else is asked of a person and the day (since 1970-01-01).
    /// - Returns: persons whose observation is puzzling; nothing is taken of theirs.
    @inlinable
    public func lower(
        _ persons: PersonBits, from others: DayVector, inside observation: WindowVector, prior: Int, post: Int,
        found: PersonBits, where holds: (_ person: Int, _ day: Int32) -> Bool
    ) -> [Int] {
        var puzzling: [Int] = []
        let (own, others, words) = (days, others.days, found.words)
        let (firsts, seconds, hasSeconds) = (observation.windows, observation.seconds, observation.hasSeconds)
        persons.forEach { person in
            let code = others[person & 0xFFFF]
            var period = firsts[person & 0xFFFF]
            if period == WindowVector.puzzling {
                puzzling.append(person)
                return
            }
            if hasSeconds { period = WindowVector.contains(period, UInt32(code)) ? period : seconds[person & 0xFFFF] }
            // Who passes is different from person to person: no branches.
            let isInside = Int(code) >= Int(period & 0xFFFF) + prior && Int(code) + post <= Int(period >> 16)
            let isTaken = code != HotDay.escape && isInside && holds(person, Int32(code) + HotDay.origin)
            own[person & 0xFFFF] = min(own[person & 0xFFFF], isTaken ? code : HotDay.escape)
            words[(person & 0xFFFF) >> 6] |= (isTaken ? 1 : 0) << UInt64(person & 63)
        }
        return puzzling
    }
}
