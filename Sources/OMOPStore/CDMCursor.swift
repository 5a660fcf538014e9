/// A walk over the rows of one table. Not thread-safe: one thread at a time.
///
/// Columns are counted from 0 in the order they were asked for. Values may be read only after `next()` said true.
public protocol CDMCursor: AnyObject {
    /// Moves to the next row; false when there is none left.
    func next() throws(OMOPStoreError) -> Bool
    /// What has been seen so far.
    var summary: ScanSummary { get }
    /// A whole number, also when it is stored as text or as 1.0; nil for NULL, empty text and what is no whole number.
    func int64(_ column: Int) -> Int64?
    /// A number; nil for NULL, empty text and what is no finite number.
    func double(_ column: Int) -> Double?
    /// Text; nil for NULL and for empty text (see `CDMRow.text`).
    func text(_ column: Int) -> String?
    /// Days since 1970-01-01, whatever the storage.
    func day(_ column: Int) -> Int32?
    /// Minutes since 1970-01-01T00:00 in the hospital's local time; nil when the value has no time part.
    func minute(_ column: Int) -> Int64?
    /// Reads as many rows as the batch holds, its columns being this cursor's; false when there is none left. There is an
    /// implementation by the functions above; a cursor that can do better has its own.
    func fill(_ batch: CDMBatch) throws(OMOPStoreError) -> Bool
}

/// The row a scan stands on. It cannot be kept: it is lent for one call.
public struct CDMRow: ~Copyable {
    @usableFromInline let cursor: any CDMCursor

    /// The row that `cursor` stands on.
    @inlinable public init(_ cursor: any CDMCursor) {
        self.cursor = cursor
    }

    /// A whole number, also when it is stored as text or as 1.0; nil for NULL, empty text and what is no whole number.
    @inlinable public func int64(_ column: Int) -> Int64? { cursor.int64(column) }

    /// A number; nil for NULL, empty text and what is no finite number.
    @inlinable public func double(_ column: Int) -> Double? { cursor.double(column) }

    /// Text; nil for NULL and for empty text: stores made from CSV often hold '' where the CDM means NULL, and in
    /// `invalid_reason` the difference decides whether a concept is valid.
    @inlinable public func text(_ column: Int) -> String? { cursor.text(column) }

    /// Days since 1970-01-01, whatever the storage: ISO text, date and time text, YYYYMMDD, seconds, days, Julian days.
    @inlinable public func day(_ column: Int) -> Int32? { cursor.day(column) }

    /// Minutes since 1970-01-01T00:00 in the hospital's local time; nil when the value has no time part.
    @inlinable public func minute(_ column: Int) -> Int64? { cursor.minute(column) }
}
