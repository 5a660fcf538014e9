/// Which rows of a table a criterion starts from. Order and repetitions of the ids do not matter.
public enum ConceptFilter: Sendable, Hashable {
    /// Every row of the table.
    case all
    /// Rows whose standard concept is one of these. A NULL concept never is.
    case standard([Int32])
    /// Rows whose source concept is one of these, whatever the standard concept.
    case source([Int32])
    /// Rows that satisfy both.
    case both(standard: [Int32], source: [Int32])
    /// Rows whose standard concept or whose source concept is one of these (exposures of a `CustomEra` exit).
    case either([Int32])
}

/// A ``ConceptFilter`` looked up in one index: made once a question, used for every block.
public struct ConceptSelection: Sendable {
    /// The table it selects from.
    public let table: EventTable
    /// Local codes of the standard concepts to read, ascending; nil = all.
    let codes: [UInt32]?
    /// Sorted source concepts that a row's source concept is tested against after reading; nil = no test.
    let sourceTest: [Int32]?
    /// Sorted standard concepts that satisfy the test whatever the source (`either`).
    let orStandard: [Int32]?
    /// How many records the selection reads in the whole index; an upper bound of the rows it yields.
    public let records: Int
    /// How many of the table's concepts it reads; nil for all of them.
    public var conceptCount: Int? { codes?.count }
    /// Whether it can yield no row anywhere.
    public var isEmpty: Bool { records == 0 }
}
