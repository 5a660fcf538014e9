/// The redundant-answer rule's search in its three tiers (A.3): is a set within `reach` patients of a combination of released
/// sets? The empty combination (the set is small itself) is the caller's first question.
struct NeighbourSearch {
    let ledger: ReleaseLedger
    /// A residual of fewer patients than this is dangerous (k + d, the offset's largest value).
    let reach: Int

    /// Small atoms that tier 3 tries to meet, the largest first; a bound on its work.
    private static let largestRemainder = 256

    /// Combinations near the set, cheapest tier first. The caller compares each residual with its own keyed offset and asks
    /// for the next where that one is not small enough.
    func first(_ set: PersonSet, where isDangerous: (PersonSet) -> Bool) -> Neighbour? {
        let target = Target(set, ledger)
        return single(target, isDangerous) ?? pair(target, isDangerous) ?? combination(set, isDangerous)
    }

    /// The new set with what the first two tiers need to know of it.
    private final class Target {
        let set: PersonSet
        let size: Int
        let sketch: SetSketch
        /// The same persons in the form that takes less room: a few are compared with thousands of sets.
        private let compact: PersonSet
        private let ledger: ReleaseLedger
        /// How many of its members each released set holds, once asked; -1 before.
        private var known: [Int32]

        init(_ set: PersonSet, _ ledger: ReleaseLedger) {
            self.set = set
            self.ledger = ledger
            compact = set.compact
            size = set.size
            sketch = SetSketch { set.forEachMember($0) }
            known = [Int32](repeating: -1, count: ledger.entries.count)
        }

        /// How many of its members a released set holds.
        func shared(_ place: Int) -> Int {
            if known[place] < 0 { known[place] = Int32(ledger.entries[place].set.shared(with: compact)) }
            return Int(known[place])
        }

        /// How many members a released set has that are not in this one.
        func outside(_ place: Int) -> Int { ledger.entries[place].set.size - shared(place) }

        /// Whether a released set lies in this one but for fewer than `reach` patients.
        func holds(_ place: Int, reach: Int) -> Bool {
            let entry = ledger.entries[place]
            return entry.set.size < size + reach && SetSketch.excess(entry.sketch, over: sketch) < reach
                && entry.set.persons.isWithin(compact, butForFewerThan: reach)
        }

        /// Whether this set lies in a released one but for fewer than `reach` patients.
        func liesIn(_ place: Int, reach: Int) -> Bool {
            let entry = ledger.entries[place]
            return size < entry.set.size + reach && SetSketch.excess(sketch, over: entry.sketch) < reach
                && compact.isWithin(entry.set.persons, butForFewerThan: reach)
        }
    }

    // MARK: Tier 1: one set

    private func single(_ target: Target, _ isDangerous: (PersonSet) -> Bool) -> Neighbour? {
        for place in ledger.places(sizesFrom: target.size - reach + 1, through: target.size + reach - 1) {
            let entry = ledger.entries[place]
            guard SetSketch.norm(target.sketch.counts &- entry.sketch.counts) < reach,
                target.size + entry.set.size - 2 * target.shared(place) < reach
            else { continue }
            let residual = target.set.symmetricDifference(entry.set.expanded(universe: target.set.universe))
            if isDangerous(residual) { return Neighbour(terms: [(place, 1)], residual: residual) }
        }
        return nil
    }

    // MARK: Tier 2: sum or difference of two sets

    private func pair(_ target: Target, _ isDangerous: (PersonSet) -> Bool) -> Neighbour? {
        sum(target, isDangerous) ?? difference(target, isDangerous)
    }

    /// A residual of fewer than `reach` patients has entries of at most 2, so sizes and sketches fit within twice that.
    private var slack: Int { 2 * reach }

    /// Two sets that make up the new one: both lie in it but for a few patients.
    private func sum(_ target: Target, _ isDangerous: (PersonSet) -> Bool) -> Neighbour? {
        let within = ledger.entries.indices.filter { target.holds($0, reach: reach) }
        // A ledger can hold thousands of such sets, most of them small: only those that have the missing size are looked at.
        let sizes = within.map { ledger.entries[$0].set.size }
        let bySize = within.indices.sorted { (sizes[$0], $0) < (sizes[$1], $1) }
        for (index, first) in within.enumerated() {
            let rest = target.size - sizes[index]
            let sketch = target.sketch.counts &- ledger.entries[first].sketch.counts
            let fitting = bySize[bySize.partition { sizes[$0] > rest - slack }..<bySize.partition { sizes[$0] >= rest + slack }]
            for second in fitting.filter({ $0 > index }).sorted().map({ within[$0] }) {
                guard SetSketch.norm(sketch &- ledger.entries[second].sketch.counts) < slack,
                    leastOfSum(target, first, second) < reach
                else { continue }
                if let found = check(target.set, first, second, plus: true, isDangerous) { return found }
            }
        }
        return nil
    }

    /// A lower bound of the residual of a sum: whoever of the two sets is outside, and who of the new set is in none of them or
    /// in both.
    private func leastOfSum(_ target: Target, _ first: Int, _ second: Int) -> Int {
        max(target.outside(first), target.outside(second)) + abs(target.shared(first) + target.shared(second) - target.size)
    }

    /// A lower bound of the residual of a difference: who of the new set is not in the first or is in the second, and outside of
    /// it whoever is in one of the two only.
    private func leastOfDifference(_ target: Target, _ first: Int, _ second: Int) -> Int {
        max(target.size - target.shared(first), target.shared(second)) + abs(target.outside(first) - target.outside(second))
    }

    /// One set less another: the first holds the new one but for a few patients, the second holds few of it.
    private func difference(_ target: Target, _ isDangerous: (PersonSet) -> Bool) -> Neighbour? {
        for first in ledger.entries.indices where target.liesIn(first, reach: reach) {
            let rest = ledger.entries[first].set.size - target.size
            let sketch = target.sketch.counts &- ledger.entries[first].sketch.counts
            for second in ledger.places(sizesFrom: rest - slack, through: rest + slack)
            where second != first {
                // Whoever is in the first only is a residual or in the new set: sketches and sizes of two small sets cannot tell
                // that they have nobody in common.
                guard SetSketch.norm(sketch &+ ledger.entries[second].sketch.counts) < slack,
                    leastOfDifference(target, first, second) < reach,
                    ledger.entries[first].set.persons.isWithin(
                        ledger.entries[second].set.persons, butForFewerThan: reach + target.shared(first))
                else { continue }
                if let found = check(target.set, first, second, plus: false, isDangerous) { return found }
            }
        }
        return nil
    }

    private func check(
        _ set: PersonSet, _ first: Int, _ second: Int, plus: Bool, _ isDangerous: (PersonSet) -> Bool
    ) -> Neighbour? {
        let residual = residual(set, first, second, plus: plus)
        guard residual.size < reach, isDangerous(residual) else { return nil }
        return Neighbour(terms: [(first, 1), (second, plus ? 1 : -1)], residual: residual)
    }

    /// Who makes the difference between a set and the sum (or difference) of two released ones.
    func residual(_ set: PersonSet, _ first: Int, _ second: Int, plus: Bool) -> PersonSet {
        let one = ledger.entries[first].set.expanded(universe: set.universe)
        let two = ledger.entries[second].set.expanded(universe: set.universe)
        // One set is met where exactly one of the two holds (sum), or where the first holds and the second does not
        // (difference); a patient in both (sum) or in the second only (difference) is a residual whatever the new set says.
        let met = plus ? one.symmetricDifference(two) : one.subtracting(two)
        let always = plus ? one.intersection(two) : two.subtracting(one)
        return set.symmetricDifference(met).union(always)
    }

    // MARK: Tier 3: any number of sets

    private func combination(_ set: PersonSet, _ isDangerous: (PersonSet) -> Bool) -> Neighbour? {
        let atoms = ledger.atoms
        guard !atoms.entries.isEmpty else { return nil }
        let inside = atoms.inside(set)

        // In every atom the combination has one value, so the smaller part of a split atom is always a residual.
        var least = 0
        for atom in inside.indices {
            let out = Int(atoms.sizes[atom]) - Int(inside[atom])
            least += atom == 0 ? Int(inside[atom]) : min(Int(inside[atom]), out)
            if least >= reach { return nil }
        }

        // On a part of `reach` patients and more a dangerous residual is 0: equations.
        var open: [Int] = []
        var certain: [Int] = []
        for atom in inside.indices.dropFirst() where atoms.sizes[atom] > 0 {
            let inPart = Int(inside[atom])
            if inPart >= reach || Int(atoms.sizes[atom]) - inPart >= reach { certain.append(atom) } else { open.append(atom) }
        }
        let tried = largest(open)
        let equations = zip(certain + tried, atoms.holders(of: certain + tried, in: ledger.entries)).map { atom, holders in
            Equation(holders: holders, right: 2 * inside[atom] > atoms.sizes[atom] ? 1 : 0)
        }
        var system = AtomSystem(unknowns: atoms.entries.count)
        var required = Array(equations.prefix(certain.count))
        guard settle(&system, required) else { return nil }
        // Small atoms, largest first: an equation that can still be met is met (a greedy form of the L1 regression).
        for equation in equations.dropFirst(certain.count) {
            var attempt = system
            guard attempt.require(equation.holders, equals: equation.right) else { continue }
            // Where the solution already met it, it still meets the others.
            guard attempt.rank == system.rank || settle(&attempt, required) else { continue }
            system = attempt
            required.append(equation)
        }
        return neighbour(set, system.solution, isDangerous)
    }

    /// What the coefficients of the sets that hold an atom must sum to.
    private struct Equation {
        /// Places in the window.
        let holders: [Int]
        let right: UInt32
    }

    /// The atoms to try, by size and among equals in their order. None has `2 * reach` patients, so they are counted out instead of
    /// sorted: there can be as many as patients.
    private func largest(_ open: [Int]) -> [Int] {
        var bySize = [[Int]](repeating: [], count: 2 * reach)
        for atom in open {
            let size = Int(ledger.atoms.sizes[atom])
            if bySize[size].count < Self.largestRemainder { bySize[size].append(atom) }
        }
        return Array(bySize.reversed().joined().prefix(Self.largestRemainder))
    }

    /// Meets all equations, again and again, because meeting one changes the solution that met others; each round but the last
    /// adds to the rank, so it ends.
    /// - Returns: false when no coefficients can meet all of them.
    private func settle(_ system: inout AtomSystem, _ required: [Equation]) -> Bool {
        while true {
            let rank = system.rank
            for equation in required {
                guard system.require(equation.holders, equals: equation.right) else { return false }
            }
            if system.rank == rank { return true }
        }
    }

    private func neighbour(_ set: PersonSet, _ solution: [UInt32], _ isDangerous: (PersonSet) -> Bool) -> Neighbour? {
        let atoms = ledger.atoms
        var valueOf = [UInt32](repeating: 0, count: set.universe)
        valueOf.withUnsafeMutableBufferPointer { valueOf in
            for (place, coefficient) in solution.enumerated() where coefficient != 0 {
                ledger.entries[atoms.entries[place]].set.forEachMember { valueOf[$0] = PrimeField.sum(valueOf[$0], coefficient) }
            }
        }
        var residual = PersonSet(universe: set.universe)
        var size = 0
        for person in 0..<set.universe where valueOf[person] != (set.contains(person) ? 1 : 0) {
            size += 1
            if size >= reach { return nil }
            residual.insert(person)
        }
        guard isDangerous(residual) else { return nil }
        let terms = solution.indices.filter { solution[$0] != 0 }
            .map { (entry: atoms.entries[$0], coefficient: AtomSystem.fraction(solution[$0])) }
        return Neighbour(terms: terms, residual: residual)
    }
}
