public import Federation

/// A person of the consortium: `U-` and six characters: `U-4F7K2Q`.
public struct PersonID: Identifier {
    /// The identifier's text.
    public let rawValue: String
    /// Wraps text already known to be well formed.
    public init(unchecked text: String) { rawValue = text }
    /// What such an identifier looks like.
    public static let example = "U-4F7K2Q"
    /// Whether `text` has the shape of this identifier.
    public static func isWellFormed(_ text: String) -> Bool {
        text.hasPrefix("U-") && text.utf8.count == 8 && text.utf8.dropFirst(2).allSatisfy(RandomText.alphabet.contains)
    }
    /// A new identifier.
    static func random() -> PersonID { PersonID(unchecked: "U-" + RandomText.characters(6)) }
}

/// Text drawn from the system's generator.
enum RandomText {
    /// Crockford's base 32: nothing that is misread aloud.
    static let alphabet: [UInt8] = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)

    /// `count` characters, five bits each.
    static func characters(_ count: Int) -> String {
        var generator = SystemRandomNumberGenerator()
        return String(decoding: (0..<count).map { _ in alphabet[Int.random(in: 0..<32, using: &generator)] }, as: UTF8.self)
    }

    /// `count` random bytes as hexadecimal digits.
    static func hex(bytes count: Int) -> String { Hex.encode(Self.bytes(count)) }

    /// `count` random bytes.
    static func bytes(_ count: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }
}
