import Foundation

/// A file or a folder for readers that want one, kept in memory where the system has a file system for that.
enum ScratchFile {
    private static let path: String = {
        let folder = access("/dev/shm", W_OK) == 0 ? "/dev/shm/" : NSTemporaryDirectory()
        return folder + "dure-decoder-\(getpid())"
    }()

    private static var fresh: String { "\(path)-\(UInt64.random(in: 0 ... .max))" }

    static func with(_ bytes: [UInt8], _ body: (String) -> Void) {
        let path = fresh
        guard FileManager.default.createFile(atPath: path, contents: Data(bytes)) else { return }
        defer { unlink(path) }
        body(path)
    }

    /// A new folder that only its owner may enter.
    static func withFolder(_ body: (String) throws -> Void) throws {
        let path = fresh
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        defer { try? FileManager.default.removeItem(atPath: path) }
        try body(path)
    }
}
