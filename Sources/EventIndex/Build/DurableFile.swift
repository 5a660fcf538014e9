#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Small files that must be whole or not there.
enum DurableFile {
    /// Makes the names in a file's folder durable. Not every file system can: a failure here is no loss of data.
    static func syncFolder(of path: String) {
        let folder = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let descriptor = open(folder, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        _ = fsync(descriptor)
        close(descriptor)
    }

    /// Writes a file that only its owner can read, and puts it in the place of an older one.
    static func write(_ bytes: [UInt8], to path: String) throws(EventIndexError) {
        let temporary = path + ".building"
        unlink(temporary)
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw EventIndexError.unwritten("create", temporary, errno) }
        var done = 0
        var number: Int32 = 0
        while done < bytes.count {
            let put = bytes.withUnsafeBytes { writeSome(descriptor, $0.baseAddress.map { $0 + done }, $0.count - done) }
            if put < 0, errno == EINTR { continue }
            guard put > 0 else {
                number = errno
                break
            }
            done += put
        }
        if number == 0, fsync(descriptor) != 0 { number = errno }
        close(descriptor)
        if number == 0, rename(temporary, path) != 0 { number = errno }
        guard number == 0 else {
            unlink(temporary)
            throw EventIndexError.unwritten("write", path, number)
        }
        syncFolder(of: path)
    }
}

/// The system's `write`, whose name a type's own `write` would hide.
private func writeSome(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    write(descriptor, bytes, count)
}
