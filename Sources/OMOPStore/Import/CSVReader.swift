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
    /// A record longer than this is no record: a quote was opened and never closed, or the file is something else.
    static let maxRecordBytes = 16 << 20

    let path: String
    let format: CSVFormat
    /// The file's size.
    let totalBytes: Int64
    /// How many bytes have been taken in.
    private(set) var readBytes: Int64
    /// The line on which the current record begins, from 1.
    private(set) var line = 0

    private let descriptor: CInt
    private var chunk = [UInt8](repeating: 0, count: 1 << 20)
    private var chunkEnd: Int
    private var position: Int
    private var parser: CSVRecordParser

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
        do {
            let start = try Self.fill(&chunk, descriptor, path)
            position = try Self.markLength(chunk[..<start], path)
            chunkEnd = start
        } catch {
            close(descriptor)
            throw error
        }
        readBytes = Int64(chunkEnd)
        self.format = format ?? CSVFormat.guess(firstLine: chunk[position..<chunkEnd].prefix { $0 != UInt8(ascii: "\n") })
        parser = CSVRecordParser(format: self.format)
    }

    deinit {
        close(descriptor)
    }

    /// How many fields the current record has.
    var count: Int { parser.ends.count }

    /// What is wrong with the current record.
    var fault: CSVRecordParser.Fault? { parser.fault }

    /// How many lines the current record spans.
    var lineCount: Int { parser.nextLine - line }

    /// Calls `body` with the bytes of one field of the current record, valid only during the call.
    @inline(__always)
    func withField<Result>(_ index: Int, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        parser.withField(index, body)
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
        } while parser.isBlank
        return true
    }

    private func readRecord() throws(OMOPStoreError) -> Bool {
        line = parser.nextLine
        parser.begin()
        while true {
            if position == chunkEnd {
                chunkEnd = try Self.fill(&chunk, descriptor, path)
                position = 0
                readBytes += Int64(chunkEnd)
                if chunkEnd == 0 { return try finish() }
            }
            var stop = position
            let isComplete = chunk.withUnsafeBufferPointer { parser.take($0, from: &stop, to: chunkEnd) }
            position = stop
            if isComplete { return true }
            guard parser.byteCount <= Self.maxRecordBytes else {
                throw OMOPStoreError(
                    .importFailed, "\(path), line \(line): the record is longer than \(Self.maxRecordBytes >> 20) MiB",
                    advice: "A quote is opened there and never closed, or the file is no CSV file")
            }
        }
    }

    /// Ends the last record where the file ends; false when there is none.
    private func finish() throws(OMOPStoreError) -> Bool {
        guard !parser.isInQuotes else {
            throw OMOPStoreError(
                .importFailed, "\(path), line \(line): a quote is opened and never closed, so all that follows is one field",
                advice: "Close it, or write it twice inside a quoted field (\"\"), as RFC 4180 says")
        }
        return parser.finish()
    }

    // MARK: Bytes

    private static func fill(_ chunk: inout [UInt8], _ descriptor: CInt, _ path: String) throws(OMOPStoreError) -> Int {
        let got = chunk.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
        guard got >= 0 else {
            throw OMOPStoreError(
                .importFailed, "\(path) cannot be read: \(String(cString: strerror(errno)))",
                advice: "Check the disk and that the path is a file")
        }
        return got
    }

    /// How many bytes a byte order mark takes at the beginning.
    private static func markLength(_ start: ArraySlice<UInt8>, _ path: String) throws(OMOPStoreError) -> Int {
        if start.starts(with: [0xef, 0xbb, 0xbf]) { return 3 }
        guard !start.starts(with: [0xff, 0xfe]), !start.starts(with: [0xfe, 0xff]) else {
            throw OMOPStoreError(
                .importFailed, "\(path) is written in UTF-16", advice: "Convert it first: iconv -f UTF-16 -t UTF-8 FILE > NEW")
        }
        return 0
    }
}
