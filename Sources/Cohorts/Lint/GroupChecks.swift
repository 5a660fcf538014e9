import CanonicalJSON

/// Two members of a group, or two rules, that ask the same.
enum RepeatedCriterion: LintCheck {
    static let name = "repeatedCriterion"
    static let severity = LintSeverity.warning

    static func hits(in walk: DefinitionWalk) -> [LintHit] {
        let members = walk.groups.flatMap { group in
            repeated(group.criteria.map { ($0.written, $0.pointer) })
                + repeated(group.demographics.map { ($0.written, $0.pointer) })
                + repeated(group.groups.map { ($0.written, $0.pointer) })
        }
        let rules = repeated(
            walk.expression.inclusionRules.filter { !$0.expression.isEmpty }.map { ($0.expression.written, $0.pointer) })
        let entries = repeated(walk.expression.primaryCriteria.criteria.map { ($0.written, $0.pointer) })
        return (members + rules + entries).map {
            LintHit($0, en: "This asks the same as an earlier one beside it.", ko: "같은 위치의 앞선 조건과 내용이 같습니다.")
        }
    }

    private static func repeated(_ all: [(value: JSONValue, pointer: JSONPointer)]) -> [JSONPointer] {
        var seen: Set<JSONValue> = []
        return all.filter { !seen.insert($0.value).inserted }.map(\.pointer)
    }
}

/// One set of events that must be both many and few, in a group that needs all its members.
enum ContradictoryCounts: LintCheck {
    static let name = "contradictoryCounts"
    static let severity = LintSeverity.error

    static func hits(in walk: DefinitionWalk) -> [LintHit] {
        walk.groups.filter { $0.rule == .all }.flatMap { group -> [LintHit] in
            var seen: [JSONValue: ClosedRange<Int>] = [:]
            return group.criteria.compactMap { member in
                guard let range = range(member.occurrence) else { return nil }
                let events = CorrelatedCriterion(
                    member.criterion, startWindow: member.startWindow, endWindow: member.endWindow,
                    restrictVisit: member.restrictVisit, ignoreObservationPeriod: member.ignoreObservationPeriod)
                let key = events.written
                guard let earlier = seen[key] else {
                    seen[key] = range
                    return nil
                }
                guard !earlier.overlaps(range) else { return nil }
                return LintHit(
                    member.pointer, en: "Another member asks for a number of the same events that excludes this one.",
                    ko: "같은 기록의 횟수에 대해 서로 모순되는 조건이 있습니다.")
            }
        }
    }

    private static func range(_ occurrence: Occurrence) -> ClosedRange<Int>? {
        guard !occurrence.isDistinct, occurrence.count >= 0 else { return nil }
        switch occurrence.kind {
        case .exactly: return occurrence.count...occurrence.count
        case .atMost: return 0...occurrence.count
        case .atLeast: return occurrence.count...Int.max
        }
    }
}

/// A group that counts to more than it has, or to so many that it always holds.
enum GroupCountOutOfReach: LintCheck {
    static let name = "groupCountOutOfReach"
    static let severity = LintSeverity.warning

    static func hits(in walk: DefinitionWalk) -> [LintHit] {
        walk.groups.filter { !$0.isEmpty }.compactMap { group in
            let place = group.pointer.appending("Count")
            switch group.rule {
            case .atLeast(let count) where count > group.memberCount:
                return LintHit(
                    place, en: "At least \(count) of \(group.memberCount) members can never hold.",
                    ko: "조건 \(group.memberCount)개 중 최소 \(count)개는 만족될 수 없습니다.")
            case .atLeast(let count) where count <= 0:
                return LintHit(place, en: "At least \(count) members always hold.", ko: "최소 \(count)개 조건은 항상 만족됩니다.")
            case .atMost(let count) where count >= group.memberCount:
                return LintHit(
                    place, en: "At most \(count) of \(group.memberCount) members always hold.",
                    ko: "조건 \(group.memberCount)개 중 최대 \(count)개는 항상 만족됩니다.")
            case .atMost(let count) where count < 0:
                return LintHit(place, en: "Fewer than no members can never hold.", ko: "0개 미만의 조건은 만족될 수 없습니다.")
            default: return nil
            }
        }
    }
}

/// A rule that asks nothing: it always holds, and a step of attrition that loses nobody.
enum RuleWithoutCriteria: LintCheck {
    static let name = "ruleWithoutCriteria"
    static let severity = LintSeverity.warning

    static func hits(in walk: DefinitionWalk) -> [LintHit] {
        walk.expression.inclusionRules.filter(\.expression.isEmpty).map {
            LintHit(
                $0.pointer, en: "The rule '\($0.name)' asks nothing, so everybody passes it.",
                ko: "규칙 '\($0.name)'에 조건이 없어 모두 통과합니다.")
        }
    }
}

/// Rules that cannot be told apart in a table of attrition.
enum RuleNames: LintCheck {
    static let name = "ruleNames"
    static let severity = LintSeverity.information

    static func hits(in walk: DefinitionWalk) -> [LintHit] {
        var seen: Set<String> = []
        return walk.expression.inclusionRules.compactMap { rule in
            let name = rule.name.trimmed
            let place = rule.pointer.appending("name")
            if name.isEmpty { return LintHit(place, en: "The rule has no name.", ko: "규칙에 이름이 없습니다.") }
            guard !seen.insert(name).inserted else { return nil }
            return LintHit(
                place, en: "Another rule is called '\(name)' as well.", ko: "'\(name)'이라는 이름의 규칙이 이미 있습니다.")
        }
    }
}

/// Upstream counts rules in 63 bits of a number.
enum TooManyRules: LintCheck {
    static let name = "tooManyRules"
    static let severity = LintSeverity.warning

    /// The most rules whose statistics the official SQL can hold.
    static let most = 62

    static func hits(in walk: DefinitionWalk) -> [LintHit] {
        let count = walk.expression.inclusionRules.count
        guard count > most else { return [] }
        return [
            LintHit(
                walk.expression.pointer.appending("InclusionRules"),
                en: "There are \(count) inclusion rules; other tools fail above \(most).",
                ko: "포함 규칙이 \(count)개입니다. 다른 도구는 \(most)개를 넘으면 실행하지 못합니다.")
        ]
    }
}

extension String {
    /// Without white space around it.
    var trimmed: String {
        var text = Substring(self)
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
