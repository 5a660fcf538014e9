import CanonicalJSON

/// Reads what a question says about its breakdown.
enum BreakdownReader {
    /// The dimensions, in their order.
    static func dimensions(_ outputs: DefinitionNode) -> [BreakdownDimension] {
        let elements = outputs.list("breakdown")
        let all = BreakdownDimension.allCases.map(\.rawValue).joined(separator: ", ")
        let found = elements.compactMap { element -> BreakdownDimension? in
            if let word = element.value.stringValue, let dimension = BreakdownDimension(rawValue: word) { return dimension }
            element.report(.badValue, "\(element.value.text()) is no dimension", advice: "Use \(all).")
            return nil
        }
        // A dimension that nobody knows may be one too many all the same.
        let objection =
            elements.count > BreakdownDimension.most
            ? BreakdownDimension.objection(to: Array(repeating: .sex, count: elements.count))
            : BreakdownDimension.objection(to: found)
        if let objection {
            outputs.log.report(
                .badValue, at: outputs.pointer.appending("breakdown"), objection.what, advice: objection.advice)
        }
        return found
    }

    /// The further concept set, which must be there exactly if it is a dimension.
    static func set(
        _ outputs: DefinitionNode, _ dimensions: [BreakdownDimension], _ cohort: CohortExpression?
    ) -> BreakdownSet? {
        guard let node = outputs.child("conceptSet") else {
            if dimensions.contains(.conceptSet) {
                outputs.log.report(
                    .missing, at: outputs.pointer.appending("conceptSet"), "the breakdown does not say by which concept set",
                    advice: "Add \"conceptSet\": {\"id\": …, \"domain\": …}.")
            }
            return nil
        }
        guard node.object() != nil else { return nil }
        if !dimensions.contains(.conceptSet) {
            node.report(
                .badValue, "no breakdown by a concept set is asked for", advice: "Add conceptSet to breakdown, or leave it out.")
        }
        FeasibilityQuestion.refuseUnknown(node, ["id", "domain"])
        guard let id = node.required("id", "Name one of the cohort's ConceptSets by its id.")?.integer(),
            let domain = domain(node)
        else { return nil }
        if let cohort, cohort.conceptSet(id) == nil {
            node.report(.badValue, "the cohort has no concept set \(id)", advice: "Name one of its ConceptSets by its id.")
        }
        return BreakdownSet(codesetID: id, domain: domain)
    }

    private static func domain(_ node: DefinitionNode) -> CriterionDomain? {
        guard let word = node.required("domain", "Say which records are looked at.")?.value.stringValue else { return nil }
        if let domain = BreakdownSet.domains.first(where: { $0.rawValue == word }) { return domain }
        let all = BreakdownSet.domains.map(\.rawValue).joined(separator: ", ")
        node.child("domain")?.report(.badValue, "\"\(word.prefix(60))\" has no records with concepts", advice: "Use \(all).")
        return nil
    }
}
