import CanonicalJSON

/// A criterion that takes every row of its table.
enum CriterionWithoutConceptSet: LintCheck {
    static let name = "criterionWithoutConceptSet"
    static let severity = LintSeverity.information

    static func hits(in walk: DefinitionWalk) -> [LintHit] {
        walk.criteria.filter { takesAll($0) }.map {
            LintHit(
                $0.pointer, en: "No concept set is chosen: any \($0.domain.name(.english)) counts.",
                ko: "개념 집합이 지정되지 않아 모든 \(Korean.with($0.domain.name(.korean), .subject)) 해당됩니다.")
        }
    }

    private static func takesAll(_ criterion: Criterion) -> Bool {
        criterion.domain.hasCodeset && criterion.codesetID == nil && criterion.sourceCodesetID == nil
            && criterion.domain != .death
    }
}

/// Bounds that no value satisfies.
enum ImpossibleRange: LintCheck {
    static let name = "impossibleRange"
    static let severity = LintSeverity.error

    static func hits(in walk: DefinitionWalk) -> [LintHit] {
        walk.filters.compactMap { filter in
            let reason: (en: String, ko: String)?
            switch filter.test {
            case .number(let range): reason = problem(range, filter.attribute)
            case .date(let range): reason = isReversed(range.op, range.value, range.extent) ? reversed : nil
            default: reason = nil
            }
            let (en, ko) = (filter.attribute.name(.english), filter.attribute.name(.korean))
            return reason.map {
                LintHit(filter.pointer, en: "No \(en) can lie in this range: \($0.en).", ko: "\(ko) 범위에 해당하는 값이 없습니다: \($0.ko).")
            }
        }
    }

    private static let reversed = (en: "the first bound is above the second", ko: "첫째 값이 둘째 값보다 큽니다")
    private static let negative = (en: "it cannot be below zero", ko: "0보다 작을 수 없습니다")

    private static func problem(_ range: NumericRange, _ attribute: CriterionAttribute) -> (en: String, ko: String)? {
        if isReversed(range.op, range.value, range.extent) { return reversed }
        guard neverNegative.contains(attribute) else { return nil }
        let largest: Double =
            switch range.op {
            case .lessThan: range.value - 1
            case .atMost, .equal: range.value
            case .between: range.extent ?? range.value
            case .notEqual, .greaterThan, .atLeast, .notBetween: .infinity
            }
        return largest < 0 ? negative : nil
    }

    private static let neverNegative: Set<CriterionAttribute> = [
        .age, .ageAtStart, .ageAtEnd, .refills, .daysSupply, .occurrenceCount, .gapDays,
    ]

    private static func isReversed<T: Comparable>(_ op: RangeOperator, _ value: T, _ extent: T?) -> Bool {
        guard op == .between, let extent else { return false }
        return extent < value
    }
}

/// A censor window or period of the author's own that ends before it begins.
enum PeriodReversed: LintCheck {
    static let name = "periodReversed"
    static let severity = LintSeverity.error

    static func hits(in walk: DefinitionWalk) -> [LintHit] {
        var periods = walk.criteria.map { ($0.userDefinedPeriod, $0.pointer.appending("UserDefinedPeriod")) }
        periods.append((walk.expression.censorWindow, walk.expression.pointer.appending("CensorWindow")))
        return periods.compactMap { period, pointer in
            guard let start = period?.start, let end = period?.end, end < start else { return nil }
            return LintHit(
                pointer, en: "The period ends (\(end)) before it begins (\(start)).",
                ko: "기간의 종료일(\(end))이 시작일(\(start))보다 앞섭니다.")
        }
    }
}

/// A number compared without saying in which unit: hospitals differ (g and kg).
enum ValueWithoutUnit: LintCheck {
    static let name = "valueWithoutUnit"
    static let severity = LintSeverity.warning

    static func hits(in walk: DefinitionWalk) -> [LintHit] {
        walk.criteria.compactMap { criterion in
            guard criterion.domain == .measurement, criterion.filters(of: .unit).isEmpty,
                let value = criterion.filters(of: .valueAsNumber).first
            else { return nil }
            return LintHit(
                value.pointer, en: "A value is compared without a unit; hospitals may record different units.",
                ko: "단위 없이 수치를 비교합니다. 병원마다 단위가 다를 수 있습니다.")
        }
    }
}

/// `First` is applied before every filter: the person's first event ever must pass them.
enum FirstBeforeFilters: LintCheck {
    static let name = "firstBeforeFilters"
    static let severity = LintSeverity.information

    static func hits(in walk: DefinitionWalk) -> [LintHit] {
        walk.criteria.filter { $0.first && !$0.filters.isEmpty }.map {
            let names = $0.filters.map(\.attribute)
            let unique = names.enumerated().filter { names.firstIndex(of: $1) == $0 }.map(\.element)
            let en = unique.map { $0.name(.english) }.joined(separator: ", ")
            let ko = unique.map { $0.name(.korean) }.joined(separator: ", ")
            return LintHit(
                $0.pointer.appending("First"),
                en: "The first event ever is taken before \(en) is tested; a later event that would pass does not count.",
                ko: "평생 첫 기록을 먼저 고른 뒤 \(Korean.with(ko, .object)) 확인하므로, 조건을 만족하는 이후 기록은 포함되지 않습니다.")
        }
    }
}

/// A quirk kept from upstream.
enum DrugEndDateTestsStart: LintCheck {
    static let name = "drugEndDateTestsStart"
    static let severity = LintSeverity.warning

    static func hits(in walk: DefinitionWalk) -> [LintHit] {
        walk.criteria.filter { $0.domain == .drugExposure }.flatMap { $0.filters(of: .endDate) }.map {
            LintHit(
                $0.pointer, en: "The end date of a drug exposure is compared with its start date, as in the official SQL.",
                ko: "공식 SQL과 같이 약물 노출의 종료일 조건은 시작일과 비교됩니다.")
        }
    }
}

/// Another quirk kept from upstream.
enum SpecimenIgnoresAdjustment: LintCheck {
    static let name = "specimenIgnoresAdjustment"
    static let severity = LintSeverity.warning

    static func hits(in walk: DefinitionWalk) -> [LintHit] {
        walk.criteria.filter { $0.domain == .specimen && $0.dateAdjustment != nil }.map {
            LintHit(
                $0.pointer.appending("DateAdjustment"), en: "Date adjustment has no effect on specimens.",
                ko: "검체에는 날짜 조정이 적용되지 않습니다.")
        }
    }
}

/// What a custom era does not do, upstream and here.
enum CustomEraIgnores: LintCheck {
    static let name = "customEraIgnores"
    static let severity = LintSeverity.warning

    static func hits(in walk: DefinitionWalk) -> [LintHit] {
        walk.criteria.filter { $0.domain == .customEra }.flatMap { criterion -> [LintHit] in
            var hits: [LintHit] = []
            if (criterion.eraGapDays ?? 0) != 0 {
                hits.append(
                    LintHit(
                        criterion.pointer.appending("GapDays"), en: "Gap days have no effect in a custom era.",
                        ko: "사용자 정의 기간에서는 공백 일수가 적용되지 않습니다."))
            }
            if !(criterion.correlated?.isEmpty ?? true) {
                hits.append(
                    LintHit(
                        criterion.pointer.appending("CorrelatedCriteria"), en: "Nested criteria have no effect in a custom era.",
                        ko: "사용자 정의 기간에서는 중첩 조건이 적용되지 않습니다."))
            }
            return hits
        }
    }
}
