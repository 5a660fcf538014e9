import Disclosure
import Federation

/// Rows under codes instead of names: `H1` … `Hn`, drawn anew for each query, so that a code means nothing elsewhere.
enum CodedRows {
    /// The rows in an order that only `secret` knows, without what tells whose they are.
    static func shuffled(_ rows: [MergedResult.Row], by secret: String) -> [MergedResult.Row] {
        // Sorted by a keyed digest: the same for each reading of this query, unrelated to any other query's.
        rows.sorted { key($0, secret) < key($1, secret) }.enumerated().map { index, row in
            MergedResult.Row(
                node: "H\(index + 1)", name: nil, answer: row.answer, answered: nil,
                provenance: row.provenance.map { anonymous($0) }, policy: nil)
        }
    }

    private static func key(_ row: MergedResult.Row, _ secret: String) -> Digest256 {
        Digest256(of: Array("\(secret)/\(row.node)".utf8))
    }

    /// Names of stores, releases and software can tell a hospital; that the data is made up must stay.
    private static func anonymous(_ provenance: Provenance) -> Provenance {
        Provenance(
            store: "coded", dataRelease: "coded", dataThrough: nil, cdmVersion: "coded", vocabulary: nil,
            semantics: provenance.semantics, software: "coded", synthetic: provenance.synthetic)
    }
}
