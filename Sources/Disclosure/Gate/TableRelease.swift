/// A breakdown on its way out: which cells must be hidden for themselves, which to protect those, then rounding (A.2, the
/// order for a table).
///
/// A cell near a released set is hidden and not answered with the known value: inside an additive table a value that does not
/// add up would betray itself.
struct TableRelease {
    let counts: CountRelease
    let breakdown: EvaluatedBreakdown
    /// What became of the cohort's total.
    let total: CountRelease.Outcome
    let cohort: String?

    private var rules: DisclosureRules { counts.rules }

    /// Takes the table through the rules; published cells join the draft.
    func release(
        _ persons: PersonSet, to draft: inout ReleaseLedger, _ outcomes: inout ReleaseOutcomes
    ) throws(DisclosureError) -> DisclosedBreakdown {
        let table = BreakdownTable(breakdown, universe: persons.universe)
        let shape = breakdown.dimensions.map { [$0.name] + $0.categories }
        switch total {
        case .hidden, .zero:
            outcomes.hidden += table.keys.count
            return allHidden(table, draft)
        case .known(_, let terms, _):
            // A table of that cohort, or of one that differs by fewer than k patients, was released: it is the answer.
            if terms.count == 1, let known = draft.tables[.init(total: terms[0], shape: shape)] {
                outcomes.known += known.disclosed.cells.count
                return known.disclosed
            }
        case .fresh: break
        }

        let values = CellValues(table, counts.patients)
        let earlier = totalEntry.map { draft.tables(of: $0) } ?? []
        let plan =
            earlier.isEmpty
            ? try alone(table, values, persons, &draft)
            : joint(table, values, persons, earlier, &draft)
        let disclosed = disclose(table, values, plan, to: &draft, &outcomes)
        if let entry = totalEntry {
            var inner: [[String]: StoredSet] = [:]
            for (key, set) in zip(table.innerKeys, table.inner) where !set.isEmpty { inner[key] = StoredSet(set) }
            draft.remember(.init(disclosed: disclosed, inner: inner), .init(total: entry, shape: shape))
        }
        return disclosed
    }

    /// What becomes of each cell.
    private struct Plan {
        let statuses: [CellStatus]
        /// Cells that an earlier table of the same patients has shown.
        var known: [Int: DisclosedCount] = [:]
    }

    /// Nothing but the total, which is shown whatever becomes of the table.
    private func nothing(_ table: BreakdownTable) -> Plan {
        let last = table.keys.count - 1
        return Plan(statuses: table.keys.indices.map { $0 == last || table.impossible[$0] ? .published : .secondary })
    }

    /// A second table of a cohort is protected together with the earlier ones. Where that cannot be done, or the cohort is only
    /// nearly the same, nothing of it but the total is shown.
    private func joint(
        _ table: BreakdownTable, _ values: CellValues, _ persons: PersonSet,
        _ earlier: [(key: ReleaseLedger.TableKey, table: ReleaseLedger.ReleasedTable)], _ draft: inout ReleaseLedger
    ) -> Plan {
        let last = table.keys.count - 1
        guard isTotalOpen(draft), earlier.count <= JointTable.mostEarlier, let entry = totalEntry,
            draft.entries[entry].set.size == persons.size, draft.entries[entry].set.shared(with: persons) == persons.size
        else { return nothing(table) }
        var demands = table.keys.indices.map { demand(of: $0, table, values, &draft) }
        demands[last] = .released
        let joint = JointTable(
            table, breakdown.dimensions, demands: demands, unions: knownUnions(table, persons, draft),
            threshold: rules.threshold, with: earlier, universe: persons.universe)
        let seed = counts.key.draw("table", values.digests[last])
        let protection = TableProtection(threshold: rules.threshold, zero: rules.zero)
        guard let statuses = try? protection.statuses(of: joint.suppression, seed: seed),
            zip(joint.suppression.cells, statuses).allSatisfy({ $0.demand != .released || $1 == .published })
        else { return nothing(table) }
        var known: [Int: DisclosedCount] = [:]
        for (cell, count) in joint.known.enumerated() {
            if let count, count.kind != .hidden { known[cell] = count }
        }
        return Plan(statuses: Array(statuses.prefix(table.keys.count)), known: known)
    }

    private var totalEntry: Int? {
        switch total {
        case .fresh(_, let entry): entry
        case .known(_, let terms, _): terms.count == 1 ? terms[0] : nil
        case .hidden, .zero: nil
        }
    }

    private func allHidden(_ table: BreakdownTable, _ draft: ReleaseLedger) -> DisclosedBreakdown {
        let count = counts.disclosed(total, hiddenBelow: ceiling(draft))
        let cells = zip(table.keys, table.impossible).map { DisclosedBreakdown.Cell(key: $0, count: $1 ? .exact(0) : count) }
        return DisclosedBreakdown(dimensions: breakdown.dimensions.map(\.name), cells: cells)
    }

    private func ceiling(_ draft: ReleaseLedger) -> Int { rules.ledger ? draft.hiddenCeiling(rules) : rules.largestSmall }

    // MARK: What must be hidden

    /// The first table of a cohort. Where it cannot be protected without hiding the total, nothing of it but the total is shown.
    private func alone(
        _ table: BreakdownTable, _ values: CellValues, _ persons: PersonSet, _ draft: inout ReleaseLedger
    ) throws(DisclosureError) -> Plan {
        let last = table.keys.count - 1
        var demands = table.keys.indices.map { demand(of: $0, table, values, &draft) }
        demands[last] = isTotalOpen(draft) ? .released : .known
        var cells = table.keys.indices.map { index in
            SuppressionTable.Cell(
                id: table.keys[index].joined(separator: "|"), atoms: table.atoms[index], value: values.sizes[index],
                demand: demands[index])
        }
        for (number, union) in knownUnions(table, persons, draft).enumerated() {
            if let same = table.atoms.firstIndex(of: union) {
                cells[same] = .init(id: cells[same].id, atoms: union, value: cells[same].value, demand: .known)
            } else {
                let value = union.reduce(0) { $0 + values.innerSizes[Int($1)] }
                cells.append(.init(id: "\u{1}union \(number)", atoms: union, value: value, demand: .known))
            }
        }
        let suppression = SuppressionTable(atomValues: values.innerSizes, cells: cells)
        let seed = counts.key.draw("table", values.digests[last])
        do throws(DisclosureError) {
            let protection = TableProtection(threshold: rules.threshold, zero: rules.zero)
            let statuses = try protection.statuses(of: suppression, seed: seed).prefix(table.keys.count)
            return demands[last] == .released && statuses[last] != .published ? nothing(table) : Plan(statuses: Array(statuses))
        } catch {
            guard error.code == .notProtected else { throw error }
            return nothing(table)
        }
    }

    /// Whether the cells may add up to the cohort's total: it is released now, or it is known to be the same cohort's.
    private func isTotalOpen(_ draft: ReleaseLedger) -> Bool {
        switch total {
        case .fresh: true
        case .known(_, let terms, _): terms.count == 1 && cohort != nil && draft.entries[terms[0]].cohort == cohort
        case .hidden, .zero: false
        }
    }

    private func demand(
        of cell: Int, _ table: BreakdownTable, _ values: CellValues, _ draft: inout ReleaseLedger
    ) -> SuppressionTable.Demand {
        if table.impossible[cell] { return .impossible }
        let size = values.sizes[cell]
        if size == 0, rules.zero == .show { return .none }
        if size < rules.threshold { return .none }
        let persons = table.persons(of: cell)
        if counts.isSmall(persons, &draft.verdicts) { return .small }
        guard rules.ledger, cell != table.keys.count - 1 else { return .none }
        if counts.neighbour(of: persons, in: &draft) != nil { return .known }
        return table.atoms[cell].count == 1 && draft.isOverexposed(persons, cap: rules.exposureCap) ? .uncertain : .none
    }

    private func knownUnions(_ table: BreakdownTable, _ persons: PersonSet, _ draft: ReleaseLedger) -> [[Int32]] {
        guard rules.ledger, draft.count > 0 else { return [] }
        return KnownUnions(table, of: persons, total: totalEntry, in: draft, rules).all()
    }

    // MARK: What leaves

    private func disclose(
        _ table: BreakdownTable, _ values: CellValues, _ plan: Plan, to draft: inout ReleaseLedger,
        _ outcomes: inout ReleaseOutcomes
    ) -> DisclosedBreakdown {
        let rounding = CountRounding(rules: rules, key: counts.key)
        let last = table.keys.count - 1
        var disclosed = [DisclosedCount?](repeating: nil, count: table.keys.count)
        let ceiling = ceiling(draft)
        disclosed[last] = counts.disclosed(total, hiddenBelow: ceiling)
        for cell in table.keys.indices.dropLast() where plan.statuses[cell] == .published {
            if let known = plan.known[cell] {
                disclosed[cell] = known
            } else if values.sizes[cell] == 0 {
                disclosed[cell] = .exact(0)
            } else {
                let shown = rounding.shown(values.sizes[cell], values.digests[cell])
                disclosed[cell] = rounding.disclosedCell(shown)
                if rules.ledger {
                    _ = draft.record(
                        table.persons(of: cell), shown: shown, cohort: nil, chargesExposure: table.atoms[cell].count == 1)
                }
            }
        }
        let ceilings = HiddenCeilings(table, disclosed)
        let cells = table.keys.indices.map { cell in
            let count = disclosed[cell] ?? .hidden(low: 0, high: max(ceiling, ceilings.high(of: cell)), why: .small)
            if disclosed[cell] == nil { outcomes.hidden += 1 } else { outcomes.fresh += 1 }
            return DisclosedBreakdown.Cell(key: table.keys[cell], count: count)
        }
        return DisclosedBreakdown(dimensions: breakdown.dimensions.map(\.name), cells: cells)
    }
}

/// Sizes and digests of all cells, from those of the inner cells.
private struct CellValues {
    let innerSizes: [Int]
    let sizes: [Int]
    let digests: [SetDigest]

    init(_ table: BreakdownTable, _ patients: PatientKeys) {
        let innerSizes = table.inner.map(\.size)
        let innerDigests = table.inner.map(patients.digest)
        self.innerSizes = innerSizes
        sizes = table.atoms.map { $0.reduce(0) { $0 + innerSizes[Int($1)] } }
        digests = table.atoms.map { $0.reduce(SetDigest.empty) { $0 + innerDigests[Int($1)] } }
    }
}

/// What a hidden cell can be at most, by the published cells that contain it. Everybody can work it out, so it tells nothing,
/// and it is the same for cells that are small and cells that protect them.
private struct HiddenCeilings {
    private let supersets: [(atoms: Set<Int32>, high: Int)]
    private let atoms: [[Int32]]

    init(_ table: BreakdownTable, _ disclosed: [DisclosedCount?]) {
        atoms = table.atoms
        supersets = zip(table.atoms, disclosed).compactMap { atoms, count in
            count?.interval.map { (Set(atoms), $0.high) }
        }.sorted { $0.high < $1.high }
    }

    func high(of cell: Int) -> Int {
        supersets.first { $0.atoms.count > atoms[cell].count && $0.atoms.isSuperset(of: atoms[cell]) }?.high ?? 0
    }
}
