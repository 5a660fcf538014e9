/// One bound of a window, ready to be added to an index date.
enum WindowBound: Sendable, Hashable {
    /// So many days after the index date.
    case days(Int)
    /// So many minutes after the index moment (the hours extension).
    case minutes(Int64)
    /// The first day of the index event's observation period.
    case periodStart
    /// The last day of the index event's observation period.
    case periodEnd
    /// No bound.
    case none
}

/// A window: which date of the event is compared with which date of the index event, between what.
struct WindowPlan: Sendable, Hashable {
    let lower: WindowBound
    let upper: WindowBound
    /// The index date is the index event's end instead of its start.
    let fromIndexEnd: Bool
    /// The event's date is its end instead of its start.
    let ofEventEnd: Bool

    /// Whether a bound is in hours, so that moments must be known.
    var usesMoments: Bool { lower.isMoment || upper.isMoment }
}

extension WindowBound {
    fileprivate var isMoment: Bool {
        if case .minutes = self { true } else { false }
    }
}
