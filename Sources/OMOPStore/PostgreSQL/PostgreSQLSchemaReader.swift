import CPostgres

/// Finds the CDM tables of two schemas, with what this account may do to them and samples of their rows.
///
/// Views, materialised views, partitioned and foreign tables count as tables: on a server they are the hospital's own work,
/// and they are read in a transaction that cannot write.
struct PostgreSQLSchemaReader {
    let connection: PostgreSQLConnection
    let schemas: StoreSchemas

    func tables() throws(OMOPStoreError) -> [CDMTable: ServerTable] {
        let found = try places()
        if found.isEmpty { throw try nothingFound() }
        var tables: [CDMTable: ServerTable] = [:]
        for (table, place) in found { tables[table] = try describe(place) }
        return tables
    }

    /// The tables whose rows this account may change. Asks for rights alone.
    func writableTables() throws(OMOPStoreError) -> [String] {
        try places().values.filter(\.mayWrite).map(\.name).sorted()
    }

    /// A table of the CDM before it is looked into.
    private struct Place {
        let schema: String
        let name: String
        let oid: String
        let kind: String
        let rows: Int64?
        let mayWrite: Bool
    }

    private func places() throws(OMOPStoreError) -> [CDMTable: Place] {
        let found = try connection.rows(
            """
            SELECT n.nspname, c.relname, c.oid::text, c.relkind::text, c.reltuples::bigint::text,
              (has_table_privilege(c.oid, 'INSERT') OR has_table_privilege(c.oid, 'UPDATE')
                OR has_table_privilege(c.oid, 'DELETE') OR has_table_privilege(c.oid, 'TRUNCATE'))::text
            FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = ANY ($1::text[]) AND c.relkind IN ('r', 'p', 'v', 'm', 'f') ORDER BY 1, 2
            """, [Self.array(schemas.all)])
        var places: [CDMTable: Place] = [:]
        for row in found {
            guard let schema = row[0], let name = row[1], let oid = row[2], let table = CDMTable(name: name) else { continue }
            if places[table] != nil, !schemas.prefers(schema, for: table) { continue }
            places[table] = Place(
                schema: schema, name: name, oid: oid, kind: row[3] ?? "r", rows: row[4].flatMap { Int64($0) },
                mayWrite: row[5] == "true")
        }
        return places
    }

    private func describe(_ table: Place) throws(OMOPStoreError) -> ServerTable {
        let columns = try connection.rows(
            """
            SELECT attname, format_type(atttypid, atttypmod), has_column_privilege(attrelid, attnum, 'SELECT')::text
            FROM pg_catalog.pg_attribute WHERE attrelid = $1::oid AND attnum > 0 AND NOT attisdropped ORDER BY attnum
            """, [table.oid])
        let place = PostgreSQLConnection.quoted(table.schema) + "." + PostgreSQLConnection.quoted(table.name)
        let hasUsage =
            try connection.rows("SELECT has_schema_privilege($1, 'USAGE')::text", [table.schema]).first?.first == "true"
        let readable = hasUsage ? columns.filter { $0[2] == "true" } : []
        var found = FoundTable(
            name: table.name, columns: readable.map { FoundTable.Column(name: $0[0] ?? "", declaredType: $0[1] ?? "") })
        found.approximateRows = table.rows.flatMap { $0 >= 0 ? $0 : nil }
        if !found.columns.isEmpty { found.sample = try sample(found, place, isStored: ["r", "m"].contains(table.kind)) }
        return ServerTable(
            found: found, place: place, mayWrite: table.mayWrite, hiddenColumns: columns.count - readable.count)
    }

    /// The first rows and, of large tables, some pages from all over.
    private func sample(_ table: FoundTable, _ place: String, isStored: Bool) throws(OMOPStoreError) -> [[StoredValue]] {
        let columns = table.columns.map { PostgreSQLConnection.quoted($0.name) }.joined(separator: ", ")
        var rows = try values("SELECT \(columns) FROM \(place) LIMIT 200")
        if isStored, let count = table.approximateRows, count > 20_000 {
            let percent = min(100, 100_000 / Double(count))
            rows += try values("SELECT \(columns) FROM \(place) TABLESAMPLE SYSTEM (\(percent)) REPEATABLE (1) LIMIT 600")
        }
        return rows
    }

    private func values(_ sql: String) throws(OMOPStoreError) -> [[StoredValue]] {
        let answer = try connection.answer(sql)
        return answer.rows.map { row in zip(row, answer.types).map { Self.value($0, type: $1) } }
    }

    /// The value of a text that the server wrote for a type.
    private static func value(_ text: String?, type: Oid) -> StoredValue {
        guard let text else { return .null }
        switch type {
        case 20, 21, 23: return Int64(text).map { .integer($0) } ?? .text(text)
        case 16: return .integer(text == "t" ? 1 : 0)
        case 700, 701, 1_700: return Int64(text).map { .integer($0) } ?? Double(text).map { .real($0) } ?? .text(text)
        case 17: return .blob
        default: return .text(String(text.prefix(256)))
        }
    }

    /// Nothing in the schemas: says where a CDM seems to be instead.
    private func nothingFound() throws(OMOPStoreError) -> OMOPStoreError {
        let elsewhere = try connection.rows(
            """
            SELECT n.nspname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE lower(c.relname) = 'person' AND c.relkind IN ('r', 'p', 'v', 'm', 'f') ORDER BY 1 LIMIT 5
            """
        ).compactMap(\.first).compactMap { $0 }
        return OMOPStoreError(
            .notAStore, "There is no table of the OMOP CDM in schema \(schemas.all.joined(separator: " or "))",
            advice: elsewhere.isEmpty
                ? "Name the schema of the CDM in schema_cdm"
                : "A table person is in: \(elsewhere.joined(separator: ", ")); name it in schema_cdm")
    }

    private static func array(_ texts: [String]) -> String {
        "{" + texts.map { "\"" + $0.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\"" }.joined(separator: ",")
            + "}"
    }
}
