import CanonicalJSON

extension CohortExpression {
    /// The expression in Circe's JSON, from the model alone: what a builder hands to other tools.
    public var written: JSONValue {
        var object = JSONObject()
        object["Title"] = title.map { .string($0) }
        object["cdmVersionRange"] = cdmVersionRange.map { .string($0) }
        object["PrimaryCriteria"] = primaryCriteria.written
        object["AdditionalCriteria"] = additionalCriteria?.written
        object["ConceptSets"] = .array(conceptSets.map(\.written))
        object["QualifiedLimit"] = Self.limit(qualifiedLimit)
        object["ExpressionLimit"] = Self.limit(expressionLimit)
        object["InclusionRules"] = .array(inclusionRules.map(\.written))
        object["EndStrategy"] = endStrategy?.written
        object["CensoringCriteria"] = .array(censoringCriteria.map(\.written))
        object["CollapseSettings"] = ["CollapseType": "ERA", "EraPad": .int(collapseSettings.eraPad)]
        object["CensorWindow"] = censorWindow?.written
        return .object(object)
    }

    private static func limit(_ limit: EventLimit?) -> JSONValue {
        ["Type": limit.map { .string($0.rawValue) } ?? .null]
    }
}

extension ConceptSet {
    /// The set in Circe's JSON.
    public var written: JSONValue {
        ["id": .int(id), "name": .string(name), "expression": ["items": .array(items.map(\.written))]]
    }
}

extension ConceptSetItem {
    var written: JSONValue {
        [
            "concept": concept.written, "isExcluded": .bool(isExcluded), "includeDescendants": .bool(includeDescendants),
            "includeMapped": .bool(includeMapped),
        ]
    }
}

extension Concept {
    var written: JSONValue {
        var object: JSONObject = ["CONCEPT_ID": .int(id)]
        let texts = [
            ("CONCEPT_NAME", name), ("CONCEPT_CODE", code), ("DOMAIN_ID", domainID), ("VOCABULARY_ID", vocabularyID),
            ("CONCEPT_CLASS_ID", conceptClassID), ("STANDARD_CONCEPT", standardConcept), ("INVALID_REASON", invalidReason),
        ]
        for (key, text) in texts { object[key] = text.map { .string($0) } }
        return .object(object)
    }
}

extension ConceptSetSelection {
    var written: JSONValue {
        ["CodesetId": codesetID.map { .int($0) } ?? .null, "IsExclusion": .bool(isExclusion)]
    }
}

extension PrimaryCriteria {
    var written: JSONValue {
        [
            "CriteriaList": .array(criteria.map(\.written)),
            "ObservationWindow": [
                "PriorDays": .int(observationWindow.priorDays), "PostDays": .int(observationWindow.postDays),
            ],
            "PrimaryCriteriaLimit": ["Type": .string(limit.rawValue)],
        ]
    }
}

extension InclusionRule {
    var written: JSONValue {
        var object: JSONObject = ["name": .string(name)]
        object["description"] = description.map { .string($0) }
        object["expression"] = expression.written
        return .object(object)
    }
}

extension EndStrategy {
    var written: JSONValue {
        switch self {
        case .dateOffset(let exit):
            ["DateOffset": ["DateField": exit.field == .start ? "StartDate" : "EndDate", "Offset": .int(exit.offset)]]
        case .customEra(let exit):
            [
                "CustomEra": [
                    "DrugCodesetId": .int(exit.drugCodesetID), "GapDays": .int(exit.gapDays), "Offset": .int(exit.offset),
                    "DaysSupplyOverride": exit.daysSupplyOverride.map { .int($0) } ?? .null,
                ]
            ]
        }
    }
}

extension Period {
    var written: JSONValue {
        var object = JSONObject()
        object["StartDate"] = start?.json
        object["EndDate"] = end?.json
        return .object(object)
    }
}
