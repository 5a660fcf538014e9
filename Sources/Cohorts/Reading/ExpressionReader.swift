import CanonicalJSON

extension CohortExpression {
    /// Reads a Circe expression from its text (UTF-8 JSON).
    ///
    /// Throws every problem at once, each with its JSON pointer. What the official code would fail on is an error here; what it
    /// would answer with nothing (an undefined concept set, say) is not: checks report that.
    public init(parsing bytes: some Collection<UInt8>, limits: JSONLimits = .standard) throws(CohortError) {
        try self.init(reading: CohortText.value(bytes, limits))
    }

    /// Reads a Circe expression from its text.
    public init(parsing text: String, limits: JSONLimits = .standard) throws(CohortError) {
        try self.init(parsing: text.utf8, limits: limits)
    }

    /// Reads a Circe expression from a value that stands at a place of a larger document.
    public init(reading value: JSONValue, at pointer: JSONPointer = .root) throws(CohortError) {
        let log = ProblemLog()
        let read = ExpressionReader.expression(DefinitionNode(value: value, pointer: pointer, log: log))
        guard let read, log.problems.isEmpty else { throw CohortError(.invalidExpression, log.problems) }
        self = read
    }
}

/// Turns bytes into values with this room's error.
enum CohortText {
    static func value(_ bytes: some Collection<UInt8>, _ limits: JSONLimits) throws(CohortError) -> JSONValue {
        do {
            return try JSONValue(parsing: bytes, limits: limits)
        } catch {
            throw CohortError(error)
        }
    }
}

/// Reads the outer parts of an expression.
enum ExpressionReader {
    private static let keys = [
        "Title", "cdmVersionRange", "ConceptSets", "PrimaryCriteria", "AdditionalCriteria", "QualifiedLimit", "ExpressionLimit",
        "InclusionRules", "EndStrategy", "CensoringCriteria", "CollapseSettings", "CensorWindow",
    ]

    static func expression(_ node: DefinitionNode) -> CohortExpression? {
        guard node.object() != nil else { return nil }
        node.noteUnknownKeys(except: keys)
        let entry = node.required("PrimaryCriteria", "Say which events enter the cohort.").flatMap(primaryCriteria)
        let expression = CohortExpression(
            title: node.text("Title"), cdmVersionRange: node.text("cdmVersionRange"),
            conceptSets: conceptSets(node), primaryCriteria: entry ?? PrimaryCriteria([]),
            additionalCriteria: node.child("AdditionalCriteria").flatMap(CriterionReader.group),
            qualifiedLimit: limit(node, "QualifiedLimit"),
            inclusionRules: node.list("InclusionRules").compactMap(rule),
            expressionLimit: limit(node, "ExpressionLimit"),
            endStrategy: node.child("EndStrategy").flatMap(endStrategy),
            censoringCriteria: node.list("CensoringCriteria").compactMap(CriterionReader.criterion),
            collapseSettings: collapse(node), censorWindow: node.child("CensorWindow").flatMap(period))
        return entry.map { _ in
            CohortExpression(expression, readFrom: node.value, at: node.pointer, unknownKeys: node.log.unknownKeys)
        }
    }

    // MARK: Entry and limits

    private static func primaryCriteria(_ node: DefinitionNode) -> PrimaryCriteria? {
        guard node.object() != nil else { return nil }
        node.noteUnknownKeys(except: ["CriteriaList", "ObservationWindow", "PrimaryCriteriaLimit"])
        let list = node.list("CriteriaList")
        if list.isEmpty {
            node.log.report(
                .missing, at: node.pointer.appending("CriteriaList"), "there are no entry events",
                advice: "Add at least one criterion.")
        }
        let window = node.required("ObservationWindow", "Add {\"PriorDays\": 0, \"PostDays\": 0}.")
        _ = window?.object()
        return PrimaryCriteria(
            list.compactMap(CriterionReader.criterion),
            observationWindow: ObservationWindow(
                priorDays: window?.integer("PriorDays") ?? 0, postDays: window?.integer("PostDays") ?? 0),
            limit: primaryLimit(node), pointer: node.pointer)
    }

    /// Unlike the other limits an explicit null word fails upstream.
    private static func primaryLimit(_ node: DefinitionNode) -> EventLimit {
        if let limit = limit(node, "PrimaryCriteriaLimit") { return limit }
        node.log.report(
            .missing, at: node.pointer.appending("PrimaryCriteriaLimit").appending("Type"), "the limit's Type is null",
            advice: "Write First, Last or All.")
        return .first
    }

    /// First where the object or its word is absent, nil (no limit) where the word is an explicit null.
    private static func limit(_ node: DefinitionNode, _ key: String) -> EventLimit? {
        guard let limit = node.child(key), let object = limit.object() else { return .first }
        limit.noteUnknownKeys(except: ["Type"])
        if object["Type"] == .null { return nil }
        guard let word = limit.text("Type")?.lowercased() else { return .first }
        return EventLimit.allCases.first { $0.rawValue.lowercased() == word } ?? .first
    }

    // MARK: Rules, exit, periods

    private static func rule(_ node: DefinitionNode) -> InclusionRule? {
        guard node.object() != nil else { return nil }
        node.noteUnknownKeys(except: ["name", "description", "expression"])
        guard
            let group = node.required("expression", "Say what the rule asks, or remove the rule.").flatMap(CriterionReader.group)
        else { return nil }
        return InclusionRule(
            node.text("name") ?? "", description: node.text("description"), group, pointer: node.pointer)
    }

    private static func endStrategy(_ node: DefinitionNode) -> EndStrategy? {
        guard let (name, body) = CriterionReader.wrapped(node, "an exit strategy") else { return nil }
        switch name {
        case "DateOffset":
            body.noteUnknownKeys(except: ["DateField", "Offset"])
            let field = body.word("DateField", DateField.self) ?? .start
            return .dateOffset(.init(field == .start ? .start : .end, offset: body.integer("Offset") ?? 0))
        case "CustomEra":
            body.noteUnknownKeys(except: ["DrugCodesetId", "GapDays", "Offset", "DaysSupplyOverride"])
            let set = body.required("DrugCodesetId", "Name the concept set of the drugs.")?.integer()
            return .customEra(
                .init(
                    drugCodesetID: set ?? 0, gapDays: body.integer("GapDays") ?? 0, offset: body.integer("Offset") ?? 0,
                    daysSupplyOverride: body.integer("DaysSupplyOverride")))
        default:
            body.report(.unknownKind, "there is no exit strategy \"\(name)\"", advice: "Use DateOffset or CustomEra.")
            return nil
        }
    }

    private enum DateField: String, CaseIterable {
        case start = "StartDate"
        case end = "EndDate"
    }

    private static func collapse(_ node: DefinitionNode) -> CollapseSettings {
        guard let settings = node.child("CollapseSettings"), settings.object() != nil else { return CollapseSettings() }
        settings.noteUnknownKeys(except: ["CollapseType", "EraPad"])
        if let kind = settings.text("CollapseType"), kind != "ERA" {
            settings.log.report(
                .badValue, at: settings.pointer.appending("CollapseType"), "there is no way to collapse called \"\(kind)\"",
                advice: "Use ERA.")
        }
        return CollapseSettings(eraPad: settings.integer("EraPad") ?? 0)
    }

    /// A period that bounds nothing reads as none.
    static func period(_ node: DefinitionNode) -> Period? {
        guard node.object() != nil else { return nil }
        node.noteUnknownKeys(except: ["StartDate", "EndDate"])
        let period = Period(start: node.day("StartDate"), end: node.day("EndDate"))
        return period.isEmpty ? nil : period
    }

    // MARK: Concept sets

    private static func conceptSets(_ node: DefinitionNode) -> [ConceptSet] {
        var seen: Set<Int> = []
        return node.list("ConceptSets").compactMap { element in
            guard let set = conceptSet(element) else { return nil }
            if !seen.insert(set.id).inserted {
                element.report(
                    .duplicateID, "two concept sets have the id \(set.id)", advice: "Give each concept set an id of its own.")
            }
            return set
        }
    }

    private static func conceptSet(_ node: DefinitionNode) -> ConceptSet? {
        guard node.object() != nil else { return nil }
        node.noteUnknownKeys(except: ["id", "name", "expression"])
        let expression = node.required("expression", "Add {\"items\": []} at least.")
        guard let expression, expression.object() != nil else { return nil }
        expression.noteUnknownKeys(except: ["items"])
        if expression.required("items", "Add the list of concepts, empty if need be.") == nil { return nil }
        return ConceptSet(
            id: node.integer("id") ?? 0, name: node.text("name") ?? "", items: expression.list("items").compactMap(item),
            pointer: node.pointer)
    }

    private static func item(_ node: DefinitionNode) -> ConceptSetItem? {
        guard node.object() != nil else { return nil }
        node.noteUnknownKeys(except: ["concept", "isExcluded", "includeDescendants", "includeMapped"])
        guard let concept = node.required("concept", "Name the concept by its CONCEPT_ID.").flatMap(CriterionReader.concept)
        else {
            return nil
        }
        return ConceptSetItem(
            concept, isExcluded: node.flag("isExcluded"), includeDescendants: node.flag("includeDescendants"),
            includeMapped: node.flag("includeMapped"))
    }
}
