import Federation
import GRDB

/// Signs people in: name and password against the register, slowed down where somebody guesses.
struct SignInDesk: Sendable {
    let database: CoordinatorDatabase
    let clock: CoordinatorClock
    let passwords: PasswordDesk
    let throttle = SignInThrottle()
    /// How long a session lives, in seconds.
    let sessionSeconds: Int64

    /// Opens a session.
    ///
    /// - Parameter address: where the request comes from; failures are also counted by it.
    /// - Throws: `CoordinatorError`: `SIGN_IN_THROTTLED`, or `SIGN_IN_FAILED` for whatever is wrong, never saying what.
    func signIn(login: String, password: String, address: String) async throws -> (Caller, NewCredential) {
        let login = login.lowercased()
        let subjects = ["login:\(login.prefix(64))", "address:\(address)"]
        try await refuseIfThrottled(subjects)
        let known = try await database.read { db in
            try Row.fetchOne(
                db, sql: "SELECT password_hash FROM person WHERE login = ? AND disabled = 0", arguments: [login]
            ).map { $0["password_hash"] as String }
        }
        guard await passwords.matches(password, known) else {
            try await recordFailure(subjects, login: login)
            throw CoordinatorError(
                .signInFailed, "The name or the password is wrong, or the account is disabled.",
                advice: "Type it again; an administrator can set a new password.")
        }
        return try await openSession(login: login, subjects: subjects)
    }

    private func refuseIfThrottled(_ subjects: [String]) async throws {
        let now = clock.now
        let wait = try await database.read { [throttle] db in
            try subjects.map { throttle.wait(try Self.record(db, $0), now: now) }.max() ?? 0
        }
        guard wait == 0 else {
            throw CoordinatorError(
                .signInThrottled, "There were too many wrong passwords; the next try is possible in \(wait) seconds.",
                advice: "Wait, or ask an administrator for a new password.", retryAfter: wait)
        }
    }

    private func recordFailure(_ subjects: [String], login: String) async throws {
        let now = clock.now
        try await database.write { [throttle] db in
            for subject in subjects {
                let record = throttle.afterFailure(try Self.record(db, subject), now: now)
                try db.execute(
                    sql: """
                        INSERT INTO sign_in_failure (subject, failures, last_at, blocked_until) VALUES (?, ?, ?, ?)
                        ON CONFLICT (subject) DO UPDATE SET
                            failures = excluded.failures, last_at = excluded.last_at, blocked_until = excluded.blocked_until
                        """,
                    arguments: [subject, record.failures, record.lastAt.seconds, record.blockedUntil.seconds])
            }
            try db.execute(
                sql: "DELETE FROM sign_in_failure WHERE last_at < ?", arguments: [now.seconds - throttle.forgetAfter])
            // The name tried is not written down: people type passwords into the wrong field.
            try AuditLog.append(db, .signInFailed, by: .stranger, on: .none, at: now)
        }
    }

    private func openSession(login: String, subjects: [String]) async throws -> (Caller, NewCredential) {
        let now = clock.now
        return try await database.write { [sessionSeconds] db in
            let person = try PeopleRegister.person(db, login: login)
            // The password was compared outside this transaction; the person may have been disabled since.
            guard !person.isDisabled else { throw CoordinatorError(.signInFailed, "The account is disabled.") }
            // Only the name's counter is cleared: one good account must not excuse guessing at others from the same address.
            try db.execute(sql: "DELETE FROM sign_in_failure WHERE subject = ?", arguments: [subjects[0]])
            try db.execute(
                sql: "UPDATE person SET last_sign_in = ? WHERE id = ?", arguments: [now.seconds, person.id.rawValue])
            let made = try CredentialRegister.make(
                db, .session, person.id, "session", Set(Scope.allCases), now, now.adding(sessionSeconds))
            let caller = Caller(
                person: person.id, login: person.login, displayName: person.displayName, role: person.role,
                scopes: made.credential.scopes, credential: made.credential.id)
            try AuditLog.append(db, .signedIn, by: .person(caller), on: .credential(made.credential.id), at: now)
            return (caller, made)
        }
    }

    private static func record(_ db: Database, _ subject: String) throws -> SignInThrottle.Record? {
        try Row.fetchOne(db, sql: "SELECT * FROM sign_in_failure WHERE subject = ?", arguments: [subject]).map {
            SignInThrottle.Record(
                failures: $0["failures"], lastAt: $0.timestamp("last_at"), blockedUntil: $0.timestamp("blocked_until"))
        }
    }
}
