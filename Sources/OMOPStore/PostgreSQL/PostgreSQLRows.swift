import CPostgres

/// The rows of one `COPY ... TO STDOUT`, in its text format: one line a row, columns divided by tabs, `\N` for NULL.
/// <https://www.postgresql.org/docs/15/sql-copy.html>
final class PostgreSQLRows: ServerRows {
    private let connection: PostgreSQLConnection
    private let fields: UnsafeMutableBufferPointer<UnsafeBufferPointer<UInt8>?>
    private var line: UnsafeMutableBufferPointer<CChar>?

    init(_ connection: PostgreSQLConnection, query: String, columns: Int) throws(OMOPStoreError) {
        self.connection = connection
        fields = .allocate(capacity: columns)
        fields.initialize(repeating: nil)
        try connection.copy(query)
    }

    deinit {
        if let line { PQfreemem(line.baseAddress) }
        fields.deallocate()
    }

    func next() throws(OMOPStoreError) -> Bool {
        if let line { PQfreemem(line.baseAddress) }
        line = nil
        guard let fetched = try connection.nextLine() else { return false }
        line = fetched
        let count = CopyLine.split(UnsafeMutableRawBufferPointer(fetched), into: fields)
        guard count == fields.count else {
            throw OMOPStoreError(
                .reading, "The server sent a row of \(count) columns where \(fields.count) were asked for",
                advice: "Check what stands between this node and the server")
        }
        return true
    }

    func value(_ column: Int) -> ServerValue {
        fields[column].map { .text($0) } ?? .null
    }
}

/// One line of COPY's text format.
enum CopyLine {
    /// Divides a line into its fields, undoing escapes where they stand; nil for NULL. Returns how many there are, which may
    /// be more than there is room for.
    static func split(
        _ line: UnsafeMutableRawBufferPointer, into fields: UnsafeMutableBufferPointer<UnsafeBufferPointer<UInt8>?>
    ) -> Int {
        let bytes = line.assumingMemoryBound(to: UInt8.self)
        var end = bytes.count
        if end > 0, bytes[end - 1] == UInt8(ascii: "\n") { end -= 1 }
        var count = 0
        var start = 0
        var read = 0
        var write = 0
        var isNull = false
        func finish() {
            if count < fields.count {
                fields[count] =
                    isNull && write == start
                    ? nil : UnsafeBufferPointer(rebasing: UnsafeBufferPointer(bytes)[start..<write])
            }
            count += 1
        }
        while read < end {
            let byte = bytes[read]
            read += 1
            if byte == UInt8(ascii: "\t") {
                finish()
                start = read
                write = read
                isNull = false
            } else if byte == UInt8(ascii: "\\"), read < end {
                let escaped = bytes[read]
                read += 1
                if escaped == UInt8(ascii: "N") {
                    isNull = true
                } else {
                    bytes[write] = meaning(of: escaped)
                    write += 1
                }
            } else {
                bytes[write] = byte
                write += 1
            }
        }
        finish()
        return count
    }

    private static func meaning(of escaped: UInt8) -> UInt8 {
        switch escaped {
        case UInt8(ascii: "b"): 8
        case UInt8(ascii: "f"): 12
        case UInt8(ascii: "n"): 10
        case UInt8(ascii: "r"): 13
        case UInt8(ascii: "t"): 9
        case UInt8(ascii: "v"): 11
        default: escaped
        }
    }
}
