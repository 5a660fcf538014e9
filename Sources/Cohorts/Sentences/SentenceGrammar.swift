import CanonicalJSON

/// How one language says the parts of a definition. Each language has its own order of words, so each has its own grammar;
/// nothing is glued together from translated fragments.
protocol SentenceGrammar: Sendable {
    /// The heading of a part.
    func heading(_ section: SentenceLine.Section) -> String
    /// A criterion as a noun phrase of one event.
    func event(_ criterion: Criterion, _ names: SetNames) -> String
    /// A counted criterion as a clause.
    func counted(_ counted: CorrelatedCriterion, _ names: SetNames) -> String
    /// A demographic criterion as a clause.
    func demographic(_ criterion: DemographicCriterion, _ names: SetNames) -> String
    /// What introduces the members of a group.
    func introduction(_ rule: CriteriaGroup.Rule) -> String
    /// What introduces criteria nested in an event.
    func nestedIntroduction() -> String
    /// What introduces several criteria of which any counts.
    func anyOf() -> String
    /// The observation needed around the entry event; nil when none is.
    func observation(_ window: ObservationWindow) -> String?
    /// Which entry events are kept.
    func entryLimit(_ limit: EventLimit) -> String
    /// Which qualified events are kept.
    func qualifiedLimit(_ limit: EventLimit) -> String
    /// Which included events are kept.
    func expressionLimit(_ limit: EventLimit) -> String
    /// A rule's line, by its number from 1.
    func rule(_ number: Int, _ rule: InclusionRule) -> String
    /// What is said of a rule that asks nothing.
    func emptyGroup() -> String
    /// How persons leave.
    func exit(_ strategy: EndStrategy?, _ names: SetNames) -> String
    /// What introduces the censoring criteria.
    func censoring() -> String
    /// How periods are joined; nil when only those that touch are.
    func collapse(_ settings: CollapseSettings) -> String?
    /// The censor window.
    func censorWindow(_ period: Period) -> String
    /// What a concept set holds.
    func conceptSet(_ set: ConceptSet) -> String
}

/// The names of a definition's concept sets.
struct SetNames: Sendable {
    private let names: [Int: String]
    private let language: SentenceLanguage

    init(_ expression: CohortExpression, _ language: SentenceLanguage) {
        names = Dictionary(expression.conceptSets.map { ($0.id, $0.name.trimmed) }, uniquingKeysWith: { first, _ in first })
        self.language = language
    }

    /// The author's name in quotes, or the set's number.
    func quoted(_ id: Int) -> String {
        if let name = names[id], !name.isEmpty { return "'\(name)'" }
        return language == .english ? "concept set \(id)" : "개념 집합 \(id)"
    }
}

/// One edge of a window, ready to be said.
enum WindowEdge: Equatable {
    /// So many units after the index, negative before.
    case distance(Int, isHours: Bool)
    /// The start of observation, or no bound.
    case earliest
    /// The end of observation, or no bound.
    case latest

    init(_ endpoint: WindowEndpoint) {
        if let hours = endpoint.hours {
            self = .distance(hours * endpoint.coefficient, isHours: true)
        } else if let offset = endpoint.offset {
            self = .distance(offset, isHours: false)
        } else {
            self = endpoint.coefficient == -1 ? .earliest : .latest
        }
    }

    var isIndex: Bool {
        if case .distance(0, _) = self { true } else { false }
    }
}

/// Numbers for people: integers without a point, thousands grouped.
enum SentenceNumber {
    static func text(_ value: Double) -> String {
        guard let whole = Int(exactly: value) else { return JSONNumber(value).text }
        return text(whole)
    }

    static func text(_ value: Int) -> String {
        var grouped = ""
        for (index, digit) in String(value.magnitude).reversed().enumerated() {
            if index > 0, index % 3 == 0 { grouped.append(",") }
            grouped.append(digit)
        }
        return (value < 0 ? "-" : "") + String(grouped.reversed())
    }
}

extension Concept {
    /// The concept's name, or its id where the author gave none.
    func shown(_ language: SentenceLanguage) -> String {
        if let name = name?.trimmed, !name.isEmpty { return name }
        return language == .english ? "concept \(id)" : "개념 \(id)"
    }
}
