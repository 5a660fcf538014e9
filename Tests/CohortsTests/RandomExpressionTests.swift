import CanonicalJSON
import Testing

@testable import Cohorts

@Suite("Random expressions")
struct RandomExpressionTests {
    @Test("What a model writes reads as the same model, is said and checked, and has a steady canonical form")
    func roundTrip() throws {
        var maker = ExpressionMaker(seed: 1_122)
        for _ in 0..<150 {
            let made = maker.expression()
            let read = try CohortExpression(parsing: made.source.text())
            #expect(read.written == made.written)
            #expect(read.unknownKeys.isEmpty)
            #expect(read.canonicalBytes == made.canonicalBytes)
            #expect(!read.sentences(.english).isEmpty && !read.sentences(.korean).isEmpty)
            for finding in CohortLint.findings(in: read) {
                // A finding may point at a default that was not written, whose parent then is there.
                #expect(read.source[finding.pointer] != nil || finding.pointer.description.hasSuffix("/Count"), "\(finding)")
            }
        }
    }

    @Test("Damage to a definition is an error with places or another definition, never a crash")
    func damage() throws {
        var maker = ExpressionMaker(seed: 77)
        for _ in 0..<60 {
            let bytes = Array(maker.expression().source.text().utf8)
            for _ in 0..<12 {
                var damaged = bytes
                for _ in 0...maker.below(4) {
                    let place = maker.below(damaged.count)
                    switch maker.below(3) {
                    case 0: damaged.remove(at: place)
                    case 1: damaged[place] = UInt8(ascii: "9")
                    default: damaged.swapAt(place, maker.below(damaged.count))
                    }
                }
                do {
                    _ = try FeasibilityQuestion(parsing: damaged).cohort.sentences(.korean)
                } catch {
                    #expect(!error.problems.isEmpty)
                }
            }
        }
    }
}

/// Makes valid expressions out of everything that the model has.
struct ExpressionMaker {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func below(_ bound: Int) -> Int {
        // A linear congruential generator (Knuth's MMIX constants), high bits.
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int((state >> 33) % UInt64(bound))
    }

    private mutating func maybe<T>(_ make: (inout Self) -> T) -> T? { below(2) == 0 ? make(&self) : nil }
    private mutating func pick<T>(_ all: [T]) -> T { all[below(all.count)] }
    private mutating func several<T>(_ most: Int, _ make: (inout Self) -> T) -> [T] {
        (0..<below(most + 1)).map { _ in make(&self) }
    }

    mutating func expression() -> CohortExpression {
        CohortExpression(
            title: maybe { _ in "title" }, conceptSets: (0..<3).map { id in set(id) },
            primaryCriteria: PrimaryCriteria(
                [criterion(2)] + several(2) { $0.criterion(1) },
                observationWindow: ObservationWindow(priorDays: below(400), postDays: below(30)), limit: pick(EventLimit.allCases)
            ),
            additionalCriteria: maybe { $0.group(2) }, qualifiedLimit: maybe { $0.pick(EventLimit.allCases) },
            inclusionRules: several(3) { InclusionRule("rule", $0.group(2)) },
            expressionLimit: maybe { $0.pick(EventLimit.allCases) },
            endStrategy: maybe { $0.exit() }, censoringCriteria: several(2) { $0.criterion(1) },
            collapseSettings: CollapseSettings(eraPad: below(90)),
            censorWindow: maybe { Period(start: $0.day(), end: $0.day()) })
    }

    private mutating func set(_ id: Int) -> ConceptSet {
        ConceptSet(
            id: id, name: "set \(id)",
            items: several(3) {
                ConceptSetItem(
                    Concept($0.below(1_000)), isExcluded: $0.below(4) == 0, includeDescendants: $0.below(2) == 0,
                    includeMapped: $0.below(4) == 0)
            })
    }

    private mutating func exit() -> EndStrategy {
        below(2) == 0
            ? .dateOffset(.init(below(2) == 0 ? .start : .end, offset: below(60) - 10))
            : .customEra(
                .init(drugCodesetID: below(4), gapDays: below(60), offset: below(9), daysSupplyOverride: maybe { $0.below(90) }))
    }

    private mutating func day() -> CalendarDay { CalendarDay(dayNumber: Int32(below(20_000))) }

    mutating func criterion(_ depth: Int) -> Criterion {
        let domain = pick(CriterionDomain.allCases)
        var criterion = Criterion(domain)
        if domain.hasCodeset { criterion.codesetID = maybe { $0.below(4) } }
        if domain.sourceConceptKey != nil { criterion.sourceCodesetID = below(4) == 0 ? below(3) : nil }
        criterion.first = domain.hasFirst && below(3) == 0
        if below(4) == 0 { criterion.dateAdjustment = DateAdjustment(startOffset: below(9) - 4, endOffset: below(9)) }
        if domain.hasUserDefinedPeriod { criterion.userDefinedPeriod = maybe { Period(start: $0.day(), end: $0.day()) } }
        for declaration in CriterionSchema.attributes(of: domain) where below(4) == 0 {
            criterion.filters.append(CriterionFilter(declaration.attribute, test(declaration.kind)))
        }
        if domain == .customEra { (criterion.eraMembers, criterion.eraGapDays) = ([self.criterion(0)], maybe { $0.below(30) }) }
        if depth > 0, below(4) == 0 { criterion.correlated = group(depth - 1) }
        return criterion
    }

    private mutating func test(_ kind: AttributeDeclaration.Kind) -> FilterTest {
        switch kind {
        case .date: return .date(dateRange())
        case .integer: return .number(range(1))
        case .decimal: return .number(range(0.25))
        case .concepts(let excludeKey):
            return .concepts(
                [Concept(below(99))] + several(2) { Concept($0.below(99), "name") },
                isExclusion: excludeKey != nil && below(2) == 0)
        case .selection: return .selection(ConceptSetSelection(codesetID: maybe { $0.below(3) }, isExclusion: below(2) == 0))
        case .conceptSet: return .conceptSet(below(3))
        case .text: return .text(TextFilter(pick(TextFilter.Placement.allCases), "50%_x'", isNegated: below(2) == 0))
        case .flag: return .isTrue
        }
    }

    private mutating func range(_ step: Double) -> NumericRange {
        let op = pick(RangeOperator.allCases)
        return NumericRange(op, Double(below(100)) * step, op.needsExtent ? Double(below(200)) * step : nil)
    }

    private mutating func dateRange() -> DateRange {
        let op = pick(RangeOperator.allCases)
        return DateRange(op, day(), op.needsExtent ? day() : nil)
    }

    private mutating func group(_ depth: Int) -> CriteriaGroup {
        let rule: CriteriaGroup.Rule = pick([.all, .any, .atLeast(below(3)), .atMost(below(3))])
        let group = CriteriaGroup(
            rule, criteria: several(2) { $0.counted(depth) }, demographics: several(1) { $0.demographic() },
            groups: depth > 0 ? several(1) { $0.group(depth - 1) } : [])
        // The type of a group without members is not read.
        return group.isEmpty ? CriteriaGroup(.all) : group
    }

    private mutating func demographic() -> DemographicCriterion {
        var filters: [CriterionFilter] = []
        for declaration in CriterionSchema.demographic where below(3) == 0 {
            filters.append(CriterionFilter(declaration.attribute, test(declaration.kind)))
        }
        return DemographicCriterion(filters)
    }

    private mutating func counted(_ depth: Int) -> CorrelatedCriterion {
        let criterion = criterion(depth)
        var columns = criterion.domain.countColumns
        if !(criterion.correlated?.isEmpty ?? true), criterion.domain != .customEra {
            columns.formIntersection(CountColumn.afterNesting)
        }
        for member in criterion.eraMembers { columns.formIntersection(member.domain.countColumns) }
        let column = pick(columns.sorted { $0.rawValue < $1.rawValue })
        let isDistinct = below(4) == 0
        return CorrelatedCriterion(
            criterion, startWindow: window(.start), endWindow: maybe { $0.window(.end) }, restrictVisit: below(3) == 0,
            ignoreObservationPeriod: below(3) == 0,
            occurrence: Occurrence(
                pick(Occurrence.Kind.allCases), below(4), isDistinct: isDistinct, countColumn: isDistinct ? column : nil))
    }

    private mutating func window(_ usual: Window.EventDate) -> Window {
        Window(
            from: endpoint(-1), to: endpoint(1), indexDate: below(4) == 0 ? .end : .start,
            eventDate: below(4) == 0 ? .end : usual)
    }

    private mutating func endpoint(_ coefficient: Int) -> WindowEndpoint {
        WindowEndpoint(
            days: maybe { $0.below(400) }, coefficient: below(5) == 0 ? -coefficient : coefficient,
            hours: below(6) == 0 ? below(48) : nil)
    }
}
