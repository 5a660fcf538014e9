// The fast path: plain feasibility questions straight from the postings.
//
// What a plain question asks of an event is its person and its start day. So everything that rules ask can be held in
// vectors over the persons of a block (the day of the index event, a window of days, a set of bits) or, where a person has
// several events, in one list of days a person; no row is decoded, sorted or copied. `FastPlan` says whether a plan has that
// shape; whatever it does not know goes the general way, so that both give the same answer and a test can hold one against
// the other.

import CanonicalJSON
import Cohorts
import EventIndex

/// A plan that the fast path can evaluate.
struct FastPlan: Sendable {
    let entry: [FastCriterion]
    /// First or All.
    let limit: EventLimit
    let priorDays: Int
    let postDays: Int
    let additional: FastGroup?
    let qualifiedLimit: EventLimit
    let rules: [FastGroup]
    let expressionLimit: EventLimit
    let eraPad: Int
    /// How many days after its start an event ends, at most with the observation period; nil for the end of the period.
    /// Only where stays are told apart.
    let stay: Int?
    /// Whether anybody asks for the day of the index event; if not, it is enough to know who has one.
    let asksForDays: Bool

    /// Nil if the plan needs the general way.
    init?(_ plan: CohortPlan, breakdown: BreakdownPlan) {
        guard plan.entry.limit != .last, plan.censorStart == nil, plan.censorEnd == nil, plan.eraPad >= 0,
            Self.keepsEverybody(plan.exit)
        else { return nil }
        let tellsStays = plan.entry.limit == .all && plan.qualifiedLimit == .all && plan.expressionLimit == .all
        if tellsStays, !Self.endsPlainly(plan) { return nil }
        var entry: [FastCriterion] = []
        for criterion in plan.entry.criteria {
            guard let fast = FastCriterion(criterion) else { return nil }
            entry.append(fast)
        }
        var rules: [FastGroup] = []
        for rule in plan.rules {
            guard let group = FastGroup(rule.group) else { return nil }
            rules.append(group)
        }
        if let group = plan.additional {
            guard let fast = FastGroup(group) else { return nil }
            additional = fast
        } else {
            additional = nil
        }
        self.entry = entry
        self.rules = rules
        limit = plan.entry.limit
        priorDays = plan.entry.priorDays
        postDays = plan.entry.postDays
        qualifiedLimit = plan.qualifiedLimit
        expressionLimit = plan.expressionLimit
        eraPad = plan.eraPad
        if case .offset(_, let days) = plan.exit { stay = days } else { stay = nil }
        let isPlain = entry.allSatisfy { $0.isPlain && !$0.first } && plan.entry.priorDays == 0 && plan.entry.postDays == 0
        asksForDays =
            limit == .all || !breakdown.isEmpty || !isPlain
            || !(rules + [additional].compactMap(\.self)).allSatisfy(\.isOfRecords)
    }

    /// Whether the exit cannot drop an event: its end is then never before its start. Censoring criteria end a
    /// stay on its first day at the earliest, so they drop nobody either.
    private static func keepsEverybody(_ exit: ExitPlan) -> Bool {
        switch exit {
        case .observation, .exposure: true
        case .offset(let fromEnd, let days): !fromEnd && days >= 0
        }
    }
}

extension FastPlan {
    /// Whether persons may have several events when the rules are asked.
    var keepsSeveral: Bool { limit == .all && qualifiedLimit == .all }

    /// Whether the ends of several events of a person are known from their start days.
    private static func endsPlainly(_ plan: CohortPlan) -> Bool {
        if case .exposure = plan.exit { return false }
        return plan.censoring.isEmpty
    }
}

/// Whole numbers from one to another; empty where the first is larger.
struct Bounds: Sendable, Hashable {
    var lower: Int
    var upper: Int

    static let all = Bounds(lower: -1_000_000_000, upper: 1_000_000_000)
    static let none = Bounds(lower: 0, upper: -1)

    func intersected(_ other: Bounds) -> Bounds {
        Bounds(lower: max(lower, other.lower), upper: min(upper, other.upper))
    }

    @inline(__always)
    func contains(_ value: Int) -> Bool { lower <= value && value <= upper }

    /// Nil where the range has a hole.
    init?(_ range: NumericRange) {
        let value = Self.clamped(range.value)
        switch range.op {
        case .lessThan: self.init(lower: Self.all.lower, upper: Int(value.rounded(.up)) - 1)
        case .atMost: self.init(lower: Self.all.lower, upper: Int(value.rounded(.down)))
        case .greaterThan: self.init(lower: Int(value.rounded(.down)) + 1, upper: Self.all.upper)
        case .atLeast: self.init(lower: Int(value.rounded(.up)), upper: Self.all.upper)
        case .equal: self.init(lower: Int(value.rounded(.up)), upper: Int(value.rounded(.down)))
        case .between:
            let extent = Self.clamped(range.extent ?? range.value)
            self.init(lower: Int(value.rounded(.up)), upper: Int(extent.rounded(.down)))
        case .notEqual, .notBetween: return nil
        }
    }

    /// Nil where the range has a hole.
    init?(_ range: DateRange) {
        let value = Double(range.value.dayNumber)
        self.init(NumericRange(range.op, value, range.extent.map { Double($0.dayNumber) }))
    }

    init(lower: Int, upper: Int) {
        self.lower = lower
        self.upper = upper
    }

    private static func clamped(_ value: Double) -> Double { min(max(value, Double(all.lower)), Double(all.upper)) }
}

/// A criterion that can be read from postings: rows of one table, tested by start day, age at start, person, or one column.
struct FastCriterion: Sendable {
    enum ColumnTest: Sendable {
        case concept(EventColumn, ConceptTest)
        case number(EventColumn, NumericRange)
    }

    let selection: ConceptSelection
    let first: Bool
    /// Whether its events belong to a visit.
    let hasVisit: Bool
    private(set) var days = Bounds.all
    private(set) var ages: Bounds?
    private(set) var persons: [PersonTest] = []
    private(set) var columns: [ColumnTest] = []

    /// Whether every row of the selection counts, whoever's and whenever.
    var isPlain: Bool { !hasBounds && persons.isEmpty }

    /// Whether it asks for a day or an age.
    var hasBounds: Bool { days != .all || ages != nil }

    init?(_ plan: CriterionPlan) {
        guard case .rows(let source) = plan.source, source.replacedStart == nil, source.replacedEnd == nil,
            plan.adjustment == nil, plan.nested == nil, !plan.needsMoments
        else { return nil }
        selection = source.selection
        first = plan.first
        hasVisit = source.hasVisit
        for test in plan.tests {
            guard add(test) else { return nil }
        }
        // The first row is chosen before its columns are tested, and which of several rows of one day it is depends on ids.
        if first, !columns.isEmpty { return nil }
    }

    private mutating func add(_ test: RowTest) -> Bool {
        switch test {
        case .start(let range):
            guard let bounds = Bounds(range) else { return false }
            days = days.intersected(bounds)
        case .ageAtStart(let range):
            guard let bounds = Bounds(range) else { return false }
            ages = ages?.intersected(bounds) ?? bounds
        case .person(let test): persons.append(test)
        case .concept(let column, let test):
            // A visit's own type is its concept, which is no column of the file.
            if column == .visitType, selection.table == .visit { return false }
            columns.append(.concept(column, test))
        case .number(let column, let range):
            guard column.kind == .numbers else { return false }
            columns.append(.number(column, range))
        case .end, .length, .ageAtEnd, .ratio, .abnormal, .text, .contains: return false
        }
        return true
    }
}

/// A group whose members the fast path knows.
struct FastGroup: Sendable {
    indirect enum Member: Sendable {
        case counted(FastCounted)
        case demographic(DemographicPlan)
        case group(FastGroup)
    }

    let rule: CriteriaGroup.Rule
    let members: [Member]

    init?(_ plan: GroupPlan) {
        var members: [Member] = []
        for member in plan.members {
            switch member {
            case .group(let group):
                guard let fast = FastGroup(group) else { return nil }
                members.append(.group(fast))
            case .demographic(let demographic):
                // The index event's end is not kept.
                guard demographic.end == nil else { return nil }
                members.append(.demographic(demographic))
            case .counted(let counted):
                guard let fast = FastCounted(counted) else { return nil }
                members.append(.counted(fast))
            }
        }
        self.members = members
        rule = plan.rule
    }

    /// Whether everything in it asks for records at any time.
    var isOfRecords: Bool {
        members.allSatisfy { member in
            switch member {
            case .group(let group): group.isOfRecords
            case .demographic: false
            case .counted(let counted): counted.extent == .ever || counted.extent == .never
            }
        }
    }
}

/// A counted criterion whose window is one of start days.
struct FastCounted: Sendable {
    let criterion: FastCriterion
    let occurrence: Occurrence
    let insidePeriod: Bool
    let lower: WindowBound
    let upper: WindowBound
    let extent: Extent

    /// Where its events may lie.
    enum Extent: Sendable, Hashable {
        /// At any time.
        case ever
        /// Nowhere.
        case never
        /// On days that lie alike around everybody's index day.
        case around(DaysAround)
        /// In a window of each person.
        case window
    }

    init?(_ plan: CountedPlan) {
        let window = plan.startWindow
        guard let criterion = FastCriterion(plan.criterion), !plan.occurrence.isDistinct, !plan.sameVisit,
            plan.endWindow == nil, !window.fromIndexEnd, !window.ofEventEnd, !window.usesMoments,
            (0...200).contains(plan.occurrence.count)
        else { return nil }
        self.criterion = criterion
        occurrence = plan.occurrence
        insidePeriod = plan.insidePeriod
        lower = window.lower
        upper = window.upper
        extent = Self.extent(criterion, insidePeriod, lower, upper)
    }

    private static func extent(
        _ criterion: FastCriterion, _ insidePeriod: Bool, _ lower: WindowBound, _ upper: WindowBound
    ) -> Extent {
        guard !insidePeriod, !criterion.hasBounds, let days = plainWindow(inside: false, lower, upper) else {
            return .window
        }
        if lower == .none, upper == .none { return .ever }
        if criterion.first { return .window }
        return DaysAround(from: days.lower, through: days.upper).map { .around($0) } ?? .never
    }

    /// The days around the index day, if its bounds are nothing else; nil for no bound.
    /// - Parameter isInside: whether the edges of the observation period bound it anyway.
    func plainWindow(inside isInside: Bool) -> (lower: Int?, upper: Int?)? { Self.plainWindow(inside: isInside, lower, upper) }

    private static func plainWindow(
        inside isInside: Bool, _ lower: WindowBound, _ upper: WindowBound
    ) -> (lower: Int?, upper: Int?)? {
        var days: (lower: Int?, upper: Int?) = (nil, nil)
        switch lower {
        case .days(let bound): days.lower = bound
        case .none: break
        case .periodStart: if !isInside { return nil }
        case .periodEnd, .minutes: return nil
        }
        switch upper {
        case .days(let bound): days.upper = bound
        case .none: break
        case .periodEnd: if !isInside { return nil }
        case .periodStart, .minutes: return nil
        }
        return days
    }

    /// From how many on it makes no difference.
    var mostTold: Int { occurrence.kind == .atLeast ? occurrence.count : occurrence.count + 1 }
}
