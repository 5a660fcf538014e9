import Cohorts

/// A condition on an index event.
indirect enum GroupMember: Sendable {
    case counted(CountedPlan)
    case demographic(DemographicPlan)
    case group(GroupPlan)
}

/// A group of conditions, ready to be evaluated. A group without members holds.
struct GroupPlan: Sendable {
    let rule: CriteriaGroup.Rule
    let members: [GroupMember]

    /// Whether the group holds when so many of its members do.
    func holds(_ count: Int) -> Bool {
        switch rule {
        case .all: count == members.count
        case .any: count > 0
        case .atLeast(let least): count >= least
        case .atMost(let most): count <= most
        }
    }
}

/// One counted criterion of a group: events of a criterion near an index event.
struct CountedPlan: Sendable {
    let criterion: CriterionPlan
    let occurrence: Occurrence
    /// Only events inside the index event's observation period.
    let insidePeriod: Bool
    /// Only events of the index event's visit.
    let sameVisit: Bool
    let startWindow: WindowPlan
    let endWindow: WindowPlan?

    /// The count from which further events change nothing.
    var settledAt: Int { occurrence.kind == .atLeast ? occurrence.count : occurrence.count + 1 }
}

/// A demographic member of a group: needs a PERSON row, and what it lists.
struct DemographicPlan: Sendable {
    var age: NumericRange?
    var persons: [PersonTest] = []
    var start: DateRange?
    var end: DateRange?
}

/// A test on a concept of the PERSON row.
struct PersonTest: Sendable {
    /// The concept columns of PERSON that definitions can ask.
    enum Column: Sendable { case gender, race, ethnicity }
    let column: Column
    let test: ConceptTest
}
