/// Finds the CDM tables of a SQLite file, with their columns and samples of their rows.
struct SQLiteSchemaReader {
    let connection: SQLiteConnection
    /// The file's size in bytes, which decides whether rows are counted or estimated.
    let fileSize: Int64

    /// A legitimate CDM table has at most 60 columns; what a hostile file declares beyond this is not looked at.
    private static let maxColumns = 256
    private static let countedSize: Int64 = 256 << 20

    /// The tables, views and virtual tables that carry names of the CDM.
    func tables() throws(OMOPStoreError) -> [FoundTable] {
        let statement = try connection.prepare("SELECT type, name, sql FROM sqlite_schema WHERE type IN ('table', 'view')")
        var found: [FoundTable] = []
        while try statement.step() {
            guard case .text(let type) = statement.value(0), case .text(let name) = statement.value(1),
                CDMTable(name: name) != nil
            else { continue }
            var table = FoundTable(name: name, columns: [])
            if type == "view" {
                table.kind = .view
            } else if case .text(let sql) = statement.value(2), Self.declaresVirtualTable(sql) {
                table.kind = .virtualTable
            }
            found.append(table)
        }
        for index in found.indices where found[index].kind == .table {
            try describe(&found[index])
        }
        return found
    }

    private static func declaresVirtualTable(_ sql: String) -> Bool {
        sql.split(whereSeparator: \.isWhitespace).prefix(2).map { $0.lowercased() } == ["create", "virtual"]
    }

    private func describe(_ table: inout FoundTable) throws(OMOPStoreError) {
        let statement = try connection.prepare("PRAGMA table_xinfo(\(SQLiteConnection.quoted(table.name)))")
        while try statement.step(), table.columns.count < Self.maxColumns {
            // Hidden and generated columns (the last field is not 0) are computed, not stored.
            guard case .text(let name) = statement.value(1), case .integer(0) = statement.value(6) else { continue }
            var type = ""
            if case .text(let declared) = statement.value(2, maxLength: 64) { type = declared }
            table.columns.append(FoundTable.Column(name: name, declaredType: type))
        }
        guard !table.columns.isEmpty else { return }
        let sampler = SQLiteSampler(connection: connection, table: table)
        table.firstRows = try sampler.firstRows(3)
        table.sample = try sampler.rows()
        table.approximateRows = try sampler.approximateRows(isCounted: fileSize <= Self.countedSize, fileSize: fileSize)
    }
}
