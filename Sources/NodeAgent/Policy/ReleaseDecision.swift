import CanonicalJSON
import Federation

/// When an answer may leave: at once, after a while in which a person can say no, or only when a person has said yes.
public struct ReleaseDecision: Sendable, Hashable {
    /// Who decides, from the loosest to the strictest.
    public enum Mode: String, Sendable, Hashable, CaseIterable {
        /// Questions that pass every rule are answered at once.
        case auto
        /// They wait for some hours, and leave then unless a person declined.
        case hold
        /// They wait until enough persons have approved what would leave.
        case manual

        fileprivate var rank: Int {
            switch self {
            case .auto: 0
            case .hold: 1
            case .manual: 2
            }
        }
    }

    /// Who decides.
    public var mode: Mode
    /// With `hold`: for how many hours.
    public var holdHours: Int
    /// How many different persons must approve before it leaves (earlier than the hours of a hold are over).
    public var approvers: Int

    /// A decision.
    public init(_ mode: Mode, holdHours: Int = 24, approvers: Int = 1) {
        self.mode = mode
        self.holdHours = mode == .hold ? holdHours : 0
        self.approvers = mode == .auto ? 0 : approvers
    }

    /// Both at once: whichever waits longer, and whichever needs more persons.
    public func tightened(by other: ReleaseDecision) -> ReleaseDecision {
        let strict = mode.rank >= other.mode.rank ? mode : other.mode
        return ReleaseDecision(
            strict, holdHours: max(holdHours, other.holdHours),
            approvers: max(approvers, other.approvers, strict == .auto ? 0 : 1))
    }

    /// For the log and the list of requests: `auto`, `hold-24h`, `manual-2`.
    public var word: String {
        switch mode {
        case .auto: "auto"
        case .hold: "hold-\(holdHours)h" + (approvers > 1 ? "-\(approvers)" : "")
        case .manual: "manual-\(approvers)"
        }
    }
}

extension ReleaseDecision: JSONEncodable {
    /// What is part of the policy's digest.
    public var json: JSONValue {
        ["mode": .string(mode.rawValue), "holdHours": .int(holdHours), "approvers": .int(approvers)]
    }
}

/// A class of questions with a stricter decision than the others: every condition that is there must hold.
public struct ReleaseClass: Sendable, Hashable {
    /// What the hospital calls it.
    public var id: String
    /// Under these projects.
    public var projects: Set<String>?
    /// From these organisations.
    public var organisations: Set<String>?
    /// For these kinds of use.
    public var purposes: Set<String>?
    /// Shown in these ways.
    public var modes: Set<String>?
    /// Over at least one of these domains.
    public var domains: Set<ClinicalDomain>?
    /// With at least one of these outputs.
    public var outputs: Set<String>?
    /// Touching at least one of these groups of sensitive concepts.
    public var sensitive: Set<String>?
    /// What holds for its questions, besides what holds for all.
    public var decision: ReleaseDecision

    /// Whether `request` is one of its questions.
    func holds(for request: PolicyRequest, touching groups: Set<String>) -> Bool {
        func meets(_ wanted: Set<String>?, _ found: some Sequence<String>) -> Bool {
            wanted.map { wanted in found.contains { wanted.contains($0) } } ?? true
        }
        var outputs = ["total"]
        if request.attrition { outputs.append("attrition") }
        if request.breakdownDimensions > 0 { outputs.append("breakdown") }
        return meets(projects, [request.project.id.rawValue]) && meets(organisations, [request.project.organisation])
            && meets(purposes, [request.project.purposeClass.rawValue]) && meets(modes, [request.mode.rawValue])
            && meets(self.outputs, outputs) && meets(sensitive, groups)
            && (domains.map { !$0.isDisjoint(with: request.domains) } ?? true)
    }
}

extension ReleaseClass: JSONEncodable {
    /// What is part of the policy's digest.
    public var json: JSONValue {
        var object: JSONObject = ["id": .string(id), "decision": decision.json]
        if let projects { object["projects"] = .words(projects) }
        if let organisations { object["organisations"] = .words(organisations) }
        if let purposes { object["purposes"] = .words(purposes) }
        if let modes { object["modes"] = .words(modes) }
        if let domains { object["domains"] = .words(domains.map(\.rawValue)) }
        if let outputs { object["outputs"] = .words(outputs) }
        if let sensitive { object["sensitive"] = .words(sensitive) }
        return .object(object)
    }
}
