import Cohorts

/// A definition in words as nested lists, one inside the other as deep as the lines are indented.
enum SentenceList {
    static func html(_ lines: [SentenceLine]) -> HTML { html(lines.map { ($0.level, $0.text) }) }

    static func html(_ lines: [(level: Int, text: String)]) -> HTML {
        var rest = lines[...]
        return "<ul class=\"said\">\(items(of: rest.first?.level ?? 0, from: &rest))</ul>"
    }

    private static func items(of level: Int, from lines: inout ArraySlice<(level: Int, text: String)>) -> HTML {
        var items: [HTML] = []
        while let line = lines.first, line.level >= level {
            lines.removeFirst()
            var inner: HTML = ""
            if let next = lines.first, next.level > line.level {
                inner = "<ul>\(Self.items(of: next.level, from: &lines))</ul>"
            }
            items.append("<li>\(line.text)\(inner)</li>")
        }
        return HTML.all(items)
    }
}
