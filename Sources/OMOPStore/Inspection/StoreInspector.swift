/// Looks at the tables found in a store and says, all at once, what can be read, how, and what is wrong.
///
/// It knows nothing of databases: adapters hand it `FoundTable`s.
struct StoreInspector {
    /// Today, since 1970-01-01: what lies far beyond it is no date of an event.
    var today: Int32
    private var result = Inspection()

    init(today: Int32) {
        self.today = today
    }

    /// Inspects everything found.
    mutating func inspect(_ found: [FoundTable]) -> Inspection {
        result = Inspection()
        for table in found.sorted(by: { $0.name < $1.name }) {
            guard let cdm = CDMTable(name: table.name) else { continue }
            inspect(table, as: cdm)
        }
        settleAmbiguousDates()
        reportMissingTables()
        result.problems.sort { ($0.severity, $0.sortKey) < ($1.severity, $1.sortKey) }
        return result
    }

    private mutating func report(
        _ severity: StoreProblem.Severity, _ code: StoreProblem.Code, _ table: CDMTable, _ column: String? = nil,
        what: String, advice: String
    ) {
        result.problems.append(StoreProblem(severity, code, table: table, column: column, what: what, advice: advice))
    }

    // MARK: One table

    private mutating func inspect(_ found: FoundTable, as table: CDMTable) {
        guard found.kind == .table else {
            report(
                table.isIndispensable ? .fatal : .warning, .notATable, table,
                what: "it is a \(found.kind.rawValue), and reading it could run any code that the file brings",
                advice: "Store its rows as a plain table (CREATE TABLE ... AS SELECT)"
                    + (table.isIndispensable ? "" : "; until then it counts as absent"))
            return
        }
        let header = found.headerRow(of: table)
        let matched = ColumnMatcher(found: found, table: table, header: header)
        if header != nil {
            report(
                .warning, .headerAsData, table,
                what: "a row holds column names instead of values"
                    + (matched.namesFromHeader ? ", and the columns themselves have none" : ""),
                advice: "The row is skipped; delete it, or load the file again with its header line as header")
        }
        report(matched, of: table)
        let missing = table.essentialColumns.filter { matched.columns[$0] == nil }
        guard missing.isEmpty else {
            leaveOut(table, missing: missing)
            return
        }
        var profile = TableProfile(
            storedName: found.name, columns: [:], unknownColumns: matched.unknown, approximateRows: found.approximateRows)
        var reading = TableReading(storedName: found.name, columns: [:], header: matched.headerMark)
        let sample = found.sample.filter { !matched.isHeader($0) }
        var judge = ColumnJudge(table: table, today: today)
        for column in table.columns {
            guard let position = matched.columns[column.name] else { continue }
            let values = sample.compactMap { position < $0.count ? $0[position] : nil }
            let stored = found.columns[position]
            let judged = judge.judge(column, values)
            profile.columns[column.name] = ColumnProfile(
                storedName: stored.name, declaredType: stored.declaredType, storage: judged.storage)
            reading.columns[column.name] = ColumnReading(
                storedName: stored.name, type: column.type, numbers: judged.numbers, isCleanInteger: judged.isCleanInteger)
        }
        result.problems += judge.problems()
        result.tables[table] = profile
        result.readings[table] = reading
        ambiguous += judge.ambiguous.map { (table, $0.column, $0.verdict) }
        reportEmpty(table, found, sample)
    }

    private mutating func leaveOut(_ table: CDMTable, missing: [String]) {
        let names = missing.joined(separator: ", ")
        report(
            table.isIndispensable ? .fatal : .warning, .missingColumn, table,
            what: "it has no \(names)",
            advice: "Add the column\(missing.count == 1 ? "" : "s") as CDM v5.4 defines "
                + (missing.count == 1 ? "it" : "them") + (table.isIndispensable ? "" : "; until then the table counts as absent"))
    }

    private mutating func report(_ matched: ColumnMatcher, of table: CDMTable) {
        for (name, stored) in matched.duplicates {
            report(
                .warning, .duplicateColumn, table, name, what: "the columns \(stored.joined(separator: " and ")) both hold it",
                advice: "The first is read; drop the other")
        }
        if !matched.formerNames.isEmpty {
            report(
                .note, .oldColumnName, table,
                what: "it uses CDM v5.3 names: \(matched.formerNames.joined(separator: ", "))",
                advice: "Nothing to do: they are read under their v5.4 names")
        }
        if !matched.unknown.isEmpty {
            report(
                .note, .unknownColumn, table,
                what: "columns that CDM v5.4 does not have: \(matched.unknown.joined(separator: ", "))",
                advice: "Nothing to do: they are not read")
        }
        let absent = table.columns.filter {
            $0.required && matched.columns[$0.name] == nil && !table.essentialColumns.contains($0.name)
        }
        if !absent.isEmpty {
            let isEvent = table.shape != nil || table == .person
            report(
                isEvent ? .warning : .note, .missingColumn, table,
                what: "required columns are absent: \(absent.map(\.name).joined(separator: ", "))",
                advice: isEvent
                    ? "They are read as NULL: criteria on them match nothing. Add them as CDM v5.4 defines them"
                    : "Nothing to do: they are read as NULL")
        }
    }

    private mutating func reportEmpty(_ table: CDMTable, _ found: FoundTable, _ sample: [[StoredValue]]) {
        guard sample.isEmpty else { return }
        switch table {
        case .person, .observationPeriod:
            report(.warning, .emptyTable, table, what: "it has no rows", advice: table.absenceAdvice)
        default:
            guard table.absenceSeverity != nil else { return }
            report(.note, .emptyTable, table, what: "it has no rows", advice: "Nothing to do if that is so by intention")
        }
    }

    // MARK: The store as a whole

    private var ambiguous: [(table: CDMTable, column: CDMColumn, verdict: DateStorageDetector.Verdict)] = []

    /// Columns whose few values fit two storages follow the columns that are sure.
    private mutating func settleAmbiguousDates() {
        let common = commonNumberStorage()
        for item in ambiguous {
            let options = [item.verdict.storage] + item.verdict.rivals
            let chosen = common.flatMap { options.contains($0.storage) ? $0 : nil } ?? DateNumber(storage: options[0])
            result.tables[item.table]?.columns[item.column.name]?.storage = chosen.storage
            result.readings[item.table]?.columns[item.column.name]?.numbers = chosen
            report(
                .warning, .dateStorage, item.table, item.column.name,
                what:
                    "its few values could be \(options.map(\.phrase).joined(separator: " or ")); read as \(chosen.storage.phrase)"
                    + (common == nil ? "" : " like the other date columns"),
                advice: "Store dates as ISO text (2026-11-22) to leave no doubt")
        }
        // Columns without a value in the sample may still have one somewhere: it is read as the rest of the store is.
        guard let common else { return }
        for (table, profile) in result.tables {
            for (name, column) in profile.columns where column.storage == .empty {
                result.readings[table]?.columns[name]?.numbers = common
            }
        }
    }

    private func commonNumberStorage() -> DateNumber? {
        var counts: [DateNumber: Int] = [:]
        let doubtful = Set(ambiguous.map { "\($0.table.rawValue).\($0.column.name)" })
        for (table, profile) in result.tables {
            for (name, column) in profile.columns where column.storage.isDateNumber {
                guard !doubtful.contains("\(table.rawValue).\(name)"),
                    let reader = result.readings[table]?.columns[name]?.numbers
                else { continue }
                counts[reader, default: 0] += 1
            }
        }
        return counts.max { ($0.value, $0.key.storage.rawValue) < ($1.value, $1.key.storage.rawValue) }?.key
    }

    private mutating func reportMissingTables() {
        for table in CDMTable.allCases where result.tables[table] == nil {
            guard !result.problems.contains(where: { $0.table == table }) else { continue }
            guard let severity = table.absenceSeverity else { continue }
            report(severity, .missingTable, table, what: "the table is missing", advice: table.absenceAdvice)
        }
    }
}

extension StoreProblem {
    fileprivate var sortKey: String { "\(table?.rawValue ?? "") \(column ?? "") \(code.rawValue)" }
}
