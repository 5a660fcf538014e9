public import Federation
import GRDB

/// A person as administrators see one. The password's hash stays in the database.
public struct Person: Sendable, Hashable {
    /// The person's id.
    public let id: PersonID
    /// The name to sign in with.
    public let login: String
    /// The name that others see.
    public let displayName: String
    /// The institution, free text.
    public let organisation: String
    /// What the person may do.
    public let role: Role
    /// Whether signing in is stopped.
    public let isDisabled: Bool
    /// When the person was added.
    public let createdAt: Timestamp
    /// When the person last signed in, if ever.
    public let lastSignIn: Timestamp?

    init(_ row: Row) {
        id = PersonID(unchecked: row["id"])
        login = row["login"]
        displayName = row["display_name"]
        organisation = row["organisation"]
        role = Role(rawValue: row["role"]) ?? .observer
        isDisabled = row["disabled"]
        createdAt = row.timestamp("created_at")
        lastSignIn = row.optionalTimestamp("last_sign_in")
    }
}

/// Who the people of the consortium are. Changes are made by administrators on the coordinator's machine.
public struct PeopleRegister: Sendable {
    let database: CoordinatorDatabase
    let clock: CoordinatorClock
    let passwords: PasswordDesk

    /// Adds a person.
    ///
    /// - Throws: `CoordinatorError`: `BAD_REQUEST` for a name that cannot be one, `PASSWORD_UNSUITABLE`, `ALREADY_EXISTS`.
    public func add(
        login: String, displayName: String, organisation: String, role: Role, password: String, by actor: AuditActor
    ) async throws -> Person {
        try Self.check(login: login)
        try PasswordHash.check(password, login: login)
        let hash = try await passwords.hash(password)
        let now = clock.now
        return try await database.write { db in
            guard try Row.fetchOne(db, sql: "SELECT 1 FROM person WHERE login = ?", arguments: [login]) == nil else {
                throw CoordinatorError(.alreadyExists, "There is a person \(login) already.", advice: "Choose another name.")
            }
            let id = PersonID.random()
            try db.execute(
                sql: """
                    INSERT INTO person (id, login, display_name, organisation, role, password_hash, created_at)
                    VALUES (?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [id.rawValue, login, displayName, organisation, role.rawValue, hash, now.seconds])
            try AuditLog.append(
                db, .personAdded, by: actor, on: .person(id), at: now)
            return try Self.person(db, login: login)
        }
    }

    /// Everybody, by sign-in name.
    public func list() async throws -> [Person] {
        try await database.read { db in
            try Row.fetchAll(db, sql: "SELECT * FROM person ORDER BY login").map(Person.init)
        }
    }

    /// Stops a person: every session and token ends at once.
    public func disable(login: String, by actor: AuditActor) async throws {
        let now = clock.now
        try await database.write { db in
            let person = try Self.person(db, login: login)
            try db.execute(sql: "UPDATE person SET disabled = 1 WHERE id = ?", arguments: [person.id.rawValue])
            try Self.endCredentials(db, of: person.id, at: now)
            try AuditLog.append(db, .personDisabled, by: actor, on: .person(person.id), at: now)
        }
    }

    /// Lets a disabled person in again; the password is as it was.
    public func enable(login: String, by actor: AuditActor) async throws {
        let now = clock.now
        try await database.write { db in
            let person = try Self.person(db, login: login)
            try db.execute(sql: "UPDATE person SET disabled = 0 WHERE id = ?", arguments: [person.id.rawValue])
            try AuditLog.append(db, .personEnabled, by: actor, on: .person(person.id), at: now)
        }
    }

    /// Gives a person a new password; every session and token ends.
    public func setPassword(login: String, password: String, by actor: AuditActor) async throws {
        try PasswordHash.check(password, login: login)
        let hash = try await passwords.hash(password)
        let now = clock.now
        try await database.write { db in
            let person = try Self.person(db, login: login)
            try db.execute(sql: "UPDATE person SET password_hash = ? WHERE id = ?", arguments: [hash, person.id.rawValue])
            try Self.endCredentials(db, of: person.id, at: now)
            try AuditLog.append(db, .passwordChanged, by: actor, on: .person(person.id), at: now)
        }
    }

    static func person(_ db: Database, login: String) throws -> Person {
        guard let row = try Row.fetchOne(db, sql: "SELECT * FROM person WHERE login = ?", arguments: [login]) else {
            throw CoordinatorError(
                .notFound, "There is no person \(login).", advice: "`dure-coordinator user list` shows who there is.")
        }
        return Person(row)
    }

    private static func endCredentials(_ db: Database, of person: PersonID, at now: Timestamp) throws {
        try db.execute(
            sql: "UPDATE credential SET revoked_at = ? WHERE person = ? AND revoked_at IS NULL",
            arguments: [now.seconds, person.rawValue])
    }

    private static func check(login: String) throws(CoordinatorError) {
        let isPlain = login.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || "._@-".utf8.contains(byte)
        }
        guard (2...64).contains(login.utf8.count), isPlain else {
            throw CoordinatorError(
                .badRequest, "A sign-in name has 2 to 64 lower-case letters, digits or the characters . _ @ -")
        }
    }
}
