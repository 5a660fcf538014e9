import Federation

/// Everything that a person can do over the network, and the one table that says who may.
///
/// A route names its action; nothing else in this room decides. The table is tested cell by cell.
public enum Action: String, Sendable, Hashable, CaseIterable {
    /// Sign out, see oneself.
    case seeSelf
    /// List, make and revoke one's own tokens.
    case manageOwnTokens
    /// Know that a project exists, its title, hospitals and purpose.
    case seeProject
    /// Know the hospitals, whether their nodes are up, and their data releases.
    case seeNodes
    /// See the roster at a date.
    case seeRoster
    /// Ask a question in a project.
    case runQuery
    /// See that a question was asked, by whom, of whom, and how far it is: no count.
    case seeQuery
    /// See the counts.
    case seeResult
    /// Take the counts away with every hospital's signed answer.
    case exportResult
    /// Stop a question.
    case cancelQuery
}

/// How far a role reaches for one action.
enum Reach: Sendable, Hashable {
    /// Not at all.
    case never
    /// Only in projects the person is a member of.
    case inOwnProjects
    /// Only what the person made, in projects the person is (still) a member of.
    case onOwnWork
    /// Everywhere.
    case always
}

/// How a person stands to the thing that an action is about.
public struct Standing: Sendable, Hashable {
    /// Whether the person is a member of the project.
    public var isMember: Bool
    /// Whether the person made it.
    public var isOwner: Bool

    /// Creates a standing; the default is a stranger's.
    public init(isMember: Bool = false, isOwner: Bool = false) {
        self.isMember = isMember
        self.isOwner = isOwner
    }
}

/// The rules: action by role by membership, and the scope that a token needs.
public enum Authorization {
    /// How far `role` reaches for `action`.
    ///
    /// A lead or an administrator sees operation, never a count by virtue of the office: results follow the project.
    static func reach(of role: Role, for action: Action) -> Reach {
        switch action {
        case .seeSelf, .manageOwnTokens, .seeNodes, .seeRoster:
            .always
        case .seeProject:
            switch role {
            case .researcher: .inOwnProjects
            case .consortiumLead, .administrator, .observer: .always
            }
        case .seeQuery:
            switch role {
            case .researcher: .inOwnProjects
            case .consortiumLead, .administrator, .observer: .always
            }
        case .runQuery, .seeResult, .exportResult:
            switch role {
            case .researcher, .consortiumLead: .inOwnProjects
            case .administrator, .observer: .never
            }
        case .cancelQuery:
            switch role {
            case .researcher: .onOwnWork
            case .consortiumLead: .inOwnProjects
            case .administrator: .always
            case .observer: .never
            }
        }
    }

    /// The scope that a credential needs for `action`, whatever the role.
    static func scope(for action: Action) -> Scope {
        switch action {
        case .seeSelf, .seeProject, .seeNodes, .seeRoster, .seeQuery, .seeResult, .exportResult: .read
        case .runQuery, .cancelQuery: .run
        case .manageOwnTokens: .admin
        }
    }

    /// Whether a person of `role` may do `action` with that standing.
    static func permits(_ action: Action, role: Role, standing: Standing) -> Bool {
        switch reach(of: role, for: action) {
        case .never: false
        case .inOwnProjects: standing.isMember
        case .onOwnWork: standing.isMember && standing.isOwner
        case .always: true
        }
    }

    /// Passes, or says why not. What a person may not even know of is "not found", so that nothing can be probed.
    static func require(_ action: Action, of caller: Caller, standing: Standing = Standing()) throws(CoordinatorError) {
        let needed = scope(for: action)
        guard caller.scopes.contains(needed) else {
            throw CoordinatorError(
                .scopeMissing, "This token does not carry the scope \"\(needed.rawValue)\".",
                advice: "Sign in, or make a token with that scope.")
        }
        guard permits(action, role: caller.role, standing: standing) else {
            throw CoordinatorError(
                .notAllowed, "The role \(caller.role.rawValue) may not do this here.",
                advice: action == .seeResult || action == .exportResult
                    ? "Results follow the project: ask its lead to make you a member." : "Ask an administrator.")
        }
    }

    /// Passes where `caller` may make a token of `scopes`. A token makes none: one that leaked would outlive its own end and
    /// every revocation in the tokens that it made.
    static func requireMayGrant(_ scopes: Set<Scope>, of caller: Caller) throws(CoordinatorError) {
        guard caller.kind == .session else {
            throw CoordinatorError(
                .notAllowed, "A token cannot make tokens.", advice: "Sign in, and make the token in that session.")
        }
        if let wider = scopes.subtracting(caller.scopes).sorted().first {
            throw CoordinatorError(
                .scopeMissing, "The session does not carry the scope \"\(wider.rawValue)\" that the token would have.",
                advice: "Ask for fewer scopes.", pointer: "/scopes")
        }
    }
}

/// The person behind a request: found by session or token, never taken from the request itself.
public struct Caller: Sendable, Hashable {
    /// The person's id: `U-4F7K2Q`.
    public let person: PersonID
    /// The name that the person signs in with.
    public let login: String
    /// The name that others see.
    public let displayName: String
    /// The person's role at this moment (looked up on each request).
    public let role: Role
    /// What the credential may be used for.
    public let scopes: Set<Scope>
    /// The credential's own id, for signing out and for the audit log.
    public let credential: String
    /// Whether the person signed in, or a token speaks for the person.
    public let kind: Credential.Kind
}
