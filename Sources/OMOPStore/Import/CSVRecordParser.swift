/// Cuts bytes into the fields of records. A value with no I/O: the reader feeds it chunk by chunk.
struct CSVRecordParser {
    /// What is wrong with a record as such.
    enum Fault: Sendable, Hashable {
        /// A quoted field is followed by something else than a delimiter.
        case textAfterQuote
    }

    private enum State {
        case fieldStart, plain, quoted, quoteInQuoted
    }

    /// What is wrong with the current record.
    private(set) var fault: Fault?
    /// Where each field of the current record ends in its bytes.
    private(set) var ends: [Int] = []
    /// The line after the last newline taken, from 1.
    private(set) var nextLine = 1
    private var record: [UInt8] = []
    private var state = State.fieldStart
    private let delimiter: UInt8
    private let isQuoted: Bool

    init(format: CSVFormat) {
        delimiter = format.delimiter
        isQuoted = format.isQuoted
        record.reserveCapacity(4096)
    }

    /// Bytes of the current record so far.
    var byteCount: Int { record.count }

    /// Whether the current record is an empty line.
    var isBlank: Bool { ends.count == 1 && record.isEmpty }

    /// Whether a quoted field is open.
    var isInQuotes: Bool { state == .quoted }

    /// Calls `body` with the bytes of one field of the current record.
    @inline(__always)
    func withField<Result>(_ index: Int, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        let start = index == 0 ? 0 : ends[index - 1]
        return record.withUnsafeBufferPointer { body(UnsafeBufferPointer(rebasing: $0[start..<ends[index]])) }
    }

    /// Forgets the last record.
    mutating func begin() {
        record.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
        fault = nil
        state = .fieldStart
    }

    /// Takes bytes until they end (false) or the record does (true).
    mutating func take(_ bytes: UnsafeBufferPointer<UInt8>, from position: inout Int, to end: Int) -> Bool {
        while position < end {
            switch state {
            case .fieldStart where isQuoted && bytes[position] == Self.quote:
                position += 1
                state = .quoted
            case .fieldStart, .plain:
                if takePlain(bytes, &position, end) { return true }
            case .quoted: takeQuoted(bytes, &position, end)
            case .quoteInQuoted:
                position += 1
                if takeAfterQuote(bytes[position - 1]) { return true }
            }
        }
        return false
    }

    /// Ends the last record where the file ends; false when there is none.
    mutating func finish() -> Bool {
        guard state != .fieldStart || !ends.isEmpty else { return false }
        endLine()
        return true
    }

    // MARK: States

    private static let quote = UInt8(ascii: "\"")
    private static let newline = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")

    /// Takes a run of ordinary bytes and what ends it; true at a newline.
    private mutating func takePlain(_ bytes: UnsafeBufferPointer<UInt8>, _ position: inout Int, _ end: Int) -> Bool {
        var stop = position
        while stop < end, bytes[stop] != delimiter, bytes[stop] != Self.newline { stop += 1 }
        record.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[position..<stop]))
        position = stop
        state = .plain
        guard stop < end else { return false }
        position += 1
        guard bytes[stop] == Self.newline else {
            ends.append(record.count)
            state = .fieldStart
            return false
        }
        nextLine += 1
        endLine()
        return true
    }

    private mutating func takeQuoted(_ bytes: UnsafeBufferPointer<UInt8>, _ position: inout Int, _ end: Int) {
        var stop = position
        while stop < end, bytes[stop] != Self.quote {
            if bytes[stop] == Self.newline { nextLine += 1 }
            stop += 1
        }
        record.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[position..<stop]))
        position = stop
        guard stop < end else { return }
        position += 1
        state = .quoteInQuoted
    }

    /// Takes the byte after a quote inside a quoted field; true at a newline.
    private mutating func takeAfterQuote(_ byte: UInt8) -> Bool {
        switch byte {
        case Self.quote:
            record.append(byte)
            state = .quoted
        case delimiter:
            ends.append(record.count)
            state = .fieldStart
        case Self.newline:
            nextLine += 1
            ends.append(record.count)
            return true
        case Self.carriageReturn: break
        default:
            fault = .textAfterQuote
            record.append(byte)
            state = .plain
        }
        return false
    }

    /// Ends a record at a newline, without the carriage return before it.
    private mutating func endLine() {
        if record.last == Self.carriageReturn, record.count > (ends.last ?? 0) { record.removeLast() }
        ends.append(record.count)
    }
}
