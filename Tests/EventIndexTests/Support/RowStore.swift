@testable import OMOPStore

/// A store whose rows are in memory, in the order in which they were added.
struct RowStore: ClinicalStore {
    enum Value: Hashable, Sendable {
        case whole(Int64)
        case number(Double)
        case text(String)
        case day(Int32)
        case minute(Int64)
    }

    typealias Row = [String: Value]

    var tables: [CDMTable: [Row]] = [:]
    var missingTables: Set<CDMTable> = []
    var missingColumns: Set<String> = []
    /// Stops every scan after so many rows, as a cancelled one would.
    var stopsAfter: Int?

    var profile: StoreProfile {
        var found: [CDMTable: TableProfile] = [:]
        for table in CDMTable.allCases where !missingTables.contains(table) {
            var columns: [String: ColumnProfile] = [:]
            for column in table.columns where !missingColumns.contains(column.name) {
                columns[column.name] = ColumnProfile(storedName: column.name, declaredType: "", storage: .integer)
            }
            found[table] = TableProfile(
                storedName: table.rawValue, columns: columns, unknownColumns: [],
                approximateRows: Int64(tables[table]?.count ?? 0))
        }
        return StoreProfile(
            kind: "rows", location: "memory", cdmVersion: "5.4", vocabularyRelease: "v5.0 TEST", sourceName: "a test",
            dataRelease: DataRelease(id: "2026-11-01", date: 20_758), tables: found, problems: [])
    }

    func cursor(
        _ table: CDMTable, columns: [String], order: ScanOrder, isCancelled: @escaping @Sendable () -> Bool
    ) throws(OMOPStoreError) -> any CDMCursor {
        var rows = tables[table] ?? []
        if order == .byPerson {
            rows.sort { Self.person($0) < Self.person($1) }
        }
        return RowCursor(
            rows: rows.map { row in columns.map { missingColumns.contains($0) ? nil : row[$0] } },
            isCancelled: isCancelled)
    }

    private static func person(_ row: Row) -> Int64 {
        if case .whole(let id)? = row["person_id"] { id } else { Int64.min }
    }
}

final class RowCursor: CDMCursor {
    private let rows: [[RowStore.Value?]]
    private let isCancelled: @Sendable () -> Bool
    private var at = -1

    init(rows: [[RowStore.Value?]], isCancelled: @escaping @Sendable () -> Bool) {
        self.rows = rows
        self.isCancelled = isCancelled
    }

    var summary: ScanSummary { ScanSummary() }

    func next() throws(OMOPStoreError) -> Bool {
        if at & 1_023 == 0, isCancelled() { throw OMOPStoreError(.cancelled, "stopped", advice: "") }
        at += 1
        return at < rows.count
    }

    func int64(_ column: Int) -> Int64? { if case .whole(let value)? = rows[at][column] { value } else { nil } }
    func double(_ column: Int) -> Double? {
        switch rows[at][column] {
        case .number(let value): value
        case .whole(let value): Double(value)
        default: nil
        }
    }
    func text(_ column: Int) -> String? { if case .text(let value)? = rows[at][column] { value } else { nil } }
    func day(_ column: Int) -> Int32? { if case .day(let value)? = rows[at][column] { value } else { nil } }
    func minute(_ column: Int) -> Int64? { if case .minute(let value)? = rows[at][column] { value } else { nil } }
}
