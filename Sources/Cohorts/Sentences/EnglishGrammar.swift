/// A definition in English.
struct EnglishGrammar: SentenceGrammar {
    func heading(_ section: SentenceLine.Section) -> String {
        switch section {
        case .entry: "Entry event"
        case .additional: "Additional criteria"
        case .rules: "Inclusion criteria, in the order of attrition"
        case .exit: "Exit"
        case .conceptSets: "Concept sets"
        case .outputs: "What is shown"
        }
    }

    func event(_ criterion: Criterion, _ names: SetNames) -> String {
        let noun = criterion.first ? "first-ever \(criterion.domain.name(.english))" : criterion.domain.name(.english)
        return "\(Self.article(noun)) \(noun)\(described(criterion, names))"
    }

    func counted(_ counted: CorrelatedCriterion, _ names: SetNames) -> String {
        [
            amount(counted, names), EnglishWindow.clause(counted),
            counted.restrictVisit ? "in the same visit as the index event" : nil,
            counted.ignoreObservationPeriod ? "also outside the observation period" : nil,
        ].compactMap { $0 }.joined(separator: ", ")
    }

    func demographic(_ criterion: DemographicCriterion, _ names: SetNames) -> String {
        let parts = criterion.filters.map { filter in
            switch filter.attribute {
            case .startDate: "index date \(dates(filter.test))"
            case .endDate: "end of the index event \(dates(filter.test))"
            default: EnglishFilter.phrase(filter, names)
            }
        }
        return parts.isEmpty ? "the person is known" : parts.joined(separator: ", ")
    }

    func introduction(_ rule: CriteriaGroup.Rule) -> String {
        switch rule {
        case .all: "all of the following:"
        case .any: "any of the following:"
        case .atLeast(let count): "at least \(count) of the following:"
        case .atMost(let count): "at most \(count) of the following:"
        }
    }

    func nestedIntroduction() -> String { "for which, seen from that event:" }

    func anyOf() -> String { "any of these events:" }

    func emptyGroup() -> String { "nothing is asked; everybody passes" }

    // MARK: Nouns

    /// "of 'X' (source codes in 'Y'), aged 18 or older"
    private func described(_ criterion: Criterion, _ names: SetNames) -> String {
        var text = ""
        if let id = criterion.codesetID { text += " of \(names.quoted(id))" }
        if let id = criterion.sourceCodesetID { text += " with a source code in \(names.quoted(id))" }
        var parts = criterion.filters.map { EnglishFilter.phrase($0, names) }
        if let adjustment = criterion.dateAdjustment { parts.append(Self.adjustment(adjustment)) }
        if let period = criterion.userDefinedPeriod { parts.append("taken as \(Self.period(period))") }
        if criterion.domain == .customEra { parts.append("merged from these events:") }
        return ([text] + parts).filter { !$0.isEmpty }.enumerated().map { index, part in
            index == 0 && !text.isEmpty ? part : ", \(part)"
        }.joined()
    }

    /// "at least 2 measurements of 'X'", "no condition of 'Y'", "at least 2 different start dates among measurements of 'X'"
    private func amount(_ counted: CorrelatedCriterion, _ names: SetNames) -> String {
        let criterion = counted.criterion
        let occurrence = counted.occurrence
        let described = described(criterion, names)
        let first = criterion.first ? "first-ever " : ""
        let (singular, plural) = (first + criterion.domain.name(.english), first + criterion.domain.plural(.english))
        if occurrence.count == 0, occurrence.kind != .atLeast { return "no \(singular)\(described)" }
        let number = SentenceNumber.text(occurrence.count)
        let quantity: String =
            switch occurrence.kind {
            case .exactly: "exactly \(number)"
            case .atMost: "at most \(number)"
            case .atLeast: "at least \(number)"
            }
        if let column = occurrence.distinctColumn {
            return "\(quantity) different \(Self.column(column, occurrence.count)) among \(plural)\(described)"
        }
        return "\(quantity) \(occurrence.count == 1 ? singular : plural)\(described)"
    }

    private static func column(_ column: CountColumn, _ count: Int) -> String {
        let noun: String =
            switch column {
            case .daysSupply: "number of days supplied"
            case .domainConcept: "concept"
            case .domainSourceConcept: "source concept"
            case .duration: "duration"
            case .endDate: "end date"
            case .eraOccurrences: "number of occurrences"
            case .gapDays: "number of gap days"
            case .quantity: "quantity"
            case .rangeHigh: "upper reference limit"
            case .rangeLow: "lower reference limit"
            case .refills: "number of refills"
            case .startDate: "start date"
            case .unit: "unit"
            case .valueAsNumber: "value"
            case .visitID: "visit"
            case .visitDetailID: "visit detail"
            }
        if count == 1 { return noun }
        if noun.hasPrefix("number ") { return "numbers " + noun.dropFirst("number ".count) }
        return noun == "quantity" ? "quantities" : noun + "s"
    }

    static func article(_ noun: String) -> String {
        ["a", "e", "i", "o"].contains(String(noun.prefix(1))) ? "an" : "a"
    }

    private func dates(_ test: FilterTest) -> String {
        if case .date(let range) = test { EnglishFilter.date(range) } else { "" }
    }

    private static func adjustment(_ adjustment: DateAdjustment) -> String {
        func date(_ anchor: DateAdjustment.Anchor, _ offset: Int) -> String {
            let base = anchor == .start ? "its start" : "its end"
            if offset == 0 { return base }
            return "\(days(offset.magnitude)) \(offset > 0 ? "after" : "before") \(base)"
        }
        return "with dates moved: from \(date(adjustment.startWith, adjustment.startOffset)) "
            + "to \(date(adjustment.endWith, adjustment.endOffset))"
    }

    static func days(_ count: UInt) -> String { count == 1 ? "1 day" : "\(SentenceNumber.text(Int(count))) days" }

    static func period(_ period: Period) -> String {
        switch (period.start, period.end) {
        case (let start?, let end?): "\(start) to \(end)"
        case (let start?, nil): "\(start) and later"
        case (nil, let end?): "\(end) and earlier"
        case (nil, nil): "any time"
        }
    }
}

// MARK: - Limits, rules, exit

extension EnglishGrammar {
    func observation(_ window: ObservationWindow) -> String? {
        switch (window.priorDays, window.postDays) {
        case (0, 0): nil
        case (let prior, 0): "observed for at least \(Self.days(prior.magnitude)) before"
        case (0, let post): "observed for at least \(Self.days(post.magnitude)) after"
        case (let prior, let post):
            "observed for at least \(Self.days(prior.magnitude)) before and \(Self.days(post.magnitude)) after"
        }
    }

    func entryLimit(_ limit: EventLimit) -> String {
        switch limit {
        case .all: "Every such event of a person is considered."
        case .first: "Only the first such event of each person is considered."
        case .last: "Only the last such event of each person is considered."
        }
    }

    func qualifiedLimit(_ limit: EventLimit) -> String {
        switch limit {
        case .all: "Every event that satisfies this is kept."
        case .first: "Of these, the first event of each person is kept."
        case .last: "Of these, the last event of each person is kept."
        }
    }

    func expressionLimit(_ limit: EventLimit) -> String {
        switch limit {
        case .all: "Every event that passes all rules is kept."
        case .first: "Of the events that pass all rules, the first of each person is kept."
        case .last: "Of the events that pass all rules, the last of each person is kept."
        }
    }

    func rule(_ number: Int, _ rule: InclusionRule) -> String {
        rule.name.trimmed.isEmpty ? "\(number)." : "\(number). \(rule.name.trimmed)"
    }

    func exit(_ strategy: EndStrategy?, _ names: SetNames) -> String {
        switch strategy {
        case nil: return "Persons stay until the end of observation."
        case .dateOffset(let exit):
            let date = exit.field == .start ? "the start of the event" : "the end of the event"
            let moment =
                exit.offset == 0
                ? "at \(date)" : "\(Self.days(exit.offset.magnitude)) \(exit.offset > 0 ? "after" : "before") \(date)"
            return "Persons leave \(moment), or at the end of observation if that is earlier."
        case .customEra(let exit):
            var details = ["gaps of up to \(Self.days(exit.gapDays.magnitude)) allowed"]
            if exit.offset != 0 {
                details.append("\(Self.days(exit.offset.magnitude)) \(exit.offset > 0 ? "added" : "taken off")")
            }
            if let supply = exit.daysSupplyOverride { details.append("each exposure counted as \(Self.days(supply.magnitude))") }
            return "Persons leave when continuous exposure to \(names.quoted(exit.drugCodesetID)) ends "
                + "(\(details.joined(separator: ", "))), or at the end of observation."
        }
    }

    func censoring() -> String { "They leave earlier on the first of these events:" }

    func collapse(_ settings: CollapseSettings) -> String? {
        settings.eraPad == 0
            ? nil : "Periods of one person at most \(Self.days(settings.eraPad.magnitude)) apart are joined."
    }

    func censorWindow(_ period: Period) -> String { "Periods are cut to \(Self.period(period))." }

    func conceptSet(_ set: ConceptSet) -> String {
        let included = set.items.filter { !$0.isExcluded }.map(item)
        let excluded = set.items.filter(\.isExcluded).map(item)
        let name = set.name.trimmed.isEmpty ? "concept set \(set.id)" : "'\(set.name.trimmed)'"
        let holds = included.isEmpty ? "nothing" : Self.shortened(included)
        return "\(name): \(holds)" + (excluded.isEmpty ? "" : "; without \(Self.shortened(excluded))")
    }

    private func item(_ item: ConceptSetItem) -> String {
        let extras = [item.includeDescendants ? "descendants" : nil, item.includeMapped ? "mapped codes" : nil].compactMap { $0 }
        let name = "\(item.concept.name?.trimmed ?? "concept") (\(item.concept.id))"
        return extras.isEmpty ? name : "\(name) with \(extras.joined(separator: " and "))"
    }

    /// Long sets are named by their first lines.
    private static func shortened(_ items: [String]) -> String {
        items.count <= 8
            ? items.joined(separator: ", ") : items.prefix(7).joined(separator: ", ") + " and \(items.count - 7) more"
    }
}
