import Federation

/// How long one must wait after so many failures in a row. A pure rule; the counters stand in the database.
struct SignInThrottle: Sendable, Hashable {
    /// Wrong passwords that cost nothing: people mistype.
    var freeFailures = 5
    /// The first wait, doubled with each further failure.
    var firstWait: Int64 = 2
    /// No wait is longer: an attacker must not be able to lock a person out for good.
    var longestWait: Int64 = 900
    /// After so long without a failure the count starts anew.
    var forgetAfter: Int64 = 86_400

    /// What is known about one sign-in name or one address.
    struct Record: Sendable, Hashable {
        var failures: Int
        var lastAt: Timestamp
        var blockedUntil: Timestamp
    }

    /// The seconds still to wait at `now`, 0 for none.
    func wait(_ record: Record?, now: Timestamp) -> Int64 {
        guard let record else { return 0 }
        return max(0, record.blockedUntil.seconds - now.seconds)
    }

    /// The record after one more failure at `now`.
    func afterFailure(_ record: Record?, now: Timestamp) -> Record {
        let isRecent = record.map { now.seconds - $0.lastAt.seconds < forgetAfter } ?? false
        let failures = (isRecent ? record?.failures ?? 0 : 0) + 1
        var wait: Int64 = 0
        if failures > freeFailures {
            let doublings = min(failures - freeFailures - 1, 20)
            wait = min(longestWait, firstWait << Int64(doublings))
        }
        return Record(failures: failures, lastAt: now, blockedUntil: now.adding(wait))
    }
}
