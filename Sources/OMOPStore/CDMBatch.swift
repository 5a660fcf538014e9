/// Many rows of a cursor at once, column by column.
///
/// Reading a value at a time costs a call through the cursor's protocol for each; a table has hundreds of millions. What a
/// batch holds is what the cursor's own functions would have given.
public final class CDMBatch {
    /// As what a column is read: by which function of the cursor.
    public enum Kind: Sendable, Hashable {
        /// `int64`
        case whole
        /// `double`: the bits of the number, which is never -0.
        case number
        /// `day`
        case day
        /// `minute`
        case minute
        /// `text`: a place in `texts`.
        case text
    }

    /// Rows that a batch has room for.
    public static let capacity = 1_024
    /// Stands for nil. No day, minute, place or number (see `Kind.number`) has this value; a whole number that has it reads as nil.
    public static let null = Int64.min

    /// The columns, in the cursor's order.
    public let kinds: [Kind]
    /// How many rows are in it.
    public private(set) var count = 0
    private let values: UnsafeMutablePointer<Int64>
    /// The texts of the text columns, by column; a text may be there more than once.
    public internal(set) var texts: [[String]]
    /// The cursor has no more rows. A cursor need not stand being asked again (SQLite's would begin anew).
    private(set) var isLast = false

    /// An empty batch.
    public init(_ kinds: [Kind]) {
        self.kinds = kinds
        values = .allocate(capacity: max(1, kinds.count) * Self.capacity)
        values.initialize(repeating: Self.null, count: max(1, kinds.count) * Self.capacity)
        texts = kinds.map { _ in [] }
    }

    deinit { values.deallocate() }

    /// The values of a column, one for each row, `null` for nil. Valid until the batch is filled again.
    @inlinable
    public subscript(column: Int) -> UnsafeBufferPointer<Int64> {
        UnsafeBufferPointer(start: start(of: column), count: count)
    }

    @usableFromInline
    func start(of column: Int) -> UnsafeMutablePointer<Int64> {
        precondition(kinds.indices.contains(column), "a batch has no column \(column)")
        return values + column * Self.capacity
    }

    /// Empties the batch; false when the cursor has ended.
    func begin() -> Bool {
        count = 0
        for column in kinds.indices where kinds[column] == .text { texts[column].removeAll(keepingCapacity: true) }
        return !isLast
    }

    /// Says how many rows were read; fewer than there is room for are the last ones.
    func end(_ rows: Int) -> Bool {
        count = rows
        isLast = rows < Self.capacity
        return rows > 0
    }

    func text(_ text: String?, column: Int) -> Int64 {
        guard let text else { return Self.null }
        texts[column].append(text)
        return Int64(texts[column].count - 1)
    }

    static func bits(_ number: Double?) -> Int64 {
        // -0 + 0 is 0: the bits of -0 stand for nil.
        number.map { Int64(bitPattern: ($0 + 0).bitPattern) } ?? null
    }
}

extension CDMCursor {
    /// Reads as many rows as the batch holds; false when there is none left.
    public func fill(_ batch: CDMBatch) throws(OMOPStoreError) -> Bool {
        guard batch.begin() else { return false }
        var row = 0
        while row < CDMBatch.capacity, try next() {
            for (column, kind) in batch.kinds.enumerated() {
                let value: Int64 =
                    switch kind {
                    case .whole: int64(column) ?? CDMBatch.null
                    case .number: CDMBatch.bits(double(column))
                    case .day: day(column).map(Int64.init) ?? CDMBatch.null
                    case .minute: minute(column) ?? CDMBatch.null
                    case .text: batch.text(text(column), column: column)
                    }
                batch.start(of: column)[row] = value
            }
            row += 1
        }
        return batch.end(row)
    }
}
