import CanonicalJSON
import Cohorts
@_spi(Hospital) import Disclosure
import EventIndex
import Testing

@testable import CohortEngine

/// The fast path against the general way, which the other suites hold against the specification.
@Suite("The fast path gives the answer of the general way")
struct FastPathTests {
    @Test("on random plain definitions over random stores", arguments: 0..<12)
    func plainDefinitions(storeSeed: Int) throws {
        let indexed = try IndexedStore(RandomStore.make(seed: 500 + storeSeed, persons: 90))
        var maker = PlainDefinition(seed: storeSeed)
        var fast = 0
        for number in 0..<40 {
            let text = maker.text()
            let expression = try CohortExpression(parsing: Array(text.utf8))
            fast += try Self.compare(indexed.index, expression, text, number) ? 1 : 0
        }
        #expect(fast >= 30, "only \(fast) of 40 definitions took the fast path")
    }

    @Test("on whatever random definitions it takes", arguments: 0..<6)
    func randomDefinitions(storeSeed: Int) throws {
        let indexed = try IndexedStore(RandomStore.make(seed: 700 + storeSeed))
        for number in 0..<60 {
            let definition = RandomDefinition.make(seed: storeSeed * 1_000 + number, hours: false)
            _ = try Self.compare(indexed.index, try CohortExpression(reading: definition), definition.text(), number)
        }
    }

    /// Evaluates both ways.
    /// - Returns: whether the definition takes the fast path.
    private static func compare(
        _ index: EventIndex, _ expression: CohortExpression, _ text: String, _ number: Int
    ) throws -> Bool {
        let breakdown =
            number % 3 == 0
            ? []
            : number.isMultiple(of: 2) ? [BreakdownDimension.sex, .ageBand, .indexYear] : [.indexMonth, .visitType, .conceptSet]
        let set = BreakdownSet(
            codesetID: number % 3, domain: [.drugExposure, .visitOccurrence, .measurement, .death][number % 4])
        let engine = CohortEngine(index: index)
        // What the engine refuses by name takes neither way.
        guard engine.unsupported(in: expression).isEmpty else { return false }
        var compiler = try PlanCompiler(expression, index: index, limits: .standard)
        guard FastPlan(try compiler.compile(), breakdown: try compiler.compile([], by: nil)) != nil else { return false }
        func evaluate(_ fast: Bool) throws -> Evaluation {
            try engine.evaluate(
                expression, breakdown: breakdown, breakdownSet: set, isCancelled: { false }, mayTakeFastPath: fast)
        }
        let (fast, slow) = (try evaluate(true), try evaluate(false))
        #expect(fast.persons == slow.persons, "\(text)")
        #expect(fast.events.value == slow.events.value, "\(text)")
        #expect(fast.entryEvents.value == slow.entryEvents.value, "\(text)")
        #expect(fast.qualifiedEvents.value == slow.qualifiedEvents.value, "\(text)")
        #expect(fast.byEvent.masks.mapValues(\.value) == slow.byEvent.masks.mapValues(\.value), "\(text)")
        #expect(fast.byPerson.masks.mapValues(\.value) == slow.byPerson.masks.mapValues(\.value), "\(text)")
        for (left, right) in [
            (fast.attritionAnyEvent, slow.attritionAnyEvent), (fast.attritionBestEvent, slow.attritionBestEvent),
        ] {
            #expect(left.map(\.name) == right.map(\.name))
            #expect(left.map(\.kind) == right.map(\.kind))
            #expect(left.map(\.persons) == right.map(\.persons), "\(text)")
        }
        #expect(fast.breakdown?.cells == slow.breakdown?.cells, "\(text)")
        return true
    }
}

/// Random definitions as feasibility users write them: who had this first, with or without that before or after.
private struct PlainDefinition {
    private var random: SeededRandom

    init(seed: Int) { random = SeededRandom(seed &* 977 &+ 3) }

    mutating func text() -> String {
        var cohort = Cohort(criterion())
        if random.chance(30) { cohort.primary.append(criterion()) }
        cohort.primaryLimit = random.pick(["First", "All"])
        cohort.qualifiedLimit = random.pick(["First", "First", "All", "Last"])
        cohort.expressionLimit = random.pick(["First", "First", "All", "Last"])
        cohort.pad = random.pick([0, 0, 30])
        cohort.prior = random.pick([0, 0, 30, 365])
        cohort.post = random.pick([0, 0, 0, 30])
        if random.chance(30) { cohort.additional = group(depth: 0) }
        for _ in 0..<random.pick([0, 1, 2, 3]) { cohort.rules.append(group(depth: 0)) }
        if random.chance(30) {
            cohort.end = #"{"DateOffset": {"DateField": "StartDate", "Offset": \#(random.pick([0, 30]))}}"#
        }
        if random.chance(20) { cohort.censoring = [criterion()] }
        return cohort.text
    }

    private mutating func criterion() -> String {
        let domain = random.pick([
            "ConditionOccurrence", "ConditionOccurrence", "DrugExposure", "Measurement", "ProcedureOccurrence", "VisitOccurrence",
        ])
        var parts: [String] = []
        if random.chance(90) { parts.append(#""CodesetId": \#(random.pick([0, 0, 1, 2, 4]))"#) }
        let isFirst = random.chance(30)
        if isFirst { parts.append(#""First": true"#) }
        if random.chance(20) { parts.append(#""Age": \#(range([10, 30, 40, 60]))"#) }
        if random.chance(15) { parts.append(#""Gender": [{"CONCEPT_ID": \#(random.pick([8_507, 8_532]))}]"#) }
        if domain == "Measurement", !isFirst, random.chance(60) {
            parts.append(#""ValueAsNumber": \#(range([1, 5, 10, 50], also: ["!eq", "!bt"]))"#)
        }
        if !isFirst, domain != "VisitOccurrence", random.chance(20) {
            parts.append(#""VisitType": [{"CONCEPT_ID": \#(random.pick([9_201, 9_202]))}]"#)
        }
        return #"{"\#(domain)": {\#(parts.joined(separator: ", "))}}"#
    }

    private mutating func range(_ values: [Int], also holes: [String] = []) -> String {
        let value = random.pick(values)
        let op = random.pick(["lt", "lte", "gt", "gte", "eq", "bt"] + holes)
        return #"{"Value": \#(value), "Op": "\#(op)", "Extent": \#(value + 20)}"#
    }

    private mutating func group(depth: Int) -> String {
        let type = random.pick(["ALL", "ALL", "ANY", "AT_LEAST", "AT_MOST"])
        var members: [String] = []
        for _ in 0..<random.pick([1, 1, 2, 3]) { members.append(counted()) }
        let demographics = random.chance(25) ? [#"{"Age": \#(range([20, 50]))}"#] : []
        let groups = depth < 1 && random.chance(20) ? [group(depth: depth + 1)] : []
        return Cohort.group(type, members, demographics: demographics, groups: groups, count: random.pick([1, 2]))
    }

    private mutating func counted() -> String {
        let ignored = random.chance(40) ? #", "IgnoreObservationPeriod": true"# : ""
        return Cohort.count(
            criterion(), type: random.pick([0, 1, 2, 2]), random.pick([0, 1, 1, 2, 3]), from: bound(), to: bound(), rest: ignored)
    }

    private mutating func bound() -> String {
        let days: Int? = random.pick([nil, 0, 1, 30, 365])
        return random.chance(50) ? Cohort.before(days) : Cohort.after(days)
    }
}
