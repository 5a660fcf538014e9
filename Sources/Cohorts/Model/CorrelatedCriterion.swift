import CanonicalJSON

/// A counted criterion: how many events of a criterion lie in windows around the index event.
public struct CorrelatedCriterion: Sendable, Hashable {
    /// The events that are counted.
    public var criterion: Criterion
    /// The window that an event's start (or end) must lie in.
    public var startWindow: Window
    /// A second window, by default for the event's end. Both must hold.
    public var endWindow: Window?
    /// Whether the event must belong to the visit of the index event; a missing visit on either side fails.
    public var restrictVisit: Bool
    /// Whether events outside the index event's observation period count.
    public var ignoreObservationPeriod: Bool
    /// How many are needed.
    public var occurrence: Occurrence
    /// Where it was read.
    public var pointer: JSONPointer

    /// A counted criterion.
    public init(
        _ criterion: Criterion, startWindow: Window, endWindow: Window? = nil, restrictVisit: Bool = false,
        ignoreObservationPeriod: Bool = false, occurrence: Occurrence = .atLeast(1), pointer: JSONPointer = .root
    ) {
        self.criterion = criterion
        self.startWindow = startWindow
        self.endWindow = endWindow
        self.restrictVisit = restrictVisit
        self.ignoreObservationPeriod = ignoreObservationPeriod
        self.occurrence = occurrence
        self.pointer = pointer
    }
}

/// How many events are needed.
public struct Occurrence: Sendable, Hashable {
    /// The comparison, by Circe's numbers.
    public enum Kind: Int, Sendable, Hashable, CaseIterable {
        /// Just so many.
        case exactly = 0
        /// So many or fewer.
        case atMost = 1
        /// So many or more.
        case atLeast = 2
    }

    /// The comparison.
    public var kind: Kind
    /// The number.
    public var count: Int
    /// Whether distinct values are counted instead of events.
    public var isDistinct: Bool
    /// Whose distinct values; nil is the domain's concept.
    public var countColumn: CountColumn?

    /// A demand.
    public init(_ kind: Kind, _ count: Int, isDistinct: Bool = false, countColumn: CountColumn? = nil) {
        self.kind = kind
        self.count = count
        self.isDistinct = isDistinct
        self.countColumn = countColumn
    }

    /// So many or more events.
    public static func atLeast(_ count: Int) -> Occurrence { Occurrence(.atLeast, count) }
    /// So many or fewer events.
    public static func atMost(_ count: Int) -> Occurrence { Occurrence(.atMost, count) }
    /// Just so many events.
    public static func exactly(_ count: Int) -> Occurrence { Occurrence(.exactly, count) }

    /// Whether a number of events is enough.
    public func holds(_ found: Int) -> Bool {
        switch kind {
        case .exactly: found == count
        case .atMost: found <= count
        case .atLeast: found >= count
        }
    }

    /// Whether the demand can hold without any event. Upstream looks for none only for "at most n", "exactly 0" and "at least 0".
    public var acceptsNone: Bool { holds(0) }

    /// What is counted when values are: the column, or the domain's concept where none is given.
    public var distinctColumn: CountColumn? { isDistinct ? countColumn ?? .domainConcept : nil }
}
