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
        let size = set.size
        let sketch = SetSketch { set.forEachMember($0) }
        return single(set, size, sketch, isDangerous) ?? pair(set, size, sketch, isDangerous)
            ?? combination(set, isDangerous)
    }

    // MARK: Tier 1: one set

    private func single(_ set: PersonSet, _ size: Int, _ sketch: SetSketch, _ isDangerous: (PersonSet) -> Bool) -> Neighbour? {
        for place in ledger.places(sizesFrom: size - reach + 1, through: size + reach - 1) {
            let entry = ledger.entries[place]
            guard SetSketch.norm(sketch.counts &- entry.sketch.counts) < reach,
                size + entry.set.size - 2 * entry.set.shared(with: set) < reach
            else { continue }
            let residual = set.symmetricDifference(entry.set.expanded(universe: set.universe))
            if isDangerous(residual) { return Neighbour(terms: [(place, 1)], residual: residual) }
        }
        return nil
    }

    // MARK: Tier 2: sum or difference of two sets

    private func pair(_ set: PersonSet, _ size: Int, _ sketch: SetSketch, _ isDangerous: (PersonSet) -> Bool) -> Neighbour? {
        // A residual of fewer than `reach` patients has entries of at most 2, so sizes fit within twice that.
        let slack = 2 * reach
        for (first, entry) in ledger.entries.enumerated() {
            let sum = sketch.counts &- entry.sketch.counts
            for second in ledger.places(sizesFrom: size - entry.set.size - slack, through: size - entry.set.size + slack)
            where second > first {
                guard SetSketch.norm(sum &- ledger.entries[second].sketch.counts) < slack else { continue }
                if let found = check(set, first, second, plus: true, isDangerous) { return found }
            }
            guard entry.set.size + slack >= size else { continue }
            for second in ledger.places(sizesFrom: entry.set.size - size - slack, through: entry.set.size - size + slack)
            where second != first {
                guard SetSketch.norm(sum &+ ledger.entries[second].sketch.counts) < slack else { continue }
                if let found = check(set, first, second, plus: false, isDangerous) { return found }
            }
        }
        return nil
    }

    private func check(
        _ set: PersonSet, _ first: Int, _ second: Int, plus: Bool, _ isDangerous: (PersonSet) -> Bool
    ) -> Neighbour? {
        let one = ledger.entries[first].set.expanded(universe: set.universe)
        let two = ledger.entries[second].set.expanded(universe: set.universe)
        // One set is met where exactly one of the two holds (sum), or where the first holds and the second does not
        // (difference); a patient in both (sum) or in the second only (difference) is a residual whatever the new set says.
        let met = plus ? one.symmetricDifference(two) : one.subtracting(two)
        let always = plus ? one.intersection(two) : two.subtracting(one)
        let residual = set.symmetricDifference(met).union(always)
        guard residual.size < reach, isDangerous(residual) else { return nil }
        return Neighbour(terms: [(first, 1), (second, plus ? 1 : -1)], residual: residual)
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
        var system = AtomSystem(unknowns: atoms.entries.count)
        var open: [Int] = []
        for atom in inside.indices.dropFirst() where atoms.sizes[atom] > 0 {
            let inPart = Int(inside[atom])
            let outPart = Int(atoms.sizes[atom]) - inPart
            guard inPart >= reach || outPart >= reach else {
                open.append(atom)
                continue
            }
            var holders: [Int] = []
            atoms.forEachHolder(of: atom) { holders.append($0) }
            guard system.require(holders, equals: inPart >= reach ? 1 : 0) else { return nil }
        }
        // Small atoms, largest first: an equation that can still be met is met (a greedy form of the L1 regression).
        for atom in open.sorted(by: { atoms.sizes[$0] > atoms.sizes[$1] }).prefix(Self.largestRemainder) {
            var holders: [Int] = []
            atoms.forEachHolder(of: atom) { holders.append($0) }
            var attempt = system
            if attempt.require(holders, equals: 2 * inside[atom] > atoms.sizes[atom] ? 1 : 0) { system = attempt }
        }
        return neighbour(set, system.solution, isDangerous)
    }

    private func neighbour(_ set: PersonSet, _ solution: [UInt32], _ isDangerous: (PersonSet) -> Bool) -> Neighbour? {
        let atoms = ledger.atoms
        var valueOf = [UInt32](repeating: 0, count: atoms.count)
        for atom in valueOf.indices {
            atoms.forEachHolder(of: atom) { valueOf[atom] = PrimeField.sum(valueOf[atom], solution[$0]) }
        }
        var residual = PersonSet(universe: set.universe)
        var size = 0
        for person in 0..<set.universe {
            let value = valueOf[Int(atoms.atomOf[person])]
            if value != (set.contains(person) ? 1 : 0) {
                size += 1
                if size >= reach { return nil }
                residual.insert(person)
            }
        }
        guard isDangerous(residual) else { return nil }
        let terms = solution.indices.filter { solution[$0] != 0 }
            .map { (entry: atoms.entries[$0], coefficient: AtomSystem.fraction(solution[$0])) }
        return Neighbour(terms: terms, residual: residual)
    }
}
