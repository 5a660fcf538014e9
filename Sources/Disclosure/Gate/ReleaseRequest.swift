/// On whose behalf and in which form an answer is released: what the gate needs to know besides the sets.
public struct ReleaseRequest: Sendable, Hashable {
    /// In which form a cohort is answered. One cohort in one epoch has one tier (L7).
    public enum Tier: String, Sendable, Hashable, CaseIterable {
        /// A row for the hospital.
        case perHospital = "per-hospital"
        /// Only as a part of a masked consortium total.
        case consortiumTotal = "consortium-total"
    }

    /// The project that asks, for its cap of releases. The ledger itself is one for all projects.
    public let project: String
    /// In which form.
    public let tier: Tier

    /// A request.
    public init(project: String, tier: Tier = .perHospital) {
        self.project = project
        self.tier = tier
    }
}
