@testable import OMOPStore

/// A `SmallStore` behind the protocol that the index is built from.
struct RowStore: ClinicalStore {
    let store: SmallStore
    let profile: StoreProfile

    init(_ store: SmallStore) {
        self.store = store
        var tables: [CDMTable: TableProfile] = [:]
        // Every table of the data model is there, with every column, be it empty.
        for table in CDMTable.allCases {
            tables[table] = TableProfile(
                storedName: table.rawValue,
                columns: Dictionary(
                    uniqueKeysWithValues: table.columns.map {
                        ($0.name, ColumnProfile(storedName: $0.name, declaredType: "", storage: .integer))
                    }), unknownColumns: [], approximateRows: Int64(store.rows(table).count))
        }
        profile = StoreProfile(
            kind: "memory", location: "memory", cdmVersion: "5.4", vocabularyRelease: "test", sourceName: "test",
            dataRelease: DataRelease(id: "test"), tables: tables, problems: [])
    }

    func cursor(
        _ table: CDMTable, columns: [String], order: ScanOrder, isCancelled: @escaping @Sendable () -> Bool
    ) throws(OMOPStoreError) -> any CDMCursor {
        var rows = store.rows(table)
        if order == .byPerson { rows.sort { $0.int("person_id") ?? .min < $1.int("person_id") ?? .min } }
        return RowCursor(rows: rows, columns: columns)
    }
}

/// Walks over rows in memory.
private final class RowCursor: CDMCursor {
    private let rows: [Row]
    private let columns: [String]
    private var place = -1
    private(set) var summary = ScanSummary()

    init(rows: [Row], columns: [String]) {
        self.rows = rows
        self.columns = columns
    }

    func next() throws(OMOPStoreError) -> Bool {
        place += 1
        guard place < rows.count else { return false }
        summary.rows += 1
        return true
    }

    func int64(_ column: Int) -> Int64? { rows[place].int(columns[column]).map { Int64($0) } }
    func double(_ column: Int) -> Double? { rows[place].double(columns[column]) }
    func text(_ column: Int) -> String? { rows[place].text(columns[column]) }
    func day(_ column: Int) -> Int32? { rows[place].day(columns[column]).map { Int32($0) } }
    func minute(_ column: Int) -> Int64? { rows[place].minute(columns[column]).map { Int64($0) } }
}
