/// A table as an adapter found it: what the inspection works on, whatever the database.
struct FoundTable: Sendable {
    /// What kind of thing carries the name.
    enum Kind: String, Sendable {
        case table
        case view
        case virtualTable = "virtual table"
    }

    /// One column as found.
    struct Column: Sendable {
        var name: String
        var declaredType: String
    }

    /// Its name in the store.
    var name: String
    var kind = Kind.table
    var columns: [Column]
    /// Rows from the beginning, the middle and the end of the table, in the order of `columns`.
    var sample: [[StoredValue]] = []
    /// The very first rows, where a header may have been loaded as data.
    var firstRows: [[StoredValue]] = []
    /// About how many rows.
    var approximateRows: Int64?

    /// Whether the first rows include one that repeats column names: those of the table itself or, where the table's own
    /// names mean nothing (`column0`), those of the CDM table `cdm`.
    func headerRow(of cdm: CDMTable) -> [String]? {
        for row in firstRows {
            let names = row.map { value -> String in
                guard case .text(let text) = value else { return "" }
                return NumberText.trim(text).lowercased()
            }
            let known = names.count { cdm.column($0) != nil }
            if known >= 2, known * 2 > names.count { return names }
        }
        return nil
    }
}
