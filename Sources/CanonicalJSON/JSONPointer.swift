/// A place in a JSON document (RFC 6901): `/cohort/PrimaryCriteria/CriteriaList/0`. The root is the empty text.
public struct JSONPointer: Sendable, Hashable, CustomStringConvertible {
    /// The pointer's text.
    public let description: String

    /// The whole document.
    public static let root = JSONPointer(escaped: "")

    private init(escaped: String) { description = escaped }

    /// The pointer that a text says, or nil when it is none: not empty and not starting with `/`, or `~` without 0 or 1.
    public init?(_ text: String) {
        guard text.isEmpty || text.utf8.first == 0x2F else { return nil }
        var afterTilde = false
        for byte in text.utf8 {
            if afterTilde, byte != 0x30, byte != 0x31 { return nil }
            afterTilde = byte == 0x7E
        }
        guard !afterTilde else { return nil }
        description = text
    }

    /// The member of that key below this place.
    public func appending(_ key: String) -> JSONPointer {
        JSONPointer(escaped: description + "/" + Self.escape(key))
    }

    /// The element of that index below this place.
    public func appending(_ index: Int) -> JSONPointer {
        JSONPointer(escaped: description + "/" + String(index))
    }

    /// The place that another pointer leads to from here.
    public func appending(_ rest: JSONPointer) -> JSONPointer {
        JSONPointer(escaped: description + rest.description)
    }

    /// The keys and indices from the root down, unescaped.
    public var tokens: [String] {
        description.utf8.split(separator: 0x2F, omittingEmptySubsequences: false).dropFirst().map { Self.unescape($0) }
    }

    /// Whether this is the place `other` or one below it.
    public func isWithin(_ other: JSONPointer) -> Bool {
        let (mine, theirs) = (description.utf8, other.description.utf8)
        guard mine.starts(with: theirs) else { return false }
        return mine.count == theirs.count || mine.dropFirst(theirs.count).first == 0x2F
    }

    /// An array index as RFC 6901 section 4 writes it: digits without leading zeros.
    static func arrayIndex(_ token: String) -> Int? {
        guard !token.isEmpty, token.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
        guard token == "0" || token.utf8.first != 0x30 else { return nil }
        return Int(token)
    }

    private static func escape(_ key: String) -> String {
        guard key.utf8.contains(where: { $0 == 0x7E || $0 == 0x2F }) else { return key }
        var bytes: [UInt8] = []
        for byte in key.utf8 {
            switch byte {
            case 0x7E: bytes += [0x7E, 0x30]
            case 0x2F: bytes += [0x7E, 0x31]
            default: bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func unescape(_ token: Substring.UTF8View) -> String {
        var bytes: [UInt8] = []
        var rest = token
        while let byte = rest.popFirst() {
            guard byte == 0x7E, let code = rest.popFirst() else {
                bytes.append(byte)
                continue
            }
            bytes.append(code == 0x31 ? 0x2F : 0x7E)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
