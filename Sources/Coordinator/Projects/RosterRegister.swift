import CanonicalJSON
public import Federation
import Foundation
import GRDB

/// The rosters that were loaded, newest last. None is ever changed or removed: an old result names the one it was asked against.
public struct RosterRegister: Sendable {
    let database: CoordinatorDatabase
    let clock: CoordinatorClock

    /// A loaded roster.
    public struct Version: Sendable, Hashable {
        /// 1, 2, 3, …
        public let number: Int64
        /// When it was loaded.
        public let loadedAt: Timestamp
        /// The roster.
        public let roster: Roster
    }

    /// What is asked against before a roster is loaded.
    static let none = Roster(notice: "No roster was loaded.", hospitals: [], consortia: [])

    /// Reads a roster from a YAML or JSON file.
    ///
    /// - Throws: `CoordinatorError` (`CONFIGURATION`) with the place.
    public static func read(file path: String) throws(CoordinatorError) -> Roster {
        guard let data = FileManager.default.contents(atPath: path), data.count <= 8 << 20 else {
            throw CoordinatorError(.notFound, "The roster \(path) cannot be read.", advice: "Check the path.")
        }
        let json = try YAMLDocument.json(String(decoding: data, as: UTF8.self), file: path)
        do throws(JSONError) {
            return try Roster(from: JSONReader(json))
        } catch {
            throw CoordinatorError(
                .configuration, "\(path): \(error.description)", advice: error.advice, pointer: error.pointer.description)
        }
    }

    /// Makes `roster` the current one. Loading the same again changes nothing.
    ///
    /// - Throws: `CoordinatorError` (`CONFIGURATION`) where it contradicts itself.
    public func load(_ roster: Roster, by actor: AuditActor) async throws -> Version {
        let problems = roster.problems
        guard problems.isEmpty else {
            throw CoordinatorError(
                .configuration, "The roster contradicts itself: \(problems.joined(separator: " "))",
                advice: "Correct the file; `dure-coordinator roster verify` checks it without loading.")
        }
        let now = clock.now
        return try await database.write { db in
            if let current = try Self.current(db), current.roster.digest == roster.digest { return current }
            try db.execute(
                sql: "INSERT INTO roster (digest, document, loaded_at) VALUES (?, ?, ?)",
                arguments: [roster.digest.text, Data(roster.json.canonicalBytes()), now.seconds])
            let number = db.lastInsertedRowID
            try AuditLog.append(db, .rosterLoaded, by: actor, on: .roster(number), at: now, content: roster.digest)
            return Version(number: number, loadedAt: now, roster: roster)
        }
    }

    /// The roster in force, or nil before one is loaded.
    public func current() async throws -> Version? { try await database.read { db in try Self.current(db) } }

    static func current(_ db: Database) throws -> Version? {
        guard let row = try Row.fetchOne(db, sql: "SELECT * FROM roster ORDER BY version DESC LIMIT 1") else { return nil }
        do {
            let roster = try Roster(from: JSONReader(JSONValue(parsing: row["document"] as Data)))
            return Version(number: row["version"], loadedAt: row.timestamp("loaded_at"), roster: roster)
        } catch let error {
            throw CoordinatorError(
                .integrity, "The stored roster is not readable: \(error)", advice: "Load the roster file again.")
        }
    }

    /// Passes where no roster is loaded, or the current one lists the hospital.
    static func requireListed(_ db: Database, _ hospital: HospitalID) throws {
        guard let version = try current(db), version.roster.name(of: hospital) == nil else { return }
        throw CoordinatorError(
            .notFound, "The roster does not list a hospital \(hospital).",
            advice: "`dure-coordinator roster show` lists them; load a roster that has it.")
    }
}
