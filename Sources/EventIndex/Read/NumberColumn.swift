/// A column of decimal numbers.
struct NumberColumn {
    private enum Form {
        case nulls
        case raw(UnsafeBufferPointer<UInt64>)
        case scaled(LeafColumn, divisor: Double, rows: UnsafeBufferPointer<UInt32>, values: UnsafeBufferPointer<UInt64>)
    }

    /// The powers of ten that values are scaled by; all exact.
    static let powers: [Double] = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000]

    let rows: Int
    private let form: Form

    init(_ bytes: Bytes, rows: Int) throws(EventIndexError) {
        self.rows = rows
        switch ColumnCoding(rawValue: try bytes.load(0)) {
        case .nulls:
            form = .nulls
        case .raw:
            form = .raw(try bytes.array(ColumnCoding.headerSize, count: rows, "a column of numbers"))
        case .scaled:
            let decimals = Int(try bytes.load(3, as: UInt8.self))
            guard decimals < Self.powers.count else { throw .damaged("a column has an unknown scale") }
            let count = Int(try bytes.load(4, as: UInt32.self))
            let exceptions = try WholeColumn.firstPart(bytes)
            form = .scaled(
                try LeafColumn(try bytes.rest(ColumnCoding.headerSize, "a column of numbers"), rows: rows),
                divisor: Self.powers[decimals],
                rows: try exceptions.array(0, count: count, "a list of exceptions"),
                values: try exceptions.array((count * 4 + 7) / 8 * 8, count: count, "a list of exceptions"))
        default:
            throw .damaged("a column of numbers has an unknown coding")
        }
    }

    /// Decodes rows; NaN is NULL.
    func decode(_ range: Range<Int>, into out: UnsafeMutablePointer<Double>) throws(EventIndexError) {
        guard range.lowerBound >= 0, range.upperBound <= rows else { throw .damaged("rows lie outside a column") }
        switch form {
        case .nulls:
            out.update(repeating: .nan, count: range.count)
        case .raw(let values):
            for row in range { out[row - range.lowerBound] = Double(bitPattern: UInt64(littleEndian: values[row])) }
        case .scaled(let whole, let divisor, let exceptionRows, let exceptionValues):
            try decodeScaled(range, whole, divisor, into: out)
            var at = Self.firstNotBelow(range.lowerBound, in: exceptionRows)
            while at < exceptionRows.count, exceptionRows[at] < range.upperBound {
                let place = Int(exceptionRows[at]) - range.lowerBound
                guard place >= 0 else { throw .damaged("exceptions are not in order") }
                out[place] = Double(bitPattern: UInt64(littleEndian: exceptionValues[at]))
                at += 1
            }
        }
    }

    private func decodeScaled(
        _ range: Range<Int>, _ whole: LeafColumn, _ divisor: Double, into out: UnsafeMutablePointer<Double>
    ) throws(EventIndexError) {
        // A stack buffer of one frame: whole numbers come in, decimal ones go out.
        var failure: EventIndexError?
        withUnsafeTemporaryAllocation(of: Int64.self, capacity: FileLayout.frame) { buffer in
            guard let wholes = buffer.baseAddress else { return }
            var at = range.lowerBound
            while at < range.upperBound {
                let end = min(range.upperBound, at + FileLayout.frame)
                do throws(EventIndexError) { try whole.decode(at..<end, into: wholes) } catch {
                    failure = error
                    return
                }
                for place in 0..<end - at {
                    let value = wholes[place]
                    out[at - range.lowerBound + place] = value == Int64.min ? .nan : Double(value) / divisor
                }
                at = end
            }
        }
        if let failure { throw failure }
    }

    private static func firstNotBelow(_ row: Int, in rows: UnsafeBufferPointer<UInt32>) -> Int {
        var low = 0
        var high = rows.count
        while low < high {
            let middle = (low + high) / 2
            if Int(rows[middle]) < row { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
