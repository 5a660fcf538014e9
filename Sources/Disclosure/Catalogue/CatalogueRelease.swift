extension ReleaseGate {
    /// The catalogue as it may leave: which domains, years and concepts this hospital has, with patients and records in coarse
    /// bands. It is the only way out for such figures.
    ///
    /// It touches no ledger and costs no exposure, because of what it cannot be used for. Nobody can choose its rows: they come from
    /// a register, and a row cannot be made to differ from another by one patient. A band is at least as wide as its lower end, so
    /// no difference of two rows isolates few patients. Its bands begin at places that a key moves, always the same way for a row, so
    /// that repeats and new data releases show no single patient. Make it once for each data release.
    ///
    /// - A row with fewer than `smallestShown` (20) patients, moved by the key, is left out, and so is its number of records.
    /// - Parts of a row whose bands would tell about a part that was left out are left out, too; where no part is left that could
    ///   be, the row itself is.
    /// - Throws: `badAnswer` where a key stands twice or a parent is not in the table.
    public func catalogue(_ evaluated: EvaluatedCatalogue) throws(DisclosureError) -> DisclosedCatalogue {
        let bands = CatalogueBands(rules: rules, key: key)
        var release = try CatalogueRelease(evaluated, bands: bands, threshold: rules.threshold)
        release.protect()
        return DisclosedCatalogue(
            rows: release.shown.map { DisclosedCatalogue.Row(key: $0, persons: $1.persons, records: $1.records) }
                .sorted { $0.key.lexicographicallyPrecedes($1.key) })
    }
}

/// A catalogue on its way out: the bands of all rows, and which of them can be shown together.
struct CatalogueRelease {
    typealias Bands = (persons: CountInterval, records: CountInterval)

    /// The rows that may be shown.
    private(set) var shown: [[String]: Bands] = [:]
    private var parts: [[String]: [[String]]] = [:]
    private let sizes: [[String]: Int]
    private let threshold: Int
    private let largestHidden: Int

    init(_ evaluated: EvaluatedCatalogue, bands: CatalogueBands, threshold: Int) throws(DisclosureError) {
        self.threshold = threshold
        largestHidden = bands.largestHidden
        var sizes: [[String]: Int] = [:]
        for row in evaluated.rows {
            guard sizes.updateValue(row.persons.value, forKey: row.key) == nil else { throw Self.bad(row, "stands twice") }
            guard row.records >= row.persons else { throw Self.bad(row, "has fewer records than patients") }
            let name = row.key.joined(separator: "\u{1F}")
            if let persons = bands.band(of: row.persons.value, "persons \(name)"),
                let records = bands.band(of: row.records.value, "records \(name)")
            {
                // Nobody has a record without being a patient of the row.
                shown[row.key] = (
                    persons, CountInterval(low: max(records.low, persons.low), high: max(records.high, persons.high))
                )
            }
        }
        for row in evaluated.rows {
            guard let parent = row.parent else { continue }
            guard sizes[parent] != nil, parent != row.key else { throw Self.bad(row, "is a part of a row that is not there") }
            parts[parent, default: []].append(row.key)
        }
        self.sizes = sizes
    }

    private static func bad(_ row: EvaluatedCatalogue.Row, _ what: String) -> DisclosureError {
        DisclosureError(
            .badAnswer, "the row \(row.key) of the catalogue \(what)", advice: "This is a mistake in the engine: report it")
    }

    /// Leaves out rows until none that is left out can be worked out from the others. Each round leaves out one, so it ends.
    mutating func protect() {
        // Leaving a row out concerns the row it is a part of, and its own parts.
        var changed = true
        while changed {
            changed = false
            for (parent, parts) in parts.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
                while tells(parent, parts) {
                    let open = parts.filter { shown[$0] != nil }
                    let next = open.min { (sizes[$0, default: 0], $0.joined()) < (sizes[$1, default: 0], $1.joined()) } ?? parent
                    shown[next] = nil
                    changed = true
                }
            }
        }
    }

    /// Whether the bands of a row and its shown parts tell too much about the parts that are left out.
    private func tells(_ parent: [String], _ parts: [[String]]) -> Bool {
        guard let whole = shown[parent] else { return false }
        let open = parts.compactMap { shown[$0] }
        let hidden = parts.count - open.count
        guard hidden > 0 else { return false }
        // Records add up: those that are left for the hidden parts must suffice for k patients.
        if whole.records.high - open.reduce(0, { $0 + $1.records.low }) < threshold { return true }
        // Patients do not add up, but none of the whole is in no part: the other parts must suffice for all of them.
        let others = open.reduce(0) { $0 + $1.persons.high } + (hidden - 1) * largestHidden
        return whole.persons.low > others
    }
}
