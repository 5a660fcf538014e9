#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// A user name or a password: read when it is needed, and never part of anything that is printed.
public enum StoreSecret: Sendable, Hashable, CustomStringConvertible {
    /// The first line of a file.
    case file(String)
    /// As it is; for user names.
    case given(String)

    /// Never the secret.
    public var description: String {
        switch self {
        case .file(let path): "in \(path)"
        case .given: "given"
        }
    }

    /// The secret. A file that everybody may read is refused.
    func read(_ what: String) throws(OMOPStoreError) -> String {
        let path: String
        switch self {
        case .given(let text): return text
        case .file(let file): path = file
        }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw OMOPStoreError(
                .cannotOpen, "The file with the \(what), \(path), cannot be read: \(String(cString: strerror(errno)))",
                advice: "Put the \(what) in it, owned by the node's user, mode 0600")
        }
        defer { close(descriptor) }
        var found = stat()
        guard fstat(descriptor, &found) == 0, found.st_mode & S_IRWXO == 0 else {
            throw OMOPStoreError(
                .cannotOpen, "The file with the \(what), \(path), can be read by everybody", advice: "chmod 0600 \(path)")
        }
        var bytes = [UInt8](repeating: 0, count: 4_096)
        let count = Glibc.read(descriptor, &bytes, bytes.count)
        let line = bytes.prefix(max(0, count)).prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") && $0 != 0 }
        guard !line.isEmpty else {
            throw OMOPStoreError(
                .cannotOpen, "The file with the \(what), \(path), is empty", advice: "Put the \(what) in its first line")
        }
        return String(decoding: line, as: UTF8.self)
    }
}
