import Federation

/// A domain outside the agreed ones is read.
struct DomainRule: PolicyRule {
    static let words = "every domain that is read is agreed"
    func verdict(on request: PolicyRequest, under policy: Policy) -> PolicyVerdict {
        guard let agreed = policy.scope(for: request.project.id).domains else { return .passes }
        return request.domains.isSubset(of: agreed) ? .passes : .declines(.conceptScope)
    }
}

/// A concept set reaches beyond the agreed areas.
struct AreaRule: PolicyRule {
    static let words = "every concept lies in an agreed area"
    func verdict(on request: PolicyRequest, under policy: Policy) -> PolicyVerdict {
        guard let agreed = policy.scope(for: request.project.id).areas else { return .passes }
        let places = request.concepts.outside(agreed.compactMap { policy.areas[$0] })
        return places.isEmpty ? .passes : .declines(.conceptScope, at: places)
    }
}

/// A concept is touched that is not answered about.
struct SensitiveRule: PolicyRule {
    static let words = "no concept is touched that is not answered about"
    func verdict(on request: PolicyRequest, under policy: Policy) -> PolicyVerdict {
        let closed = Set(policy.sensitive.filter { $0.decision == nil }.map(\.id))
        let places = policy.touches(request).filter { closed.contains($0.group) }.map(\.place)
        return places.isEmpty ? .passes : .declines(.sensitiveConcept, at: places)
    }
}

/// The project has had as many answers as were agreed for a day or a week.
struct QuotaRule: PolicyRule {
    static let words = "the project's quota is not used up"
    func verdict(on request: PolicyRequest, under policy: Policy) -> PolicyVerdict {
        let quota = policy.quota(for: request.project.id)
        if let most = quota.perDay, request.answered.today >= most { return .declines(.quota) }
        if let most = quota.perWeek, request.answered.thisWeek >= most { return .declines(.quota) }
        return .passes
    }
}
