/// A table as it was found on a database server.
struct ServerTable {
    /// What the inspection works on.
    var found: FoundTable
    /// How statements name it: quoted, with its schema.
    var place: String
    /// Whether this account could change its rows; nil when the server does not say.
    var mayWrite: Bool?
    /// How many of its columns this account may not read.
    var hiddenColumns = 0
}

/// The two schemas in which hospitals keep a CDM: the data's own and, where it is apart, the vocabulary's.
public struct StoreSchemas: Sendable, Hashable {
    /// The schema of the clinical tables.
    public var data: String
    /// The schema of the vocabulary tables; the data's own when nil.
    public var vocabulary: String?

    /// Schemas by name.
    public init(data: String, vocabulary: String? = nil) {
        self.data = data
        self.vocabulary = vocabulary
    }

    /// Both, each once.
    var all: [String] { vocabulary.map { $0 == data ? [data] : [data, $0] } ?? [data] }

    /// Which of two places of a table counts: vocabulary tables are looked for in the vocabulary's schema first.
    func prefers(_ schema: String, for table: CDMTable) -> Bool {
        schema == (table.isVocabulary ? vocabulary ?? data : data)
    }
}

/// What an account's rights mean for a store, told with everything else that is told about it.
struct RightsCheck {
    /// Whether an account that may write makes the store unusable.
    var requiresReadOnly: Bool
    /// The statement that takes the rights away, for the advice.
    var remedy: String

    /// Every problem with the account's rights.
    func problems(_ tables: [CDMTable: ServerTable]) -> [StoreProblem] {
        var problems: [StoreProblem] = []
        let writable = tables.filter { $0.value.mayWrite == true }.keys.map(\.rawValue).sorted()
        if !writable.isEmpty {
            problems.append(
                StoreProblem(
                    requiresReadOnly ? .fatal : .warning, .mayWrite,
                    what: "this account may change rows of \(writable.joined(separator: ", "))",
                    advice: "Give the node an account that can only read: \(remedy)"
                        + (requiresReadOnly ? " (or say require_read_only: false)" : "")))
        } else if tables.values.contains(where: { $0.mayWrite == nil }) {
            problems.append(
                StoreProblem(
                    .note, .mayWrite, what: "the database does not say whether this account may change rows",
                    advice: "Give the node an account that can only read; it never writes"))
        }
        for (table, found) in tables where found.hiddenColumns > 0 {
            let isWhole = found.found.columns.isEmpty
            problems.append(
                StoreProblem(
                    isWhole ? (table.absenceSeverity ?? .note) : .note, .noPermission, table: table,
                    what: isWhole
                        ? "this account may not read it" : "this account may not read \(found.hiddenColumns) of its columns",
                    advice: isWhole ? "Allow it: GRANT SELECT" : "Nothing to do if that is so by intention: they count as absent")
            )
        }
        return problems
    }
}
