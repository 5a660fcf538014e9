/// Tables and indices of a synthetic store, made from the catalogue of the CDM.
enum StoreLayout {
    /// Tables about the hospital and the vocabulary.
    static let referenceTables: [CDMTable] = [
        .location, .careSite, .provider, .cdmSource, .concept, .conceptAncestor, .conceptRelationship, .conceptSynonym,
        .vocabulary, .domain, .conceptClass, .relationship,
    ]

    /// CREATE TABLE for every table. No column is NOT NULL: real stores break that rule, and so do these on purpose.
    static func tables() -> [String] {
        (RecordWriter.clinicalTables + referenceTables).map { table in
            let columns = table.columns.map { column in
                // Days are TEXT: with the type DATE, SQLite would try to read each as a number first.
                let type =
                    switch column.type {
                    case .integer: "INTEGER"
                    case .number: "REAL"
                    case .text, .date, .datetime: "TEXT"
                    }
                return "\(column.name) \(type)\(column.name == key(of: table) ? " PRIMARY KEY" : "")"
            }
            return "CREATE TABLE \(table.rawValue) (\(columns.joined(separator: ", ")))"
        }
    }

    /// CREATE INDEX by person and by concept, run after the rows are in.
    static func indices() -> [String] {
        var made: [String] = []
        for table in RecordWriter.clinicalTables where table != .person {
            made.append("CREATE INDEX \(table.rawValue)_person ON \(table.rawValue) (person_id)")
            if let concept = table.shape?.concept {
                made.append("CREATE INDEX \(table.rawValue)_concept ON \(table.rawValue) (\(concept))")
            }
        }
        made.append("CREATE INDEX concept_ancestor_ancestor ON concept_ancestor (ancestor_concept_id)")
        made.append("CREATE INDEX concept_ancestor_descendant ON concept_ancestor (descendant_concept_id)")
        made.append("CREATE INDEX concept_relationship_1 ON concept_relationship (concept_id_1)")
        made.append("CREATE INDEX concept_relationship_2 ON concept_relationship (concept_id_2)")
        return made
    }

    /// The column that is the row's own id; such a table is stored in its order.
    private static func key(of table: CDMTable) -> String? {
        switch table {
        case .person: "person_id"
        case .concept: "concept_id"
        case .location: "location_id"
        case .careSite: "care_site_id"
        case .provider: "provider_id"
        default: table.shape?.id
        }
    }
}
