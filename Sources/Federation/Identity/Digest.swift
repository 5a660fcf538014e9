import CanonicalJSON
import Crypto

/// A SHA-256 digest as it is written everywhere: `sha256:` and 64 hexadecimal digits.
public struct Digest256: Sendable, Hashable, Comparable, CustomStringConvertible, JSONEncodable, JSONDecodable {
    /// `sha256:` and 64 lower-case hexadecimal digits.
    public let text: String

    /// The digest of `bytes`.
    public init(of bytes: some Sequence<UInt8>) {
        var hash = SHA256()
        hash.update(data: Array(bytes))
        text = "sha256:" + Hex.encode(hash.finalize())
    }

    /// The digest of a value's canonical form (RFC 8785).
    public init(of value: JSONValue) { self.init(of: value.canonicalBytes()) }

    /// A digest from its written form, or nil where it is not one.
    public init?(_ text: String) {
        guard text.utf8.count == 71, text.hasPrefix("sha256:"), Hex.decode(String(text.dropFirst(7))) != nil,
            text == text.lowercased()
        else { return nil }
        self.text = text
    }

    public init(from json: JSONReader) throws(JSONError) {
        guard let digest = Digest256(try json.string(maxLength: 80)) else {
            throw json.fail(.badValue, "is not a digest: expected sha256: and 64 hexadecimal digits")
        }
        self = digest
    }

    /// The first 12 hexadecimal digits, for people.
    public var short: String { String(text.dropFirst(7).prefix(12)) }
    public var json: JSONValue { .string(text) }
    public var description: String { text }
    public static func < (left: Self, right: Self) -> Bool { left.text < right.text }
}

/// Hexadecimal text, lower case.
public enum Hex {
    /// Two digits a byte.
    public static func encode(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for byte in bytes {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// The 16 digits of a number, the highest first.
    public static func encode(_ number: UInt64) -> String {
        withUnsafeBytes(of: number.bigEndian) { encode($0) }
    }

    /// The bytes of `text`, or nil where a character is foreign or the length is odd.
    public static func decode(_ text: String) -> [UInt8]? {
        let digits = Array(text.utf8)
        guard digits.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = value(digits[index]), let low = value(digits[index + 1]) else { return nil }
            bytes.append(high << 4 | low)
        }
        return bytes
    }

    private static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
