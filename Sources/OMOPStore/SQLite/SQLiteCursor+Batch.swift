import GRDBSQLite

extension SQLiteCursor {
    /// Reads as many rows as the batch holds. What a column nearly always has is read here; the rest goes to the functions
    /// for single values.
    func fill(_ batch: CDMBatch) throws(OMOPStoreError) -> Bool {
        guard batch.begin() else { return false }
        let columns = batch.kinds.enumerated().map { (CInt($0), $1, batch.start(of: $0)) }
        var row = 0
        while row < CDMBatch.capacity, try next() {
            for (column, kind, values) in columns {
                let value = sqlite3_column_value(handle, column)
                values[row] = read(value, kind, Int(column), batch)
            }
            row += 1
        }
        return batch.end(row)
    }

    @inline(__always)
    private func read(_ value: OpaquePointer?, _ kind: CDMBatch.Kind, _ column: Int, _ batch: CDMBatch) -> Int64 {
        let type = sqlite3_value_type(value)
        if type == SQLITE_NULL { return CDMBatch.null }
        switch kind {
        case .whole:
            return type == SQLITE_INTEGER ? sqlite3_value_int64(value) : int64(column) ?? CDMBatch.null
        case .number:
            if type == SQLITE_FLOAT || type == SQLITE_INTEGER {
                let number = sqlite3_value_double(value)
                if number.isFinite { return CDMBatch.bits(number) }
            }
            return CDMBatch.bits(double(column))
        case .day:
            if type == SQLITE_TEXT, let start = sqlite3_value_text(value), sqlite3_value_bytes(value) == 10,
                let day = DateText.plainDay(UnsafeBufferPointer(start: start, count: 10))
            {
                return Int64(day)
            }
            return day(column).map(Int64.init) ?? CDMBatch.null
        case .minute:
            if type == SQLITE_TEXT, let start = sqlite3_value_text(value), sqlite3_value_bytes(value) == 19,
                let minute = DateText.plainMinute(UnsafeBufferPointer(start: start, count: 19))
            {
                return minute
            }
            return minute(column) ?? CDMBatch.null
        case .text: return batch.text(text(column), column: column)
        }
    }
}
