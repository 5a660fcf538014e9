import CanonicalJSON
import Disclosure
import Federation

extension Policy: JSONEncodable {
    /// The policy as a canonical value: what `hash` is made of and `dure-node policy show` prints.
    public var json: JSONValue {
        var object: JSONObject = [
            "schema": "dure.policy/1", "defaults": defaults.json(disclosure), "scope": scope.json, "decision": decision.json,
            "quota": quota.json, "limits": limits.json, "unlisted": .string(unlisted.rawValue),
            "classes": .array(classes.sorted { $0.id < $1.id }.map(\.json)),
            "areas": .object(JSONObject(areas.sorted { $0.key < $1.key }.map { ($0.key, $0.value.json) })),
            "sensitive": .array(sensitive.sorted { $0.id < $1.id }.map(\.json)),
            "projects": .array(
                projects.sorted { $0.key < $1.key }.map { id, project in
                    var object: JSONObject = [
                        "id": id.json, "terms": project.terms.json(project.disclosure), "scope": project.scope.json,
                        "decision": project.decision.json, "quota": project.quota.json,
                    ]
                    if let from = project.from { object["from"] = .string(from) }
                    if let until = project.until { object["until"] = .string(until) }
                    return .object(object)
                }),
            "blocked": [
                "projects": .words(blockedProjects.map(\.rawValue)), "organisations": .words(blockedOrganisations),
            ],
            "keepYears": .int(keepYears),
            "catalogue": [
                "publish": .bool(catalogue.isPublished), "everyDays": .int(catalogue.everyDays),
                "concepts": .int(catalogue.concepts),
            ],
            "courier": ["approvers": .int(courier.approvers), "pages": .int(courier.pages)],
        ]
        if let desk { object["desk"] = .words(desk) }
        if let totals { object["totals"] = totals.json }
        return .object(object)
    }
}

extension Policy.Terms {
    fileprivate func json(_ rules: DisclosureRules) -> JSONValue {
        [
            "releaseModes": .words(releaseModes.map(\.rawValue)), "attrition": .bool(attrition),
            "breakdown": .bool(breakdown), "breakdownDimensions": .int(breakdownDimensions),
            "disclosure": rules.json,
        ]
    }
}

extension Policy.Scope {
    fileprivate var json: JSONValue {
        var object = JSONObject()
        if let organisations { object["organisations"] = .words(organisations) }
        if let purposes { object["purposes"] = .words(purposes.map(\.rawValue)) }
        if let domains { object["domains"] = .words(domains.map(\.rawValue)) }
        if let areas { object["areas"] = .words(areas) }
        return .object(object)
    }
}

extension Policy.Quota {
    fileprivate var json: JSONValue {
        var object = JSONObject()
        if let perDay { object["perDay"] = .int(perDay) }
        if let perWeek { object["perWeek"] = .int(perWeek) }
        return .object(object)
    }
}

extension Policy.Limits {
    fileprivate var json: JSONValue {
        [
            "criteria": .int(criteria), "conceptSets": .int(conceptSets), "offsetMinutes": .int(hours.offsetMinutes),
            "hours": .array(hours.spans.map { .string($0.text) }),
        ]
    }
}

extension ConceptGroup {
    fileprivate var json: JSONValue { .array(concepts.sorted().map(JSONValue.int)) }
}

extension SensitiveGroup {
    fileprivate var json: JSONValue {
        var object: JSONObject = ["id": .string(id), "concepts": group.json, "fromAbove": .bool(fromAbove)]
        if let decision { object["decision"] = decision.json }
        if let threshold { object["threshold"] = .int(threshold) }
        return .object(object)
    }
}

extension JSONValue {
    /// A set of words, sorted.
    static func words(_ words: some Sequence<String>) -> JSONValue { .array(words.sorted().map(JSONValue.string)) }
}
