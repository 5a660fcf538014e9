import CanonicalJSON
import Cohorts

/// Random definitions that are valid, as JSON: every domain, every attribute, nested groups, windows of every kind.
struct RandomDefinition {
    private var random: SeededRandom
    private let allowsHours: Bool
    /// Only what plain feasibility questions ask: one entry event a person, rows, start windows.
    private let isPlain: Bool

    /// A definition that depends on its seed alone.
    /// - Parameter hours: also makes windows of hours, which other tools do not know.
    static func make(seed: Int, hours: Bool = true) -> JSONValue {
        var maker = RandomDefinition(random: SeededRandom(seed &* 31 &+ 7), allowsHours: hours, isPlain: false)
        return maker.definition()
    }

    /// A definition of the plain kind.
    static func makePlain(seed: Int) -> JSONValue {
        var maker = RandomDefinition(random: SeededRandom(seed &* 37 &+ 11), allowsHours: false, isPlain: true)
        return maker.definition()
    }

    private static let domains = CriterionDomain.allCases.filter { $0 != .locationRegion }
    private static let common: [CriterionDomain] = [
        .conditionOccurrence, .drugExposure, .measurement, .visitOccurrence, .observation, .procedureOccurrence,
    ]

    // MARK: The whole

    private mutating func definition() -> JSONValue {
        var whole: JSONObject = ["ConceptSets": .array((0...5).map { conceptSet($0) })]
        var criteria: [JSONValue] = []
        for _ in 0..<random.pick([1, 1, 2, 3]) { criteria.append(criterion(depth: 0)) }
        whole["PrimaryCriteria"] = [
            "CriteriaList": .array(criteria),
            "ObservationWindow": [
                "PriorDays": .number(JSONNumber(random.pick([0, 0, 0, 30, 180]))),
                "PostDays": .number(JSONNumber(random.pick([0, 0, 0, 30]))),
            ],
            "PrimaryCriteriaLimit": isPlain ? ["Type": .string(random.pick(["First", "All"]))] : limit(),
        ]
        if random.chance(35) { whole["AdditionalCriteria"] = random.chance(15) ? emptyGroup() : group(depth: 1) }
        whole["QualifiedLimit"] = limit()
        whole["ExpressionLimit"] = limit()
        var rules: [JSONValue] = []
        for rule in 0..<random.pick([0, 1, 1, 2, 3]) {
            rules.append(["name": .string("rule \(rule)"), "expression": random.chance(5) ? emptyGroup() : group(depth: 1)])
        }
        whole["InclusionRules"] = .array(rules)
        if !isPlain, random.chance(50) { whole["EndStrategy"] = endStrategy() }
        if random.chance(30) { whole["CensoringCriteria"] = .array([criterion(depth: 0)]) }
        if random.chance(40) {
            whole["CollapseSettings"] = ["CollapseType": "ERA", "EraPad": .number(JSONNumber(random.pick([0, 1, 7, 30, 90])))]
        }
        if !isPlain, random.chance(15) { whole["CensorWindow"] = period() }
        return .object(whole)
    }

    private mutating func limit() -> JSONValue { ["Type": .string(random.pick(["All", "All", "All", "First", "Last"]))] }

    private mutating func conceptSet(_ id: Int) -> JSONValue {
        var items: [JSONValue] = []
        for _ in 0..<random.pick([0, 1, 1, 1, 2, 2, 3]) {
            let concept = random.pick([1, 1, 1, 11, 11, 21, 21, 2, 12, 8, 9, 18, 999, 105, 30])
            items.append([
                "concept": ["CONCEPT_ID": .number(JSONNumber(concept)), "CONCEPT_NAME": "x"],
                "isExcluded": .bool(random.chance(20)), "includeDescendants": .bool(random.chance(75)),
                "includeMapped": .bool(random.chance(25)),
            ])
        }
        return ["id": .number(JSONNumber(id)), "name": .string("set \(id)"), "expression": ["items": .array(items)]]
    }

    private mutating func endStrategy() -> JSONValue {
        if random.chance(50) {
            return [
                "DateOffset": [
                    "DateField": .string(random.pick(["StartDate", "EndDate"])),
                    "Offset": .number(JSONNumber(random.pick([0, 1, 30, 365, -1]))),
                ]
            ]
        }
        var era: JSONObject = [
            "DrugCodesetId": .number(JSONNumber(random.int(0...6))), "GapDays": .number(JSONNumber(random.pick([0, 1, 30]))),
            "Offset": .number(JSONNumber(random.pick([0, 7]))),
        ]
        if random.chance(30) { era["DaysSupplyOverride"] = .number(JSONNumber(random.pick([1, 14]))) }
        return ["CustomEra": .object(era)]
    }

    // MARK: Criteria

    private mutating func criterion(depth: Int) -> JSONValue {
        let domain = isPlain || random.chance(55) ? random.pick(Self.common) : random.pick(Self.domains)
        if domain == .customEra && depth > 2 { return criterion(depth: depth) }
        return [domain.rawValue: .object(body(domain, depth: depth))]
    }

    private mutating func body(_ domain: CriterionDomain, depth: Int) -> JSONObject {
        var body = JSONObject()
        if domain.hasCodeset, random.chance(55) { body["CodesetId"] = .number(JSONNumber(random.int(0...6))) }
        if domain.hasFirst, random.chance(25) { body["First"] = true }
        if let key = domain.sourceConceptKey, domain != .specimen, random.chance(10) {
            body[key] = .number(JSONNumber(random.int(0...5)))
        }
        if domain == .customEra {
            body["CriteriaList"] = .array([criterion(depth: depth + 2), criterion(depth: depth + 2)])
            body["GapDays"] = .number(JSONNumber(random.pick([0, 30])))
        }
        if domain.hasUserDefinedPeriod, random.chance(25) { body["UserDefinedPeriod"] = period() }
        let plainAttributes: Set<CriterionAttribute> = [.startDate, .age, .gender, .type, .valueAsNumber, .unit, .valueAsConcept]
        let attributes = CriterionSchema.attributes(of: domain).filter { !isPlain || plainAttributes.contains($0.attribute) }
            .filter {
                ![
                    .placeOfServiceLocation, .effectiveDrugDose, .doseUnit,
                ].contains($0.attribute)
            }
        for _ in 0..<random.pick([0, 0, 0, 0, 0, 1, 1, 2]) where !attributes.isEmpty {
            let attribute = random.pick(attributes)
            add(attribute, to: &body)
        }
        if isPlain { return body }
        if random.chance(10) { body["DateAdjustment"] = dateAdjustment() }
        if depth < 3, random.chance(12) {
            body["CorrelatedCriteria"] = random.chance(10) ? emptyGroup() : group(depth: depth + 1)
        }
        return body
    }

    private mutating func dateAdjustment() -> JSONValue {
        [
            "StartWith": .string(random.pick(["START_DATE", "END_DATE"])),
            "StartOffset": .number(JSONNumber(random.pick([0, -7, 1, 30]))),
            "EndWith": .string(random.pick(["START_DATE", "END_DATE"])),
            "EndOffset": .number(JSONNumber(random.pick([0, 1, 30, -1]))),
        ]
    }

    private mutating func add(_ attribute: AttributeDeclaration, to body: inout JSONObject) {
        switch attribute.kind {
        case .date: body[attribute.key] = range { .string($0.dateText()) }
        case .integer: body[attribute.key] = numbers(attribute)
        case .decimal: body[attribute.key] = range { .number(JSONNumber(Double($0.random.int(0...40)) / 4)) }
        case .concepts(let exclude):
            body[attribute.key] = .array(
                concepts(attribute).map { ["CONCEPT_ID": .number(JSONNumber($0)), "CONCEPT_NAME": "x"] })
            if let exclude, random.chance(30) { body[exclude] = true }
        case .selection:
            var selection: JSONObject = ["IsExclusion": .bool(random.chance(40))]
            if random.chance(80) { selection["CodesetId"] = .number(JSONNumber(random.int(0...6))) }
            body[attribute.key] = .object(selection)
        case .conceptSet: body[attribute.key] = .number(JSONNumber(random.int(0...5)))
        case .text:
            body[attribute.key] = [
                "Text": .string(random.pick(["a", "b", "Abc", "%", "_", "5", "a_c"])),
                "Op": .string(random.pick(["startsWith", "endsWith", "contains", "!startsWith", "!endsWith", "!contains"])),
            ]
        case .flag:
            body[attribute.key] = .bool(true)
            // The official SQL for Abnormal is only valid beside a value concept.
            body["ValueAsConcept"] = .array([1, 2, 3, 11, 12, 21, 0, 4_155_142].map { ["CONCEPT_ID": .number(JSONNumber($0))] })
        }
    }

    private mutating func concepts(_ attribute: AttributeDeclaration) -> [Int] {
        switch attribute.attribute {
        case .gender: return random.pick([[8507], [8532], [8507, 8532], []])
        case .type: return random.pick([[32_817], [32_827, 32_838], []])
        case .visitType: return random.pick([[9201], [9202, 1], [2, 11]])
        default: return random.pick([[1, 2, 3], [0], [11, 12, 21], []])
        }
    }

    private mutating func numbers(_ attribute: AttributeDeclaration) -> JSONValue {
        let ages: Set<CriterionAttribute> = [.age, .ageAtStart, .ageAtEnd]
        let top = ages.contains(attribute.attribute) ? 80 : (attribute.attribute == .length ? 40 : 5)
        return range { .number(JSONNumber($0.random.int(0...top))) }
    }

    private mutating func range(_ bound: (inout RandomDefinition) -> JSONValue) -> JSONValue {
        let op = random.pick(["lt", "lte", "eq", "!eq", "gt", "gt", "gte", "gte", "bt", "bt", "!bt"])
        var range: JSONObject = ["Value": bound(&self), "Op": .string(op)]
        if op.hasSuffix("bt") { range["Extent"] = bound(&self) }
        return .object(range)
    }

    private mutating func dateText() -> String {
        "\(random.int(2018...2021))-\(random.pick(["01", "06", "12"]))-\(random.pick(["01", "15", "28"]))"
    }

    private mutating func period() -> JSONValue {
        var period = JSONObject()
        if random.chance(75) { period["StartDate"] = .string(dateText()) }
        if random.chance(75) { period["EndDate"] = .string(dateText()) }
        return .object(period)
    }

    // MARK: Groups

    private mutating func emptyGroup() -> JSONValue {
        ["Type": "ALL", "CriteriaList": .array([]), "DemographicCriteriaList": .array([]), "Groups": .array([])]
    }

    private mutating func group(depth: Int) -> JSONValue {
        var criteria: [JSONValue] = []
        var demographics: [JSONValue] = []
        var groups: [JSONValue] = []
        for _ in 0..<random.pick([0, 1, 1, 2]) { criteria.append(counted(depth: depth)) }
        if random.chance(20) { demographics.append(demographic()) }
        if depth < 3, random.chance(15) { groups.append(random.chance(15) ? emptyGroup() : group(depth: depth + 1)) }
        if criteria.isEmpty && demographics.isEmpty && groups.isEmpty { criteria.append(counted(depth: depth)) }
        var group: JSONObject = [
            "CriteriaList": .array(criteria), "DemographicCriteriaList": .array(demographics), "Groups": .array(groups),
        ]
        let type = random.pick(["ALL", "ALL", "ANY", "AT_LEAST", "AT_MOST"])
        group["Type"] = .string(type)
        if type.hasPrefix("AT_") { group["Count"] = .number(JSONNumber(random.int(0...2))) }
        return .object(group)
    }

    private mutating func demographic() -> JSONValue {
        var body = JSONObject()
        for _ in 0..<random.pick([0, 1, 1, 2]) { add(random.pick(CriterionSchema.demographic), to: &body) }
        return .object(body)
    }

    private mutating func counted(depth: Int) -> JSONValue {
        let criterion = criterion(depth: depth)
        var counted: JSONObject = ["Criteria": criterion, "StartWindow": window(isEnd: false)]
        if !isPlain, random.chance(20) { counted["EndWindow"] = window(isEnd: true) }
        if !isPlain, random.chance(10) { counted["RestrictVisit"] = true }
        if random.chance(25) { counted["IgnoreObservationPeriod"] = true }
        var occurrence: JSONObject = [
            "Type": .number(JSONNumber(random.pick([2, 2, 2, 0, 1]))), "Count": .number(JSONNumber(random.pick([0, 1, 1, 2]))),
        ]
        if !isPlain, random.chance(20), let column = distinctColumn(of: criterion) {
            occurrence["IsDistinct"] = true
            occurrence["CountColumn"] = .string(column.rawValue)
        }
        counted["Occurrence"] = .object(occurrence)
        return .object(counted)
    }

    /// A column that the criterion can count, also upstream.
    private mutating func distinctColumn(of criterion: JSONValue) -> CountColumn? {
        guard case .object(let wrapper) = criterion, let name = wrapper.keys.first, let domain = CriterionDomain(rawValue: name),
            case .object(let body)? = wrapper[name]
        else { return nil }
        if domain == .customEra || domain == .payerPlanPeriod { return random.pick([.startDate, .endDate]) }
        if body["CorrelatedCriteria"] != nil {
            return random.pick([.startDate, .endDate, .visitID].filter { domain.countColumns.contains($0) })
        }
        // Upstream has no unit to count for measurements and observations, and no concept or detail where it says so.
        var offered = domain.countColumns.subtracting([.visitDetailID, .domainSourceConcept])
        if domain == .measurement || domain == .observation { offered.remove(.unit) }
        if domain == .episode { offered.remove(.domainConcept) }
        if domain == .conditionEra || domain == .visitDetail || domain == .episode { offered.remove(.visitID) }
        return random.pick(offered.sorted { $0.rawValue < $1.rawValue })
    }

    private mutating func window(isEnd: Bool) -> JSONValue {
        var window: JSONObject = ["Start": endpoint(-1), "End": endpoint(1)]
        if isPlain { return .object(window) }
        if random.chance(20) { window["UseIndexEnd"] = .bool(random.chance(80)) }
        if random.chance(isEnd ? 40 : 20) { window["UseEventEnd"] = .bool(random.chance(60)) }
        return .object(window)
    }

    private mutating func endpoint(_ side: Int) -> JSONValue {
        var endpoint: JSONObject = ["Coeff": .number(JSONNumber(random.chance(80) ? side : -side))]
        if !random.chance(30) { endpoint["Days"] = .number(JSONNumber(random.pick([0, 0, 1, 7, 30, 90, 365]))) }
        if allowsHours, random.chance(5) { endpoint["DureHours"] = .number(JSONNumber(random.pick([0, 1, 12, 24, 48, 720]))) }
        return .object(endpoint)
    }
}
