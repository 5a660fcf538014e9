public import Federation
import GRDB

/// A session or an API token, as its owner sees it. The secret itself is shown once, when it is made.
public struct Credential: Sendable, Hashable {
    /// What it is.
    public enum Kind: String, Sendable, Hashable { case session, token }

    /// Its name in lists: `K-3F9A0C12`.
    public let id: String
    /// What it is.
    public let kind: Kind
    /// What its owner called it.
    public let label: String
    /// What it may be used for.
    public let scopes: Set<Scope>
    /// When it was made.
    public let createdAt: Timestamp
    /// When it ends.
    public let expiresAt: Timestamp

    init(_ row: Row) {
        id = row["id"]
        kind = Kind(rawValue: row["kind"]) ?? .session
        label = row["label"]
        scopes = Scope.parse(row["scopes"]) ?? []
        createdAt = row.timestamp("created_at")
        expiresAt = row.timestamp("expires_at")
    }
}

/// A credential just made, with the secret that is shown this one time.
public struct NewCredential: Sendable {
    /// What will stand in lists.
    public let credential: Credential
    /// What goes into `Authorization: Bearer`.
    public let secret: String
}

/// Sessions and tokens: made, found by their secret, ended.
public struct CredentialRegister: Sendable {
    let database: CoordinatorDatabase
    let clock: CoordinatorClock

    /// A token cannot be made to live longer: a forgotten one must end by itself.
    public static let longestToken: Int64 = 366 * 86_400
    /// Tokens and sessions that one person may hold at a time.
    static let mostPerPerson = 100

    /// The person behind a bearer secret.
    ///
    /// - Throws: `CoordinatorError` (`SIGN_IN_NEEDED`) where the secret is unknown, over, revoked, or its owner is disabled;
    ///   which of these is not told.
    func caller(secret: String) async throws -> Caller {
        let now = clock.now
        let hash = Digest256(of: Array(secret.utf8)).text
        let caller = try await database.read { db in
            try Row.fetchOne(
                db,
                sql: """
                    SELECT person.id AS person, login, display_name, role, scopes, credential.id AS credential, kind
                    FROM credential JOIN person ON person.id = credential.person
                    WHERE hash = ? AND revoked_at IS NULL AND expires_at > ? AND disabled = 0
                    """, arguments: [hash, now.seconds]
            ).flatMap(Self.caller)
        }
        guard let caller else {
            throw CoordinatorError(
                .signInNeeded, "The session or token is unknown, has ended or was revoked.", advice: "Sign in again.")
        }
        return caller
    }

    private static func caller(_ row: Row) -> Caller? {
        guard let role = Role(rawValue: row["role"]), let scopes = Scope.parse(row["scopes"]),
            let kind = Credential.Kind(rawValue: row["kind"])
        else { return nil }
        return Caller(
            person: PersonID(unchecked: row["person"]), login: row["login"], displayName: row["display_name"], role: role,
            scopes: scopes, credential: row["credential"], kind: kind)
    }

    /// Makes a token for the person of that sign-in name.
    public func makeToken(
        login: String, label: String, scopes: Set<Scope>, seconds: Int64, by actor: AuditActor
    ) async throws -> NewCredential {
        guard (1...Self.longestToken).contains(seconds) else {
            throw CoordinatorError(.badRequest, "A token lives between a second and \(Self.longestToken / 86_400) days.")
        }
        guard (1...100).contains(label.utf8.count) else {
            throw CoordinatorError(.badRequest, "A token needs a label of 1 to 100 bytes that says what it is for.")
        }
        let now = clock.now
        return try await database.write { db in
            let person = try PeopleRegister.person(db, login: login)
            guard !person.isDisabled else { throw CoordinatorError(.notAllowed, "\(login) is disabled.") }
            let made = try Self.make(db, .token, person.id, label, scopes, now, now.adding(seconds))
            try AuditLog.append(
                db, .tokenMade, by: actor, on: .credential(made.credential.id), at: now)
            return made
        }
    }

    /// Makes a session or token within a transaction.
    static func make(
        _ db: Database, _ kind: Credential.Kind, _ person: PersonID, _ label: String, _ scopes: Set<Scope>, _ now: Timestamp,
        _ expires: Timestamp
    ) throws -> NewCredential {
        try db.execute(sql: "DELETE FROM credential WHERE expires_at < ?", arguments: [now.seconds - 30 * 86_400])
        let held =
            try Int.fetchOne(
                db, sql: "SELECT count(*) FROM credential WHERE person = ? AND revoked_at IS NULL AND expires_at > ?",
                arguments: [person.rawValue, now.seconds]) ?? 0
        guard held < mostPerPerson else {
            throw CoordinatorError(
                .tooManyRequests, "This person holds \(held) sessions and tokens.", advice: "Revoke some, or let them end.")
        }
        // The prefix lets secret scanners and people tell what they have found.
        let secret = (kind == .session ? "dure_s_" : "dure_t_") + RandomText.hex(bytes: 32)
        let id = "K-" + RandomText.characters(8)
        try db.execute(
            sql: """
                INSERT INTO credential (hash, id, kind, person, label, scopes, created_at, expires_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                Digest256(of: Array(secret.utf8)).text, id, kind.rawValue, person.rawValue, label, Scope.text(scopes),
                now.seconds,
                expires.seconds,
            ])
        guard let row = try Row.fetchOne(db, sql: "SELECT * FROM credential WHERE id = ?", arguments: [id]) else {
            throw CoordinatorError.notFound("credential", id)
        }
        return NewCredential(credential: Credential(row), secret: secret)
    }

    /// The living tokens of a person.
    public func tokens(of person: PersonID) async throws -> [Credential] {
        let now = clock.now
        return try await database.read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT * FROM credential
                    WHERE person = ? AND kind = 'token' AND revoked_at IS NULL AND expires_at > ? ORDER BY created_at, id
                    """, arguments: [person.rawValue, now.seconds]
            ).map(Credential.init)
        }
    }

    /// Ends one of a person's credentials.
    func revoke(_ id: String, of person: PersonID, by actor: AuditActor) async throws {
        let now = clock.now
        try await database.write { db in
            try db.execute(
                sql: "UPDATE credential SET revoked_at = ? WHERE id = ? AND person = ? AND revoked_at IS NULL",
                arguments: [now.seconds, id, person.rawValue])
            guard db.changesCount == 1 else { throw CoordinatorError.notFound("token", id) }
            try AuditLog.append(db, .credentialEnded, by: actor, on: .credential(id), at: now)
        }
    }
}
