import EventIndex

/// One thing that can be wrong with a store, after a check of OHDSI's DataQualityDashboard, and when it counts as wrong.
///
/// A check never passes in silence: where it cannot be made it says why.
protocol QualityCheck: Sendable {
    /// A stable word: `start-before-end`.
    var name: String { get }
    /// What kind of quality, after Kahn et al. 2016.
    var category: QualityCategory { get }
    /// Percent of the rows (or persons) that may fail.
    var threshold: Double { get }
    /// The tables that it is made for; nil for one that is about the store as a whole.
    var tables: [EventTable]? { get }

    /// Counts what fails.
    /// - Parameter table: nil for a check of the store as a whole.
    func count(_ facts: QualityFacts, _ table: EventTable?) -> QualityCount
}

/// What kind of quality a check is about.
public enum QualityCategory: String, Sendable, Hashable, CaseIterable {
    /// The data is in the form that the model asks for.
    case conformance
    /// Nothing is missing that should be there.
    case completeness
    /// The values can be true.
    case plausibility
}

/// What a check counted.
enum QualityCount: Sendable, Hashable {
    /// So many of so many fail. Of none, nothing can be said.
    case failing(Int, of: Int)
    /// It cannot be made, because.
    case notRun(String)

    static let noTable = QualityCount.notRun("the store does not have the table")
}

/// What came of a check. Exact numbers of this hospital.
public struct QualityResult: Sendable, Hashable {
    /// How it ended.
    public enum State: String, Sendable, Hashable, CaseIterable {
        case pass, fail
        case notRun = "not-run"
    }

    /// The check's word.
    public var check: String
    /// What kind of quality.
    public var category: QualityCategory
    /// The table; nil for the store as a whole.
    public var table: String?
    /// Percent that may fail.
    public var threshold: Double
    /// How it ended.
    public var state: State
    /// How many fail; nil where it was not run.
    public var failing: Int?
    /// Of how many; nil where it was not run.
    public var of: Int?
    /// Why it was not run.
    public var reason: String?

    /// Percent that fail; nil where it was not run.
    public var percent: Double? {
        guard let failing, let of, of > 0 else { return nil }
        return Double(failing) / Double(of) * 100
    }

    init(_ check: any QualityCheck, _ table: EventTable?, _ count: QualityCount) {
        self.check = check.name
        category = check.category
        self.table = table?.rawValue
        threshold = check.threshold
        switch count {
        case .notRun(let why):
            state = .notRun
            reason = why
        case .failing(_, of: 0):
            state = .notRun
            reason = "there is no row to look at"
        case .failing(let failing, let of):
            self.failing = failing
            self.of = of
            state = Double(failing) / Double(of) * 100 > check.threshold ? .fail : .pass
        }
    }
}
