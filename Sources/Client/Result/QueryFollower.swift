import Disclosure
import Federation

/// Follows a query while hospitals answer: each change of its result, until nothing more will come or the waiting time is over.
public struct QueryFollower: Sendable {
    private let api: CoordinatorAPI
    private let query: QueryID

    /// How long one request waits at the coordinator, in seconds; below what proxies cut off.
    private static let pollSeconds = 20
    /// How many times in a row the coordinator may be unreachable before following ends.
    private static let patience = 30

    /// A follower of `query`.
    public init(_ api: CoordinatorAPI, query: QueryID) {
        self.api = api
        self.query = query
    }

    /// Follows until the query is final, `quorum` hospitals have answered, or `deadline` is over.
    ///
    /// - Returns: the last result seen; its status tells whether it is final.
    /// - Throws: `ClientError`. A coordinator that restarts is waited for.
    public func follow(
        until deadline: ContinuousClock.Instant?, quorum: Int? = nil, changed: (MergedResult) -> Void
    ) async throws(ClientError) -> MergedResult {
        var last = try await patiently { () async throws(ClientError) in try await api.result(of: query) }
        changed(last)
        while !isEnough(last, quorum), deadline.map({ ContinuousClock.now < $0 }) ?? true {
            let after = last.version
            let wait = seconds(until: deadline)
            let next = try await patiently { () async throws(ClientError) in
                try await api.result(of: query, after: after, wait: wait)
            }
            if next.version != last.version { changed(next) }
            last = next
        }
        return last
    }

    private func isEnough(_ result: MergedResult, _ quorum: Int?) -> Bool {
        result.status.isFinal || quorum.map { result.merged.total.facts.answered >= $0 } ?? false
    }

    private func seconds(until deadline: ContinuousClock.Instant?) -> Int {
        guard let deadline else { return Self.pollSeconds }
        let left = ContinuousClock.now.duration(to: deadline).components.seconds
        return max(1, min(Self.pollSeconds, Int(left)))
    }

    private func patiently(
        _ call: () async throws(ClientError) -> MergedResult
    ) async throws(ClientError) -> MergedResult {
        var failures = 0
        while true {
            do throws(ClientError) {
                return try await call()
            } catch {
                failures += 1
                guard error.status == .unavailable || error.status == .temporary, failures < Self.patience else { throw error }
                do {
                    try await Task.sleep(for: .seconds(1))
                } catch {
                    throw ClientError(.cancelled, code: "CANCELLED", "Following \(query) was cancelled.")
                }
            }
        }
    }
}

extension MergedResult {
    /// How a command that waited for this result ends.
    ///
    /// - Parameters:
    ///   - allowPartial: whether a hospital without counts is fine.
    ///   - failIfHidden: whether an answer in which everything is hidden is a failure.
    public func exitStatus(allowPartial: Bool, failIfHidden: Bool) -> ExitReason {
        let facts = merged.total.facts
        if rows.contains(where: { $0.answer.total == .failed(.integrity) }) { return .integrity }
        if facts.declined == facts.asked { return .declined }
        if status == .running { return rows.contains(where: \.waitsForPerson) ? .pending : .stillRunning }
        if let total {
            if total.state != .opened, !allowPartial { return .partial }
            if failIfHidden, let answer = total.answer, answer.total.value == nil { return .allHidden }
        }
        if failIfHidden, facts.answered > 0, facts.hidden == facts.answered { return .allHidden }
        if facts.answered < facts.asked, !allowPartial { return .partial }
        return .complete
    }
}

extension MergedResult.Row {
    fileprivate var waitsForPerson: Bool {
        switch answer.total {
        case .waiting(.approval, _), .waiting(.courier, _): true
        default: false
        }
    }
}
