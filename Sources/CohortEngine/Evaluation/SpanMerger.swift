/// Days from start to end, both included; the end may be NULL.
struct Span: Hashable {
    var start: Int32
    var end: Int32
}

/// Merges spans that overlap or touch: a span joins the running one when it starts on or before its last day.
/// A NULL end extends nothing.
enum SpanMerger {
    /// The merged spans.
    /// - Parameter spans: of one person, in any order.
    static func merge(_ spans: [Span]) -> [Span] {
        var merged: [Span] = []
        // NULL is the smallest day number, so among spans of one start the longest comes first and NULL last.
        for span in spans.sorted(by: { ($0.start, $1.end) < ($1.start, $0.end) }) {
            if let last = merged.last, last.end != CivilDay.null, last.end >= span.start {
                merged[merged.count - 1].end = max(last.end, span.end)
            } else {
                merged.append(span)
            }
        }
        return merged
    }
}
