#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// How the fields of a file are divided.
struct CSVFormat: Sendable, Hashable {
    /// The byte between two fields.
    var delimiter: UInt8
    /// Whether a field may stand in double quotes, with newlines and delimiters inside (RFC 4180).
    var isQuoted: Bool

    /// As Athena delivers vocabularies: tabs, and quotes are ordinary characters.
    static let tabs = CSVFormat(delimiter: UInt8(ascii: "\t"), isQuoted: false)
    /// As RFC 4180 says.
    static let commas = CSVFormat(delimiter: UInt8(ascii: ","), isQuoted: true)

    /// The format of a file, from its first line: tabs if it has one, else whichever of comma, semicolon and bar it has
    /// most of.
    static func guess(firstLine: some Sequence<UInt8>) -> CSVFormat {
        var counts: [UInt8: Int] = [:]
        for byte in firstLine { counts[byte, default: 0] += 1 }
        if counts[UInt8(ascii: "\t")] != nil { return .tabs }
        let others = [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "|")]
        let best = others.max { (counts[$0] ?? 0) < (counts[$1] ?? 0) } ?? UInt8(ascii: ",")
        return (counts[best] ?? 0) > (counts[UInt8(ascii: ",")] ?? 0) ? CSVFormat(delimiter: best, isQuoted: true) : .commas
    }
}

/// Reads the records of a CSV file one after another, in constant memory.
final class CSVReader {
    /// What is wrong with a record as such.
    enum Fault: Sendable, Hashable {
        /// A quoted field is followed by something else than a delimiter.
        case textAfterQuote
    }

    /// A record longer than this is no record: a quote was opened and never closed, or the file is something else.
    static let maxRecordBytes = 16 << 20

    let path: String
    private(set) var format = CSVFormat.commas
    /// The file's size.
    let totalBytes: Int64
    /// How many bytes have been taken in.
    private(set) var readBytes: Int64 = 0
    /// The line on which the current record begins, from 1.
    private(set) var line = 0
    /// What is wrong with the current record.
    private(set) var fault: Fault?
    /// How many lines the current record spans.
    var lineCount: Int { nextLine - line }

    private let descriptor: CInt
    private var chunk = [UInt8](repeating: 0, count: 1 << 20)
    private var chunkEnd = 0
    private var position = 0
    private var nextLine = 1
    private var record: [UInt8] = []
    private var ends: [Int] = []

    /// Opens `path` and steps over a byte order mark.
    init(path: String, format: CSVFormat? = nil) throws(OMOPStoreError) {
        self.path = path
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw OMOPStoreError(
                .importFailed, "\(path) cannot be opened: \(String(cString: strerror(errno)))",
                advice: "Let this user read the file")
        }
        totalBytes = Int64(max(lseek(descriptor, 0, SEEK_END), 0))
        lseek(descriptor, 0, SEEK_SET)
        record.reserveCapacity(4096)
        do {
            try fill()
            try skipMark()
        } catch {
            close(descriptor)
            throw error
        }
        self.format = format ?? CSVFormat.guess(firstLine: chunk[position..<chunkEnd].prefix { $0 != UInt8(ascii: "\n") })
    }

    deinit {
        close(descriptor)
    }

    /// How many fields the current record has.
    var count: Int { ends.count }

    /// Calls `body` with the bytes of one field of the current record, valid only during the call.
    func withField<Result>(_ index: Int, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        let start = index == 0 ? 0 : ends[index - 1]
        return record.withUnsafeBufferPointer { body(UnsafeBufferPointer(rebasing: $0[start..<ends[index]])) }
    }

    /// One field as text, its invalid bytes replaced.
    func text(_ index: Int) -> String {
        withField(index) { String(decoding: $0, as: UTF8.self) }
    }

    /// All fields as text.
    var texts: [String] { (0..<count).map(text) }

    /// Moves to the next record that is not blank; false at the end.
    func next() throws(OMOPStoreError) -> Bool {
        repeat {
            guard try readRecord() else { return false }
        } while ends.count == 1 && record.isEmpty
        return true
    }

    // MARK: Reading

    private enum State {
        case fieldStart, plain, quoted, quoteInQuoted
    }

    private func readRecord() throws(OMOPStoreError) -> Bool {
        record.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
        fault = nil
        line = nextLine
        var state = State.fieldStart
        while true {
            if position == chunkEnd {
                try fill()
                if chunkEnd == 0 { return try finish(state) }
            }
            if take(&state) { return true }
            guard record.count <= Self.maxRecordBytes else {
                throw OMOPStoreError(
                    .importFailed, "\(path), line \(line): the record is longer than \(Self.maxRecordBytes >> 20) MiB",
                    advice: "A quote is opened there and never closed, or the file is no CSV file")
            }
        }
    }

    /// Takes bytes of the chunk until it ends (false) or the record does (true).
    private func take(_ state: inout State) -> Bool {
        let quote = UInt8(ascii: "\"")
        let newline = UInt8(ascii: "\n")
        while position < chunkEnd {
            let byte = chunk[position]
            position += 1
            if byte == newline { nextLine += 1 }
            switch state {
            case .fieldStart where byte == quote && format.isQuoted:
                state = .quoted
            case .fieldStart, .plain:
                if byte == format.delimiter {
                    ends.append(record.count)
                    state = .fieldStart
                } else if byte == newline {
                    endLine()
                    return true
                } else {
                    record.append(byte)
                    state = .plain
                }
            case .quoted:
                if byte == quote { state = .quoteInQuoted } else { record.append(byte) }
            case .quoteInQuoted:
                if byte == quote {
                    record.append(byte)
                    state = .quoted
                } else if byte == format.delimiter {
                    ends.append(record.count)
                    state = .fieldStart
                } else if byte == newline {
                    ends.append(record.count)
                    return true
                } else if byte != UInt8(ascii: "\r") {
                    fault = .textAfterQuote
                    record.append(byte)
                    state = .plain
                }
            }
        }
        return false
    }

    /// Ends a record at a newline, without the carriage return before it.
    private func endLine() {
        if record.last == UInt8(ascii: "\r"), record.count > (ends.last ?? 0) { record.removeLast() }
        ends.append(record.count)
    }

    /// Ends the last record where the file ends; false when there is none.
    private func finish(_ state: State) throws(OMOPStoreError) -> Bool {
        guard state != .quoted else {
            throw OMOPStoreError(
                .importFailed, "\(path), line \(line): a quote is opened and never closed, so all that follows is one field",
                advice: "Close it, or write it twice inside a quoted field (\"\"), as RFC 4180 says")
        }
        guard !(state == .fieldStart && ends.isEmpty) else { return false }
        endLine()
        return true
    }

    private func fill() throws(OMOPStoreError) {
        position = 0
        chunkEnd = 0
        let size = chunk.count
        let got = chunk.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, size) }
        guard got >= 0 else {
            throw OMOPStoreError(
                .importFailed, "\(path) cannot be read: \(String(cString: strerror(errno)))",
                advice: "Check the disk and that the path is a file")
        }
        chunkEnd = got
        readBytes += Int64(got)
    }

    private func skipMark() throws(OMOPStoreError) {
        if chunk[..<chunkEnd].starts(with: [0xef, 0xbb, 0xbf]) {
            position = 3
        } else if chunk[..<chunkEnd].starts(with: [0xff, 0xfe]) || chunk[..<chunkEnd].starts(with: [0xfe, 0xff]) {
            throw OMOPStoreError(
                .importFailed, "\(path) is written in UTF-16", advice: "Convert it first: iconv -f UTF-16 -t UTF-8 FILE > NEW")
        }
    }
}
