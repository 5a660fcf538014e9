import Daemon
import Foundation

/// Reading and writing of small files, with errors that name the file.
enum Files {
    static func text(_ path: String, what: String) throws(NodeError) -> String {
        guard let data = FileManager.default.contents(atPath: path) else {
            let exists = FileManager.default.fileExists(atPath: path)
            throw NodeError(
                .file, "\(path), \(what), \(exists ? "cannot be read" : "does not exist").",
                advice: exists ? "Check its owner and permissions." : "Check the path; `dure-node init` writes commented files.")
        }
        guard let text = String(data: data, encoding: .utf8) else {
            throw NodeError(.file, "\(path), \(what), is not UTF-8 text.", advice: "Save it as UTF-8.")
        }
        return text
    }

    static func isReadable(_ path: String) -> Bool { access(path, R_OK) == 0 }
    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// A path as it is, or in `folder` where it is relative.
    static func resolve(_ path: String, in folder: String) -> String {
        path.isEmpty || path.hasPrefix("/") ? path : "\(folder)/\(path)"
    }

    /// Where a secret is that the configuration names: a bare name is looked for among the service manager's credentials first.
    static func secret(_ name: String, in folder: String, _ environment: [String: String]) -> String {
        CredentialFolder(environment).file(name) ?? resolve(name, in: folder)
    }

    static func folder(of path: String) -> String {
        let folder = (path as NSString).deletingLastPathComponent
        return folder.isEmpty ? "." : folder
    }

    static func name(of path: String) -> String { (path as NSString).lastPathComponent }

    /// Writes a file whole or not at all, durably: beside it, fsync, rename.
    static func write(_ bytes: some Collection<UInt8>, to path: String, mode: mode_t = 0o600) throws(NodeError) {
        let beside = "\(path).new"
        let descriptor = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw failure("create", beside) }
        defer { close(descriptor) }
        let array = Array(bytes)
        var written = 0
        while written < array.count {
            let count = array[written...].withUnsafeBytes { unsafe_write(descriptor, $0) }
            guard count > 0 else { throw failure("write", beside) }
            written += count
        }
        guard fsync(descriptor) == 0 else { throw failure("store", beside) }
        guard rename(beside, path) == 0 else { throw failure("replace", path) }
    }

    /// The names in a folder, in order.
    static func names(in folder: String) throws(NodeError) -> [String] {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else { throw failure("read", folder) }
        return names.sorted()
    }

    /// Waits until the names in a folder are on the disk.
    static func sync(folder: String) throws(NodeError) {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("open", folder) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure("store", folder) }
    }

    static func write(_ text: String, to path: String, mode: mode_t = 0o600) throws(NodeError) {
        try write(Array(text.utf8), to: path, mode: mode)
    }

    private static func unsafe_write(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
        Foundation.write(descriptor, bytes.baseAddress, bytes.count)
    }

    /// The words for what the last system call said.
    static func failure(_ verb: String, _ path: String) -> NodeError {
        let number = errno
        if number == ENOSPC || number == EDQUOT {
            return NodeError(
                .diskFull, "There is no room left to \(verb) \(path).", advice: "Free space on that disk; nothing was lost.")
        }
        return NodeError(
            .state, "Could not \(verb) \(path): \(String(cString: strerror(number))).",
            advice: "Check the folder's owner and permissions.")
    }
}
