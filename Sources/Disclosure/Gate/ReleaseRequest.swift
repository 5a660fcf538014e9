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
    /// Hash of the cohort expression in its canonical form, without outputs and title. The same hash on the same data release
    /// is the same set by construction, so a breakdown asked after the total, or by another dimension, is known to be of the
    /// same cohort. Without it every such table hides a little more.
    public let cohort: String?

    /// A request.
    public init(project: String, tier: Tier = .perHospital, cohort: String? = nil) {
        self.project = project
        self.tier = tier
        self.cohort = cohort
    }
}
