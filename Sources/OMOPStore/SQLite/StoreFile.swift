import FoundationEssentials

/// The store's file as it is at one moment, to notice that it changed.
struct StoreFile: Sendable, Hashable {
    let path: String
    private let size: Int64
    private let modified: Date
    private let walSize: Int64

    /// Looks at the file; throws when it is not there or is no file.
    init(path: String) throws(OMOPStoreError) {
        guard let found = try? FileManager.default.attributesOfItem(atPath: path) else {
            throw OMOPStoreError(
                .cannotOpen, "\(path) is not there, or this user may not see it",
                advice: "Name the OMOP store's SQLite file, and let this user read it and its folder")
        }
        guard found[.type] as? FileAttributeType != .typeDirectory else {
            throw OMOPStoreError(
                .cannotOpen, "\(path) is a folder",
                advice: "Name the SQLite file in it, or make one from CSV files: dure-node import --from FOLDER --to STORE.sqlite"
            )
        }
        self.path = path
        size = Self.size(found)
        modified = found[.modificationDate] as? Date ?? .distantPast
        walSize = Self.size((try? FileManager.default.attributesOfItem(atPath: path + "-wal")) ?? [:])
    }

    /// Bytes, with those not yet moved from the write-ahead log.
    var bytes: Int64 { size + walSize }

    /// Whether a write-ahead log holds changes that are not in the file itself.
    var hasPendingLog: Bool { walSize > 0 }

    /// Throws when the file is no longer what it was.
    func verifyUnchanged() throws(OMOPStoreError) {
        guard let now = try? StoreFile(path: path), now == self else {
            throw OMOPStoreError(
                .changed, "\(path) changed while it was being read",
                advice: "Let the load finish, then start again")
        }
    }

    private static func size(_ attributes: [FileAttributeKey: Any]) -> Int64 {
        // The attribute's own type differs between the platforms' Foundations.
        (attributes[.size] as? any BinaryInteger).map { Int64(clamping: $0) } ?? 0
    }
}
