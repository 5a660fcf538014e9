import CanonicalJSON

/// A qualified limit without additional criteria has no effect.
enum QualifiedLimitIgnored: LintCheck {
    static let name = "qualifiedLimitIgnored"
    static let severity = LintSeverity.information

    static func hits(in walk: DefinitionWalk) -> [LintHit] {
        let expression = walk.expression
        guard expression.additionalCriteria == nil, let limit = expression.qualifiedLimit, limit != .all,
            expression.source["QualifiedLimit"] != nil, expression.primaryCriteria.limit == .all
        else { return [] }
        return [
            LintHit(
                expression.pointer.appending("QualifiedLimit"),
                en: "The qualified limit has no effect, because there are no additional criteria: every entry event is kept.",
                ko: "추가 조건이 없어 적격 이벤트 제한이 적용되지 않으며, 모든 진입 이벤트가 유지됩니다.")
        ]
    }
}

/// Additional criteria without members keep every event but switch the qualified limit on.
enum EmptyAdditionalCriteria: LintCheck {
    static let name = "emptyAdditionalCriteria"
    static let severity = LintSeverity.warning

    static func hits(in walk: DefinitionWalk) -> [LintHit] {
        guard let group = walk.expression.additionalCriteria, group.isEmpty else { return [] }
        return [
            LintHit(
                group.pointer,
                en: "The additional criteria ask nothing, but their presence puts the qualified limit into effect.",
                ko: "추가 조건에 내용이 없지만, 추가 조건이 있다는 이유로 적격 이벤트 제한이 적용됩니다.")
        ]
    }
}

/// A later limit that wants more than an earlier one left.
enum LimitWithoutEffect: LintCheck {
    static let name = "limitWithoutEffect"
    static let severity = LintSeverity.information

    static func hits(in walk: DefinitionWalk) -> [LintHit] {
        let expression = walk.expression
        guard expression.primaryCriteria.limit != .all else { return [] }
        let later = [
            ("QualifiedLimit", expression.effectiveQualifiedLimit), ("ExpressionLimit", expression.expressionLimit ?? .all),
        ]
        return later.filter { isLost($0.0, $0.1, expression) }.map { key, _ in
            LintHit(
                expression.pointer.appending(key),
                en: "Only one entry event a person is kept at the start, so this limit has no effect.",
                ko: "처음부터 환자당 진입 이벤트가 하나만 유지되므로 이 제한은 효과가 없습니다.")
        }
    }

    private static func isLost(_ key: String, _ limit: EventLimit, _ expression: CohortExpression) -> Bool {
        guard expression.source[key] != nil else { return false }
        if key == "QualifiedLimit" && expression.additionalCriteria == nil { return false }
        return limit != expression.primaryCriteria.limit
    }
}

/// Everybody stays until the end of observation.
enum NoExit: LintCheck {
    static let name = "noExit"
    static let severity = LintSeverity.information

    static func hits(in walk: DefinitionWalk) -> [LintHit] {
        guard walk.expression.endStrategy == nil else { return [] }
        return [
            LintHit(
                walk.expression.pointer, en: "No exit is defined: everybody stays until the end of observation.",
                ko: "종료 기준이 없어 관찰 종료 시점까지 코호트에 남습니다.")
        ]
    }
}

/// A fixed exit that drops events or makes periods of a day.
enum ExitOffset: LintCheck {
    static let name = "exitOffset"
    static let severity = LintSeverity.warning

    static func hits(in walk: DefinitionWalk) -> [LintHit] {
        guard case .dateOffset(let exit) = walk.expression.endStrategy else { return [] }
        let place = walk.expression.pointer.appending("EndStrategy").appending("DateOffset")
        if exit.offset < 0 {
            return [
                LintHit(
                    place.appending("Offset"), en: "The exit can lie before the entry; such events are dropped.",
                    ko: "종료일이 진입일보다 앞설 수 있으며, 그런 이벤트는 제외됩니다.")
            ]
        }
        let visits = walk.expression.primaryCriteria.criteria.filter {
            $0.domain == .visitOccurrence || $0.domain == .visitDetail
        }
        guard exit.field == .end, !visits.isEmpty else { return [] }
        return [
            LintHit(
                place.appending("DateField"), en: "Visits without an end date are dropped by an exit that counts from it.",
                ko: "종료일이 없는 방문은 종료일 기준의 종료 조건에 따라 제외됩니다.")
        ]
    }
}

/// An exit by drug exposure where no drug enters.
enum DrugExitWithoutDrugEntry: LintCheck {
    static let name = "drugExitWithoutDrugEntry"
    static let severity = LintSeverity.warning

    private static let drugs: Set<CriterionDomain> = [.drugExposure, .drugEra, .doseEra, .customEra]

    static func hits(in walk: DefinitionWalk) -> [LintHit] {
        guard case .customEra = walk.expression.endStrategy,
            !walk.expression.primaryCriteria.criteria.contains(where: { drugs.contains($0.domain) })
        else { return [] }
        return [
            LintHit(
                walk.expression.pointer.appending("EndStrategy"),
                en:
                    "The exit follows drug exposure, but no drug is among the entry events; it has effect only where an era contains "
                    + "the entry.",
                ko: "종료 기준은 약물 노출이지만 진입 이벤트에 약물이 없습니다. 진입일을 포함하는 약물 지속 기간이 있을 때만 적용됩니다.")
        ]
    }
}
