import CohortEngine
import Cohorts
import Disclosure
import Federation
import NodeAgent
import Synchronization

/// A made-up hospital: each concept is a group of patients that the attack chose, and each patient has a sex, an age band and
/// a year. It reads the part of the cohort language that the attacks write: groups of "has" and "has not".
final class MadeStore: AnswerSource {
    let provenance = Provenance(
        store: "made up", dataRelease: "2026-10", dataThrough: nil, cdmVersion: "5.4", vocabulary: nil, semantics: "made up",
        software: "attack suite", synthetic: true)
    let persons: [Int64]
    private let release: Mutex<String>
    private let sets = Mutex<[Int: PersonSet]>([:])
    /// Category of each patient in each dimension, by place in the register of categories.
    let categories: [BreakdownDimension: [Int]]

    var dataIdentity: String { dataRelease }
    var dataRelease: String { release.withLock { $0 } }
    var universe: Int { persons.count }

    init(universe: Int, seed: UInt64, release: String = "made/1") {
        persons = (0..<universe).map { Int64($0) * 7 + 3 }
        self.release = Mutex(release)
        var random = SeededRandom(seed: seed)
        var found: [BreakdownDimension: [Int]] = [:]
        for dimension in [BreakdownDimension.sex, .ageBand, .indexYear] {
            let count = BreakdownCategories.names(of: dimension).count
            found[dimension] = (0..<universe).map { _ in
                // Two sexes, age bands that thin out, ten years: as skewed as a hospital.
                switch dimension {
                case .sex: random.below(10) < 6 ? 0 : 1
                case .ageBand: min(count - 2, Int(Double(count - 1) * (1 - random.fraction() * random.fraction())))
                default: count - 10 + Int(9 * random.fraction() * random.fraction())
                }
            }
        }
        categories = found
    }

    /// Says who has a concept.
    func define(_ concept: Int, _ members: some Sequence<Int>) {
        let set = PersonSet(universe: universe, members: members)
        sets.withLock { $0[concept] = set }
    }

    /// Another load of the data has another name.
    func rename(_ name: String) { release.withLock { $0 = name } }

    func evaluate(
        _ question: FeasibilityQuestion, isCancelled: @escaping @Sendable () -> Bool
    ) throws(EvaluationRefusal) -> EvaluatedAnswer {
        let cohort = question.cohort
        var total = PersonSet(universe: universe)
        for criterion in cohort.primaryCriteria.criteria { total.formUnion(persons(criterion, in: cohort)) }
        var steps = [EvaluatedAnswer.Step(name: "entry events", persons: total)]
        for rule in cohort.inclusionRules {
            total.formIntersection(persons(rule.expression, in: cohort))
            steps.append(.init(name: rule.name, persons: total))
        }
        steps.append(.init(name: "cohort", persons: total))
        return EvaluatedAnswer(
            total: total, attrition: question.attrition ? steps : [], breakdown: breakdown(question.breakdown, of: total))
    }

    private func persons(_ criterion: Criterion, in cohort: CohortExpression) -> PersonSet {
        var found = PersonSet(universe: universe)
        guard let id = criterion.codesetID, let set = cohort.conceptSet(id) else { return found }
        sets.withLock { known in
            for item in set.items { if let members = known[item.concept.id] { found.formUnion(members) } }
        }
        return found
    }

    private func persons(_ group: CriteriaGroup, in cohort: CohortExpression) -> PersonSet {
        var members = group.criteria.map { counted in
            let has = persons(counted.criterion, in: cohort)
            return counted.occurrence.acceptsNone ? has.complement : has
        }
        members += group.groups.map { persons($0, in: cohort) }
        guard let first = members.first else { return .everyone(universe: universe) }
        return members.dropFirst().reduce(first) { group.rule == .all ? $0.intersection($1) : $0.union($1) }
    }

    private func breakdown(_ dimensions: [BreakdownDimension], of total: PersonSet) -> EvaluatedBreakdown? {
        guard !dimensions.isEmpty else { return nil }
        let names = dimensions.map(BreakdownCategories.names)
        var cells: [[String]: PersonSet] = [:]
        for person in 0..<universe where total.contains(person) {
            let key = dimensions.indices.map { names[$0][categories[dimensions[$0], default: []][person]] }
            cells[key, default: PersonSet(universe: universe)].insert(person)
        }
        return EvaluatedBreakdown(
            dimensions: zip(dimensions, names).map { .init(name: $0.rawValue, categories: $1) }, cells: cells)
    }
}

/// A small reproducible generator (SplitMix64).
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
    /// A fraction in `0..<1`.
    mutating func fraction() -> Double { Double(next() >> 11) * 0x1p-53 }
    /// A number in `0..<bound`.
    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
    /// True or false, one time in two.
    mutating func coin() -> Bool { next() >> 63 == 1 }
    /// A standard normal deviate.
    mutating func normal() -> Double { (0..<12).reduce(-6.0) { sum, _ in sum + fraction() } }
}
