/// The map from ordinals to person ids. It lies in a file of its own that only its owner may read, because counting does
/// not need it: who can read the index alone cannot tell whose events they are.
///
/// u64 magic, u64 generation, u64 count, u64 checksum of the ids, then the ids (i64, ascending).
public struct PersonMap: Sendable, Hashable {
    /// Person ids, by ordinal.
    public let ids: [Int64]
    /// The generation of the index that the map belongs to.
    public let generation: UInt64

    /// "DUREPRS" and a line feed.
    private static let magic: UInt64 = 0x0A53_5250_4552_5544
    private static let headerSize = 32

    init(ids: [Int64], generation: UInt64) {
        self.ids = ids
        self.generation = generation
    }

    /// Where the map of an index is.
    public static func path(of index: String) -> String { index + ".persons" }

    /// Reads the map of an index.
    ///
    /// - Throws: `damaged` if the file is damaged, also if it belongs to another generation of the index.
    public static func open(of index: EventIndex, at indexPath: String) throws(EventIndexError) -> PersonMap {
        let file = try MappedFile(path: path(of: indexPath), least: headerSize)
        let bytes = Bytes(file.bytes)
        guard try bytes.load(0, as: UInt64.self) == magic else {
            throw EventIndexError(
                .notAnIndex, "\(path(of: indexPath)) is not a map of persons", advice: "Build the index again.")
        }
        let count: UInt64 = try bytes.load(16)
        guard count == UInt64(index.personCount), try bytes.load(8, as: UInt64.self) == index.header.generation else {
            throw .damaged("the map of persons belongs to another build")
        }
        let ids: UnsafeBufferPointer<Int64> = try bytes.array(headerSize, count: Int(count), "the map of persons")
        guard Checksum.of(UnsafeRawBufferPointer(ids)) == (try bytes.load(24, as: UInt64.self)) else {
            throw .damaged("the checksum of the map of persons is wrong")
        }
        return PersonMap(ids: Array(ids), generation: index.header.generation)
    }

    func write(to path: String) throws(EventIndexError) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.headerSize + ids.count * 8)
        bytes.append(number: Self.magic)
        bytes.append(number: generation)
        bytes.append(number: UInt64(ids.count))
        bytes.append(number: ids.withUnsafeBytes(Checksum.of))
        for id in ids { bytes.append(number: id) }
        try DurableFile.write(bytes, to: path)
    }
}
