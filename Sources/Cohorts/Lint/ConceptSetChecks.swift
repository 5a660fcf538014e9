import CanonicalJSON

/// A `CodesetId` that no concept set has: the criterion takes no row at all.
enum UndefinedConceptSet: LintCheck {
    static let name = "undefinedConceptSet"
    static let severity = LintSeverity.error

    static func hits(in walk: DefinitionWalk) -> [LintHit] {
        walk.setUses.filter { walk.expression.conceptSet($0.id) == nil }.map {
            LintHit(
                $0.pointer, en: "There is no concept set with the id \($0.id); nothing can match.",
                ko: "식별번호가 \($0.id)인 개념 집합이 없어 아무 기록도 해당되지 않습니다.")
        }
    }
}

/// A set without included concepts.
enum EmptyConceptSet: LintCheck {
    static let name = "emptyConceptSet"
    static let severity = LintSeverity.error

    static func hits(in walk: DefinitionWalk) -> [LintHit] {
        let empty = walk.expression.conceptSets.filter { set in !set.items.contains { !$0.isExcluded } }
        return empty.map {
            LintHit(
                $0.pointer, en: "The concept set \(walk.name(ofSet: $0.id)) includes no concept; nothing can match.",
                ko: "개념 집합 \(walk.name(ofSet: $0.id))에 포함된 개념이 없어 아무 기록도 해당되지 않습니다.")
        }
    }
}

/// A set that nothing refers to.
enum UnusedConceptSet: LintCheck {
    static let name = "unusedConceptSet"
    static let severity = LintSeverity.warning

    static func hits(in walk: DefinitionWalk) -> [LintHit] {
        let used = Set(walk.setUses.map(\.id))
        return walk.expression.conceptSets.filter { !used.contains($0.id) }.map {
            LintHit(
                $0.pointer, en: "The concept set \(walk.name(ofSet: $0.id)) is not used.",
                ko: "개념 집합 \(Korean.with(walk.name(ofSet: $0.id), .topic)) 사용되지 않습니다.")
        }
    }
}

/// Two sets that say the same.
enum DuplicateConceptSet: LintCheck {
    static let name = "duplicateConceptSet"
    static let severity = LintSeverity.warning

    private struct Line: Hashable {
        let id: Int
        let flags: [Bool]
    }

    static func hits(in walk: DefinitionWalk) -> [LintHit] {
        var first: [Set<Line>: ConceptSet] = [:]
        return walk.expression.conceptSets.compactMap { set in
            let lines = Set(
                set.items.map { Line(id: $0.concept.id, flags: [$0.isExcluded, $0.includeDescendants, $0.includeMapped]) })
            guard !lines.isEmpty, let earlier = first[lines] else {
                first[lines] = set
                return nil
            }
            let (one, other) = (walk.name(ofSet: earlier.id), walk.name(ofSet: set.id))
            return LintHit(
                set.pointer, en: "The concept sets \(one) and \(other) hold the same concepts.",
                ko: "개념 집합 \(Korean.with(one, .and)) \(Korean.with(other, .topic)) 내용이 같습니다.")
        }
    }
}

/// A concept that stands twice in a set.
enum RepeatedConcept: LintCheck {
    static let name = "repeatedConcept"
    static let severity = LintSeverity.information

    static func hits(in walk: DefinitionWalk) -> [LintHit] {
        walk.expression.conceptSets.flatMap { set -> [LintHit] in
            var seen: Set<ConceptSetItem> = []
            return set.items.enumerated().compactMap { index, item in
                guard !seen.insert(item).inserted else { return nil }
                let name = walk.name(ofSet: set.id)
                return LintHit(
                    ConceptSetPlaces.item(index, of: set), en: "The concept \(item.concept.id) stands twice in \(name).",
                    ko: "개념 \(Korean.with("\(item.concept.id)", .subject)) \(name)에 두 번 들어 있습니다.")
            }
        }
    }
}

/// A concept that one line adds and another takes away: the exclusion wins.
enum IncludedAndExcluded: LintCheck {
    static let name = "includedAndExcluded"
    static let severity = LintSeverity.warning

    static func hits(in walk: DefinitionWalk) -> [LintHit] {
        walk.expression.conceptSets.flatMap { set -> [LintHit] in
            let excluded = Set(set.items.filter(\.isExcluded).map(\.concept.id))
            return set.items.enumerated().compactMap { index, item in
                guard !item.isExcluded, excluded.contains(item.concept.id) else { return nil }
                let name = walk.name(ofSet: set.id)
                return LintHit(
                    ConceptSetPlaces.item(index, of: set),
                    en: "\(name) includes and excludes the concept \(item.concept.id); the exclusion wins.",
                    ko: "\(name)에서 개념 \(Korean.with("\(item.concept.id)", .subject)) 포함과 제외에 모두 있으며, 제외가 우선합니다.")
            }
        }
    }
}

/// A set whose concepts, as the author's tool labelled them, all belong to another domain than the criterion's.
enum DomainMismatch: LintCheck {
    static let name = "domainMismatch"
    static let severity = LintSeverity.warning

    static func hits(in walk: DefinitionWalk) -> [LintHit] {
        walk.setUses.compactMap { use in
            guard let expected = expected(use.column), let set = walk.expression.conceptSet(use.id) else { return nil }
            let included = set.items.filter { !$0.isExcluded }
            let domains = Set(included.compactMap(\.concept.domainID))
            // One unlabelled concept could be of the right domain.
            guard !included.isEmpty, included.allSatisfy({ $0.concept.domainID != nil }), !domains.contains(expected)
            else {
                return nil
            }
            let found = domains.sorted().joined(separator: ", ")
            let name = walk.name(ofSet: use.id)
            return LintHit(
                use.pointer, en: "\(name) holds concepts of \(found), not of \(expected); probably nothing matches.",
                ko: "\(name)의 개념은 \(found) 도메인에 속하고 \(expected) 도메인이 아니므로 해당 기록이 없을 수 있습니다.")
        }
    }

    private static func expected(_ column: DefinitionWalk.SetColumn) -> String? {
        switch column {
        case .drugExit, .standard(.drugExposure), .standard(.drugEra), .standard(.doseEra): "Drug"
        case .standard(.conditionOccurrence), .standard(.conditionEra): "Condition"
        case .standard(.procedureOccurrence): "Procedure"
        case .standard(.measurement): "Measurement"
        case .standard(.deviceExposure): "Device"
        case .standard(.visitOccurrence), .standard(.visitDetail): "Visit"
        case .standard(.specimen): "Specimen"
        case .attribute(.gender): "Gender"
        case .attribute(.race): "Race"
        case .attribute(.ethnicity): "Ethnicity"
        case .attribute(.unit): "Unit"
        default: nil
        }
    }
}

/// A set of source codes only, used where standard concepts stand.
enum NonStandardConcepts: LintCheck {
    static let name = "nonStandardConcepts"
    static let severity = LintSeverity.warning

    static func hits(in walk: DefinitionWalk) -> [LintHit] {
        walk.setUses.compactMap { use in
            guard case .standard = use.column, let set = walk.expression.conceptSet(use.id) else { return nil }
            let included = set.items.filter { !$0.isExcluded }
            let isSource = { (item: ConceptSetItem) in item.concept.standardConcept == "N" && !item.includeDescendants }
            guard !included.isEmpty, included.allSatisfy(isSource) else { return nil }
            let name = walk.name(ofSet: use.id)
            return LintHit(
                use.pointer,
                en: "\(name) holds source codes only, but standard concepts are compared; use the source concept attribute.",
                ko: "\(Korean.with(name, .topic)) 원천 코드로만 이루어져 표준 개념과 비교하면 해당 기록이 없습니다. 원천 개념 조건을 사용하십시오.")
        }
    }
}

/// A selection without a set: a test for NULL.
enum SelectionWithoutSet: LintCheck {
    static let name = "selectionWithoutSet"
    static let severity = LintSeverity.information

    static func hits(in walk: DefinitionWalk) -> [LintHit] {
        walk.filters.compactMap { filter in
            guard case .selection(let selection) = filter.test, selection.codesetID == nil else { return nil }
            let (en, ko) = (filter.attribute.name(.english), filter.attribute.name(.korean))
            return selection.isExclusion
                ? LintHit(
                    filter.pointer, en: "Without a concept set this asks for records without \(en).",
                    ko: "개념 집합이 없으므로 \(Korean.with(ko, .subject)) 기록되지 않은 자료를 찾습니다.")
                : LintHit(
                    filter.pointer, en: "Without a concept set this asks for records with any \(en).",
                    ko: "개념 집합이 없으므로 \(Korean.with(ko, .subject)) 기록된 자료를 모두 찾습니다.")
        }
    }
}

enum ConceptSetPlaces {
    static func item(_ index: Int, of set: ConceptSet) -> JSONPointer {
        set.pointer.appending("expression").appending("items").appending(index)
    }
}
