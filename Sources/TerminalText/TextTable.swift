/// A table for a terminal. Where it is too wide, texts go on in the next line; numbers are never cut.
public struct TextTable: Sendable {
    /// How a column stands.
    public enum Alignment: Sendable {
        case left, right
    }

    /// A column's heading and how it stands.
    public struct Column: Sendable {
        let title: String
        let alignment: Alignment

        /// A column.
        public init(_ title: String, _ alignment: Alignment = .left) {
            self.title = title
            self.alignment = alignment
        }
    }

    private let columns: [Column]
    private var rows: [[String]] = []

    /// An empty table.
    public init(_ columns: [Column]) { self.columns = columns }

    /// Adds a row; it must have a text for each column.
    public mutating func add(_ row: [String]) {
        precondition(row.count == columns.count, "a row has a text for each column")
        rows.append(row.map(TextTable.harmless))
    }

    /// Whether it has no row.
    public var isEmpty: Bool { rows.isEmpty }

    /// The table's lines, each at most `width` columns wide.
    public func lines(width: Int = 80, headings: Bool = true) -> [String] {
        let all = (headings ? [columns.map(\.title)] : []) + rows
        var widths = columns.indices.map { column in all.map { DisplayWidth.of($0[column]) }.max() ?? 0 }
        shrink(&widths, to: width)
        return all.flatMap { row in lines(of: row, widths) }
    }

    /// A row as lines: as many as its longest cell needs.
    private func lines(of row: [String], _ widths: [Int]) -> [String] {
        let cells = row.indices.map { column in
            DisplayWidth.of(row[column]) <= widths[column]
                ? [row[column]] : DisplayWidth.wrapped(row[column], to: widths[column])
        }
        return (0..<(cells.map(\.count).max() ?? 0)).map { line in
            cells.indices.map { column in
                cell(line < cells[column].count ? cells[column][line] : "", columns[column].alignment, widths[column])
            }.joined(separator: "  ").trimmingTrailingSpaces
        }
    }

    private func cell(_ text: String, _ alignment: Alignment, _ width: Int) -> String {
        // A single word may be longer than the column.
        let text = DisplayWidth.truncated(text, to: width)
        return alignment == .left ? DisplayWidth.padded(text, to: width) : DisplayWidth.aligned(text, right: width)
    }

    /// Takes from the widest left-aligned column until the row fits; numbers are never cut.
    private func shrink(_ widths: inout [Int], to width: Int) {
        let gaps = 2 * max(0, widths.count - 1)
        while widths.reduce(gaps, +) > width {
            let candidates = widths.indices.filter { columns[$0].alignment == .left && widths[$0] > 8 }
            guard let widest = candidates.max(by: { widths[$0] < widths[$1] }) else { return }
            widths[widest] -= 1
        }
    }

    /// `text` without control characters: a name from a server must not move the cursor or recolour the terminal.
    public static func harmless(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }))
    }
}

extension String {
    /// The text without spaces at its end.
    public var trimmingTrailingSpaces: String {
        var text = self[...]
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
