/// Text for a page. What is interpolated is escaped; only literals of this program and other `HTML` stand as they are, so that
/// nothing from a ticket, a file or a request becomes markup.
struct HTML: ExpressibleByStringInterpolation, Sendable, Hashable {
    var text: String

    init(stringLiteral value: String) { text = value }
    init(stringInterpolation: StringInterpolation) { text = stringInterpolation.text }
    private init(raw text: String) { self.text = text }

    /// Pieces one after the other.
    static func all(_ pieces: some Sequence<HTML>) -> HTML { HTML(raw: pieces.map(\.text).joined(separator: "\n")) }

    struct StringInterpolation: StringInterpolationProtocol {
        var text = ""
        init(literalCapacity: Int, interpolationCount: Int) {}
        mutating func appendLiteral(_ literal: String) { text += literal }
        mutating func appendInterpolation(_ value: String) { text += HTML.escaped(value) }
        mutating func appendInterpolation(_ value: Int) { text += String(value) }
        mutating func appendInterpolation(_ html: HTML) { text += html.text }
    }

    /// The five characters that mean something in a page, in words.
    static func escaped(_ text: String) -> String {
        var result = ""
        for character in text.unicodeScalars {
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.unicodeScalars.append(character)
            }
        }
        return result
    }

    /// `text` as it stands, with every occurrence of `word` marked.
    static func marking(_ word: String, in text: String) -> HTML {
        let mark = escaped(word)
        return HTML(
            raw: escaped(text).split(separator: mark, omittingEmptySubsequences: false).joined(separator: "<mark>\(mark)</mark>"))
    }
}
