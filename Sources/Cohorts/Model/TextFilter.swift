/// A test of a text column. It is SQL's LIKE: `%` and `_` in the text stay wildcards, case counts, NULL matches nothing, also
/// not a negated test.
public struct TextFilter: Sendable, Hashable {
    /// Where the text must stand.
    public enum Placement: String, Sendable, Hashable, CaseIterable {
        /// At the start.
        case startsWith
        /// At the end.
        case endsWith
        /// Anywhere.
        case contains
    }

    /// The text.
    public var text: String
    /// Where it must stand.
    public var placement: Placement
    /// Whether the test is turned round (`!startsWith` and so on).
    public var isNegated: Bool

    /// A test.
    public init(_ placement: Placement, _ text: String, isNegated: Bool = false) {
        self.placement = placement
        self.text = text
        self.isNegated = isNegated
    }

    /// The LIKE pattern. Backslashes before an apostrophe are dropped, as upstream's quoting does.
    public var likePattern: String {
        let body = Self.withoutQuotedBackslashes(text)
        switch placement {
        case .startsWith: return body + "%"
        case .endsWith: return "%" + body
        case .contains: return "%" + body + "%"
        }
    }

    /// Whether a value passes; nil stands for NULL.
    public func matches(_ value: String?) -> Bool {
        guard let value else { return false }
        return Self.like(Array(value.unicodeScalars), Array(likePattern.unicodeScalars)) != isNegated
    }

    private static func withoutQuotedBackslashes(_ text: String) -> String {
        var kept: [Unicode.Scalar] = []
        for scalar in text.unicodeScalars {
            if scalar == "'" {
                while kept.last == "\\" { kept.removeLast() }
            }
            kept.append(scalar)
        }
        var result = String.UnicodeScalarView()
        result.append(contentsOf: kept)
        return String(result)
    }

    /// Greedy matching with one point of return, so that the time is bounded by the product of the two lengths.
    private static func like(_ text: [Unicode.Scalar], _ pattern: [Unicode.Scalar]) -> Bool {
        var (t, p) = (0, 0)
        var resume: (text: Int, pattern: Int)?
        while t < text.count {
            if p < pattern.count, pattern[p] == "%" {
                p += 1
                resume = (t, p)
            } else if p < pattern.count, pattern[p] == "_" || pattern[p] == text[t] {
                t += 1
                p += 1
            } else if let point = resume {
                t = point.text + 1
                p = point.pattern
                resume = (t, p)
            } else {
                return false
            }
        }
        return pattern[p...].allSatisfy { $0 == "%" }
    }
}
