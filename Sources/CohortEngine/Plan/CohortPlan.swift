import Cohorts

/// The entry events: where they come from and how much observation they need around them.
struct EntryPlan: Sendable {
    let criteria: [CriterionPlan]
    let priorDays: Int
    let postDays: Int
    let limit: EventLimit
}

/// When a person leaves the cohort.
enum ExitPlan: Sendable {
    /// With the observation period.
    case observation
    /// Some days after the event's start or end, at most with the observation period.
    case offset(fromEnd: Bool, days: Int)
    /// With the exposure era that contains the event's start.
    case exposure(ExposurePlan)
}

/// The exposure eras of a `CustomEra` exit.
struct ExposurePlan: Sendable {
    let rows: CriterionPlan.RowSource
    let gapDays: Int
    let offset: Int
    let daysSupplyOverride: Int?
}

/// A whole definition, ready to be evaluated block by block.
struct CohortPlan: Sendable {
    let entry: EntryPlan
    /// The additional criteria, nil when absent or without members.
    let additional: GroupPlan?
    /// Whether additional criteria are present, be it an empty group.
    let hasAdditionalCriteria: Bool
    /// The limit on qualified events; `.all` when no additional criteria are present.
    let qualifiedLimit: EventLimit
    let rules: [(name: String, group: GroupPlan)]
    let expressionLimit: EventLimit
    let exit: ExitPlan
    let censoring: [CriterionPlan]
    let eraPad: Int
    /// The cohort is cut to these days.
    let censorStart: Int32?
    let censorEnd: Int32?
}
