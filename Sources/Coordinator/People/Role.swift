/// What a person is to the consortium. One role a person; what a role may do stands in `Authorization.swift`.
public enum Role: String, Sendable, Hashable, CaseIterable {
    /// Asks questions in the projects he or she is a member of.
    case researcher
    /// Runs the consortium: sees operation, quality and activity; sees results only as a member of the project.
    case consortiumLead = "consortium-lead"
    /// Runs the coordinator: people, projects, nodes; never sees a result.
    case administrator
    /// Watches activity and quality (standards body, auditor); never sees a result.
    case observer

    /// Whether the role is shown when each node answered and how much it has to do. The two that run the consortium need it;
    /// to others it would tell whose row of a coded result is whose.
    var seesWhenNodesWork: Bool {
        switch self {
        case .administrator, .consortiumLead: true
        case .researcher, .observer: false
        }
    }
}

/// What a token may be used for. A session carries all of them, within what the role allows.
public enum Scope: String, Sendable, Hashable, CaseIterable, Comparable {
    /// Reading: projects, nodes, queries, results.
    case read
    /// Asking and cancelling questions.
    case run
    /// Managing one's own tokens and operating the coordinator.
    case admin

    /// By name, so that lists have one order.
    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

    /// Scopes as they stand in the database and in `--scope`: separated by commas, in a fixed order.
    static func text(_ scopes: Set<Scope>) -> String { scopes.sorted().map(\.rawValue).joined(separator: ",") }

    /// The scopes of a comma-separated list, or nil where one is unknown or the list is empty.
    public static func parse(_ text: String) -> Set<Scope>? {
        let words = text.split(separator: ",").map { $0.filter { $0 != " " } }
        let scopes = words.compactMap(Scope.init(rawValue:))
        return scopes.count == words.count && !scopes.isEmpty ? Set(scopes) : nil
    }
}
