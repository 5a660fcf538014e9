import CanonicalJSON
import Cohorts
import EventIndex

/// Where an event's end comes from.
enum EndRule: Sendable, Hashable {
    /// The row's end; NULL stays NULL.
    case raw
    /// The row's end, else the day after the start.
    case rawOrNextDay
    /// The row's end, else the start plus the days supplied, else the day after the start.
    case drug
    /// The day after the start, whatever the row says.
    case nextDay
}

/// `DateAdjustment`.
struct DateAdjustmentPlan: Sendable, Hashable {
    let startFromEnd: Bool
    let startOffset: Int
    let endFromEnd: Bool
    let endOffset: Int
}

/// What a distinct count counts.
enum DistinctValue: Sendable, Hashable {
    case concept
    /// The concept, with NULL counted as 0 (the cause of a death).
    case conceptOrZero
    case start
    case end
    case visit
    /// Nothing: the domain has no visit, so the count is 0.
    case nothing
    /// End minus start in days.
    case duration
    /// The constant 1 of the one-day domains.
    case one
    case column(EventColumn)
}

/// A test on one row after `First`.
enum RowTest: Sendable {
    case start(DateRange)
    case end(DateRange)
    case length(NumericRange)
    case ageAtStart(NumericRange)
    case ageAtEnd(NumericRange)
    case person(PersonTest)
    case concept(EventColumn, ConceptTest)
    case number(EventColumn, NumericRange)
    /// `value_as_number` divided by a bound of the range.
    case ratio(EventColumn, NumericRange)
    case abnormal
    case text(EventColumn, TextFilter)
    /// The dates contain a day.
    case contains(Int32)

    /// The columns that the test reads.
    var columns: Set<EventColumn> {
        switch self {
        case .concept(let column, _), .number(let column, _), .text(let column, _): [column]
        case .ratio(let bound, _): [.valueNumber, bound]
        case .abnormal: [.valueNumber, .valueConcept, .rangeLow, .rangeHigh]
        case .start, .end, .length, .ageAtStart, .ageAtEnd, .person, .contains: []
        }
    }
}

/// One criterion, ready to be evaluated: rows of a table and what becomes of them.
struct CriterionPlan: Sendable {
    let pointer: JSONPointer
    let source: Source
    /// Only the person's earliest row.
    let first: Bool
    let adjustment: DateAdjustmentPlan?
    let tests: [RowTest]
    /// A nested group that must hold with the event as index; nil when there is none or it has no members.
    let nested: GroupPlan?
    let distinct: DistinctValue?
    /// A window of hours looks at these events, here or in the nested group, so their moments must be read.
    let needsMoments: Bool
    /// A window of hours outside looks at them, so their moments are kept.
    let keepsMoments: Bool

    /// Where events come from.
    enum Source: Sendable {
        case rows(RowSource)
        /// The merged spans of other criteria (`CustomEra`).
        case eras([CriterionPlan])
    }

    /// Rows of one table.
    struct RowSource: Sendable {
        let selection: ConceptSelection
        let end: EndRule
        /// The visit that the event belongs to is known.
        let hasVisit: Bool
        let columns: Set<EventColumn>
        /// Dates of a user-defined period that replace the row's own.
        let replacedStart: Int32?
        let replacedEnd: Int32?
    }
}
