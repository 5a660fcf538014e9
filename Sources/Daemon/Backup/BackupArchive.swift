import CanonicalJSON
import Crypto
import Federation
import Foundation

/// A consistent copy of a program's state in one file: checksummed, and sealed with a passphrase or for a key.
public enum BackupArchive {
    /// What goes in, and under which name.
    public struct Input: Sendable, Hashable {
        /// Its path in the archive.
        public var path: String
        /// The file on the disk. It must not change while it is read.
        public var file: String

        /// Names a file.
        public init(_ path: String, from file: String) {
            self.path = path
            self.file = file
        }
    }

    /// What an archive says about itself.
    public struct Title: Sendable, Hashable {
        /// The program.
        public var program: String
        /// Its version.
        public var version: String
        /// Of whom.
        public var name: String
        /// When.
        public var created: Timestamp
        /// How far the audit log goes.
        public var audit: AuditPoint
        /// How far the release ledger goes.
        public var ledger: Int?

        /// Creates a title.
        public init(
            program: String, version: String, name: String, created: Timestamp, audit: AuditPoint, ledger: Int? = nil
        ) {
            self.program = program
            self.version = version
            self.name = name
            self.created = created
            self.audit = audit
            self.ledger = ledger
        }

        /// `dure-node-KR-H-0011-20261128T090000Z.dure-backup`
        public var fileName: String {
            let moment = created.description.filter { $0 != "-" && $0 != ":" }
            let safe = name.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") ? $0 : "-" }
            return "\(program)-\(String(safe))-\(moment).dure-backup"
        }
    }

    /// Writes an archive. It appears under its name when it is whole and on the disk.
    ///
    /// - Returns: what is in it.
    /// - Throws: `BackupError`.
    public static func create(
        at path: String, _ title: Title, _ inputs: [Input], sealedWith seal: BackupSeal
    ) throws(BackupError) -> BackupManifest {
        try create(at: path, title, inputs, sealedWith: seal, cost: .standard)
    }

    static func create(
        at path: String, _ title: Title, _ inputs: [Input], sealedWith seal: BackupSeal, cost: ScryptCost
    ) throws(BackupError) -> BackupManifest {
        guard !FileManager.default.fileExists(atPath: path) else {
            throw BackupError(.file, "\(path) exists already.", advice: "Nothing is overwritten: name another folder.")
        }
        var files: [BackupManifest.File] = []
        for input in inputs {
            let (size, digest) = try BackupFiles.measure(input.file)
            files.append(.init(path: input.path, size: size, digest: digest))
        }
        let manifest = BackupManifest(
            program: title.program, version: title.version, name: title.name, created: title.created, audit: title.audit,
            ledger: title.ledger, files: files)
        let beside = "\(path).\(getpid()).new"
        do throws(BackupError) {
            try write(manifest, inputs, to: beside, seal, cost)
        } catch {
            unlink(beside)
            throw error
        }
        guard rename(beside, path) == 0 else { throw BackupFiles.failure("made", path) }
        return manifest
    }

    private static func write(
        _ manifest: BackupManifest, _ inputs: [Input], to path: String, _ seal: BackupSeal, _ cost: ScryptCost
    ) throws(BackupError) {
        var writer = try BackupWriter(path, seal, cost: cost)
        let bytes = manifest.json.canonicalBytes()
        try writer.append(BackupFiles.length(bytes.count) + bytes)
        for (input, file) in zip(inputs, manifest.files) {
            var size = 0
            try BackupFiles.read(input.file) { bytes throws(BackupError) in
                size += bytes.count
                try writer.append(bytes)
            }
            guard size == file.size else {
                throw BackupError(.file, "\(input.file) changed while it was copied.", advice: "Run the backup again.")
            }
        }
        try writer.finish(path)
    }

    /// Reads a whole archive and checks every digest in it.
    ///
    /// - Returns: what is in it.
    /// - Throws: `BackupError`.
    public static func check(_ path: String, _ opener: BackupOpener) throws(BackupError) -> BackupManifest {
        try read(path, opener, into: nil)
    }

    /// Lays an archive's files out in a folder, each checked. What the folder holds after an error is worth nothing.
    ///
    /// - Parameter folder: a new or empty folder.
    /// - Returns: what is in it.
    /// - Throws: `BackupError`.
    public static func extract(_ path: String, _ opener: BackupOpener, into folder: String) throws(BackupError) -> BackupManifest
    {
        try read(path, opener, into: folder)
    }

    private static func read(_ path: String, _ opener: BackupOpener, into folder: String?) throws(BackupError) -> BackupManifest {
        var reader = try BackupReader(path, opener)
        let count = try reader.read(4).reduce(0) { $0 << 8 | Int($1) }
        guard count <= BackupManifest.limit else { throw BackupError.damaged("has a manifest that is too long") }
        let bytes = try reader.read(count)
        let manifest: BackupManifest
        do throws(JSONError) {
            manifest = try BackupManifest(from: JSONReader(try JSONValue(parsing: bytes)))
        } catch {
            throw BackupError.damaged("has a manifest that cannot be read (\(error.pointer))")
        }
        for file in manifest.files { try copy(file, from: &reader, into: folder) }
        try reader.finish()
        return manifest
    }

    private static func copy(
        _ file: BackupManifest.File, from reader: inout BackupReader, into folder: String?
    ) throws(BackupError) {
        let target = try folder.map { folder throws(BackupError) in try make("\(folder)/\(file.path)") }
        var hash = SHA256()
        var left = file.size
        while left > 0 {
            let bytes = try reader.read(min(left, SealedStream.pieceSize))
            hash.update(data: bytes)
            left -= bytes.count
            do {
                try target?.write(contentsOf: Data(bytes))
            } catch {
                throw BackupError(.full, "\(file.path) could not be written.", advice: "Is there room on that disk?")
            }
        }
        try? target?.synchronize()
        guard Digest256(hash: hash) == file.digest else { throw BackupError.damaged("holds another \(file.path) than it says") }
    }

    private static func make(_ path: String) throws(BackupError) -> FileHandle {
        let folder = (path as NSString).deletingLastPathComponent
        try? FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw BackupFiles.failure("made", path) }
        return FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    }
}

extension Digest256 {
    /// The digest of what `hash` was fed.
    init(hash: SHA256) {
        // A digest always has its written form.
        self = Digest256("sha256:" + Hex.encode(hash.finalize())) ?? Digest256(of: [])
    }
}
