import CanonicalJSON

/// What the common data model of version 5.4 does not have: hospitals refuse it by name.
enum NotInThisDataModel: LintCheck {
    static let name = "notInThisDataModel"
    static let severity = LintSeverity.error

    private static let columns: Set<CriterionAttribute> = [.effectiveDrugDose, .doseUnit, .placeOfServiceLocation]

    static func hits(in walk: DefinitionWalk) -> [LintHit] {
        let regions = walk.criteria.filter { $0.domain == .locationRegion }.map { hit($0.pointer, "LocationRegion") }
        let attributes = walk.filters.filter { columns.contains($0.attribute) }.map {
            hit($0.pointer, $0.pointer.tokens.last ?? $0.attribute.rawValue)
        }
        return regions + attributes
    }

    private static func hit(_ pointer: JSONPointer, _ name: String) -> LintHit {
        LintHit(
            pointer, en: "\(name) needs data that OMOP CDM v5.4 does not have; hospitals refuse it.",
            ko: "\(Korean.with(name, .topic)) OMOP CDM v5.4에 없는 자료가 필요하여 병원에서 거절됩니다.")
    }
}

/// Race and ethnicity say nothing in Korean records: nearly everybody is one race, and ethnicity is not recorded.
enum RaceOrEthnicity: LintCheck {
    static let name = "raceOrEthnicity"
    static let severity = LintSeverity.warning

    static func hits(in walk: DefinitionWalk) -> [LintHit] {
        walk.filters.filter { $0.attribute == .race || $0.attribute == .ethnicity }.map {
            let (en, ko) = ($0.attribute.name(.english), $0.attribute.name(.korean))
            return LintHit(
                $0.pointer,
                en: "Korean hospitals do not record \(en) in a way that tells persons apart; expect nobody or everybody.",
                ko: "국내 병원 자료에서 \(Korean.with(ko, .topic)) 구분되어 기록되지 않으므로 아무도 또는 모두가 해당될 수 있습니다.")
        }
    }
}

/// Members that nobody here knows: ignored, as upstream ignores them, and perhaps a misspelt wish.
enum UnknownKey: LintCheck {
    static let name = "unknownKey"
    static let severity = LintSeverity.information

    static func hits(in walk: DefinitionWalk) -> [LintHit] {
        walk.expression.unknownKeys.map {
            let key = $0.tokens.last ?? ""
            return LintHit($0, en: "'\(key)' is not known here and has no effect.", ko: "'\(key)' 항목은 알 수 없는 항목이므로 적용되지 않습니다.")
        }
    }
}
