import Federation

/// The answer would be shown in a way that the hospital does not allow.
struct ReleaseModeRule: PolicyRule {
    static let words = "the release mode is allowed"
    func verdict(on request: PolicyRequest, under policy: Policy) -> PolicyVerdict {
        let terms = policy.agreement(for: request.project.id).terms
        return terms.releaseModes.contains(request.mode) ? .passes : .declines(.releaseMode)
    }
}

/// Attrition or a breakdown is asked for and not allowed.
struct OutputRule: PolicyRule {
    static let words = "the outputs are allowed"
    func verdict(on request: PolicyRequest, under policy: Policy) -> PolicyVerdict {
        let terms = policy.agreement(for: request.project.id).terms
        if request.attrition, !terms.attrition { return .declines(.outputNotAllowed) }
        if request.breakdownDimensions > 0, !terms.breakdown { return .declines(.outputNotAllowed) }
        return .passes
    }
}

/// More breakdown dimensions than allowed.
struct BreakdownRule: PolicyRule {
    static let words = "the breakdown has no more dimensions than allowed"
    func verdict(on request: PolicyRequest, under policy: Policy) -> PolicyVerdict {
        let terms = policy.agreement(for: request.project.id).terms
        return request.breakdownDimensions <= terms.breakdownDimensions ? .passes : .declines(.breakdownDimensions)
    }
}

/// The definition is larger than what is accepted.
struct SizeRule: PolicyRule {
    static let words = "the definition is not too large"
    func verdict(on request: PolicyRequest, under policy: Policy) -> PolicyVerdict {
        request.criteriaCount <= policy.limits.criteria && request.conceptSetCount <= policy.limits.conceptSets
            ? .passes : .declines(.tooLarge)
    }
}
