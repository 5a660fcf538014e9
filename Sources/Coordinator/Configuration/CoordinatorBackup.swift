import Daemon
import Federation
import Foundation

/// A backup of everything that a coordinator cannot make again: the state as it stood at one moment, the keys and the
/// configuration, in one sealed file. Works while the coordinator runs.
public struct CoordinatorBackup: Sendable {
    /// The program's name in an archive.
    static let program = CoordinatorRoom.name

    private let directory: StateDirectory

    /// For the coordinator in `directory`.
    public init(_ directory: StateDirectory) { self.directory = directory }

    /// Makes a backup in `folder`.
    ///
    /// - Returns: the file, and what is in it.
    /// - Throws: `CoordinatorError`.
    public func create(
        in folder: String, sealedWith seal: BackupSeal, by actor: AuditActor, clock: CoordinatorClock = .system
    ) async throws -> (path: String, manifest: BackupManifest) {
        let office = try CoordinatorOffice(directory, clock: clock)
        return try await create(in: folder, sealedWith: seal, of: office, by: actor)
    }

    func create(
        in folder: String, sealedWith seal: BackupSeal, of office: CoordinatorOffice, by actor: AuditActor
    ) async throws -> (path: String, manifest: BackupManifest) {
        let staging = directory.path + "/backup-\(getpid())"
        try? FileManager.default.removeItem(atPath: staging)
        try FileManager.default.createDirectory(
            atPath: staging, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        defer { try? FileManager.default.removeItem(atPath: staging) }
        let copy = staging + "/coordinator.sqlite"
        try await office.backUp(to: copy, by: actor)
        let title = BackupArchive.Title(
            program: Self.program, version: CoordinatorRoom.version, name: office.configuration.consortiumID,
            created: office.clock.now, audit: try await Self.audit(of: copy))
        let path = "\(folder)/\(title.fileName)"
        var inputs: [BackupArchive.Input] = [
            .init("coordinator.sqlite", from: copy), .init("coordinator.yaml", from: directory.configurationFile),
        ]
        // Keys that the service manager hands over are not here, and are kept wherever it has them from.
        let keys = try FileManager.default.contentsOfDirectory(atPath: directory.path + "/keys").sorted()
        inputs += keys.map { .init("keys/\($0)", from: "\(directory.path)/keys/\($0)") }
        return (
            path,
            try Self.words { () throws(BackupError) in
                try BackupArchive.create(at: path, title, inputs, sealedWith: seal)
            }
        )
    }

    /// How far the log in a state file goes; the whole file is looked through, and the whole log followed.
    private static func audit(of file: String) async throws -> AuditPoint {
        let database = try CoordinatorDatabase(path: file)
        defer { database.close() }
        try await database.check()
        let chain = try await AuditLog(database: database).verify()
        return AuditPoint(count: chain.count, head: chain.head)
    }

    /// Opens an archive and checks every digest in it.
    ///
    /// - Throws: `CoordinatorError`.
    public static func check(_ archive: String, _ opener: BackupOpener) throws(CoordinatorError) -> BackupManifest {
        let manifest = try words { () throws(BackupError) in try BackupArchive.check(archive, opener) }
        try own(manifest)
        return manifest
    }

    /// Lays a backup out as a coordinator's folder. Only where there is none: a newer state is never written over, because what
    /// was told to nodes and people since would be forgotten.
    ///
    /// - Throws: `CoordinatorError` (`ALREADY_EXISTS` where the folder is not empty).
    public func restore(
        _ archive: String, _ opener: BackupOpener, by actor: AuditActor, clock: CoordinatorClock = .system
    ) async throws -> BackupManifest {
        let there = (try? FileManager.default.contentsOfDirectory(atPath: directory.path)) ?? []
        guard there.isEmpty else {
            throw CoordinatorError(
                .alreadyExists, "\(directory.path) is not empty.",
                advice: "Stop the coordinator, move the folder away and keep it, and restore into a new one.")
        }
        try directory.create()
        do {
            let manifest = try Self.words { () throws(BackupError) in
                try BackupArchive.extract(archive, opener, into: directory.path)
            }
            try Self.own(manifest)
            guard try await Self.audit(of: directory.databaseFile) == manifest.audit else {
                throw CoordinatorError(.integrity, "The backup's log is not what it says.", advice: "Use another backup.")
            }
            let database = try CoordinatorDatabase(path: directory.databaseFile)
            defer { database.close() }
            let now = clock.now
            try await database.write { db in try AuditLog.append(db, .restored, by: actor, on: .none, at: now) }
            try StateDirectory.restrict(directory.databaseFile)
            return manifest
        } catch {
            // Nothing was here before: half of a coordinator must not stay.
            try? FileManager.default.removeItem(atPath: directory.path)
            throw error
        }
    }

    private static func own(_ manifest: BackupManifest) throws(CoordinatorError) {
        guard manifest.program == program else {
            throw CoordinatorError(
                .integrity, "The backup is of \(manifest.program).", advice: "Restore it with that program.")
        }
    }

    private static func words<Value>(_ body: () throws(BackupError) -> Value) throws(CoordinatorError) -> Value {
        do throws(BackupError) {
            return try body()
        } catch {
            throw CoordinatorError(error)
        }
    }
}

extension CoordinatorError {
    /// A backup's error in the coordinator's words.
    public init(_ error: BackupError) {
        let code: Code =
            switch error.code {
            case .file: .badRequest
            case .key: .notAllowed
            case .damaged: .integrity
            case .full: .storageFull
            }
        self.init(code, error.message, advice: error.advice, detailCode: error.code.rawValue)
    }
}
