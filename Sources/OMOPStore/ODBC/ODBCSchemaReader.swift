/// Finds the CDM tables behind an ODBC connection, with samples of their rows.
struct ODBCSchemaReader {
    let connection: ODBCConnection
    let schemas: StoreSchemas?

    func tables() throws(OMOPStoreError) -> [CDMTable: ServerTable] {
        var tables: [CDMTable: ServerTable] = [:]
        for (table, place) in try places() { tables[table] = try describe(place.schema, place.name) }
        return tables
    }

    /// The tables whose rows this account may change. Asks for rights alone.
    func writableTables() throws(OMOPStoreError) -> [String] {
        var names: [String] = []
        for (schema, name) in try places().values where try mayWrite(quoted(schema, name)) == true { names.append(name) }
        return names.sorted()
    }

    /// Where the tables of the CDM are.
    /// - Throws: `not-a-store` where there is none.
    private func places() throws(OMOPStoreError) -> [CDMTable: (schema: String?, name: String)] {
        let rows = try connection.tables()
        var found: [CDMTable: (schema: String?, name: String)] = [:]
        var elsewhere: Set<String> = []
        while try rows.next() {
            // TABLE_CAT, TABLE_SCHEM, TABLE_NAME: <https://learn.microsoft.com/sql/odbc/reference/syntax/sqltables-function>
            let schema = ODBCText.text(rows.value(1))
            guard let name = ODBCText.text(rows.value(2)), let table = CDMTable(name: name) else { continue }
            if let schemas {
                guard let schema, schemas.all.contains(schema) else {
                    if table == .person, let schema { elsewhere.insert(schema) }
                    continue
                }
                if found[table] != nil, !schemas.prefers(schema, for: table) { continue }
            }
            found[table] = (schema, name)
        }
        guard !found.isEmpty else { throw nothingFound(elsewhere) }
        return found
    }

    private func quoted(_ schema: String?, _ name: String) -> String {
        (schema.map { connection.dialect.quoted($0) + "." } ?? "") + connection.dialect.quoted(name)
    }

    private func describe(_ schema: String?, _ name: String) throws(OMOPStoreError) -> ServerTable {
        let dialect = connection.dialect
        let place = quoted(schema, name)
        let rows = try connection.columns(schema: schema, table: name)
        var found = FoundTable(name: name, columns: [])
        while try rows.next() {
            // TABLE_SCHEM, TABLE_NAME, COLUMN_NAME, TYPE_NAME. Schema and table were patterns, where _ stands for any letter.
            guard ODBCText.text(rows.value(2)) == name, schema == nil || ODBCText.text(rows.value(1)) == schema,
                let column = ODBCText.text(rows.value(3)), found.columns.count < 256
            else { continue }
            found.columns.append(FoundTable.Column(name: column, declaredType: ODBCText.text(rows.value(5)) ?? ""))
        }
        guard !found.columns.isEmpty else { return ServerTable(found: found, place: place, mayWrite: nil, hiddenColumns: 1) }
        let columns = found.columns.map { dialect.quoted($0.name) }.joined(separator: ", ")
        do {
            found.sample = try sample(dialect.firstRows(columns, of: place, 500))
        } catch {
            // The rows cannot be read: the table counts as absent, and the list of problems says so.
            guard error.code == .reading else { throw error }
            let hidden = found.columns.count
            found.columns = []
            return ServerTable(found: found, place: place, mayWrite: nil, hiddenColumns: hidden)
        }
        return ServerTable(found: found, place: place, mayWrite: try mayWrite(place))
    }

    private func sample(_ sql: String) throws(OMOPStoreError) -> [[StoredValue]] {
        let rows = try connection.rows(sql)
        var sample: [[StoredValue]] = []
        while sample.count < 500, try rows.next() {
            sample.append(
                rows.columns.indices.map { ODBCText.stored(rows.value($0), isDecimal: rows.columns[$0].form == .ascii) })
        }
        return sample
    }

    private func mayWrite(_ place: String) throws(OMOPStoreError) -> Bool? {
        guard let sql = connection.dialect.mayWrite(place) else { return nil }
        let rows = try connection.rows(sql)
        guard try rows.next() else { return nil }
        switch rows.value(0) {
        case .integer(let value): return value != 0
        case .text(let bytes): return bytes.elementsEqual("1".utf8)
        default: return nil
        }
    }

    private func nothingFound(_ elsewhere: Set<String>) -> OMOPStoreError {
        let place = schemas.map { "schema \($0.all.joined(separator: " or "))" } ?? "the database"
        return OMOPStoreError(
            .notAStore, "There is no table of the OMOP CDM in \(place)",
            advice: elsewhere.isEmpty
                ? "Check the database and the schema's name (schema_cdm), and that the account may see its tables"
                : "A table person is in: \(elsewhere.sorted().joined(separator: ", ")); name it in schema_cdm")
    }
}

/// Values of small results.
enum ODBCText {
    static func text(_ value: ServerValue) -> String? {
        switch value {
        case .text(let bytes): bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
        case .integer(let value): String(value)
        default: nil
        }
    }

    /// The value as the inspection takes it.
    static func stored(_ value: ServerValue, isDecimal: Bool) -> StoredValue {
        switch value {
        case .null: .null
        case .integer(let value): .integer(value)
        case .real(let value): Int64(exactly: value).map { .integer($0) } ?? .real(value)
        case .text(let bytes):
            read(String(decoding: bytes.prefix(256), as: UTF8.self), isDecimal)
        case .moment(let day, _): .text(CalendarDay.text(day))
        case .other: .blob
        }
    }

    /// A number of a decimal column, which drivers write as text.
    private static func read(_ text: String, _ isDecimal: Bool) -> StoredValue {
        guard isDecimal, let number = NumberText.double(text) else { return .text(text) }
        return Int64(exactly: number).map { .integer($0) } ?? .real(number)
    }
}
