/// How many rules' results one question can hold: one bit a rule.
enum RuleMask {
    static let maximumRules = 64

    /// The mask with the bits of the first `count` rules.
    static func first(_ count: Int) -> UInt64 {
        count >= 64 ? .max : (1 << UInt64(count)) - 1
    }

    /// How many of the first `rules` rules hold without a gap.
    static func steps(_ mask: UInt64, _ rules: Int) -> Int { min((~mask).trailingZeroBitCount, rules) }

    /// Whether an event with one mask is better than one with another: it satisfies more rules, or as many of which the first
    /// comes earlier.
    static func isBetter(_ mine: UInt64, _ theirs: UInt64) -> Bool {
        if mine.nonzeroBitCount != theirs.nonzeroBitCount { return mine.nonzeroBitCount > theirs.nonzeroBitCount }
        return mine.trailingZeroBitCount < theirs.trailingZeroBitCount
    }
}

/// What the rules did to the qualified events of one block.
struct BlockInclusion {
    /// Events by mask.
    private(set) var byEvent: [UInt64: Int] = [:]
    /// Persons by the mask of their best event.
    private(set) var byPerson: [UInt64: Int] = [:]
    /// Persons with an event that satisfies the first k rules; k from 0.
    private(set) var anyEvent: [BlockPersons]
    /// Persons whose best event satisfies the first k rules; k from 0.
    private(set) var bestEvent: [BlockPersons]

    /// Counts the events of one block.
    /// - Parameters:
    ///   - qualified: sorted by person.
    ///   - masks: one for each qualified event.
    init(_ qualified: IndexEvents, masks: [UInt64], rules: Int) {
        anyEvent = Array(repeating: BlockPersons(), count: rules + 1)
        bestEvent = anyEvent
        var best: Int?
        for place in 0..<qualified.count {
            byEvent[masks[place], default: 0] += 1
            for step in 0...RuleMask.steps(masks[place], rules) { anyEvent[step].insert(qualified.person[place]) }
            if let leader = best, qualified.person[leader] == qualified.person[place] {
                if Self.isBetter(place, leader, qualified, masks) { best = place }
            } else {
                settle(best, qualified, masks, rules)
                best = place
            }
        }
        settle(best, qualified, masks, rules)
    }

    private mutating func settle(_ best: Int?, _ qualified: IndexEvents, _ masks: [UInt64], _ rules: Int) {
        guard let best else { return }
        byPerson[masks[best], default: 0] += 1
        for step in 0...RuleMask.steps(masks[best], rules) { bestEvent[step].insert(qualified.person[best]) }
    }

    /// Most rules, then the smallest rule that is satisfied, then the earliest start, then the event number.
    private static func isBetter(_ left: Int, _ right: Int, _ events: IndexEvents, _ masks: [UInt64]) -> Bool {
        if RuleMask.isBetter(masks[left], masks[right]) { return true }
        if RuleMask.isBetter(masks[right], masks[left]) { return false }
        return (events.start[left], events.number[left]) < (events.start[right], events.number[right])
    }
}
