import CanonicalJSON
import Cohorts
import EventIndex

/// Turns a definition into a plan for one index: concept sets resolved, filters looked up, attributes turned into tests.
struct PlanCompiler {
    let index: EventIndex
    let limits: EvaluationLimits
    private let expression: CohortExpression
    /// The definition's concept sets in this store.
    let sets: [Int: ResolvedConceptSet]
    private var criteria = 0

    init(_ expression: CohortExpression, index: EventIndex, limits: EvaluationLimits) throws(CohortEngineError) {
        self.expression = expression
        self.index = index
        self.limits = limits
        let resolver = ConceptSetResolver(index: index, limits: limits)
        var sets: [Int: ResolvedConceptSet] = [:]
        for set in expression.conceptSets { sets[set.id] = try resolver.resolve(set) }
        self.sets = sets
    }

    /// The plan of the whole definition.
    mutating func compile() throws(CohortEngineError) -> CohortPlan {
        if let feature = UnsupportedFinder(expression).found.first {
            throw CohortEngineError(
                .unsupported, feature.description, advice: "Leave it out or ask in another way; nothing was counted")
        }
        let additional = expression.additionalCriteria.flatMap { $0.isEmpty ? nil : $0 }
        let groups = expression.inclusionRules.map(\.expression) + (additional.map { [$0] } ?? [])
        let usesMoments = groups.contains(where: \.usesHours)
        var entry: [CriterionPlan] = []
        for criterion in expression.primaryCriteria.criteria {
            entry.append(try compile(criterion, moments: usesMoments, depth: 0))
        }
        var rules: [(name: String, group: GroupPlan)] = []
        for rule in expression.inclusionRules { rules.append((rule.name, try compile(rule.expression, depth: 0))) }
        var censoring: [CriterionPlan] = []
        for criterion in expression.censoringCriteria { censoring.append(try compile(criterion, moments: false, depth: 0)) }
        var additionalPlan: GroupPlan?
        if let additional { additionalPlan = try compile(additional, depth: 0) }
        let window = expression.primaryCriteria.observationWindow
        return CohortPlan(
            entry: EntryPlan(
                criteria: entry, priorDays: window.priorDays, postDays: window.postDays, limit: expression.primaryCriteria.limit),
            additional: additionalPlan, hasAdditionalCriteria: expression.additionalCriteria != nil,
            qualifiedLimit: expression.effectiveQualifiedLimit, rules: rules,
            expressionLimit: expression.expressionLimit ?? .all, exit: try exit(), censoring: censoring,
            eraPad: expression.collapseSettings.eraPad, censorStart: expression.censorWindow?.start?.dayNumber,
            censorEnd: expression.censorWindow?.end?.dayNumber)
    }

    /// The plan of a breakdown.
    func compile(_ dimensions: [BreakdownDimension], by set: BreakdownSet?) throws(CohortEngineError) -> BreakdownPlan {
        guard dimensions.contains(.conceptSet) else { return BreakdownPlan(dimensions: dimensions, records: nil) }
        guard let set, let rules = DomainRules(set.domain) else {
            throw CohortEngineError(
                .invalid, "/outputs/conceptSet is missing or names no records", advice: "Say by which concept set to break down")
        }
        let records = try select(rules.table, .standard(concepts(set.codesetID)))
        return BreakdownPlan(dimensions: dimensions, records: records)
    }

    // MARK: Criteria

    private mutating func compile(
        _ criterion: Criterion, moments: Bool, distinct: CountColumn? = nil, depth: Int
    ) throws(CohortEngineError) -> CriterionPlan {
        try count(criterion, depth: depth)
        var nested: GroupPlan?
        var needsMoments = moments
        if let group = criterion.correlated, !group.isEmpty, criterion.domain != .customEra {
            nested = try compile(group, depth: depth + 1)
            needsMoments = needsMoments || group.usesHours
        }
        let tests = try self.tests(of: criterion)
        let distinctValue = distinct.flatMap { $0.value(in: criterion.domain) }
        let source = try self.source(
            of: criterion, tests: tests, distinct: distinctValue, moments: needsMoments, depth: depth)
        return CriterionPlan(
            pointer: criterion.pointer, source: source, first: criterion.first, adjustment: criterion.adjustmentPlan,
            tests: tests,
            nested: nested, distinct: distinctValue, needsMoments: needsMoments, keepsMoments: moments)
    }

    private mutating func count(_ criterion: Criterion, depth: Int) throws(CohortEngineError) {
        criteria += 1
        guard criteria <= limits.criteria else {
            throw CohortEngineError(
                .limit, "\(criterion.pointer) is one criterion more than the limit of \(limits.criteria)",
                advice: "Simplify the definition, or ask the hospital to raise its limit")
        }
        try checkDepth(depth, at: criterion.pointer)
    }

    private func checkDepth(_ depth: Int, at pointer: JSONPointer) throws(CohortEngineError) {
        guard depth <= limits.nesting else {
            throw CohortEngineError(
                .limit, "\(pointer) is nested deeper than the limit of \(limits.nesting)",
                advice: "Flatten the groups, or ask the hospital to raise its limit")
        }
    }

    private mutating func source(
        of criterion: Criterion, tests: [RowTest], distinct: DistinctValue?, moments: Bool, depth: Int
    ) throws(CohortEngineError) -> CriterionPlan.Source {
        guard let rules = DomainRules(criterion.domain) else {
            var parts: [CriterionPlan] = []
            for member in criterion.eraMembers { parts.append(try compile(member, moments: false, depth: depth + 1)) }
            return .eras(parts)
        }
        var columns = Set(tests.flatMap(\.columns))
        if case .column(let column)? = distinct { columns.insert(column) }
        if rules.end == .drug { columns.insert(.daysSupply) }
        if moments { columns.formUnion([.startMinute, .endMinute]) }
        let period = criterion.domain.hasUserDefinedPeriod ? criterion.userDefinedPeriod : nil
        return .rows(
            CriterionPlan.RowSource(
                selection: try select(rules.table, filter(of: criterion)), end: rules.end, hasVisit: rules.hasVisit,
                columns: columns, replacedStart: period?.start?.dayNumber, replacedEnd: period?.end?.dayNumber))
    }

    private func filter(of criterion: Criterion) -> ConceptFilter {
        let standard = criterion.domain.hasCodeset ? criterion.codesetID.map { concepts($0) } : nil
        let source = criterion.domain.sourceConceptKey == nil ? nil : criterion.sourceCodesetID.map { concepts($0) }
        switch (standard, source) {
        case (let standard?, let source?): return .both(standard: standard, source: source)
        case (let standard?, nil): return .standard(standard)
        case (nil, let source?): return .source(source)
        case (nil, nil): return .all
        }
    }

    private func select(_ table: EventTable, _ filter: ConceptFilter) throws(CohortEngineError) -> ConceptSelection {
        do {
            return try index.selection(table, filter)
        } catch {
            throw CohortEngineError(reading: error)
        }
    }

    /// The concepts of a set; a set that is not defined has none.
    private func concepts(_ set: Int) -> [Int32] { sets[set, default: .empty].concepts }

    // MARK: Attributes

    private func tests(of criterion: Criterion) throws(CohortEngineError) -> [RowTest] {
        var tests: [RowTest] = []
        if criterion.domain.hasUserDefinedPeriod, let period = criterion.userDefinedPeriod {
            tests += [period.start, period.end].compactMap { $0.map { .contains($0.dayNumber) } }
        }
        for filter in criterion.filters {
            guard let test = test(filter, in: criterion.domain) else {
                throw CohortEngineError(
                    .invalid, "\(filter.pointer) cannot test \(filter.attribute.rawValue) in this way",
                    advice: "Correct the definition")
            }
            tests.append(test)
        }
        return tests
    }

    private func test(_ filter: CriterionFilter, in domain: CriterionDomain) -> RowTest? {
        switch (filter.attribute, filter.test) {
        case (.startDate, .date(let days)): .start(days)
        // circe-be compares the start.
        case (.endDate, .date(let days)): domain == .drugExposure ? .start(days) : .end(days)
        case (.length, .number(let range)): .length(range)
        // circe-be takes the year of the end for visit details.
        case (.age, .number(let range)): domain == .visitDetail ? .ageAtEnd(range) : .ageAtStart(range)
        case (.ageAtStart, .number(let range)): .ageAtStart(range)
        case (.ageAtEnd, .number(let range)): .ageAtEnd(range)
        case (.gender, let test), (.race, let test), (.ethnicity, let test): person(filter.attribute, test).map { .person($0) }
        case (.rangeLowRatio, .number(let range)): .ratio(.rangeLow, range)
        case (.rangeHighRatio, .number(let range)): .ratio(.rangeHigh, range)
        case (.abnormal, .isTrue): .abnormal
        case (let attribute, .number(let range)): attribute.column.map { .number($0, range) }
        case (let attribute, .text(let text)): attribute.column.map { .text($0, text) }
        case (let attribute, let test):
            if let column = attribute.column, let test = conceptTest(test) { .concept(column, test) } else { nil }
        }
    }

    private func person(_ attribute: CriterionAttribute, _ test: FilterTest) -> PersonTest? {
        guard let test = conceptTest(test) else { return nil }
        switch attribute {
        case .gender: return PersonTest(column: .gender, test: test)
        case .race: return PersonTest(column: .race, test: test)
        case .ethnicity: return PersonTest(column: .ethnicity, test: test)
        default: return nil
        }
    }

    private func conceptTest(_ test: FilterTest) -> ConceptTest? {
        switch test {
        case .concepts(let concepts, let isExclusion):
            .list(Set(concepts.compactMap { Int32(exactly: $0.id) }), excluded: isExclusion)
        case .selection(let selection):
            if let set = selection.codesetID {
                .set(Set(concepts(set)), excluded: selection.isExclusion)
            } else {
                .present(excluded: selection.isExclusion)
            }
        case .conceptSet(let set): .set(Set(concepts(set)), excluded: false)
        case .date, .number, .text, .isTrue: nil
        }
    }

    // MARK: Groups

    private mutating func compile(_ group: CriteriaGroup, depth: Int) throws(CohortEngineError) -> GroupPlan {
        try checkDepth(depth, at: group.pointer)
        var members: [GroupMember] = []
        for counted in group.criteria { members.append(.counted(try compile(counted, depth: depth))) }
        for demographic in group.demographics { members.append(.demographic(try compile(demographic))) }
        for inner in group.groups { members.append(.group(try compile(inner, depth: depth + 1))) }
        return GroupPlan(rule: group.rule, members: members)
    }

    private mutating func compile(_ counted: CorrelatedCriterion, depth: Int) throws(CohortEngineError) -> CountedPlan {
        CountedPlan(
            criterion: try compile(
                counted.criterion, moments: counted.usesHours, distinct: counted.occurrence.distinctColumn, depth: depth + 1),
            occurrence: counted.occurrence, insidePeriod: !counted.ignoreObservationPeriod, sameVisit: counted.restrictVisit,
            startWindow: WindowPlan(counted.startWindow, insidePeriod: !counted.ignoreObservationPeriod),
            endWindow: counted.endWindow.map { WindowPlan($0, insidePeriod: !counted.ignoreObservationPeriod) })
    }

    private func compile(_ demographic: DemographicCriterion) throws(CohortEngineError) -> DemographicPlan {
        var plan = DemographicPlan()
        for filter in demographic.filters {
            switch (filter.attribute, filter.test) {
            case (.age, .number(let range)): plan.age = range
            case (.startDate, .date(let days)): plan.start = days
            case (.endDate, .date(let days)): plan.end = days
            case (let attribute, let test):
                guard let test = person(attribute, test) else {
                    throw CohortEngineError(
                        .invalid, "\(filter.pointer) cannot test \(attribute.rawValue) in this way",
                        advice: "Correct the definition")
                }
                plan.persons.append(test)
            }
        }
        return plan
    }

    // MARK: Exit

    private func exit() throws(CohortEngineError) -> ExitPlan {
        switch expression.endStrategy {
        case nil: return .observation
        case .dateOffset(let offset): return .offset(fromEnd: offset.field == .end, days: offset.offset)
        case .customEra(let era):
            let rows = CriterionPlan.RowSource(
                selection: try select(.drug, .either(concepts(era.drugCodesetID))), end: .drug, hasVisit: true,
                columns: [.daysSupply], replacedStart: nil, replacedEnd: nil)
            return .exposure(
                ExposurePlan(rows: rows, gapDays: era.gapDays, offset: era.offset, daysSupplyOverride: era.daysSupplyOverride))
        }
    }
}

extension Criterion {
    /// How the dates are moved: specimens ignore it, and deaths take the day and the day after whatever the anchors say.
    fileprivate var adjustmentPlan: DateAdjustmentPlan? {
        guard let adjustment = dateAdjustment, domain != .specimen else { return nil }
        return DateAdjustmentPlan(
            startFromEnd: domain != .death && adjustment.startWith == .end, startOffset: adjustment.startOffset,
            endFromEnd: domain == .death || adjustment.endWith == .end, endOffset: adjustment.endOffset)
    }
}

extension CorrelatedCriterion {
    /// Whether a window looks at the hour.
    var usesHours: Bool { startWindow.usesHours || endWindow?.usesHours ?? false }
}

extension CriteriaGroup {
    /// Whether a window of the group itself looks at the hour of its index event.
    var usesHours: Bool { criteria.contains(where: \.usesHours) || groups.contains(where: \.usesHours) }
}

extension WindowPlan {
    /// A window as the counter takes it.
    /// - Parameter insidePeriod: bounds without days are the edges of the observation period instead of none.
    init(_ window: Window, insidePeriod: Bool) {
        self.init(
            lower: WindowBound(window.start, insidePeriod: insidePeriod),
            upper: WindowBound(window.end, insidePeriod: insidePeriod), fromIndexEnd: window.indexDate == .end,
            ofEventEnd: window.eventDate == .end)
    }
}

extension WindowBound {
    /// A bound as the counter takes it.
    init(_ endpoint: WindowEndpoint, insidePeriod: Bool) {
        if let minutes = endpoint.minuteOffset {
            self = .minutes(Int64(minutes))
        } else if let days = endpoint.offset {
            self = .days(days)
        } else if insidePeriod {
            self = endpoint.coefficient == -1 ? .periodStart : .periodEnd
        } else {
            self = .none
        }
    }
}
