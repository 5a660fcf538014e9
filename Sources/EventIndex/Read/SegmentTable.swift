/// The checked list of a file's segments: after this, every segment is known to lie inside the file.
struct SegmentTable: Sendable {
    let entries: [SegmentEntry]
    let personCount: Int
    let blockCount: Int
    let generation: UInt64
    private let file: MappedFile

    init(_ file: MappedFile, path: String) throws(EventIndexError) {
        self.file = file
        let bytes = Bytes(file.bytes)
        guard try bytes.load(0, as: UInt64.self) == FileLayout.magic else {
            throw EventIndexError(
                .notAnIndex, "\(path) is not an event index",
                advice: "Give the path of a file made by 'dure-node index build'.")
        }
        let version: UInt32 = try bytes.load(8)
        guard version == FileLayout.version else {
            throw EventIndexError(
                .unknownVersion, "\(path) has layout version \(version); this program reads version \(FileLayout.version)",
                advice: "Build the index again with this version of dure-node.")
        }
        let header = try bytes.part(0, FileLayout.headerSize, "the header")
        guard Checksum.of(try header.part(0, 120, "the header").raw) == (try header.load(120, as: UInt64.self)) else {
            throw .damaged("the header's checksum is wrong")
        }
        guard try header.load(12, as: UInt32.self) == FileLayout.headerSize,
            try header.load(64, as: UInt64.self) == FileLayout.blockSize,
            try header.load(24, as: UInt64.self) == UInt64(file.bytes.count)
        else { throw .damaged("the header does not fit the file's length") }
        generation = try header.load(16)
        let persons: UInt64 = try header.load(48)
        guard persons <= 1 << 31 else { throw .damaged("the header names too many persons") }
        personCount = Int(persons)
        blockCount = (personCount + FileLayout.blockSize - 1) / FileLayout.blockSize
        let listOffset: UInt64 = try header.load(32)
        let count: UInt64 = try header.load(40)
        guard listOffset >= UInt64(FileLayout.headerSize), listOffset <= UInt64(file.bytes.count),
            count <= UInt64(file.bytes.count / FileLayout.entrySize),
            count * UInt64(FileLayout.entrySize) == UInt64(file.bytes.count) - listOffset
        else { throw .damaged("the list of segments does not fit the file's length") }
        let list = try bytes.rest(Int(listOffset), "the list of segments")
        guard Checksum.of(list.raw) == (try header.load(56, as: UInt64.self)) else {
            throw .damaged("the checksum of the list of segments is wrong")
        }
        entries = try Self.read(list, count: Int(count), end: listOffset, blocks: blockCount)
    }

    private static func read(
        _ list: Bytes, count: Int, end: UInt64, blocks: Int
    ) throws(EventIndexError) -> [SegmentEntry] {
        var entries: [SegmentEntry] = []
        entries.reserveCapacity(count)
        for number in 0..<count {
            let at = number * FileLayout.entrySize
            let entry = SegmentEntry(
                kind: try list.load(at), column: try list.load(at + 2), block: try list.load(at + 4),
                offset: try list.load(at + 8), length: try list.load(at + 16), rows: try list.load(at + 24),
                checksum: try list.load(at + 32))
            guard entry.offset >= UInt64(FileLayout.headerSize), entry.offset % UInt64(FileLayout.alignment) == 0,
                entry.offset <= end, entry.length <= end - entry.offset
            else { throw .damaged("a segment lies outside the file") }
            guard entry.rows <= 1 << 32, entry.block < max(1, blocks) else {
                throw .damaged("a segment has an impossible number of rows or block")
            }
            if let last = entries.last, last.key >= entry.key { throw .damaged("the list of segments is not in order") }
            entries.append(entry)
        }
        return entries
    }

    /// The bytes of a segment.
    func bytes(_ entry: SegmentEntry) -> Bytes {
        let from = Int(entry.offset)
        return Bytes(UnsafeRawBufferPointer(rebasing: file.bytes[from..<from + Int(entry.length)]))
    }

    /// The segment with this key.
    func find(_ kind: UInt16, _ column: UInt16, block: Int = 0) -> SegmentEntry? {
        let key = UInt64(kind) << 48 | UInt64(column) << 32 | UInt64(block)
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].key < key { low = middle + 1 } else { high = middle }
        }
        return low < entries.count && entries[low].key == key ? entries[low] : nil
    }

    /// Compares every segment's checksum; reads the whole file.
    func verify() throws(EventIndexError) {
        for entry in entries where Checksum.of(bytes(entry).raw) != entry.checksum {
            throw .damaged("the checksum of segment \(entry.kind)/\(entry.column) of block \(entry.block) is wrong")
        }
    }
}
