import CanonicalJSON

/// Reads criteria and what is around them.
enum CriterionReader {
    /// The one member of a wrapper object: the kind's name and the body.
    static func wrapped(_ node: DefinitionNode, _ what: String) -> (name: String, body: DefinitionNode)? {
        guard let object = node.object() else { return nil }
        guard object.count == 1, let name = object.keys.first else {
            node.report(
                .wrongType, "\(what) is an object with one member, its kind; found \(object.count)",
                advice: "Write {\"Kind\": {…}}.")
            return nil
        }
        guard let body = node.child(name), body.object() != nil else {
            if object[name] == .null {
                node.report(.missing, "the body of \"\(name)\" is null", advice: "Write {\"\(name)\": {…}}.")
            }
            return nil
        }
        return (name, body)
    }

    static func criterion(_ node: DefinitionNode) -> Criterion? {
        guard let (name, body) = wrapped(node, "a criterion") else { return nil }
        guard let domain = CriterionDomain(rawValue: name) else {
            node.log.report(
                .unknownKind, at: body.pointer, "there is no criterion \"\(name)\"", advice: nameAdvice(name))
            return nil
        }
        var criterion = Criterion(domain, pointer: body.pointer)
        var known = ["CorrelatedCriteria", "DateAdjustment"]
        if domain.hasCodeset {
            known.append("CodesetId")
            criterion.codesetID = body.integer("CodesetId")
        }
        if domain.hasFirst {
            known.append("First")
            criterion.first = body.flag("First")
        }
        if let key = domain.sourceConceptKey {
            known.append(key)
            criterion.sourceCodesetID = body.integer(key)
        }
        if domain.hasUserDefinedPeriod {
            known.append("UserDefinedPeriod")
            criterion.userDefinedPeriod = body.child("UserDefinedPeriod").flatMap(ExpressionReader.period)
        }
        if domain == .customEra {
            known += ["CriteriaList", "GapDays"]
            readEra(body, into: &criterion)
        }
        criterion.dateAdjustment = body.child("DateAdjustment").flatMap(dateAdjustment)
        criterion.filters = FilterReader.filters(body, CriterionSchema.attributes(of: domain), &known)
        criterion.correlated = body.child("CorrelatedCriteria").flatMap(group)
        body.noteUnknownKeys(except: known)
        return criterion
    }

    private static func nameAdvice(_ name: String) -> String {
        let close = CriterionDomain.allCases.first { $0.rawValue.lowercased() == name.lowercased() }
        if let close { return "Write it as \(close.rawValue)." }
        return "Use one of: \(CriterionDomain.allCases.map(\.rawValue).joined(separator: ", "))."
    }

    private static func readEra(_ body: DefinitionNode, into criterion: inout Criterion) {
        let list = body.list("CriteriaList")
        if list.isEmpty {
            body.log.report(
                .missing, at: body.pointer.appending("CriteriaList"), "a custom era without criteria",
                advice: "Add the criteria whose events make the era.")
        }
        criterion.eraMembers = list.compactMap(self.criterion)
        criterion.eraGapDays = body.integer("GapDays")
    }

    private static func dateAdjustment(_ node: DefinitionNode) -> DateAdjustment? {
        guard node.object() != nil else { return nil }
        node.noteUnknownKeys(except: ["StartWith", "StartOffset", "EndWith", "EndOffset"])
        return DateAdjustment(
            startWith: node.word("StartWith", DateAdjustment.Anchor.self) ?? .start,
            startOffset: node.integer("StartOffset") ?? 0,
            endWith: node.word("EndWith", DateAdjustment.Anchor.self) ?? .end, endOffset: node.integer("EndOffset") ?? 0)
    }

    static func concept(_ node: DefinitionNode) -> Concept? {
        guard node.object() != nil else { return nil }
        guard let id = node.required("CONCEPT_ID", "Name the concept by its id.").flatMap(conceptID) else { return nil }
        node.noteUnknownKeys(except: conceptKeys)
        var concept = Concept(id, node.text("CONCEPT_NAME"), domainID: node.text("DOMAIN_ID"))
        concept.code = node.text("CONCEPT_CODE")
        concept.vocabularyID = node.text("VOCABULARY_ID")
        concept.conceptClassID = node.text("CONCEPT_CLASS_ID")
        concept.standardConcept = node.text("STANDARD_CONCEPT")
        concept.invalidReason = node.text("INVALID_REASON")
        return concept
    }

    private static let conceptKeys = [
        "CONCEPT_ID", "CONCEPT_NAME", "CONCEPT_CODE", "DOMAIN_ID", "VOCABULARY_ID", "CONCEPT_CLASS_ID", "STANDARD_CONCEPT",
        "INVALID_REASON", "STANDARD_CONCEPT_CAPTION", "INVALID_REASON_CAPTION", "VALID_START_DATE", "VALID_END_DATE",
    ]

    /// Concept ids are wider than other integers: a hospital's own begin at two thousand million.
    private static func conceptID(_ node: DefinitionNode) -> Int? {
        guard let number = node.number() else { return nil }
        guard number.magnitude <= 9_007_199_254_740_991 else {
            node.report(.outOfRange, "\(node.value.text()) is no concept id", advice: "Use the CONCEPT_ID of the vocabulary.")
            return nil
        }
        return Int(number)
    }
}

// MARK: - Groups and counts

extension CriterionReader {
    static func group(_ node: DefinitionNode) -> CriteriaGroup? {
        guard node.object() != nil else { return nil }
        node.noteUnknownKeys(except: ["Type", "Count", "CriteriaList", "DemographicCriteriaList", "Groups"])
        var group = CriteriaGroup(.all, pointer: node.pointer)
        let lists = ["CriteriaList", "DemographicCriteriaList", "Groups"].map { node.list($0) }
        group.criteria = lists[0].compactMap(correlated)
        group.demographics = lists[1].compactMap(demographic)
        group.groups = lists[2].compactMap(self.group)
        // A group without members holds whatever its type is, so only one with members needs a type.
        if lists.contains(where: { !$0.isEmpty }) { group.rule = rule(node) ?? .all }
        return group
    }

    private static func rule(_ node: DefinitionNode) -> CriteriaGroup.Rule? {
        let advice = "Write ALL, ANY, AT_LEAST or AT_MOST."
        guard let type = node.required("Type", advice), let word = node.text("Type") else { return nil }
        switch word.uppercased() {
        case "ALL": return .all
        case "ANY": return .any
        case "AT_LEAST": return .atLeast(count(node))
        case "AT_MOST": return .atMost(count(node))
        default:
            type.report(.badValue, "there is no type of group \"\(word)\"", advice: advice)
            return nil
        }
    }

    private static func count(_ node: DefinitionNode) -> Int {
        node.required("Count", "Say how many members must hold.")?.integer() ?? 0
    }

    private static func demographic(_ node: DefinitionNode) -> DemographicCriterion? {
        guard node.object() != nil else { return nil }
        var known: [String] = []
        let filters = FilterReader.filters(node, CriterionSchema.demographic, &known)
        node.noteUnknownKeys(except: known)
        return DemographicCriterion(filters, pointer: node.pointer)
    }

    private static func correlated(_ node: DefinitionNode) -> CorrelatedCriterion? {
        guard node.object() != nil else { return nil }
        node.noteUnknownKeys(
            except: ["Criteria", "StartWindow", "EndWindow", "RestrictVisit", "IgnoreObservationPeriod", "Occurrence"])
        let criterion = node.required("Criteria", "Say which events are counted.").flatMap(self.criterion)
        let start = node.required("StartWindow", "Add the window around the index date.").flatMap {
            window($0, eventDate: .start)
        }
        let occurrence = node.required("Occurrence", "Say how many events are needed.").flatMap(self.occurrence)
        let end = node.child("EndWindow").flatMap { window($0, eventDate: .end) }
        guard let criterion, let start, let occurrence else { return nil }
        checkCountColumn(occurrence, of: criterion, at: node)
        return CorrelatedCriterion(
            criterion, startWindow: start, endWindow: end, restrictVisit: node.flag("RestrictVisit"),
            ignoreObservationPeriod: node.flag("IgnoreObservationPeriod"), occurrence: occurrence, pointer: node.pointer)
    }

    private static func occurrence(_ node: DefinitionNode) -> Occurrence? {
        guard node.object() != nil else { return nil }
        node.noteUnknownKeys(except: ["Type", "Count", "IsDistinct", "CountColumn"])
        let type = node.integer("Type") ?? 0
        guard let kind = Occurrence.Kind(rawValue: type) else {
            node.log.report(
                .badValue, at: node.pointer.appending("Type"), "there is no occurrence type \(type)",
                advice: "Write 0 for exactly, 1 for at most, 2 for at least.")
            return nil
        }
        return Occurrence(
            kind, node.integer("Count") ?? 0, isDistinct: node.flag("IsDistinct"),
            countColumn: node.word("CountColumn", CountColumn.self))
    }

    /// A column that a domain does not have fails upstream; so does any column but dates and visit once the criterion is nested.
    private static func checkCountColumn(_ occurrence: Occurrence, of criterion: Criterion, at node: DefinitionNode) {
        guard let column = occurrence.distinctColumn else { return }
        var offered = criterion.domain.countColumns
        let isNested = !(criterion.correlated?.isEmpty ?? true) && criterion.domain != .customEra
        if isNested { offered.formIntersection(CountColumn.afterNesting) }
        for member in criterion.eraMembers { offered.formIntersection(member.domain.countColumns) }
        guard !offered.contains(column) else { return }
        let pointer = node.pointer.appending("Occurrence").appending(occurrence.countColumn == nil ? "IsDistinct" : "CountColumn")
        let names = CountColumn.allCases.filter(offered.contains).map(\.rawValue).joined(separator: ", ")
        node.log.report(
            .countColumn, at: pointer,
            "\(column.rawValue) cannot be counted for \(criterion.domain.rawValue)\(isNested ? " with nested criteria" : "")",
            advice: "Count one of: \(names).")
    }

    private static func window(_ node: DefinitionNode, eventDate: Window.EventDate) -> Window? {
        guard node.object() != nil else { return nil }
        node.noteUnknownKeys(except: ["Start", "End", "UseIndexEnd", "UseEventEnd"])
        let start = node.required("Start", "Add {\"Days\": …, \"Coeff\": -1}.").flatMap(endpoint)
        let end = node.required("End", "Add {\"Days\": …, \"Coeff\": 1}.").flatMap(endpoint)
        guard let start, let end else { return nil }
        let usesEventEnd = node.optionalFlag("UseEventEnd").map { $0 ? Window.EventDate.end : .start }
        return Window(
            from: start, to: end, indexDate: node.flag("UseIndexEnd") ? .end : .start, eventDate: usesEventEnd ?? eventDate,
            pointer: node.pointer)
    }

    /// Longer distances than ten thousand years, or factors beyond any use, would only overflow.
    private static let longestDistance = 3_652_500

    private static func endpoint(_ node: DefinitionNode) -> WindowEndpoint? {
        guard node.object() != nil else { return nil }
        node.noteUnknownKeys(except: ["Days", "Coeff", "DureHours"])
        let endpoint = WindowEndpoint(
            days: node.integer("Days"), coefficient: node.integer("Coeff") ?? 0, hours: node.integer("DureHours"))
        let distances = [endpoint.offset, endpoint.minuteOffset.map { $0 / 1_440 }]
        if distances.contains(where: { ($0 ?? 0).magnitude > longestDistance }) {
            node.report(.outOfRange, "the window reaches further than 10,000 years", advice: "Leave Days out for no bound.")
            return nil
        }
        return endpoint
    }
}
