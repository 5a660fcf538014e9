import Federation
import GRDB

/// Signs people in: name and password against the register, slowed down where somebody guesses.
struct SignInDesk: Sendable {
    let database: CoordinatorDatabase
    let clock: CoordinatorClock
    let passwords: PasswordDesk
    /// How long a session lives, in seconds.
    let sessionSeconds: Int64

    /// Opens a session.
    ///
    /// - Parameter address: where the request comes from; failures are also counted by it.
    /// - Throws: `CoordinatorError`: `SIGN_IN_THROTTLED`, or `SIGN_IN_FAILED` for whatever is wrong, never saying what.
    func signIn(login: String, password: String, address: String) async throws -> (Caller, NewCredential) {
        let login = login.lowercased()
        let subjects: [FailureCounter.Subject] = [.login(login), .address(address)]
        let now = clock.now
        // Counted before the password is looked at: tries sent side by side must not share one that is free.
        let attempt = try await database.write { db in
            try FailureCounter.requireNoWait(db, subjects, now: now)
            return try FailureCounter.count(db, subjects, now: now)
        }
        let known = try await database.read { db in
            try Row.fetchOne(
                db, sql: "SELECT password_hash FROM person WHERE login = ? AND disabled = 0", arguments: [login]
            ).map { $0["password_hash"] as String }
        }
        guard await passwords.matches(password, known) else {
            try await recordFailure()
            throw CoordinatorError(
                .signInFailed, "The name or the password is wrong, or the account is disabled.",
                advice: "Type it again; an administrator can set a new password.")
        }
        return try await openSession(login: login, address: .address(address), attempt: attempt)
    }

    private func recordFailure() async throws {
        let now = clock.now
        try await database.write { db in
            // The name tried is not written down: people type passwords into the wrong field.
            try AuditLog.append(db, .signInFailed, by: .stranger, on: .none, at: now)
        }
    }

    private func openSession(
        login: String, address: FailureCounter.Subject, attempt: FailureCounter.Attempt
    ) async throws -> (Caller, NewCredential) {
        let now = clock.now
        return try await database.write { [sessionSeconds] db in
            let person = try PeopleRegister.person(db, login: login)
            // The password was compared outside this transaction; the person may have been disabled since.
            guard !person.isDisabled else { throw CoordinatorError(.signInFailed, "The account is disabled.") }
            // Only the name's counter is cleared: one good account must not excuse guessing at others from the same address.
            try FailureCounter.clear(db, .login(login))
            try FailureCounter.takeBack(db, attempt, of: address)
            try db.execute(
                sql: "UPDATE person SET last_sign_in = ? WHERE id = ?", arguments: [now.seconds, person.id.rawValue])
            let made = try CredentialRegister.make(
                db, .session, person.id, "session", Set(Scope.allCases), now, now.adding(sessionSeconds))
            let caller = Caller(
                person: person.id, login: person.login, displayName: person.displayName, role: person.role,
                scopes: made.credential.scopes, credential: made.credential.id, kind: .session)
            try AuditLog.append(db, .signedIn, by: .person(caller), on: .credential(made.credential.id), at: now)
            return (caller, made)
        }
    }
}
