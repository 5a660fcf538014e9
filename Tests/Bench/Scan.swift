import ArgumentParser
import EventIndex
import GRDBSQLite
import OMOPStore

/// What SQLite alone costs for the columns that a build reads: the least that any builder needs which reads them through it.
struct Scan: ParsableCommand {
    @Argument var store: String

    func run() throws {
        let columns = IndexBuilder(store: try SQLiteClinicalStore(path: store)).columnsRead
        var connection: OpaquePointer?
        defer { sqlite3_close_v2(connection) }
        guard
            sqlite3_open_v2("file:\(store)?mode=ro&immutable=1", &connection, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, nil)
                == SQLITE_OK
        else { throw BenchFailure("\(store) cannot be read") }
        var rows = 0
        let start = Usage.now
        for (table, names) in columns {
            rows += try walk(connection, "SELECT \(names.joined(separator: ", ")) FROM \(table.rawValue)")
        }
        let walked = Usage.now
        for (table, names) in columns {
            // Only the numbers are added up: adding a date would turn its text into a number, which no builder needs.
            let terms = names.map { $0.hasSuffix("_date") || $0.hasSuffix("_datetime") ? "count(\($0))" : "sum(\($0))" }
            _ = try walk(connection, "SELECT \(terms.joined(separator: ", ")) FROM \(table.rawValue)")
        }
        let used = walked.since(start).cpu
        let added = Usage.now.since(walked).cpu
        print(#"{"rows": \#(rows), "walkCPU": \#(used), "sumCPU": \#(added)}"#)
    }

    /// Steps through all rows and looks at every value as its type allows.
    private func walk(_ connection: OpaquePointer?, _ sql: String) throws -> Int {
        var statement: OpaquePointer?
        defer { sqlite3_finalize(statement) }
        guard sqlite3_prepare_v2(connection, sql, -1, &statement, nil) == SQLITE_OK else {
            throw BenchFailure("\(sql.prefix(60)): \(String(cString: sqlite3_errmsg(connection)))")
        }
        let columns = sqlite3_column_count(statement)
        var rows = 0
        var sum: Int64 = 0
        while sqlite3_step(statement) == SQLITE_ROW {
            rows += 1
            for column in 0..<columns {
                let value = sqlite3_column_value(statement, column)
                switch sqlite3_value_type(value) {
                case SQLITE_INTEGER: sum &+= sqlite3_value_int64(value)
                case SQLITE_FLOAT: sum &+= Int64(bitPattern: sqlite3_value_double(value).bitPattern)
                case SQLITE_TEXT: sum &+= Int64(sqlite3_value_text(value)?.pointee ?? 0) &+ Int64(sqlite3_value_bytes(value))
                default: break
                }
            }
        }
        if sum == .min { print("") }
        return rows
    }
}
