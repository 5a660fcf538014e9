/// A look at a YAML text before it is parsed: its length and how deep it can be nested. The parser goes into nested values by
/// recursion, so a deep text would take the stack, and the process with it.
enum YAMLShape {
    /// The longest text, in bytes.
    static let longest = 1 << 20
    /// The deepest nesting. Configuration has four levels.
    static let deepest = 64

    /// Why a text is not parsed; nil where it may be.
    static func problem(of text: String) -> (what: String, line: Int)? {
        guard text.utf8.count <= longest else { return ("the file is longer than \(longest) bytes", 1) }
        var brackets = 0
        for (number, line) in text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
            for byte in line {
                if byte == UInt8(ascii: "[") || byte == UInt8(ascii: "{") { brackets += 1 }
                if byte == UInt8(ascii: "]") || byte == UInt8(ascii: "}") { brackets = max(0, brackets - 1) }
                guard brackets <= deepest else { return deep(number) }
            }
            guard opened(by: line) <= deepest else { return deep(number) }
        }
        return nil
    }

    /// How many values a line can open: one a column of its indentation, and one for each `- `, `? ` and `: ` before its content.
    private static func opened(by line: Substring.UTF8View.SubSequence) -> Int {
        var count = 0
        for byte in line {
            switch byte {
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "-"), UInt8(ascii: "?"),
                UInt8(ascii: ":"):
                count += 1
            default: return count
            }
        }
        return 0
    }

    private static func deep(_ number: Int) -> (what: String, line: Int) {
        ("the values are nested too deeply, or the line is indented too far", number + 1)
    }
}
