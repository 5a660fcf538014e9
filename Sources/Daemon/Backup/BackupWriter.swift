import CanonicalJSON
import Crypto
import Federation
import Foundation

/// Writes an archive: header, manifest, then the files one after the other, everything after the header sealed.
struct BackupWriter {
    private let file: FileHandle
    private var stream: SealedStream
    private var open: [UInt8] = []

    init(_ path: String, _ seal: BackupSeal, cost: ScryptCost) throws(BackupError) {
        let (key, wrap) = try seal.makeKey(cost: cost)
        // Made for its owner alone, and never over something that is there.
        let descriptor = Foundation.open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw BackupFiles.failure("made", path) }
        file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        let header = BackupHeader(wrap: wrap).json.canonicalBytes()
        stream = SealedStream(key, header: header)
        try write(BackupHeader.magic + BackupFiles.length(header.count) + header)
    }

    mutating func append(_ bytes: [UInt8]) throws(BackupError) {
        open += bytes
        while open.count > SealedStream.pieceSize {
            try write(try stream.seal(Array(open.prefix(SealedStream.pieceSize)), isLast: false))
            open.removeFirst(SealedStream.pieceSize)
        }
    }

    /// Writes the last piece and waits until everything is on the disk.
    mutating func finish(_ path: String) throws(BackupError) {
        try write(try stream.seal(open, isLast: true))
        do {
            try file.synchronize()
            try file.close()
        } catch {
            throw BackupFiles.failure("written", path)
        }
    }

    private func write(_ bytes: [UInt8]) throws(BackupError) {
        do {
            try file.write(contentsOf: Data(bytes))
        } catch {
            throw BackupError(.full, "The backup could not be written.", advice: "Is there room on that disk?")
        }
    }
}

/// What reading and writing an archive share.
enum BackupFiles {
    /// Four bytes, big-endian.
    static func length(_ count: Int) -> [UInt8] { withUnsafeBytes(of: UInt32(count).bigEndian) { Array($0) } }

    static func failure(_ verb: String, _ path: String) -> BackupError {
        let number = errno
        if number == ENOSPC || number == EDQUOT {
            return BackupError(.full, "There is no room left for \(path).", advice: "Free some, or name another disk.")
        }
        return BackupError(
            .file, "\(path) cannot be \(verb): \(String(cString: strerror(number))).",
            advice: "Check the path, its owner and permissions.")
    }

    /// Gives `body` a file piece by piece.
    static func read(_ path: String, _ body: ([UInt8]) throws(BackupError) -> Void) throws(BackupError) {
        guard let file = FileHandle(forReadingAtPath: path) else { throw failure("read", path) }
        while true {
            let data: Data?
            do {
                data = try file.read(upToCount: SealedStream.pieceSize)
            } catch {
                throw failure("read", path)
            }
            guard let data, !data.isEmpty else { return }
            try body(Array(data))
        }
    }

    static func measure(_ path: String) throws(BackupError) -> (size: Int, digest: Digest256) {
        var hash = SHA256()
        var size = 0
        try read(path) { bytes in
            hash.update(data: bytes)
            size += bytes.count
        }
        return (size, Digest256(hash: hash))
    }

}
