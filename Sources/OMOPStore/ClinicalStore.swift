/// A hospital's OMOP store, whatever database holds it.
///
/// An adapter implements `profile` and `cursor`; everything else is built on these two.
public protocol ClinicalStore: Sendable {
    /// What was found when the store was opened: version, release, tables, columns, problems.
    var profile: StoreProfile { get }

    /// A cursor before the first row of `table`, giving `columns` (CDM v5.4 names) in the order asked.
    ///
    /// A table or an optional column that the store does not have reads as no rows, or as NULL.
    /// Every cursor has a connection of its own, so cursors may be used at the same time on different threads
    /// (one cursor on one thread at a time).
    func cursor(
        _ table: CDMTable, columns: [String], order: ScanOrder, isCancelled: @escaping @Sendable () -> Bool
    ) throws(OMOPStoreError) -> any CDMCursor

    /// A cursor over the rows of some persons alone, `person_id` ascending. There is an implementation that scans the whole
    /// table; an adapter that can look persons up has its own.
    ///
    /// - Parameter persons: ascending, without doubles.
    func cursor(
        _ table: CDMTable, columns: [String], persons: [Int64], isCancelled: @escaping @Sendable () -> Bool
    ) throws(OMOPStoreError) -> any CDMCursor
}

/// The order in which rows come.
public enum ScanOrder: Sendable, Hashable {
    /// Whatever is fastest.
    case unordered
    /// `person_id` ascending; rows of one person in no particular order. Nothing is held in memory beyond what the database
    /// needs to sort on disk.
    case byPerson
}

extension ClinicalStore {
    /// Reads every row of `table`, with `columns` (CDM v5.4 names) in the order asked.
    ///
    /// - Parameter isCancelled: asked now and then, also while the database sorts; when it says yes the scan
    ///   throws an error with the code `cancelled`.
    /// - Returns: how many rows were read and how many values could not be.
    @discardableResult
    public func scan(
        _ table: CDMTable, columns: [String], order: ScanOrder = .unordered,
        isCancelled: @escaping @Sendable () -> Bool = { false },
        _ body: (borrowing CDMRow) throws -> Void
    ) throws -> ScanSummary {
        let cursor = try self.cursor(table, columns: columns, order: order, isCancelled: isCancelled)
        let row = CDMRow(cursor)
        while try cursor.next() {
            try body(row)
        }
        return cursor.summary
    }

    /// The rows of some persons, picked out of a scan of all.
    public func cursor(
        _ table: CDMTable, columns: [String], persons: [Int64], isCancelled: @escaping @Sendable () -> Bool
    ) throws(OMOPStoreError) -> any CDMCursor {
        if persons.isEmpty { return EmptyCursor() }
        let all = try cursor(table, columns: columns + ["person_id"], order: .byPerson, isCancelled: isCancelled)
        return ChosenPersonsCursor(all, person: columns.count, chosen: persons)
    }

    /// A cursor that nobody cancels.
    public func cursor(
        _ table: CDMTable, columns: [String], order: ScanOrder = .unordered
    ) throws(OMOPStoreError) -> any CDMCursor {
        try cursor(table, columns: columns, order: order, isCancelled: { false })
    }
}

/// What a finished (or abandoned) scan has seen.
public struct ScanSummary: Sendable, Hashable {
    /// Rows given.
    public var rows: Int64 = 0
    /// Values that were there but could not be read as what was asked (they were given as NULL), by CDM column name.
    public var unreadable: [String: Int64] = [:]

    /// A summary of nothing.
    public init() {}
}
