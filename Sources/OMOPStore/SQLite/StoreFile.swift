#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// The store's file as it is at one moment, to notice that it changed.
struct StoreFile: Sendable, Hashable {
    let path: String
    private let size: Int64
    private let modified: Int64
    private let logSize: Int64

    /// Looks at the file; throws when it is not there or is no file.
    init(path: String) throws(OMOPStoreError) {
        guard let found = Self.look(path) else {
            throw OMOPStoreError(
                .cannotOpen, "\(path) is not there, or this user may not see it",
                advice: "Name the OMOP store's SQLite file, and let this user read it and its folder")
        }
        guard found.isFile else {
            throw OMOPStoreError(
                .cannotOpen, "\(path) is a folder or a device",
                advice: "Name the SQLite file in it, or make one from CSV files: dure-node import --from FOLDER --to STORE.sqlite"
            )
        }
        self.path = path
        size = found.size
        modified = found.modified
        logSize = Self.look(path + "-wal")?.size ?? 0
    }

    /// Bytes, with those not yet moved from the write-ahead log.
    var bytes: Int64 { size + logSize }

    /// Whether a write-ahead log holds changes that are not in the file itself.
    var hasPendingLog: Bool { logSize > 0 }

    /// Throws when the file is no longer what it was.
    func verifyUnchanged() throws(OMOPStoreError) {
        guard let now = try? StoreFile(path: path), now == self else {
            throw OMOPStoreError(
                .changed, "\(path) changed while it was being read", advice: "Let the load finish, then start again")
        }
    }

    /// Size in bytes and time of change in nanoseconds. Not through Foundation, whose attribute types differ
    /// with what else the program links.
    private static func look(_ path: String) -> (isFile: Bool, size: Int64, modified: Int64)? {
        var found = stat()
        guard stat(path, &found) == 0 else { return nil }
        #if canImport(Darwin)
            let time = found.st_mtimespec
        #else
            let time = found.st_mtim
        #endif
        return (found.st_mode & S_IFMT == S_IFREG, Int64(found.st_size), Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }
}
