#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A file in memory, read-only, for as long as the object lives.
///
/// The file must not be changed in place while it is mapped; the builder never does that, it puts a new file in its place.
final class MappedFile: @unchecked Sendable {
    // @unchecked because the bytes are never written: the mapping is read-only and the fields are constants.
    let bytes: UnsafeRawBufferPointer

    /// - Parameter least: the fewest bytes that such a file has.
    init(path: String, least: Int = FileLayout.headerSize) throws(EventIndexError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.cannotOpen(path, errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw Self.cannotOpen(path, errno) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw EventIndexError(
                .notAnIndex, "\(path) is not a file", advice: "Give the path of a file made by 'dure-node index build'.")
        }
        let size = Int(status.st_size)
        guard size >= least else {
            throw EventIndexError(
                .notAnIndex, "\(path) is too short to be an event index (\(size) bytes)",
                advice: "Give the path of a file made by 'dure-node index build', or build it again.")
        }
        guard let start = mmap(nil, size, PROT_READ, MAP_SHARED, descriptor, 0), start != MAP_FAILED else {
            throw Self.cannotOpen(path, errno)
        }
        bytes = UnsafeRawBufferPointer(start: start, count: size)
    }

    deinit {
        if let start = bytes.baseAddress { munmap(UnsafeMutableRawPointer(mutating: start), bytes.count) }
    }

    private static func cannotOpen(_ path: String, _ number: Int32) -> EventIndexError {
        let reason = String(cString: strerror(number))
        if number == ENOENT {
            return EventIndexError(
                .notFound, "There is no event index at \(path)", advice: "Build it with 'dure-node index build'.")
        }
        return EventIndexError(
            .unreadable, "The event index at \(path) cannot be opened: \(reason)",
            advice: "Check that the file belongs to the user that runs dure-node and may be read.")
    }
}
