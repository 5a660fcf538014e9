/// Attributes of an event in English.
enum EnglishFilter {
    static func phrase(_ filter: CriterionFilter, _ names: SetNames) -> String {
        let name = filter.attribute.name(.english)
        switch filter.test {
        case .date(let range): return "\(filter.attribute == .startDate ? "starting" : "ending") \(date(range))"
        case .number(let range): return number(filter.attribute, range)
        case .concepts(let concepts, let isExclusion):
            let list = concepts.map { $0.shown(.english) }.joined(separator: " or ")
            return isExclusion ? "\(name) other than \(list)" : "\(name) \(list)"
        case .selection(let selection):
            guard let id = selection.codesetID else {
                return selection.isExclusion ? "no \(name) recorded" : "any \(name) recorded"
            }
            return "\(name) \(selection.isExclusion ? "not in" : "in") \(names.quoted(id))"
        case .conceptSet(let id): return "\(name) in \(names.quoted(id))"
        case .text(let text): return "\(name) \(placement(text)) '\(text.text)'"
        case .isTrue: return "with an \(name)"
        }
    }

    static func date(_ range: DateRange) -> String {
        let extent = range.extent ?? range.value
        return switch range.op {
        case .lessThan: "before \(range.value)"
        case .atMost: "on or before \(range.value)"
        case .equal: "on \(range.value)"
        case .notEqual: "not on \(range.value)"
        case .greaterThan: "after \(range.value)"
        case .atLeast: "on or after \(range.value)"
        case .between: "from \(range.value) to \(extent)"
        case .notBetween: "outside \(range.value) to \(extent)"
        }
    }

    private static func number(_ attribute: CriterionAttribute, _ range: NumericRange) -> String {
        switch attribute {
        case .age: "aged \(years(range))"
        case .ageAtStart: "aged \(years(range)) at its start"
        case .ageAtEnd: "aged \(years(range)) at its end"
        case .length: "lasting \(duration(range)) days"
        default: "\(attribute.name(.english)) \(amount(range))"
        }
    }

    private static func years(_ range: NumericRange) -> String {
        let value = SentenceNumber.text(range.value)
        let extent = SentenceNumber.text(range.extent ?? range.value)
        return switch range.op {
        case .lessThan: "under \(value)"
        case .atMost: "\(value) or younger"
        case .equal: value
        case .notEqual: "other than \(value)"
        case .greaterThan: "over \(value)"
        case .atLeast: "\(value) or older"
        case .between: "\(value) to \(extent)"
        case .notBetween: "other than \(value) to \(extent)"
        }
    }

    private static func amount(_ range: NumericRange) -> String {
        let value = SentenceNumber.text(range.value)
        let extent = SentenceNumber.text(range.extent ?? range.value)
        return switch range.op {
        case .lessThan: "below \(value)"
        case .atMost: "at most \(value)"
        case .equal: "exactly \(value)"
        case .notEqual: "other than \(value)"
        case .greaterThan: "above \(value)"
        case .atLeast: "at least \(value)"
        case .between: "\(value) to \(extent)"
        case .notBetween: "outside \(value) to \(extent)"
        }
    }

    private static func duration(_ range: NumericRange) -> String {
        let value = SentenceNumber.text(range.value)
        return switch range.op {
        case .lessThan: "less than \(value)"
        case .greaterThan: "more than \(value)"
        default: amount(range)
        }
    }

    private static func placement(_ filter: TextFilter) -> String {
        switch (filter.placement, filter.isNegated) {
        case (.startsWith, false): "starting with"
        case (.startsWith, true): "not starting with"
        case (.endsWith, false): "ending with"
        case (.endsWith, true): "not ending with"
        case (.contains, false): "containing"
        case (.contains, true): "not containing"
        }
    }
}

/// Windows in English.
enum EnglishWindow {
    /// "from 365 days before to 1 day after the index date"; with an end window "…, and ending …".
    static func clause(_ counted: CorrelatedCriterion) -> String {
        let start = span(counted.startWindow, counted.ignoreObservationPeriod)
        let first = counted.startWindow.eventDate == .start ? start : "ending \(start)"
        guard let end = counted.endWindow else { return first }
        let second = span(end, counted.ignoreObservationPeriod)
        return "\(first), and \(end.eventDate == .end ? "ending" : "starting") \(second)"
    }

    private static func span(_ window: Window, _ ignoresObservation: Bool) -> String {
        let anchor = window.indexDate == .start ? "the index date" : "the end of the index event"
        let (start, end) = (WindowEdge(window.start), WindowEdge(window.end))
        switch (start, end) {
        case (.earliest, .latest): return ignoresObservation ? "at any time on record" : "at any time in the observation period"
        case (.earliest, .distance): return "at any time up to \(edge(end, anchor))"
        case (.distance, .latest): return "at any time from \(edge(start, anchor)) on"
        case (.distance(let from, let inHours), .distance(let to, let toHours)):
            return bounded((from, inHours), (to, toHours), anchor)
        default: return "from \(edge(start, anchor)) to \(edge(end, anchor))"
        }
    }

    private typealias Distance = (count: Int, isHours: Bool)

    /// The anchor is said once.
    private static func bounded(_ start: Distance, _ end: Distance, _ anchor: String) -> String {
        switch (start.count.signum(), end.count.signum()) {
        case (0, 0): return "on \(anchor)"
        case (0, _): return "from \(anchor) to \(amount(end)) \(side(end)) it"
        case (_, 0): return "from \(amount(start)) \(side(start)) \(anchor) to that day"
        case (let one, let other) where one == other && start.isHours == end.isHours:
            if start.count == end.count { return "\(amount(start)) \(side(start)) \(anchor)" }
            let first = SentenceNumber.text(Int(start.count.magnitude))
            return "from \(first) to \(amount(end)) \(side(end)) \(anchor)"
        default: return "from \(amount(start)) \(side(start)) to \(amount(end)) \(side(end)) \(anchor)"
        }
    }

    private static func side(_ distance: Distance) -> String { distance.count < 0 ? "before" : "after" }

    private static func amount(_ distance: Distance) -> String {
        let count = distance.count.magnitude
        guard distance.isHours else { return EnglishGrammar.days(count) }
        return count == 1 ? "1 hour" : "\(SentenceNumber.text(Int(count))) hours"
    }

    private static func edge(_ edge: WindowEdge, _ anchor: String) -> String {
        switch edge {
        case .earliest: "the start of observation"
        case .latest: "the end of observation"
        case .distance(0, _): anchor
        case .distance(let count, let isHours): "\(amount((count, isHours))) \(side((count, isHours))) \(anchor)"
        }
    }
}
