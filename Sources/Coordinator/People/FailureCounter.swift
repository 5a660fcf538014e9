import Federation
import GRDB

/// Counts failures by a subject (a sign-in name, an address) and says how long it has to wait. The rule is `SignInThrottle`'s.
enum FailureCounter {
    /// Whom a failure is held against.
    enum Subject: Sendable, Hashable {
        /// The name tried.
        case login(String)
        /// Where a sign-in came from. A hospital's people often share one address, so it is given more room than a name.
        case address(String)
        /// Where an enrolment came from.
        case enrolment(String)

        var key: String {
            switch self {
            case .login(let name): "login:\(name.prefix(64))"
            case .address(let address): "address:\(address)"
            case .enrolment(let address): "enrolment:\(address)"
            }
        }

        var throttle: SignInThrottle {
            switch self {
            case .login: SignInThrottle()
            case .address: SignInThrottle(freeFailures: 100)
            case .enrolment: SignInThrottle(freeFailures: 20)
            }
        }
    }

    /// Passes where nobody of `subjects` has to wait.
    ///
    /// - Throws: `CoordinatorError` (`SIGN_IN_THROTTLED`).
    static func requireNoWait(_ db: Database, _ subjects: [Subject], now: Timestamp) throws {
        let wait = try subjects.map { $0.throttle.wait(try record(db, $0), now: now) }.max() ?? 0
        guard wait == 0 else {
            throw CoordinatorError(
                .signInThrottled, "There were too many failures; the next try is possible in \(wait) seconds.",
                advice: "Wait, or ask an administrator for a new password or code.", retryAfter: wait)
        }
    }

    /// An attempt that was counted as a failure: when, and what stands for each subject since.
    struct Attempt: Sendable {
        let at: Timestamp
        var records: [Subject: SignInThrottle.Record] = [:]
    }

    /// Counts one failure of each subject.
    @discardableResult
    static func count(_ db: Database, _ subjects: [Subject], now: Timestamp) throws -> Attempt {
        var attempt = Attempt(at: now)
        for subject in subjects {
            let record = subject.throttle.afterFailure(try record(db, subject), now: now)
            try db.execute(
                sql: """
                    INSERT INTO sign_in_failure (subject, failures, last_at, blocked_until) VALUES (?, ?, ?, ?)
                    ON CONFLICT (subject) DO UPDATE SET
                        failures = excluded.failures, last_at = excluded.last_at, blocked_until = excluded.blocked_until
                    """,
                arguments: [subject.key, record.failures, record.lastAt.seconds, record.blockedUntil.seconds])
            attempt.records[subject] = record
        }
        try db.execute(
            sql: "DELETE FROM sign_in_failure WHERE last_at < ?", arguments: [now.seconds - SignInThrottle().forgetAfter])
        return attempt
    }

    /// Takes an attempt back that turned out well: one failure less, and its wait ends. Failures counted since keep theirs.
    static func takeBack(_ db: Database, _ attempt: Attempt, of subject: Subject) throws {
        guard let record = attempt.records[subject] else { return }
        try db.execute(
            sql: """
                UPDATE sign_in_failure SET failures = max(0, failures - 1),
                    blocked_until = CASE WHEN failures = ?2 THEN ?3 ELSE blocked_until END
                WHERE subject = ?1
                """, arguments: [subject.key, record.failures, attempt.at.seconds])
    }

    /// Forgets a subject's failures.
    static func clear(_ db: Database, _ subject: Subject) throws {
        try db.execute(sql: "DELETE FROM sign_in_failure WHERE subject = ?", arguments: [subject.key])
    }

    private static func record(_ db: Database, _ subject: Subject) throws -> SignInThrottle.Record? {
        try Row.fetchOne(db, sql: "SELECT * FROM sign_in_failure WHERE subject = ?", arguments: [subject.key]).map {
            SignInThrottle.Record(
                failures: $0["failures"], lastAt: $0.timestamp("last_at"), blockedUntil: $0.timestamp("blocked_until"))
        }
    }
}
