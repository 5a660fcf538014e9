import Federation
import Foundation
import GRDB

/// The coordinator's whole memory: one SQLite file in WAL mode, every commit on disk before it is answered for.
///
/// Administration commands open the same file while the daemon runs; SQLite's locks and the triggers of the migrations keep
/// both honest. All SQL of this room goes through `write` and `read`, so that a full disk has one meaning everywhere.
public struct CoordinatorDatabase: Sendable {
    let pool: DatabasePool

    /// Opens (or creates) the state file and brings its schema up to date.
    ///
    /// - Parameters:
    ///   - path: the SQLite file; its folder must exist.
    ///   - maximumPages: stops the file from growing beyond so many pages (tests simulate a full disk with it).
    /// - Throws: `CoordinatorError` where the file cannot be opened, or was written by newer software.
    public init(path: String, maximumPages: Int? = nil) throws(CoordinatorError) {
        var configuration = Configuration()
        configuration.label = "coordinator-state"
        configuration.busyMode = .timeout(5)
        configuration.foreignKeysEnabled = true
        configuration.prepareDatabase { db in
            // FULL: a ticket told to a node, or a receipt given for an answer, must survive a power cut.
            try db.execute(sql: "PRAGMA synchronous = FULL")
            if let maximumPages { try db.execute(sql: "PRAGMA max_page_count = \(maximumPages)") }
        }
        let migrator = Migrations.all
        do {
            pool = try DatabasePool(path: path, configuration: configuration)
            guard try pool.read({ db in try migrator.hasBeenSuperseded(db) }) == false else {
                throw CoordinatorError(
                    .configuration, "The state file \(path) was written by a newer dure-coordinator.",
                    advice: "Install that version, or restore the backup made before the upgrade.")
            }
            try migrator.migrate(pool)
        } catch let error as CoordinatorError {
            throw error
        } catch let error as DatabaseError {
            throw CoordinatorError(
                .unavailable, "The state file \(path) cannot be used: \(error.message ?? "SQLite error \(error.resultCode)").",
                advice: "Check that the file is this user's, that the disk is not full, and restore the backup if it is damaged.")
        } catch {
            throw CoordinatorError(.unavailable, "The state file \(path) cannot be used.", advice: "Look in the system's log.")
        }
    }

    /// One transaction that changes something; all of it happens or nothing.
    func write<T: Sendable>(_ body: @escaping @Sendable (Database) throws -> T) async throws -> T {
        do {
            return try await pool.write(body)
        } catch let error as DatabaseError {
            throw CoordinatorError.from(error)
        }
    }

    /// A consistent view of the present state.
    func read<T: Sendable>(_ body: @escaping @Sendable (Database) throws -> T) async throws -> T {
        do {
            return try await pool.read(body)
        } catch let error as DatabaseError {
            throw CoordinatorError.from(error)
        }
    }

    /// Copies the state into one new file while the daemon goes on, for a backup.
    ///
    /// - Throws: `CoordinatorError` where `path` exists or cannot be written.
    public func backUp(to path: String) async throws {
        guard !FileManager.default.fileExists(atPath: path) else {
            throw CoordinatorError(.alreadyExists, "\(path) exists already.", advice: "Name a new file.")
        }
        do {
            try await pool.writeWithoutTransaction { db in try db.execute(sql: "VACUUM INTO ?", arguments: [path]) }
        } catch let error as DatabaseError {
            throw CoordinatorError.from(error)
        }
        try StateDirectory.restrict(path)
    }

    /// Looks through the whole file once: a damaged page, or a value that is not of its column's kind, would otherwise be met in
    /// the middle of work.
    ///
    /// - Throws: `CoordinatorError` (`INTEGRITY`).
    public func check() async throws {
        let found = try await read { db in try String.fetchOne(db, sql: "PRAGMA quick_check(1)") } ?? "nothing"
        guard found == "ok" else {
            throw CoordinatorError(
                .integrity, "\(pool.path) is damaged: \(found.prefix(200)).",
                advice: "Keep the file, and restore the last backup.")
        }
    }

    /// Whether the state can be read.
    func isReadable() async -> Bool { (try? await read { db in try Int.fetchOne(db, sql: "SELECT 1") }) != nil }

    /// Whether a write gets through to the disk, for `/readyz`.
    func isWritable() async -> Bool {
        do {
            try await write { db in
                try db.execute(
                    sql: "INSERT INTO setting (key, value) VALUES ('ready', '1') ON CONFLICT (key) DO UPDATE SET value = value")
            }
            return true
        } catch {
            return false
        }
    }

    /// Closes the file; later calls fail.
    public func close() { try? pool.close() }
}

extension Row {
    /// A moment from a column of seconds.
    func timestamp(_ column: String) -> Timestamp { Timestamp(self[column]) }
    /// A moment from a column of seconds that may be NULL.
    func optionalTimestamp(_ column: String) -> Timestamp? { (self[column] as Int64?).map(Timestamp.init) }
}
