/// Moves the dates of a criterion's events. Rows that end before they start (or have no end) after it are dropped; all date,
/// age and length filters see the adjusted dates, while `First` uses the raw ones. Specimen ignores it; Death takes
/// start = date + `startOffset` and end = date + 1 + `endOffset`, whatever the anchors say.
public struct DateAdjustment: Sendable, Hashable {
    /// Which date an offset counts from.
    public enum Anchor: String, Sendable, Hashable, CaseIterable {
        /// The event's start.
        case start = "START_DATE"
        /// The event's end, after its default has been filled in.
        case end = "END_DATE"
    }

    /// What the new start counts from.
    public var startWith: Anchor
    /// Days added for the new start.
    public var startOffset: Int
    /// What the new end counts from.
    public var endWith: Anchor
    /// Days added for the new end.
    public var endOffset: Int

    /// An adjustment; without arguments it moves nothing.
    public init(startWith: Anchor = .start, startOffset: Int = 0, endWith: Anchor = .end, endOffset: Int = 0) {
        self.startWith = startWith
        self.startOffset = startOffset
        self.endWith = endWith
        self.endOffset = endOffset
    }
}
