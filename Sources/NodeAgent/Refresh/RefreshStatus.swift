import CanonicalJSON
import Federation

/// What `dure-node refresh status` says. Exact numbers of this hospital.
public struct RefreshStatus: Sendable {
    /// The refresh that is under way.
    public var refresh: RefreshState?
    /// Whether a command works on it at this moment.
    public var isWorking: Bool
    /// The index that is answered from.
    public var current: IndexRelease?
    /// The one that waits for a person.
    public var candidate: IndexRelease?
    /// The one to go back to.
    public var former: IndexRelease?

    /// What changed: from the present index to the one that waits, or from the one before to the present one.
    public var change: IndexChange? {
        if let current, let candidate { return IndexChange(from: current, to: candidate) }
        guard let former, let current else { return nil }
        return IndexChange(from: former, to: current)
    }

    /// `idle`, `loading`, `building`, `interrupted`, `held` or `unreadable`.
    public var word: String {
        guard let refresh else { return "idle" }
        return refresh.phase == .building && !isWorking ? "interrupted" : refresh.phase.rawValue
    }
}

extension RefreshStatus: JSONEncodable {
    /// `dure.refresh-status/1`
    public var json: JSONValue {
        var object: JSONObject = ["schema": "dure.refresh-status/1", "state": .string(word)]
        if let refresh {
            object["since"] = refresh.since.json
            object["drops"] = .array(refresh.drops.map { .string($0) })
        }
        if let current { object["current"] = current.json }
        if let candidate { object["candidate"] = candidate.json }
        if let former { object["former"] = former.json }
        if let change { object["change"] = change.json }
        return .object(object)
    }
}
