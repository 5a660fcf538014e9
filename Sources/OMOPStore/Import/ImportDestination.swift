import FoundationEssentials

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// The place of a store to be: a temporary file beside it, renamed when it is complete.
struct ImportDestination {
    let path: String
    let temporaryPath: String

    /// Checks that the store can be put at `path`, before any work is done.
    init(path: String, replaces: Bool) throws(OMOPStoreError) {
        self.path = path
        temporaryPath = "\(path).importing-\(getpid())"
        let files = FileManager.default
        if files.fileExists(atPath: path), !replaces {
            throw OMOPStoreError(
                .writing, "\(path) is there already", advice: "Give --replace to replace it, or name another file")
        }
        // A log left beside a store would be played into the new one.
        for ending in ["-wal", "-journal"] where Self.size(path + ending) > 0 {
            throw OMOPStoreError(
                .writing, "\(path) is in use: \(path)\(ending) holds changes",
                advice: "Stop the programs that use it, then try again")
        }
        removeLeftovers()
        try? files.removeItem(atPath: temporaryPath)
    }

    /// Puts the complete file in its place: the old store, if there is one, is there until the new one is.
    func keep() throws(OMOPStoreError) {
        try sync(temporaryPath)
        guard rename(temporaryPath, path) == 0 else {
            throw OMOPStoreError(
                .writing, "\(path) cannot be put in its place: \(String(cString: strerror(errno)))",
                advice: "Let this user write the folder")
        }
        for ending in ["-wal", "-shm", "-journal"] { unlink(path + ending) }
        let slash = path.lastIndex(of: "/")
        try sync(slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? ".")
    }

    /// Removes what was not kept.
    func discard() {
        unlink(temporaryPath)
    }

    private func sync(_ path: String) throws(OMOPStoreError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        defer { close(descriptor) }
        guard descriptor >= 0, fsync(descriptor) == 0 else {
            throw OMOPStoreError(
                .writing, "\(path) cannot be brought to disk: \(String(cString: strerror(errno)))", advice: "Check the disk")
        }
    }

    /// Temporary files of imports whose process is gone.
    private func removeLeftovers() {
        let slash = path.lastIndex(of: "/")
        let folder = slash.map { String(path[...$0]) } ?? "./"
        let prefix = String(path[(slash.map(path.index(after:)) ?? path.startIndex)...]) + ".importing-"
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] where name.hasPrefix(prefix) {
            guard let process = pid_t(name.dropFirst(prefix.count)), kill(process, 0) != 0, errno == ESRCH else { continue }
            unlink(folder + name)
        }
    }

    private static func size(_ path: String) -> Int64 {
        var found = stat()
        return stat(path, &found) == 0 ? Int64(found.st_size) : 0
    }
}
