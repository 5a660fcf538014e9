import CanonicalJSON

/// The entry events.
public struct PrimaryCriteria: Sendable, Hashable {
    /// Criteria whose events are candidates, all together.
    public var criteria: [Criterion]
    /// How much observation is needed around an event.
    public var observationWindow: ObservationWindow
    /// Which of a person's entry events are kept, before anything else is asked.
    public var limit: EventLimit
    /// Where it was read.
    public var pointer: JSONPointer

    /// Entry events.
    public init(
        _ criteria: [Criterion], observationWindow: ObservationWindow = ObservationWindow(), limit: EventLimit = .first,
        pointer: JSONPointer = .root
    ) {
        self.criteria = criteria
        self.observationWindow = observationWindow
        self.limit = limit
        self.pointer = pointer
    }
}

/// Days of observation that must lie before and after the entry event, in one observation period.
public struct ObservationWindow: Sendable, Hashable {
    /// Days before.
    public var priorDays: Int
    /// Days after.
    public var postDays: Int

    /// Needs no observation besides the event's day, unless said otherwise.
    public init(priorDays: Int = 0, postDays: Int = 0) {
        self.priorDays = priorDays
        self.postDays = postDays
    }
}

/// Which events of a person are kept. Any word other than All means one, and Last is the only one that means the last.
public enum EventLimit: String, Sendable, Hashable, CaseIterable {
    /// Every event.
    case all = "All"
    /// The earliest.
    case first = "First"
    /// The latest.
    case last = "Last"
}
