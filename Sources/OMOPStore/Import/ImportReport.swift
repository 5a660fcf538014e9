/// What an import has read, and everything it could not.
public struct ImportReport: Sendable, Hashable {
    /// One table's part.
    public struct Table: Sendable, Hashable {
        /// The table.
        public var table: CDMTable
        /// The file it came from.
        public var file: String
        /// Rows now in the store.
        public var rows: Int64 = 0
        /// Rows that were left out.
        public var rowsLeftOut: Int64 = 0
        /// Values that became NULL because they are not of the column's type.
        public var valuesLost: Int64 = 0
    }

    /// Something worth telling about a file.
    public struct Problem: Sendable, Hashable, CustomStringConvertible {
        /// Whether data is lost by it.
        public var losesData: Bool
        /// The file.
        public var file: String
        /// The column, if it is about one.
        public var column: String?
        /// What was found. Never a value.
        public var what: String
        /// What to do about it.
        public var advice: String
        /// How often.
        public var count: Int64 = 1
        /// The first lines where it was found, from 1.
        public var lines: [Int] = []

        /// `measurement.csv, line 7, value_as_number: no number (3 times). ...`
        public var description: String {
            var place = file
            if !lines.isEmpty {
                let more = count > Int64(lines.count) ? " and others" : ""
                place +=
                    ", line\(lines.count == 1 && more.isEmpty ? "" : "s") \(lines.map(String.init).joined(separator: ", "))\(more)"
            }
            if let column { place += ", \(column)" }
            return "\(place): \(what)\(count > 1 ? " (\(count) times)" : ""). \(advice)"
        }
    }

    /// Whether the store was written.
    public var isWritten = false
    /// The tables, in the order they were read.
    public var tables: [Table] = []
    /// Files that were not read, and why.
    public var notRead: [NotRead] = []
    /// Everything found in the files that were read, losses first.
    public var problems: [Problem] = []
    /// What an opening of the new store tells.
    public var storeProblems: [StoreProblem] = []

    /// A file that was not read.
    public struct NotRead: Sendable, Hashable {
        /// The file.
        public var file: String
        /// Why.
        public var why: String
    }

    /// Rows left out and values lost, over all tables.
    public var losses: Int64 {
        tables.reduce(0) { $0 + $1.rowsLeftOut + $1.valuesLost }
    }
}

/// Gathers problems of one file: the same problem is told once, with its count and first lines.
struct ImportProblems {
    private struct Key: Hashable {
        var column: String?
        var what: String
    }

    let file: String
    private var found: [Key: ImportReport.Problem] = [:]
    private var order: [Key] = []

    init(file: String) {
        self.file = file
    }

    /// Notes a problem at `line`.
    mutating func tell(losing losesData: Bool, line: Int? = nil, column: String? = nil, _ what: String, _ advice: String) {
        let key = Key(column: column, what: what)
        guard found[key] != nil else {
            found[key] = ImportReport.Problem(
                losesData: losesData, file: file, column: column, what: what, advice: advice, lines: line.map { [$0] } ?? [])
            order.append(key)
            return
        }
        found[key]?.count += 1
        if let line, let lines = found[key]?.lines, lines.count < 3 { found[key]?.lines.append(line) }
    }

    /// All of them, in the order they were first seen.
    var all: [ImportReport.Problem] { order.compactMap { found[$0] } }
}
