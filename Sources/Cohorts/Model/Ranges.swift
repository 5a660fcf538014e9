import CanonicalJSON

/// The comparisons of ranges. `bt` is inclusive on both ends and `!bt` its negation; NULL satisfies none.
public enum RangeOperator: String, Sendable, Hashable, CaseIterable {
    /// Less than.
    case lessThan = "lt"
    /// Less than or equal.
    case atMost = "lte"
    /// Equal.
    case equal = "eq"
    /// Not equal.
    case notEqual = "!eq"
    /// Greater than.
    case greaterThan = "gt"
    /// Greater than or equal.
    case atLeast = "gte"
    /// From value to extent, both included.
    case between = "bt"
    /// Below value or above extent.
    case notBetween = "!bt"

    /// Whether the operator needs a second value.
    public var needsExtent: Bool { self == .between || self == .notBetween }

    /// Whether `tested` satisfies the operator with these bounds.
    @inlinable
    public func holds<T: Comparable>(_ tested: T, _ value: T, _ extent: T) -> Bool {
        switch self {
        case .lessThan: tested < value
        case .atMost: tested <= value
        case .equal: tested == value
        case .notEqual: tested != value
        case .greaterThan: tested > value
        case .atLeast: tested >= value
        case .between: tested >= value && tested <= extent
        case .notBetween: !(tested >= value && tested <= extent)
        }
    }
}

/// A range of numbers. The bounds are as the official SQL uses them: truncated where the attribute is an integer, with four
/// decimals (half away from zero) where it is not.
public struct NumericRange: Sendable, Hashable {
    /// How to compare.
    public var op: RangeOperator
    /// The first bound.
    public var value: Double
    /// The second bound, which `bt` and `!bt` have.
    public var extent: Double?

    /// A range.
    public init(_ op: RangeOperator, _ value: Double, _ extent: Double? = nil) {
        self.op = op
        self.value = value
        self.extent = extent
    }

    /// Whether a number lies in the range; NaN stands for NULL and does not.
    @inlinable
    public func contains(_ number: Double) -> Bool {
        !number.isNaN && op.holds(number, value, extent ?? value)
    }
}

/// A range of days.
public struct DateRange: Sendable, Hashable {
    /// How to compare.
    public var op: RangeOperator
    /// The first bound.
    public var value: CalendarDay
    /// The second bound, which `bt` and `!bt` have.
    public var extent: CalendarDay?

    /// A range.
    public init(_ op: RangeOperator, _ value: CalendarDay, _ extent: CalendarDay? = nil) {
        self.op = op
        self.value = value
        self.extent = extent
    }

    /// Whether a day (days since 1970-01-01) lies in the range.
    @inlinable
    public func contains(dayNumber: Int32) -> Bool {
        op.holds(dayNumber, value.dayNumber, (extent ?? value).dayNumber)
    }
}

/// One or two days: a censor window, or a period that the author defines.
public struct Period: Sendable, Hashable {
    /// The first day, or no bound.
    public var start: CalendarDay?
    /// The last day, or no bound.
    public var end: CalendarDay?

    /// A period.
    public init(start: CalendarDay? = nil, end: CalendarDay? = nil) {
        self.start = start
        self.end = end
    }

    /// Whether it bounds nothing.
    public var isEmpty: Bool { start == nil && end == nil }
}
