import Federation

/// The hospital has paused answering.
struct PausedRule: PolicyRule {
    static let words = "the node is not paused"
    func verdict(on request: PolicyRequest, under policy: Policy) -> PolicyVerdict {
        request.isPaused ? .declines(.paused) : .passes
    }
}

/// The ticket's time ran out while it waited here.
struct ExpiryRule: PolicyRule {
    static let words = "the ticket's time has not run out"
    func verdict(on request: PolicyRequest, under policy: Policy) -> PolicyVerdict {
        let limit = request.expires.seconds + FederationProtocol.clockTolerance
        return request.now.seconds < limit ? .passes : .declines(.ticketExpired)
    }
}

/// The project or the organisation is blocked. Said with the codes of an unknown one: being blocked is the hospital's own
/// affair.
struct BlockedRule: PolicyRule {
    static let words = "neither the project nor the organisation is blocked"
    func verdict(on request: PolicyRequest, under policy: Policy) -> PolicyVerdict {
        if policy.blockedProjects.contains(request.project.id) { return .declines(.projectUnknown) }
        if policy.blockedOrganisations.contains(request.project.organisation) { return .declines(.organisationScope) }
        return .passes
    }
}

/// The policy does not name the project.
struct ListedProjectRule: PolicyRule {
    static let words = "the project is listed, or unlisted ones are answered"
    func verdict(on request: PolicyRequest, under policy: Policy) -> PolicyVerdict {
        policy.unlisted == .answer || policy.projects[request.project.id] != nil ? .passes : .declines(.projectUnknown)
    }
}

/// The agreement with the project has ended, or not begun. Its first day counts from midnight UTC, its last one to midnight.
struct ProjectEndRule: PolicyRule {
    static let words = "the project's agreement holds today"
    func verdict(on request: PolicyRequest, under policy: Policy) -> PolicyVerdict {
        guard let project = policy.projects[request.project.id] else { return .passes }
        // ISO days compare as texts. Before its first day an agreement is as good as none.
        if let from = project.from, request.now.day < from { return .declines(.projectUnknown) }
        guard let until = project.until else { return .passes }
        return request.now.day <= until ? .passes : .declines(.projectEnded)
    }
}

/// The organisation is not part of the agreement.
struct OrganisationRule: PolicyRule {
    static let words = "the organisation is part of the agreement"
    func verdict(on request: PolicyRequest, under policy: Policy) -> PolicyVerdict {
        guard let agreed = policy.scope(for: request.project.id).organisations else { return .passes }
        return agreed.contains(request.project.organisation) ? .passes : .declines(.organisationScope)
    }
}

/// The kind of use is not part of the agreement.
struct PurposeRule: PolicyRule {
    static let words = "the purpose is part of the agreement"
    func verdict(on request: PolicyRequest, under policy: Policy) -> PolicyVerdict {
        guard let agreed = policy.scope(for: request.project.id).purposes else { return .passes }
        return agreed.contains(request.project.purposeClass) ? .passes : .declines(.purposeScope)
    }
}
