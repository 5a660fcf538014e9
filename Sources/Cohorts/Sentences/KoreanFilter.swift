/// Attributes of an event in Korean.
enum KoreanFilter {
    static func phrase(_ filter: CriterionFilter, _ names: SetNames) -> String {
        let name = filter.attribute.name(.korean)
        switch filter.test {
        case .date(let range): return "\(name) \(date(range))"
        case .number(let range): return number(filter.attribute, range)
        case .concepts(let concepts, let isExclusion):
            let list = concepts.map { $0.shown(.korean) }.joined(separator: " 또는 ")
            return isExclusion ? "\(name): \(list) 제외" : "\(name): \(list)"
        case .selection(let selection):
            guard let id = selection.codesetID else {
                return selection.isExclusion ? "\(name) 기록 없음" : "\(name) 기록 있음"
            }
            return "\(Korean.with(name, .subject)) \(names.quoted(id))에 \(selection.isExclusion ? "속하지 않음" : "속함")"
        case .conceptSet(let id): return "\(Korean.with(name, .subject)) \(names.quoted(id))에 속함"
        case .text(let text): return "\(Korean.with(name, .subject)) \(placement(text))"
        case .isTrue: return name
        }
    }

    static func date(_ range: DateRange) -> String {
        let extent = range.extent ?? range.value
        return switch range.op {
        case .lessThan: "\(range.value) 이전(당일 제외)"
        case .atMost: "\(range.value) 이전(당일 포함)"
        case .equal: "\(range.value)"
        case .notEqual: "\(range.value) 제외"
        case .greaterThan: "\(range.value) 이후(당일 제외)"
        case .atLeast: "\(range.value) 이후(당일 포함)"
        case .between: "\(range.value)부터 \(extent)까지"
        case .notBetween: "\(range.value)부터 \(extent)까지 제외"
        }
    }

    private static func number(_ attribute: CriterionAttribute, _ range: NumericRange) -> String {
        switch attribute {
        case .age: amount(range, "세")
        case .ageAtStart: "시작 시 \(amount(range, "세"))"
        case .ageAtEnd: "종료 시 \(amount(range, "세"))"
        case .length: "기간 \(amount(range, "일"))"
        case .daysSupply, .gapDays: "\(attribute.name(.korean)) \(amount(range, "일"))"
        case .refills, .occurrenceCount: "\(attribute.name(.korean)) \(amount(range, "회"))"
        default: "\(attribute.name(.korean)) \(amount(range, ""))"
        }
    }

    private static func amount(_ range: NumericRange, _ unit: String) -> String {
        let value = SentenceNumber.text(range.value) + unit
        let from = SentenceNumber.text(range.value)
        let extent = SentenceNumber.text(range.extent ?? range.value) + unit
        return switch range.op {
        case .lessThan: "\(value) 미만"
        case .atMost: "\(value) 이하"
        case .equal: value
        case .notEqual: "\(value) 제외"
        case .greaterThan: "\(value) 초과"
        case .atLeast: "\(value) 이상"
        case .between: "\(from)–\(extent)"
        case .notBetween: "\(from)–\(extent) 제외"
        }
    }

    private static func placement(_ filter: TextFilter) -> String {
        let quoted = "'\(filter.text)'"
        switch (filter.placement, filter.isNegated) {
        case (.startsWith, false): return "\(Korean.with(quoted, .direction)) 시작"
        case (.startsWith, true): return "\(Korean.with(quoted, .direction)) 시작하지 않음"
        case (.endsWith, false): return "\(Korean.with(quoted, .direction)) 끝남"
        case (.endsWith, true): return "\(Korean.with(quoted, .direction)) 끝나지 않음"
        case (.contains, false): return "\(Korean.with(quoted, .object)) 포함"
        case (.contains, true): return "\(Korean.with(quoted, .object)) 포함하지 않음"
        }
    }
}

/// Windows in Korean.
enum KoreanWindow {
    /// "기준일 365일 전부터 1일 전까지"; what is asked of an event's end follows in its own words: "종료일이 기준일까지인".
    static func clause(_ counted: CorrelatedCriterion) -> String {
        let first = clause(counted.startWindow, counted.ignoreObservationPeriod, isMain: counted.startWindow.eventDate == .start)
        guard let end = counted.endWindow else { return first }
        return "\(first), \(clause(end, counted.ignoreObservationPeriod, isMain: false))"
    }

    private static func clause(_ window: Window, _ ignoresObservation: Bool, isMain: Bool) -> String {
        let span = span(window, ignoresObservation)
        if isMain { return span.isOpen ? "\(span.words) 언제든지" : span.words }
        return "\(window.eventDate == .end ? "종료일이" : "시작일이") \(span.words)인"
    }

    private static func span(_ window: Window, _ ignoresObservation: Bool) -> (words: String, isOpen: Bool) {
        let anchor = window.indexDate == .start ? "기준일" : "기준 이벤트 종료일"
        let (start, end) = (WindowEdge(window.start), WindowEdge(window.end))
        switch (start, end) {
        case (.earliest, .latest): return (ignoresObservation ? "전체 기록 중" : "관찰기간 중", true)
        case (.earliest, .distance): return ("\(edge(end, anchor))까지", true)
        case (.distance, .latest): return ("\(edge(start, anchor))부터", true)
        case (.distance, .distance) where start.isIndex && end.isIndex: return ("\(anchor) 당일", false)
        case (.distance, .distance) where start == end: return (edge(start, anchor), false)
        case (.distance, .distance) where !end.isIndex:
            // The anchor is said once: 기준일 365일 전부터 1일 전까지.
            return ("\(edge(start, anchor))부터 \(distance(end))까지", false)
        default: return ("\(edge(start, anchor))부터 \(edge(end, anchor))까지", false)
        }
    }

    private static func edge(_ edge: WindowEdge, _ anchor: String) -> String {
        switch edge {
        case .earliest: "관찰 시작"
        case .latest: "관찰 종료"
        case .distance(0, _): anchor
        case .distance: "\(anchor) \(distance(edge))"
        }
    }

    private static func distance(_ edge: WindowEdge) -> String {
        guard case .distance(let distance, let isHours) = edge else { return "" }
        return "\(SentenceNumber.text(Int(distance.magnitude)))\(isHours ? "시간" : "일") \(distance < 0 ? "전" : "후")"
    }
}
