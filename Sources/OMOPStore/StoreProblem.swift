/// Something about a store that its keeper should know: what, where, and what to do.
public struct StoreProblem: Sendable, Hashable, CustomStringConvertible {
    /// How bad it is.
    public enum Severity: String, Sendable, Hashable, CaseIterable, Comparable {
        /// The store cannot be used until it is mended.
        case fatal
        /// The store can be used, but some questions will find less than they should.
        case warning
        /// Worth knowing; nothing is lost.
        case note

        /// Worse first.
        public static func < (left: Severity, right: Severity) -> Bool {
            (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
        }
    }

    /// What kind of problem; the raw values are stable.
    public enum Code: String, Sendable, Hashable, CaseIterable {
        case missingTable = "missing-table"
        case missingColumn = "missing-column"
        case notATable = "not-a-table"
        case duplicateColumn = "duplicate-column"
        case headerAsData = "header-as-data"
        case oldColumnName = "old-column-name"
        case unknownColumn = "unknown-column"
        case emptyTable = "empty-table"
        case dateStorage = "date-storage"
        case mixedStorage = "mixed-storage"
        case numberAsText = "number-as-text"
        case emptyText = "empty-text"
        case implausibleDate = "implausible-date"
        case unreadableValue = "unreadable-value"
        case version = "version"
        case release = "release"
        case writable = "may-change"
        case mayWrite = "may-write"
        case noPermission = "no-permission"
    }

    /// How bad it is.
    public var severity: Severity
    /// What kind of problem.
    public var code: Code
    /// The table, by its CDM name, if it is about one.
    public var table: CDMTable?
    /// The column, by its CDM name, if it is about one.
    public var column: String?
    /// What was found.
    public var what: String
    /// What to do about it.
    public var advice: String

    /// A problem.
    public init(
        _ severity: Severity, _ code: Code, table: CDMTable? = nil, column: String? = nil, what: String, advice: String
    ) {
        self.severity = severity
        self.code = code
        self.table = table
        self.column = column
        self.what = what
        self.advice = advice
    }

    /// `fatal: person.year_of_birth: the column is missing. Add it ...`
    public var description: String {
        let place = [table?.rawValue, column].compactMap { $0 }.joined(separator: ".")
        return "\(severity.rawValue): " + (place.isEmpty ? "" : "\(place): ") + "\(what). \(advice)"
    }
}
