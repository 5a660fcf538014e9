/// How long to wait after the n-th failure in a row: doubling from `base` to `limit`, and then a random part of it, so that
/// forty nodes do not come back in the same second after a coordinator's restart.
struct Backoff: Sendable, Hashable {
    var base: Duration = .seconds(1)
    var limit: Duration = .seconds(300)

    /// - Parameters:
    ///   - failures: 1 for the first.
    ///   - fraction: random, in 0..<1.
    func delay(failures: Int, fraction: Double) -> Duration {
        var delay = base
        for _ in 1..<max(failures, 1) where delay < limit { delay = delay * 2 }
        let full = min(delay, limit)
        // Between half and the whole: never at once, never beyond the limit.
        return full / 2 + (full / 2) * fraction
    }
}
