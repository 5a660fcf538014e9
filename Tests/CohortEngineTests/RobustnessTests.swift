import CanonicalJSON
import Cohorts
@_spi(Hospital) import Disclosure
import EventIndex
import Foundation
import Testing

@testable import CohortEngine

@Suite("Whatever comes, an evaluation ends: with an answer or with a reason")
struct RobustnessTests {
    /// Four times as many rounds are asked for by `DURE_LONG_TESTS=1`.
    private static let effort = AgreementTests.isLong ? 4 : 1
    private static let limits = EvaluationLimits(
        conceptsPerSet: 10_000, criteria: 60, nesting: 12, workingMemory: 64 << 20, seconds: 60)

    // MARK: Hostile files

    @Test("Damaged index files are answered somehow or refused, both ways, and never end the process")
    func damagedIndex() throws {
        let indexed = try IndexedStore(RandomStore.make(seed: 71))
        let good = [UInt8](try Data(contentsOf: URL(filePath: indexed.path)))
        let header = 128
        let list = (0..<8).reduce(0) { $0 | Int(good[32 + $1]) << (8 * $1) }
        var random = SeededRandom(72)
        var outcomes = (answered: 0, refused: 0)
        let path = indexed.path + ".bad"
        for round in 0..<40 * Self.effort {
            var bad = good
            for _ in 0..<random.int(1...30) {
                // Columns only: the header and the list of segments have checksums that are always compared.
                let at = random.int(header...list - 9)
                let value = random.chance(50) ? random.pick([0, 0xFF, 0xFFFF, 0xFFFF_FFFF, .max]) : random.next()
                for place in 0..<random.pick([1, 2, 4, 8]) {
                    bad[at + place] = UInt8(truncatingIfNeeded: value >> (8 * UInt64(place)))
                }
            }
            try Data(bad).write(to: URL(filePath: path))
            guard let index = try? EventIndex.open(path, checksums: false) else { continue }
            for number in 0..<4 {
                let seed = round * 10 + number
                let made = number < 2 ? RandomDefinition.makePlain(seed: seed) : RandomDefinition.make(seed: seed, hours: true)
                let expression = try CohortExpression(reading: made)
                for fast in [true, false] {
                    do throws(CohortEngineError) {
                        _ = try CohortEngine(index: index, limits: Self.limits).evaluate(
                            expression, breakdown: [.sex, .indexMonth, .visitType], isCancelled: { false }, mayTakeFastPath: fast)
                        outcomes.answered += 1
                    } catch { outcomes.refused += 1 }
                }
            }
        }
        // The test says something only while some damage is met and some is not.
        #expect(outcomes.answered > 20 && outcomes.refused > 5, "\(outcomes)")
    }

    // MARK: Hostile definitions

    @Test("Mangled definitions are answered or refused by name, within their limits", arguments: 0..<4)
    func mangledDefinitions(part: Int) throws {
        let engine = CohortEngine(index: try IndexedStore(RandomStore.make(seed: 73)).index, limits: Self.limits)
        var mangler = Mangler(seed: 74 + part)
        var outcomes = (answered: 0, unread: 0, refused: 0)
        for number in 0..<60 * Self.effort {
            var value = RandomDefinition.make(seed: part * 100_000 + number, hours: number.isMultiple(of: 5))
            for _ in 0...number % 4 { value = mangler.mangle(value) }
            let expression: CohortExpression
            do throws(CohortError) {
                expression = try CohortExpression(parsing: value.text())
            } catch {
                #expect(!error.problems.isEmpty && error.problems.allSatisfy { !$0.message.isEmpty })
                outcomes.unread += 1
                continue
            }
            do throws(CohortEngineError) {
                _ = try engine.evaluate(expression)
                outcomes.answered += 1
            } catch {
                #expect([.unsupported, .invalid, .limit].contains(error.code), "\(error) in \(value.text())")
                #expect(error.code == .limit || error.message.hasPrefix("/"), "\(error)")
                outcomes.refused += 1
            }
        }
        #expect(outcomes.answered > 4 && outcomes.unread > 4, "\(outcomes)")
    }

    @Test("A definition as deep or as wide as its text allows is refused, not tried")
    func bombs() throws {
        let engine = CohortEngine(index: try IndexedStore(RandomStore.make(seed: 75, persons: 5)).index, limits: Self.limits)
        let condition = #"{"ConditionOccurrence": {"CodesetId": 0}}"#
        let member = Cohort.count(condition)
        let deep = (0..<14).reduce(Cohort.group("ALL", [member])) { inner, _ in Cohort.group("ALL", groups: [inner]) }
        let wide = Cohort.group("ANY", Array(repeating: member, count: 80))
        let nested = (0..<14).reduce(condition) { inner, _ in
            #"{"ConditionOccurrence": {"CorrelatedCriteria": \#(Cohort.group("ALL", [Cohort.count(inner)]))}}"#
        }
        for cohort in [
            Cohort(condition).with { $0.rules = [deep] }, Cohort(condition).with { $0.rules = [wide] }, Cohort(nested),
        ] {
            // What is nested deeper than JSON may be is not even read.
            #expect {
                try engine.evaluate(try CohortExpression(parsing: cohort.text))
            } throws: {
                ($0 as? CohortEngineError)?.code == .limit || ($0 as? CohortError)?.code == .notJSON
            }
        }
    }

    // MARK: Cancellation

    @Test("Work is counted row by row on both ways, so that a call to stop is heard within 2^18 steps")
    func countedWork() throws {
        let indexed = try IndexedStore(RandomStore.make(seed: 76))
        for number in 0..<30 {
            let definition = RandomDefinition.makePlain(seed: number)
            let expression = try CohortExpression(reading: definition)
            let engine = CohortEngine(index: indexed.index)
            var compiler = try PlanCompiler(expression, index: indexed.index, limits: .standard)
            let plan = try compiler.compile()
            let none = try compiler.compile([], by: nil)
            guard let fast = FastPlan(plan, breakdown: none) else { continue }
            let entry = plan.entry.criteria.reduce(0) { sum, criterion in
                if case .rows(let source) = criterion.source { sum + source.selection.records } else { sum }
            }
            let quick = EvaluationBudget(limits: .standard) { false }
            var evaluator = FastEvaluator(plan, fast, index: indexed.index, breakdown: none)
            guard try evaluator.evaluate(quick, conceptSets: []) != nil else { continue }
            #expect(quick.spent >= entry, "\(definition.text())")
            let slow = EvaluationBudget(limits: .standard) { false }
            _ = try engine.general(plan, none, slow, conceptSets: [])
            #expect(slow.spent >= entry, "\(definition.text())")
        }
    }

    @Test("A budget looks once in 2^18 steps, and before any step that comes after")
    func looks() throws {
        var looks = 0
        let budget = EvaluationBudget(limits: .standard) {
            looks += 1
            return looks == 3
        }
        try budget.spend(EvaluationBudget.stepsBetweenLooks - 1)
        #expect(looks == 0)
        try budget.spend(1)
        #expect(looks == 1)
        try budget.spend(10 * EvaluationBudget.stepsBetweenLooks)
        #expect(looks == 2)
        #expect { try budget.spend(EvaluationBudget.stepsBetweenLooks) } throws: {
            ($0 as? CohortEngineError)?.code == .cancelled
        }
    }

    @Test("An evaluation stops at the very look that says so, whichever it is")
    func everyLook() throws {
        let engine = CohortEngine(index: try IndexedStore(RandomStore.make(seed: 77)).index)
        for seed in 0..<6 {
            let expression = try CohortExpression(reading: RandomDefinition.make(seed: seed, hours: false))
            guard engine.unsupported(in: expression).isEmpty else { continue }
            var all = 0
            _ = try engine.evaluate(expression) {
                all += 1
                return false
            }
            #expect(all > 1)
            for last in 1...all {
                var looks = 0
                #expect {
                    try engine.evaluate(expression) {
                        looks += 1
                        return looks >= last
                    }
                } throws: {
                    ($0 as? CohortEngineError)?.code == .cancelled
                }
                #expect(looks == last)
            }
        }
    }

    // MARK: Many at once

    @Test("Many evaluations at once over one open index give what each gives alone")
    func atOnce() async throws {
        let indexed = try IndexedStore(RandomStore.make(seed: 78))
        let index = indexed.index
        let texts = (0..<24).map { number in
            (number.isMultiple(of: 2)
                ? RandomDefinition.makePlain(seed: number) : RandomDefinition.make(seed: number, hours: false))
                .text()
        }
        @Sendable func answer(_ text: String, _ index: EventIndex) -> [Int] {
            guard let expression = try? CohortExpression(parsing: text),
                let found = try? CohortEngine(index: index).evaluate(expression, breakdown: [.sex, .indexYear, .visitType])
            else { return [] }
            return [found.persons.count.value, found.events.value, found.entryEvents.value]
                + found.attritionBestEvent.map(\.persons.count.value)
        }
        // A second open index, whose kept facts nobody else has touched.
        let alone = try EventIndex.open(indexed.path)
        let expected = texts.map { answer($0, alone) }
        #expect(expected.contains { $0.first ?? 0 > 0 })
        let found = await withTaskGroup(of: (Int, [Int]).self) { group in
            for _ in 0..<3 {
                for (place, text) in texts.enumerated() { group.addTask { (place, answer(text, index)) } }
            }
            var found: [(Int, [Int])] = []
            for await one in group { found.append(one) }
            return found
        }
        for (place, numbers) in found { #expect(numbers == expected[place], "\(texts[place])") }
    }
}

/// Changes values of a definition at random: numbers to extremes, words to others, members away, doubled or swapped.
private struct Mangler {
    private var random: SeededRandom

    init(seed: Int) { random = SeededRandom(seed) }

    mutating func mangle(_ value: JSONValue) -> JSONValue {
        switch value {
        case .object(let object) where !object.isEmpty:
            var changed = object
            let key = random.pick(Array(object.keys))
            guard let member = object[key] else { return value }
            switch random.int(0...9) {
            case 0: changed[key] = nil
            case 1: changed[key] = leaf()
            case 2: changed[random.pick(Array(object.keys))] = member
            default: changed[key] = mangle(member)
            }
            return .object(changed)
        case .array(let elements) where !elements.isEmpty:
            var changed = elements
            let place = random.int(0...elements.count - 1)
            switch random.int(0...9) {
            case 0: changed.remove(at: place)
            case 1: changed.append(changed[place])
            case 2: changed[place] = leaf()
            default: changed[place] = mangle(changed[place])
            }
            return .array(changed)
        default: return leaf()
        }
    }

    private mutating func leaf() -> JSONValue {
        random.pick([
            nil, true, "", "ALL", "First", "lt", "!bt", "9999-12-31", "0001-01-01", "\u{0}%_", .number(JSONNumber(0)),
            .number(JSONNumber(-1)), .number(JSONNumber(2_147_483_647)), .number(JSONNumber(-2_147_483_648)),
            .number(JSONNumber(1e15)), .number(JSONNumber(0.5)), [], [:],
        ])
    }
}
