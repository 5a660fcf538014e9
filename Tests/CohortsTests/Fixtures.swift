import CanonicalJSON

@testable import Cohorts

/// Definitions for tests. Concept ids stand for nothing outside this folder.
enum Fixtures {
    /// The smallest definition: any condition enters.
    static let smallest: JSONValue = [
        "PrimaryCriteria": [
            "CriteriaList": [["ConditionOccurrence": [:]]], "ObservationWindow": ["PriorDays": 0, "PostDays": 0],
            "PrimaryCriteriaLimit": ["Type": "All"],
        ]
    ]

    /// A definition whose only rule is this group.
    static func withRule(_ group: JSONValue) -> JSONValue {
        smallest.setting("/InclusionRules", to: [["name": "rule", "expression": group]])
    }

    /// A definition whose only rule counts this criterion.
    static func counting(_ criterion: JSONValue, _ changes: [(String, JSONValue?)] = []) -> JSONValue {
        let member = changes.reduce(member(criterion)) { $0.setting($1.0, to: $1.1) }
        return withRule(["Type": "ALL", "CriteriaList": [member]])
    }

    /// A counted criterion: at least one, at any time.
    static func member(_ criterion: JSONValue) -> JSONValue {
        [
            "Criteria": criterion, "StartWindow": ["Start": ["Coeff": -1], "End": ["Coeff": 1]],
            "Occurrence": ["Type": 2, "Count": 1],
        ]
    }

    /// A definition whose only entry criterion is this one.
    static func entering(_ criterion: JSONValue) -> JSONValue {
        smallest.setting("/PrimaryCriteria/CriteriaList", to: [criterion])
    }

    static func set(_ id: Int, _ name: String, _ concepts: Int..., domain: String? = nil) -> ConceptSet {
        ConceptSet(id: id, name: name, items: concepts.map { ConceptSetItem(Concept($0, "concept \($0)", domainID: domain)) })
    }
}

extension JSONValue {
    /// A copy with the value at a place replaced, added or (nil) removed.
    func setting(_ pointer: String, to value: JSONValue?) -> JSONValue {
        guard let parsed = JSONPointer(pointer) else { return self }
        return setting(parsed.tokens[...], value) ?? .null
    }

    private func setting(_ tokens: ArraySlice<String>, _ value: JSONValue?) -> JSONValue? {
        guard let token = tokens.first else { return value }
        if case .array(var elements) = self, let index = Int(token), index < elements.count {
            elements[index] = elements[index].setting(tokens.dropFirst(), value) ?? .null
            return .array(elements)
        }
        var object = objectValue ?? JSONObject()
        object[token] = (object[token] ?? .object(JSONObject())).setting(tokens.dropFirst(), value)
        return .object(object)
    }
}

extension CohortExpression {
    /// The only counted criterion of the only rule.
    var onlyMember: CorrelatedCriterion? { inclusionRules.first?.expression.criteria.first }
}
