/// Comma-separated values as RFC 4180 has them, safe to open in a spreadsheet.
public enum CSVText {
    /// Rows as lines that end in CR LF.
    public static func lines(_ rows: [[String]]) -> String {
        rows.map { $0.map(field).joined(separator: ",") + "\r\n" }.joined()
    }

    /// A field in quotes where it must be; a leading `=`, `+`, `-` or `@` is defused, because spreadsheets run such cells.
    static func field(_ text: String) -> String {
        let safe = text.first.map { "=+-@\t\r".contains($0) } == true ? "'" + text : text
        guard safe.contains(where: { ",\"\r\n".contains($0) }) else { return safe }
        return "\"" + safe.replacing("\"", with: "\"\"") + "\""
    }
}
