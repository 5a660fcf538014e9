import Federation

// The parts of policy.yaml that say who decides, about which concepts, and how often.

extension ReleaseDecision {
    /// The decision of a map; what is absent keeps the default.
    static func read(_ map: YAMLMap, default standard: ReleaseDecision) -> ReleaseDecision {
        let mode = map.choice("mode", default: standard.mode)
        if map.has("hold_hours"), mode != .hold { map.report("hold_hours", "has a meaning with mode \"hold\" only") }
        let hours = map.int("hold_hours", in: 1...720, default: standard.mode == .hold ? standard.holdHours : 24)
        if map.has("approvers_needed"), mode == .auto {
            map.report("approvers_needed", "has a meaning with mode \"hold\" or \"manual\" only")
        }
        let approvers = map.int("approvers_needed", in: 1...2, default: max(standard.approvers, 1))
        return ReleaseDecision(mode, holdHours: hours, approvers: approvers)
    }
}

extension Policy.Scope {
    init(_ map: YAMLMap, areas known: [String: ConceptGroup]) {
        organisations = map.strings("organisations").map(Set.init)
        let classes: [ProjectStatement.PurposeClass]? = map.choices("purposes")
        purposes = classes.map(Set.init)
        let found: [ClinicalDomain]? = map.choices("domains")
        domains = found.map(Set.init)
        areas = map.strings("areas").map(Set.init)
        for area in areas ?? [] where known[area] == nil {
            map.report("areas", "\"\(area)\" is not one of the areas of this file")
        }
    }
}

extension Policy.Quota {
    init(_ map: YAMLMap) {
        perDay = map.has("answers_per_day") ? map.int("answers_per_day", in: 0...100_000, default: 0) : nil
        perWeek = map.has("answers_per_week") ? map.int("answers_per_week", in: 0...100_000, default: 0) : nil
    }
}

extension Policy.Limits {
    init(_ map: YAMLMap) {
        criteria = map.int("max_criteria", in: 1...200, default: 30)
        conceptSets = map.int("max_concept_sets", in: 1...200, default: 40)
        var spans: [AnswerHours.Span] = []
        for text in map.strings("answer_hours") ?? [] {
            guard let span = AnswerHours.Span(text) else {
                map.report("answer_hours", "\"\(text)\" is not a span like \"20:00-07:00\"")
                continue
            }
            spans.append(span)
        }
        hours = AnswerHours(spans: spans, offsetMinutes: map.int("utc_offset_minutes", in: -720...840, default: 540))
    }
}

extension Policy {
    static func areas(_ root: YAMLMap) -> [String: ConceptGroup] {
        var areas: [String: ConceptGroup] = [:]
        for map in root.maps("areas") {
            let id = label(map)
            if areas[id] != nil { map.report("id", "\(id) stands twice") }
            areas[id] = ConceptGroup(concepts: concepts(map))
        }
        return areas
    }

    static func sensitive(_ root: YAMLMap) -> [SensitiveGroup] {
        var ids: Set<String> = []
        return root.maps("sensitive").map { map in
            let id = label(map)
            if !ids.insert(id).inserted { map.report("id", "\(id) stands twice") }
            let isDeclined = map.string("mode") == "decline"
            let threshold = map.has("threshold") ? map.int("threshold", in: 5...1_000, default: 20) : nil
            let decision = isDeclined ? nil : ReleaseDecision.read(map, default: ReleaseDecision(.auto))
            if decision?.mode == .auto, threshold == nil { map.report("id", "needs a stricter mode or a threshold") }
            return SensitiveGroup(
                id: id, group: ConceptGroup(concepts: concepts(map)), fromAbove: map.bool("from_above", default: true),
                decision: decision, threshold: threshold)
        }
    }

    static func classes(_ root: YAMLMap, sensitive: Set<String>) -> [ReleaseClass] {
        root.maps("classes").map { map in
            let purposes: [ProjectStatement.PurposeClass]? = map.choices("purposes")
            let modes: [ReleaseMode]? = map.choices("release_modes")
            let domains: [ClinicalDomain]? = map.choices("domains")
            let outputs: [Output]? = map.choices("outputs")
            let touched = map.strings("sensitive").map(Set.init)
            for group in touched ?? [] where !sensitive.contains(group) {
                map.report("sensitive", "\"\(group)\" is not one of the sensitive groups of this file")
            }
            if !map.has("mode") { map.report("mode", "is missing") }
            return ReleaseClass(
                id: label(map), projects: map.strings("projects").map(Set.init),
                organisations: map.strings("organisations").map(Set.init), purposes: purposes.map { Set($0.map(\.rawValue)) },
                modes: modes.map { Set($0.map(\.rawValue)) }, domains: domains.map(Set.init),
                outputs: outputs.map { Set($0.map(\.rawValue)) }, sensitive: touched,
                decision: ReleaseDecision.read(map, default: ReleaseDecision(.auto)))
        }
    }

    /// Who decides, and for how long records are kept.
    static func house(_ root: YAMLMap) -> (desk: Set<String>?, keepYears: Int) {
        let desk = root.map("desk")
        return (desk.strings("approvers").map(Set.init), root.map("log").int("keep_years", in: 2...100, default: 5))
    }

    private enum Output: String, CaseIterable { case total, attrition, breakdown }

    /// The id of a group or class. It stands in audit lines, so it is a plain word.
    private static func label(_ map: YAMLMap) -> String {
        let id = map.requiredString("id")
        let isPlain =
            id.utf8.count <= 40
            && id.utf8.allSatisfy { byte in
                (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x2D
            }
        if !id.isEmpty, !isPlain { map.report("id", "\"\(id)\" may hold small letters, digits and hyphens only, at most 40") }
        return id
    }

    private static func concepts(_ map: YAMLMap) -> Set<Int> {
        let numbers = map.integers("concepts")
        if numbers?.isEmpty ?? true { map.report("concepts", "needs at least one concept id") }
        return Set(numbers ?? [])
    }
}
