/// Rows of one table in one block: a structure of arrays, sorted by (person, start, id).
///
/// Days are day numbers since 1970-01-01.
public struct EventRows: Sendable {
    /// Stands for a date that is NULL.
    public static let nullDay = Int32.min
    /// Stands for a concept that is NULL.
    public static let nullConcept = Int32.min
    /// Stands for a joined row that does not exist (`visitType`, `placeOfService`), which is not the same as a NULL.
    public static let absentRow = Int32.min + 1
    /// Stands for an id or whole number that is NULL.
    public static let nullInteger = Int64.min

    /// The table that the rows are from.
    public let table: EventTable
    /// The block that the rows are from.
    public let block: Int
    /// The person: ordinal within the block.
    public var person: [UInt16]
    /// The start (for tables with one date, that date). Never NULL: rows without one are skipped by the builder and reported.
    public var start: [Int32]
    /// The raw end date as the store has it, or ``nullDay``; all NULL for tables with one date. Defaults are the engine's.
    public var end: [Int32]
    /// The row's id in its table; for deaths the person's id.
    public var id: [Int64]
    /// `visit_occurrence_id` as the store has it (also where no such visit exists), or ``nullInteger``. For a visit its own id.
    public var visit: [Int64]
    /// The standard concept, ``nullConcept`` for NULL and for tables without a concept.
    public var concept: [Int32]
    /// The further columns that were asked for. One that the table or the store does not have is all NULL.
    public var columns: [EventColumn: ColumnValues]

    /// How many rows there are.
    public var count: Int { person.count }

    /// No rows.
    public init(table: EventTable, block: Int) {
        self.table = table
        self.block = block
        person = []
        start = []
        end = []
        id = []
        visit = []
        concept = []
        columns = [:]
    }

    /// A column of concepts; empty if it was not asked for or is of another kind.
    public func concepts(_ column: EventColumn) -> [Int32] {
        if case .concepts(let values)? = columns[column] { values } else { [] }
    }

    /// A column of whole numbers; empty if it was not asked for or is of another kind.
    public func integers(_ column: EventColumn) -> [Int64] {
        if case .integers(let values)? = columns[column] { values } else { [] }
    }

    /// A column of decimal numbers; empty if it was not asked for or is of another kind.
    public func numbers(_ column: EventColumn) -> [Double] {
        if case .numbers(let values)? = columns[column] { values } else { [] }
    }

    /// A column of text; empty if it was not asked for or is of another kind.
    public func texts(_ column: EventColumn) -> (codes: [Int32], dictionary: [String]) {
        if case .texts(let codes, let dictionary)? = columns[column] { (codes, dictionary) } else { ([], []) }
    }
}
