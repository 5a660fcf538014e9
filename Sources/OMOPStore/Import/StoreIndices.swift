/// The indices of a store made here: by person and by concept, so that plain SQL on it is bearable too.
enum StoreIndices {
    /// CREATE INDEX statements for the tables that exist.
    static func statements(for tables: Set<CDMTable>) -> [String] {
        CDMTable.allCases.filter(tables.contains).flatMap(statements)
    }

    private static func statements(for table: CDMTable) -> [String] {
        switch table {
        case .person: return [index(table, ["person_id"], unique: true)]
        case .concept: return [index(table, ["concept_id"])]
        case .conceptAncestor:
            return [index(table, ["ancestor_concept_id", "descendant_concept_id"]), index(table, ["descendant_concept_id"])]
        case .conceptRelationship:
            return [index(table, ["concept_id_1"]), index(table, ["concept_id_2", "relationship_id"])]
        default:
            var made = table.hasPerson ? [index(table, ["person_id"])] : []
            if let concept = table.shape?.concept { made.append(index(table, [concept])) }
            return made
        }
    }

    private static func index(_ table: CDMTable, _ columns: [String], unique: Bool = false) -> String {
        let name = "\(table.rawValue)_by_\(columns[0])"
        return "CREATE \(unique ? "UNIQUE " : "")INDEX \(name) ON \(table.rawValue) (\(columns.joined(separator: ", ")))"
    }
}
