/// Takes rows from the beginning and from all along a table, without reading the table.
struct SQLiteSampler {
    private let connection: SQLiteConnection
    private let table: FoundTable
    private let name: String
    private let columns: String
    /// A name for the row number that no column has taken; nil when all are taken.
    private let rowNumber: String?

    init(connection: SQLiteConnection, table: FoundTable) {
        self.connection = connection
        self.table = table
        name = SQLiteConnection.quoted(table.name)
        columns = table.columns.map { SQLiteConnection.quoted($0.name) }.joined(separator: ", ")
        let taken = Set(table.columns.map { $0.name.lowercased() })
        rowNumber = ["rowid", "_rowid_", "oid"].first { !taken.contains($0) }
    }

    /// The first `count` rows, in stored order.
    func firstRows(_ count: Int) throws(OMOPStoreError) -> [[StoredValue]] {
        try collect(connection.prepare("SELECT \(columns) FROM \(name) NOT INDEXED LIMIT \(count)"))
    }

    /// A sample in stored order: the first rows, a few at each of many places, and for date columns where all of these
    /// are NULL, some values that are not.
    func rows() throws(OMOPStoreError) -> [[StoredValue]] {
        var rows = try firstRows(200)
        if rows.count == 200 { rows += try spread() }
        return try rows + fillers(rows)
    }

    private func spread() throws(OMOPStoreError) -> [[StoredValue]] {
        guard let rowNumber, let range = try range(), range.count > 400 else { return [] }
        let places = 48
        let statement = try connection.prepare(
            "SELECT \(columns) FROM \(name) NOT INDEXED WHERE \(rowNumber) >= ?1 ORDER BY \(rowNumber) LIMIT 12")
        var rows: [[StoredValue]] = []
        for place in 1...places {
            let share = Double(place) / Double(places + 1)
            let start = Double(range.lowerBound) + (Double(range.upperBound) - Double(range.lowerBound)) * share
            statement.rebind(Int64(start))
            rows += try collect(statement)
        }
        return rows
    }

    /// The range of row numbers; nil for tables that have none (WITHOUT ROWID) or hold nothing.
    private func range() throws(OMOPStoreError) -> ClosedRange<Int64>? {
        guard let rowNumber, let least = try? connection.prepare("SELECT min(\(rowNumber)) FROM \(name)") else { return nil }
        let greatest = try connection.prepare("SELECT max(\(rowNumber)) FROM \(name)")
        guard try least.step(), try greatest.step(), case .integer(let first) = least.value(0),
            case .integer(let last) = greatest.value(0), first <= last, !first.subtractingReportingOverflow(last).overflow
        else { return nil }
        return first...last
    }

    private func fillers(_ rows: [[StoredValue]]) throws(OMOPStoreError) -> [[StoredValue]] {
        guard rows.count >= 200, let cdm = CDMTable(name: table.name) else { return [] }
        var fillers: [[StoredValue]] = []
        for (position, column) in table.columns.enumerated() {
            guard cdm.column(column.name)?.type.isDate == true, rows.allSatisfy({ $0[position].isAbsent }) else { continue }
            let quoted = SQLiteConnection.quoted(column.name)
            let statement = try connection.prepare(
                "SELECT c FROM (SELECT \(quoted) AS c FROM \(name) NOT INDEXED LIMIT 50000) WHERE c IS NOT NULL AND c <> '' LIMIT 64"
            )
            while try statement.step() {
                var row = [StoredValue](repeating: .null, count: table.columns.count)
                row[position] = statement.value(0)
                fillers.append(row)
            }
        }
        return fillers
    }

    /// About how many rows the table has: counted in small files, else from the row numbers and the size of the file.
    func approximateRows(isCounted: Bool, fileSize: Int64) throws(OMOPStoreError) -> Int64? {
        if isCounted {
            let statement = try connection.prepare("SELECT count(*) FROM \(name)")
            guard try statement.step(), case .integer(let count) = statement.value(0) else { return nil }
            return count
        }
        guard let range = try range() else { return nil }
        // No CDM row takes less than about 16 bytes, so sparse row numbers cannot mislead by much.
        return min(range.upperBound - range.lowerBound + 1, fileSize / 16)
    }

    private func collect(_ statement: SQLiteStatement) throws(OMOPStoreError) -> [[StoredValue]] {
        var rows: [[StoredValue]] = []
        while try statement.step() {
            rows.append((0..<statement.columnCount).map { statement.value($0) })
        }
        return rows
    }
}
