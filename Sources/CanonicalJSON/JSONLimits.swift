/// How much of somebody else's text the parser is willing to hold. Reaching a limit is an error, never a truncation.
public struct JSONLimits: Sendable, Hashable {
    /// The longest text, in bytes.
    public var maxBytes: Int
    /// The deepest nesting of arrays and objects; a lone scalar has depth 0.
    public var maxDepth: Int
    /// The most values (scalars, arrays and objects together).
    public var maxValues: Int

    /// 8 MiB, 64 levels, a million values unless said otherwise.
    public init(maxBytes: Int = 8 << 20, maxDepth: Int = 64, maxValues: Int = 1_000_000) {
        self.maxBytes = maxBytes
        self.maxDepth = maxDepth
        self.maxValues = maxValues
    }

    /// What fits every message and definition of the house.
    public static let standard = JSONLimits()
}
