import CanonicalJSON

/// A name with a fixed alphabet and length, checked where it enters.
///
/// Identifiers end up in URLs, file names, log lines and certificates, so they are refused early rather than escaped late.
public protocol Identifier: RawRepresentable, Sendable, Hashable, Comparable, CustomStringConvertible, JSONEncodable,
    JSONDecodable
where RawValue == String {
    /// What such an identifier looks like, for error messages: "KR-H-0017".
    static var example: String { get }
    /// Whether `text` has the shape of this identifier.
    static func isWellFormed(_ text: String) -> Bool
    /// Wraps text already known to be well formed.
    init(unchecked text: String)
}

extension Identifier {
    /// The identifier, or nil where `rawValue` does not have its shape.
    public init?(rawValue: String) {
        guard Self.isWellFormed(rawValue) else { return nil }
        self.init(unchecked: rawValue)
    }

    public init(from json: JSONReader) throws(JSONError) {
        let text = try json.string(maxLength: 64)
        guard Self.isWellFormed(text) else {
            throw json.fail(.badValue, "is not an identifier like \(Self.example)")
        }
        self.init(unchecked: text)
    }

    public var json: JSONValue { .string(rawValue) }
    public var description: String { rawValue }
    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// A hospital of the roster: country, `H`, four digits: `KR-H-0017`.
public struct HospitalID: Identifier {
    public let rawValue: String
    public init(unchecked text: String) { rawValue = text }
    public static let example = "KR-H-0017"
    public static func isWellFormed(_ text: String) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        return parts.count == 3 && parts[0].count == 2 && parts[0].utf8.allSatisfy(\.isUpperLetter) && parts[1] == "H"
            && parts[2].count == 4 && parts[2].utf8.allSatisfy(\.isDigit)
    }
}

/// A project: `P-` and one to 28 letters, digits or hyphens: `P-0042`.
public struct ProjectID: Identifier {
    public let rawValue: String
    public init(unchecked text: String) { rawValue = text }
    public static let example = "P-0042"
    public static func isWellFormed(_ text: String) -> Bool {
        text.hasPrefix("P-") && (3...30).contains(text.utf8.count)
            && text.utf8.allSatisfy { $0.isUpperLetter || $0.isDigit || $0 == UInt8(ascii: "-") }
    }
}

/// A query as a person says it over the telephone: `Q-7F3K-92QD` (40 bits in Crockford's alphabet).
public struct QueryID: Identifier {
    public let rawValue: String
    public init(unchecked text: String) { rawValue = text }
    public static let example = "Q-7F3K-92QD"
    public static func isWellFormed(_ text: String) -> Bool { isGrouped(text, prefix: "Q", groups: 2) }
    /// A new identifier from `generator`; the coordinator checks that it is not taken.
    public static func random(using generator: inout some RandomNumberGenerator) -> QueryID {
        QueryID(unchecked: grouped("Q", groups: 2, using: &generator))
    }
}

/// One hospital's copy of a query: `T-` and five groups (100 bits), never used twice.
public struct TicketID: Identifier {
    public let rawValue: String
    public init(unchecked text: String) { rawValue = text }
    public static let example = "T-0Z3K-92QD-7F3K-AAAA-1234"
    public static func isWellFormed(_ text: String) -> Bool { isGrouped(text, prefix: "T", groups: 5) }
    /// A new identifier from `generator`.
    public static func random(using generator: inout some RandomNumberGenerator) -> TicketID {
        TicketID(unchecked: grouped("T", groups: 5, using: &generator))
    }
}

/// One start of a node's process: 16 hexadecimal digits, drawn anew at each start.
///
/// The coordinator tells a restart (a new boot replaces the old) from two agents with one identity (an old boot comes back).
public struct BootID: Identifier {
    public let rawValue: String
    public init(unchecked text: String) { rawValue = text }
    public static let example = "9f3c0a1b2c3d4e5f"
    public static func isWellFormed(_ text: String) -> Bool {
        text.utf8.count == 16 && text.utf8.allSatisfy { $0.isDigit || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0) }
    }
    /// A new identifier from `generator`.
    public static func random(using generator: inout some RandomNumberGenerator) -> BootID {
        BootID(unchecked: Hex.encode(UInt64.random(in: .min ... .max, using: &generator)))
    }
}

private func isGrouped(_ text: String, prefix: String, groups: Int) -> Bool {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    return parts.count == groups + 1 && parts[0] == prefix
        && parts.dropFirst().allSatisfy { $0.utf8.count == 4 && $0.utf8.allSatisfy(Crockford.contains) }
}

private func grouped(_ prefix: String, groups: Int, using generator: inout some RandomNumberGenerator) -> String {
    let words = (0..<groups).map { _ in
        String(decoding: (0..<4).map { _ in Crockford.alphabet[Int.random(in: 0..<32, using: &generator)] }, as: UTF8.self)
    }
    return ([prefix] + words).joined(separator: "-")
}

extension UInt8 {
    var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
    var isUpperLetter: Bool { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self) }
}
