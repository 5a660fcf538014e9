#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The index file while it is written: segments one after another, then their list, then the header.
///
/// The file is made beside the one that it will replace; only `commit` puts it in its place, after everything is on disk.
final class FileSink {
    let path: String
    private let temporary: String
    private let descriptor: Int32
    private(set) var entries: [SegmentEntry] = []
    private var end = FileLayout.headerSize
    private var isCommitted = false

    /// A state to go back to.
    struct Mark {
        fileprivate let entries: Int
        fileprivate let end: Int
    }

    init(path: String) throws(EventIndexError) {
        self.path = path
        temporary = path + ".building"
        descriptor = open(temporary, O_RDWR | O_CREAT | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else { throw EventIndexError.unwritten("create", temporary, errno) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw EventIndexError(
                .unwritable, "Another build is writing \(temporary)", advice: "Wait until it has ended, then try again.")
        }
        guard ftruncate(descriptor, 0) == 0 else {
            let number = errno
            close(descriptor)
            throw EventIndexError.unwritten("empty", temporary, number)
        }
    }

    deinit {
        if !isCommitted { unlink(temporary) }
        close(descriptor)
    }

    /// Writes a segment.
    func append(
        kind: UInt16, column: UInt16, block: Int = 0, rows: Int, bytes: UnsafeRawBufferPointer
    ) throws(EventIndexError) {
        let offset = (end + FileLayout.alignment - 1) / FileLayout.alignment * FileLayout.alignment
        try write(bytes, at: offset)
        entries.append(
            SegmentEntry(
                kind: kind, column: column, block: UInt32(block), offset: UInt64(offset), length: UInt64(bytes.count),
                rows: UInt64(rows), checksum: Checksum.of(bytes)))
        end = offset + bytes.count
    }

    /// Writes a segment.
    func append(kind: UInt16, column: UInt16, block: Int = 0, rows: Int, _ bytes: [UInt8]) throws(EventIndexError) {
        var failure: EventIndexError?
        bytes.withUnsafeBytes { raw in
            do throws(EventIndexError) {
                try append(kind: kind, column: column, block: block, rows: rows, bytes: raw)
            } catch { failure = error }
        }
        if let failure { throw failure }
    }

    var mark: Mark { Mark(entries: entries.count, end: end) }

    /// Forgets everything written since the mark.
    func rollBack(to mark: Mark) throws(EventIndexError) {
        entries.removeLast(entries.count - mark.entries)
        end = mark.end
        // Nothing of what is forgotten may stay in the gaps between segments.
        guard ftruncate(descriptor, off_t(end)) == 0 else { throw EventIndexError.unwritten("shorten", temporary, errno) }
    }

    /// Reads a segment back.
    func read(_ entry: SegmentEntry) throws(EventIndexError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: Int(entry.length))
        var done = 0
        while done < bytes.count {
            let got = bytes.withUnsafeMutableBytes { buffer in
                pread(descriptor, buffer.baseAddress.map { $0 + done }, buffer.count - done, off_t(Int(entry.offset) + done))
            }
            if got < 0, errno == EINTR { continue }
            guard got > 0 else { throw EventIndexError.unwritten("read back", temporary, errno) }
            done += got
        }
        return bytes
    }

    /// Writes the list and the header, waits for the disk, and puts the file in its place.
    ///
    /// - Returns: the file's size.
    func commit(persons: Int, generation: UInt64) throws(EventIndexError) -> Int {
        let listOffset = (end + FileLayout.alignment - 1) / FileLayout.alignment * FileLayout.alignment
        let list = Self.list(entries)
        let size = listOffset + list.count
        try write(list, at: listOffset)
        var header: [UInt8] = []
        header.append(number: FileLayout.magic)
        header.append(number: FileLayout.version)
        header.append(number: UInt32(FileLayout.headerSize))
        header.append(number: generation)
        header.append(number: UInt64(size))
        header.append(number: UInt64(listOffset))
        header.append(number: UInt64(entries.count))
        header.append(number: UInt64(persons))
        header.append(number: list.withUnsafeBytes(Checksum.of))
        header.append(number: UInt64(FileLayout.blockSize))
        header.pad(to: 120)
        header.append(number: header.withUnsafeBytes(Checksum.of))
        try write(header, at: 0)
        guard ftruncate(descriptor, off_t(size)) == 0, fsync(descriptor) == 0 else {
            throw EventIndexError.unwritten("write", temporary, errno)
        }
        guard rename(temporary, path) == 0 else { throw EventIndexError.unwritten("rename", temporary, errno) }
        isCommitted = true
        DurableFile.syncFolder(of: path)
        return size
    }

    private static func list(_ entries: [SegmentEntry]) -> [UInt8] {
        var list: [UInt8] = []
        list.reserveCapacity(entries.count * FileLayout.entrySize)
        for entry in entries.sorted(by: { $0.key < $1.key }) {
            list.append(number: entry.kind)
            list.append(number: entry.column)
            list.append(number: entry.block)
            list.append(number: entry.offset)
            list.append(number: entry.length)
            list.append(number: entry.rows)
            list.append(number: entry.checksum)
            list.append(number: UInt64(0))
        }
        return list
    }

    private func write(_ bytes: [UInt8], at offset: Int) throws(EventIndexError) {
        var failure: EventIndexError?
        bytes.withUnsafeBytes { raw in
            do throws(EventIndexError) { try write(raw, at: offset) } catch { failure = error }
        }
        if let failure { throw failure }
    }

    private func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(EventIndexError) {
        var done = 0
        while done < bytes.count {
            let put = pwrite(descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done, off_t(offset + done))
            if put < 0, errno == EINTR { continue }
            guard put > 0 else { throw EventIndexError.unwritten("write", temporary, errno) }
            done += put
        }
    }
}
