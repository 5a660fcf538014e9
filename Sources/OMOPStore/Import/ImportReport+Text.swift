/// The report as lines for people, at most 80 columns wide where it is a table.
extension ImportReport {
    /// What was read, what was not, and what is worth knowing. At most `limit` problems are shown of each kind.
    public func lines(limit: Int = 40) -> [String] {
        var lines = tableLines
        if !notRead.isEmpty {
            lines += ["", "Not read:"] + notRead.map { "  \($0.file): \($0.why)" }
        }
        lines += section("Lost", problems.filter(\.losesData).map(\.description), limit)
        lines += section("Worth knowing", problems.filter { !$0.losesData }.map(\.description), limit)
        lines += section("The store", storeProblems.filter { $0.severity != .note }.map(\.description), limit)
        return lines
    }

    private var tableLines: [String] {
        let heads = ["TABLE", "FILE", "ROWS", "ROWS OUT", "VALUES LOST"]
        let rows = tables.map { part in
            [part.table.rawValue, part.file] + [part.rows, part.rowsLeftOut, part.valuesLost].map(Self.grouped)
        }
        let total = [
            "total", "", Self.grouped(tables.reduce(0) { $0 + $1.rows }), Self.grouped(tables.reduce(0) { $0 + $1.rowsLeftOut }),
            Self.grouped(tables.reduce(0) { $0 + $1.valuesLost }),
        ]
        let widths = [21, 22, 13, 9, 11]
        return ([heads] + rows + [total]).map { row in
            let cells = zip(row, widths).enumerated().map { index, cell in Self.cell(cell.0, cell.1, isNumber: index > 1) }
            return cells.joined(separator: " ").trimmingTrailingBlanks()
        }
    }

    private func section(_ title: String, _ items: [String], _ limit: Int) -> [String] {
        guard !items.isEmpty else { return [] }
        let more = items.count > limit ? ["  and \(items.count - limit) more"] : []
        return ["", "\(title):"] + items.prefix(limit).map { "  \($0)" } + more
    }

    private static func cell(_ text: String, _ width: Int, isNumber: Bool) -> String {
        let text = text.count <= width ? text : text.prefix(width - 1) + "~"
        let blanks = String(repeating: " ", count: width - text.count)
        return isNumber ? blanks + text : text + blanks
    }

    /// 1234567 as 1,234,567.
    private static func grouped(_ number: Int64) -> String {
        var digits = String(number)
        var index = digits.count - 3
        while index > 0 {
            digits.insert(",", at: digits.index(digits.startIndex, offsetBy: index))
            index -= 3
        }
        return digits
    }
}

extension String {
    fileprivate func trimmingTrailingBlanks() -> String {
        var text = self
        while text.last == " " { text.removeLast() }
        return text
    }
}
