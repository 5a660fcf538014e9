import Cohorts
import Disclosure

/// The exact answer to a definition over one index. It lives in the hospital's process only: its counts and sets have no
/// encoding, and the way out is `evaluatedAnswer` through the release gate.
public struct Evaluation: Sendable {
    /// The reading of the cohort language that was used.
    public let semanticsVersion: String
    /// Who is in the cohort, over all person ordinals of the index.
    public let persons: PersonSet
    /// Cohort rows: stays after collapse and censor window.
    public let events: ExactCount
    /// Entry events after the primary limit.
    public let entryEvents: ExactCount
    /// Qualified events.
    public let qualifiedEvents: ExactCount
    /// Who still has some event after each step: what a feasibility question wants to know.
    public let attritionAnyEvent: [AttritionStep]
    /// Whose best event passes each step: what ATLAS shows. The two differ where a person has several events.
    public let attritionBestEvent: [AttritionStep]
    /// The rules counted over all qualified events.
    public let byEvent: InclusionStatistics
    /// The rules counted over each person's best event.
    public let byPerson: InclusionStatistics
    /// The cohort by the dimensions that were asked for.
    public let breakdown: EvaluatedBreakdown?
    /// How the definition's concept sets read in this store.
    public let conceptSets: [ConceptSetResolution]

    /// What the release gate takes: the cohort, the attrition by any event, the breakdown.
    public var evaluatedAnswer: EvaluatedAnswer {
        EvaluatedAnswer(
            total: persons, attrition: attritionAnyEvent.map { EvaluatedAnswer.Step(name: $0.name, persons: $0.persons) },
            breakdown: breakdown)
    }
}
