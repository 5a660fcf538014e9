import Cohorts
import Disclosure

/// Random sequences of questions, and a linear program over everything that was said.
enum Sequences {
    static let all = [
        Attack(number: 26, name: "random sequences of questions", bar: "0 sequences with an exact or narrow small group") {
            try await fuzz($0)
        }
    ]

    private static func fuzz(_ bench: AttackBench) async throws -> Attack.Finding {
        var (exact, narrow) = (0, 0)
        let sequences = bench.scaled(200)
        for number in 0..<sequences {
            let found = try await sequence(bench, number)
            if found.exact { exact += 1 }
            if found.narrow { narrow += 1 }
        }
        return Attack.Finding(
            measured: "\(exact) of \(sequences) sequences with an exact small group, \(narrow) with a narrow one",
            isWithinBar: exact == 0 && narrow == 0)
    }

    /// One hospital, six groups, twelve questions in random order about who is in some and not in others. Afterwards, for each
    /// group of fewer than k patients that the questions tell apart: which numbers fit everything that was said?
    private static func sequence(_ bench: AttackBench, _ number: Int) async throws -> (exact: Bool, narrow: Bool) {
        var random = bench.random(26_000 + number)
        let universe = 400
        let store = MadeStore(universe: universe, seed: bench.seed)
        let node = try await bench.node(store, 2_600 + number)
        let groups = (0..<6).map { _ in
            let start = random.below(universe - 200)
            return Set((start..<start + 60 + random.below(140)).filter { _ in random.below(8) > 0 })
        }
        for (place, group) in groups.enumerated() { store.define(Codes.group(place), group) }
        store.define(Codes.everybody, 0..<universe)
        /// Patients in the same groups cannot be told apart by any question.
        var atomOf: [Int: Int] = [:]
        var sizes: [Int] = []
        let signatures = (0..<universe).map { person in
            groups.indices.reduce(0) { $0 | (groups[$1].contains(person) ? 1 << $1 : 0) }
        }
        for signature in signatures where atomOf[signature] == nil {
            atomOf[signature] = sizes.count
            sizes.append(signatures.count { $0 == signature })
        }
        var deduction = SequenceDeduction(bench.rules, sizes: sizes)
        for _ in 0..<12 {
            let entry = random.below(groups.count)
            let terms = (0..<random.below(3)).map { _ in (group: random.below(groups.count), isIn: random.coin()) }
            let isEverybody = random.below(6) == 0
            let question = FeasibilityQuestion(
                [isEverybody ? Codes.everybody : Codes.group(entry)],
                terms.map { $0.isIn ? .has(Codes.group($0.group)) : .not(Codes.group($0.group)) })
            func atoms(without removed: Set<Int>) -> [Int] {
                atomOf.filter { signature, _ in
                    (isEverybody || signature & 1 << entry != 0)
                        && terms.indices.allSatisfy {
                            removed.contains($0) || (signature & 1 << terms[$0].group != 0) == terms[$0].isIn
                        }
                }.map(\.value)
            }
            let asked = atoms(without: [])
            // Terms that change the group by fewer than k patients are ignored: the number is that of the group without them.
            var (counted, removed) = (asked, Set<Int>())
            for place in terms.indices where bench.rules.branchSupport && deduction.size(asked) >= bench.k {
                let without = atoms(without: removed.union([place]))
                guard deduction.size(Set(without).symmetricDifference(counted)) < bench.k else { continue }
                counted = without
                removed.insert(place)
            }
            deduction.add(asked, counted, try await node.count(question))
        }
        return deduction.found()
    }
}

/// What follows from the replies about groups made of atoms.
///
/// The attacker is told more than anybody outside could know: of each number whether it is new, which it takes from the true
/// sizes. A number that is true of a group within a few patients of shown ones may be theirs, so it stands for what the node
/// states; a number that is not is new, and within one step of rounding. "Hidden" says at most k + d - 1, unless it says more.
private struct SequenceDeduction {
    private let rules: DisclosureRules
    private let sizes: [Int]
    private var program: LinearAttacker
    private var shown: [(atoms: Set<Int>, value: Int)] = []

    init(_ rules: DisclosureRules, sizes: [Int]) {
        self.rules = rules
        self.sizes = sizes
        program = LinearAttacker(unknowns: sizes.count)
    }

    func size(_ atoms: some Sequence<Int>) -> Int { atoms.reduce(0) { $0 + sizes[$1] } }

    /// - Parameters:
    ///   - asked: the group as it was described.
    ///   - counted: the group that the number is of.
    mutating func add(_ asked: [Int], _ counted: [Int], _ reply: DisclosedCount) {
        guard let stated = reply.interval else { return }
        program.require(asked, Double(stated.low), Double(stated.high))
        let reach = max(0, rules.roundTo - 1)
        guard let value = reply.shown, !isKnown(Set(counted), value) else { return }
        let low = value == 0 ? 0 : value <= rules.smallestShown ? min(rules.threshold, value) : value - reach
        // A number that is not near the group's is that of a combination which the attacker does not see.
        guard (low...value + reach).contains(size(counted)) else { return }
        shown.append((Set(counted), value))
        program.require(counted, Double(low), Double(value + reach))
    }

    /// Whether the number is that of one shown group, or of the sum or difference of two, from which this one differs by a few
    /// patients.
    private func isKnown(_ asked: Set<Int>, _ value: Int) -> Bool {
        guard rules.ledger else { return false }
        func isNear(_ sum: [(atoms: Set<Int>, value: Int, sign: Int)]) -> Bool {
            let base = rules.roundTo
            let total = sum.reduce(0) { $0 + $1.sign * $1.value }
            guard max(rules.smallestShown, (2 * total + base) / (2 * base) * base) == value else { return false }
            let differing = sizes.indices.filter { atom in
                sum.reduce(asked.contains(atom) ? 1 : 0) { $0 - ($1.atoms.contains(atom) ? $1.sign : 0) } != 0
            }
            return size(differing) < rules.threshold + rules.offset
        }
        return shown.indices.contains { place in
            let one = (atoms: shown[place].atoms, value: shown[place].value, sign: 1)
            if isNear([one]) { return true }
            return shown[..<place].contains { two in
                [(1, 1), (1, -1), (-1, 1)].contains { signs in
                    isNear([(one.atoms, one.value, signs.0), (two.atoms, two.value, signs.1)])
                }
            }
        }
    }

    /// Whether some group of fewer than k patients is exact, or can only be fewer than k, or has fewer than k + 1 numbers left.
    func found() -> (exact: Bool, narrow: Bool) {
        let k = Double(rules.threshold)
        let small = sizes.indices.filter { sizes[$0] < rules.threshold }
        var (exact, narrow) = (false, false)
        for interval in program.intervals(of: small.map { [$0] }) {
            guard let interval else { continue }
            let width = interval.high - interval.low
            if width < 1e-6 { exact = true }
            if interval.high < k - 1e-6 || width < k - 1e-6 { narrow = true }
        }
        return (exact, narrow)
    }
}
