import CanonicalJSON

/// A window around one date of the index event for one date of another event:
/// `index + start.offset ≤ event ≤ index + end.offset`, both ends included.
public struct Window: Sendable, Hashable {
    /// Which date of an event is meant.
    public enum EventDate: Sendable, Hashable {
        /// The start.
        case start
        /// The end.
        case end
    }

    /// The earlier end.
    public var start: WindowEndpoint
    /// The later end.
    public var end: WindowEndpoint
    /// The date of the index event: the start unless `UseIndexEnd` is true.
    public var indexDate: EventDate
    /// The date of the other event. In a start window it is the start unless `UseEventEnd` is true, in an end window the end
    /// unless `UseEventEnd` is *explicitly* false; this is the outcome.
    public var eventDate: EventDate
    /// Where it was read.
    public var pointer: JSONPointer

    /// A window on starts, unless said otherwise.
    public init(
        from start: WindowEndpoint, to end: WindowEndpoint, indexDate: EventDate = .start, eventDate: EventDate = .start,
        pointer: JSONPointer = .root
    ) {
        self.start = start
        self.end = end
        self.indexDate = indexDate
        self.eventDate = eventDate
        self.pointer = pointer
    }

    /// Whether either end is given in hours.
    public var usesHours: Bool { start.hours != nil || end.hours != nil }
}

/// One end of a window.
public struct WindowEndpoint: Sendable, Hashable {
    /// Days; nil is no bound of its own: the edge of the index event's observation period (its start with coefficient -1, else
    /// its end), or no bound at all where observation periods are ignored.
    public var days: Int?
    /// -1 before, 1 after. Other factors multiply as upstream does.
    public var coefficient: Int
    /// Hours, an extension of ours (`DureHours`) that other tools ignore: where both events have times, minutes are compared and
    /// `days` is only what a tool without the extension would use.
    public var hours: Int?

    /// An end.
    public init(days: Int?, coefficient: Int, hours: Int? = nil) {
        self.days = days
        self.coefficient = coefficient
        self.hours = hours
    }

    /// So many days before the index date.
    public static func before(_ days: Int?) -> WindowEndpoint { WindowEndpoint(days: days, coefficient: -1) }
    /// So many days after the index date.
    public static func after(_ days: Int?) -> WindowEndpoint { WindowEndpoint(days: days, coefficient: 1) }

    /// Days from the index date, negative before; nil where the window is not bounded by days.
    public var offset: Int? { days.map { $0 * coefficient } }

    /// Minutes from the index moment, negative before; nil where no hours are given.
    public var minuteOffset: Int? { hours.map { $0 * 60 * coefficient } }
}
