/// Which stored column is which CDM column: in any case, with blanks around, under its v5.3 name, or named only by a
/// header that was loaded as a row.
struct ColumnMatcher {
    /// Positions of the columns found, by CDM name.
    private(set) var columns: [String: Int] = [:]
    /// Stored names that the CDM does not know.
    private(set) var unknown: [String] = []
    /// v5.3 names found.
    private(set) var formerNames: [String] = []
    /// CDM names claimed by more than one stored column.
    private(set) var duplicates: [String: [String]] = [:]
    /// Whether the names come from a header row because the table's own mean nothing.
    private(set) var namesFromHeader = false
    /// How the header row, if there is one, is known among the rows.
    private(set) var headerMark: HeaderMark?
    private var markPosition: Int?

    init(found: FoundTable, table: CDMTable, header: [String]?) {
        let stored = found.columns.map { NumberText.trim($0.name).lowercased() }
        var names = stored
        if let header, !stored.contains(where: { table.column($0) != nil }) {
            names = header
            namesFromHeader = true
        }
        for (position, name) in names.enumerated() {
            guard let column = table.column(name) else {
                unknown.append(found.columns[position].name)
                continue
            }
            claim(column, name: name, position: position, found)
        }
        markHeader(header, found, table)
    }

    private mutating func claim(_ column: CDMColumn, name: String, position: Int, _ found: FoundTable) {
        let isFormer = name != column.name
        if let earlier = columns[column.name] {
            duplicates[column.name, default: [found.columns[earlier].name]].append(found.columns[position].name)
            if isFormer { return }
        }
        columns[column.name] = position
        if isFormer { formerNames.append(name) }
    }

    private mutating func markHeader(_ header: [String]?, _ found: FoundTable, _ table: CDMTable) {
        guard let header else { return }
        // An essential column cannot hold its own name as a value.
        let candidates = (table.essentialColumns + table.columns.map(\.name)).compactMap { columns[$0] }
        guard let position = candidates.first(where: { $0 < header.count && table.column(header[$0]) != nil }) else { return }
        markPosition = position
        headerMark = HeaderMark(storedName: found.columns[position].name, text: header[position])
    }

    /// Whether a row is the header loaded as data.
    func isHeader(_ row: [StoredValue]) -> Bool {
        guard let markPosition, let headerMark, markPosition < row.count, case .text(let text) = row[markPosition] else {
            return false
        }
        return NumberText.trim(text).lowercased() == headerMark.text
    }
}
