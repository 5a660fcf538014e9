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

    /// Counts one failure of each subject.
    static func count(_ db: Database, _ subjects: [Subject], now: Timestamp) throws {
        for subject in subjects {
            let record = subject.throttle.afterFailure(try record(db, subject), now: now)
            try db.execute(
                sql: """
                    INSERT INTO sign_in_failure (subject, failures, last_at, blocked_until) VALUES (?, ?, ?, ?)
                    ON CONFLICT (subject) DO UPDATE SET
                        failures = excluded.failures, last_at = excluded.last_at, blocked_until = excluded.blocked_until
                    """,
                arguments: [subject.key, record.failures, record.lastAt.seconds, record.blockedUntil.seconds])
        }
        try db.execute(
            sql: "DELETE FROM sign_in_failure WHERE last_at < ?", arguments: [now.seconds - SignInThrottle().forgetAfter])
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
