import CanonicalJSON
import Crypto
import Federation
import Foundation

/// Reads an archive from its beginning to its end. Every byte of it is hostile until its piece has opened.
struct BackupReader {
    private let file: FileHandle
    private let end: UInt64
    private var stream: SealedStream
    private var open: [UInt8] = []
    private var isAtEnd = false
    private var isFirst = true

    init(_ path: String, _ opener: BackupOpener) throws(BackupError) {
        guard let file = FileHandle(forReadingAtPath: path) else { throw BackupFiles.failure("read", path) }
        self.file = file
        do {
            end = try file.seekToEnd()
            try file.seek(toOffset: 0)
        } catch {
            throw BackupFiles.failure("read", path)
        }
        guard try Self.read(BackupHeader.magic.count, file) == BackupHeader.magic else {
            throw BackupError(.damaged, "\(path) is not a backup of Dure.", advice: "Name the file that `backup create` made.")
        }
        let count = try Self.length(file)
        guard count <= BackupHeader.limit else { throw BackupError.damaged("has a header that is too long") }
        let bytes = try Self.read(count, file)
        let header: BackupHeader
        do throws(JSONError) {
            header = try BackupHeader(from: JSONReader(try JSONValue(parsing: bytes)))
        } catch {
            throw BackupError.damaged("has a header that cannot be read (\(error.pointer))")
        }
        stream = SealedStream(try opener.open(header.wrap), header: bytes)
    }

    /// Exactly so many open bytes.
    mutating func read(_ count: Int) throws(BackupError) -> [UInt8] {
        while open.count < count {
            guard !isAtEnd else { throw BackupError.damaged("ends too early") }
            try next()
        }
        defer { open.removeFirst(count) }
        return Array(open.prefix(count))
    }

    /// Throws unless everything was read.
    mutating func finish() throws(BackupError) {
        while !isAtEnd { try next() }
        guard open.isEmpty else { throw BackupError.damaged("holds more than it says") }
    }

    private mutating func next() throws(BackupError) {
        let count = try Self.length(file)
        guard count <= SealedStream.pieceSize + 16 else { throw BackupError.damaged("has a piece that is too long") }
        let sealed = try Self.read(count, file)
        let place = (try? file.offset()) ?? 0
        isAtEnd = place >= end
        guard let bytes = stream.open(sealed, isLast: isAtEnd) else {
            if isFirst { throw BackupOpener.wrong }
            throw BackupError.damaged("was changed or cut off at byte \(place)")
        }
        isFirst = false
        open += bytes
    }

    private static func length(_ file: FileHandle) throws(BackupError) -> Int {
        try read(4, file).reduce(0) { $0 << 8 | Int($1) }
    }

    private static func read(_ count: Int, _ file: FileHandle) throws(BackupError) -> [UInt8] {
        let data = try? file.read(upToCount: count)
        guard count == 0 || data?.count == count else { throw BackupError.damaged("ends too early") }
        return data.map(Array.init) ?? []
    }
}
