import CanonicalJSON

/// Says a definition in the order in which it is evaluated. What is said is the grammar's; what is said when is here.
struct ReadBack {
    private let expression: CohortExpression
    private let grammar: any SentenceGrammar
    private let names: SetNames
    private var said: [SentenceLine] = []
    private var section = SentenceLine.Section.entry

    init(_ expression: CohortExpression, _ language: SentenceLanguage) {
        self.expression = expression
        grammar = language == .english ? EnglishGrammar() : KoreanGrammar()
        names = SetNames(expression, language)
    }

    mutating func lines() -> [SentenceLine] {
        entry()
        additional()
        rules()
        exit()
        conceptSets()
        return said
    }

    // MARK: Parts

    private mutating func entry() {
        let primary = expression.primaryCriteria
        begin(.entry, primary.pointer)
        events(primary.criteria, primary.pointer.appending("CriteriaList"), level: 1)
        if let observation = grammar.observation(primary.observationWindow) {
            say(observation, 1, primary.pointer.appending("ObservationWindow"))
        }
        say(grammar.entryLimit(primary.limit), 1, primary.pointer.appending("PrimaryCriteriaLimit"))
    }

    private mutating func additional() {
        guard let group = expression.additionalCriteria else { return }
        begin(.additional, group.pointer)
        self.group(group, level: 1)
        say(grammar.qualifiedLimit(expression.effectiveQualifiedLimit), 1, expression.pointer.appending("QualifiedLimit"))
    }

    private mutating func rules() {
        let limit = expression.expressionLimit ?? .all
        let place = expression.pointer.appending("ExpressionLimit")
        if expression.inclusionRules.isEmpty {
            // Without rules the limit acts on what entered, and is worth a word only if more than one event a person did.
            let isOne = expression.primaryCriteria.limit != .all || expression.effectiveQualifiedLimit != .all
            if limit != .all, !isOne { say(grammar.qualifiedLimit(limit), 1, place) }
            return
        }
        begin(.rules, expression.pointer.appending("InclusionRules"))
        for (index, rule) in expression.inclusionRules.enumerated() {
            say(grammar.rule(index + 1, rule), 1, rule.pointer)
            group(rule.expression, level: 2)
        }
        say(grammar.expressionLimit(limit), 1, place)
    }

    private mutating func exit() {
        let place = expression.pointer.appending("EndStrategy")
        begin(.exit, place)
        say(grammar.exit(expression.endStrategy, names), 1, place)
        if !expression.censoringCriteria.isEmpty {
            let list = expression.pointer.appending("CensoringCriteria")
            say(grammar.censoring(), 1, list)
            for criterion in expression.censoringCriteria { event(criterion, level: 2) }
        }
        if let collapse = grammar.collapse(expression.collapseSettings) {
            say(collapse, 1, expression.pointer.appending("CollapseSettings"))
        }
        if let window = expression.censorWindow {
            say(grammar.censorWindow(window), 1, expression.pointer.appending("CensorWindow"))
        }
    }

    private mutating func conceptSets() {
        guard !expression.conceptSets.isEmpty else { return }
        begin(.conceptSets, expression.pointer.appending("ConceptSets"))
        for set in expression.conceptSets { say(grammar.conceptSet(set), 1, set.pointer) }
    }

    // MARK: Criteria

    private mutating func events(_ criteria: [Criterion], _ pointer: JSONPointer, level: Int) {
        let several = criteria.count > 1
        if several { say(grammar.anyOf(), level, pointer) }
        for criterion in criteria { event(criterion, level: several ? level + 1 : level) }
    }

    private mutating func event(_ criterion: Criterion, level: Int) {
        say(grammar.event(criterion, names), level, criterion.pointer)
        inside(criterion, level: level)
    }

    /// What is nested in a criterion: the members of a custom era and correlated criteria.
    private mutating func inside(_ criterion: Criterion, level: Int) {
        for member in criterion.eraMembers { event(member, level: level + 1) }
        guard criterion.domain != .customEra, let group = criterion.correlated, !group.isEmpty else { return }
        say(grammar.nestedIntroduction(), level + 1, group.pointer)
        self.group(group, level: level + 2)
    }

    private mutating func group(_ group: CriteriaGroup, level: Int) {
        if group.isEmpty {
            say(grammar.emptyGroup(), level, group.pointer)
            return
        }
        // A single member needs no introduction where "all" and "any" mean the same.
        let isPlain = group.memberCount == 1 && (group.rule == .all || group.rule == .any)
        if !isPlain { say(grammar.introduction(group.rule), level, group.pointer) }
        let inner = isPlain ? level : level + 1
        for member in group.criteria {
            say(grammar.counted(member, names), inner, member.pointer)
            inside(member.criterion, level: inner)
        }
        for member in group.demographics { say(grammar.demographic(member, names), inner, member.pointer) }
        for member in group.groups { self.group(member, level: inner) }
    }

    // MARK: Lines

    private mutating func begin(_ section: SentenceLine.Section, _ pointer: JSONPointer) {
        self.section = section
        say(grammar.heading(section), 0, pointer)
    }

    private mutating func say(_ text: String, _ level: Int, _ pointer: JSONPointer) {
        said.append(SentenceLine(section: section, level: level, text: text, pointer: pointer))
    }
}
