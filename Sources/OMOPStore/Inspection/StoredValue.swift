/// A value as a database gave it, before anybody decided what it means.
enum StoredValue: Sendable, Hashable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    case blob

    /// Whether it stands for nothing: NULL, empty text, or a word that exports write for NULL.
    var isAbsent: Bool {
        switch self {
        case .null: true
        case .text(let text): Self.isAbsent(text)
        default: false
        }
    }

    /// Whether a text is one of the ways to write NULL.
    static func isAbsent(_ text: String) -> Bool {
        let trimmed = NumberText.trim(text)
        return trimmed.utf8.count <= 4 && Self.wordsForNull.contains(trimmed)
    }

    private static let wordsForNull: Set<Substring> = ["", "NA", "\\N", "NaN", "nan", "NULL", "null", "None"]

    /// The number, also when it is written as text.
    var number: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .real(let value): value.isFinite ? value : nil
        case .text(let text): NumberText.double(text)
        case .null, .blob: nil
        }
    }

    /// The whole number, also when it is written as text or as 1.0.
    var whole: Int64? {
        switch self {
        case .integer(let value): value
        case .real(let value): Int64(exactly: value)
        case .text(let text): NumberText.int64(text)
        case .null, .blob: nil
        }
    }
}

/// Numbers written as text.
enum NumberText {
    /// The whole number that `text` writes: `12`, ` 12 `, `12.0`, `+12`, `1.2e1`.
    static func int64(_ text: String) -> Int64? {
        if let value = Int64(text) { return value }
        guard let value = double(text) else { return nil }
        return Int64(exactly: value)
    }

    /// The finite decimal number that `text` writes; Swift's other spellings (hexadecimal, infinities) are no numbers here.
    static func double(_ text: String) -> Double? {
        let trimmed = trim(text)
        guard let first = trimmed.utf8.first, trimmed.utf8.count <= 64 else { return nil }
        guard
            first &- UInt8(ascii: "0") < 10 || first == UInt8(ascii: "-") || first == UInt8(ascii: "+")
                || first == UInt8(ascii: ".")
        else { return nil }
        guard !trimmed.utf8.contains(where: { $0 | 0x20 == UInt8(ascii: "x") }) else { return nil }
        guard let value = Double(trimmed), value.isFinite else { return nil }
        return value
    }

    static func trim(_ text: String) -> Substring {
        var trimmed = Substring(text)
        while trimmed.first == " " { trimmed.removeFirst() }
        while trimmed.last == " " { trimmed.removeLast() }
        return trimmed
    }
}
