/// A combination of released sets from which a new set differs by few patients only (A.3).
struct Neighbour {
    /// Released sets (places in the ledger) and their coefficients.
    let terms: [(entry: Int, coefficient: Double)]
    /// Who makes the difference.
    let residual: PersonSet
}
