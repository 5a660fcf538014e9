/// Judges the columns of one table from samples of their values, and gathers what is worth telling.
struct ColumnJudge {
    /// What was decided about one column.
    struct Judged {
        var storage: ColumnStorage
        var numbers = DateNumber(storage: .compactDate)
        var isCleanInteger = false
    }

    let table: CDMTable
    let today: Int32
    /// Date columns for which two storages fit.
    private(set) var ambiguous: [(column: CDMColumn, verdict: DateStorageDetector.Verdict)] = []
    private var dateStorages: [ColumnStorage: [String]] = [:]
    private var zoned: [Double: [String]] = [:]
    private var asText: [String] = []
    private var asReal: [String] = []
    private var emptyTexts: [String] = []
    private var found: [StoreProblem] = []

    init(table: CDMTable, today: Int32) {
        self.table = table
        self.today = today
    }

    /// Judges one column by its values.
    mutating func judge(_ column: CDMColumn, _ values: [StoredValue]) -> Judged {
        if values.contains(.text("")), column.type != .text || column.name == "invalid_reason" {
            emptyTexts.append(column.name)
        }
        switch column.type {
        case .date, .datetime: return judgeDate(column, values)
        case .integer, .number: return judgeNumber(column, values)
        case .text: return Judged(storage: Self.plainStorage(values))
        }
    }

    /// Everything to tell about the table's columns; what is alike is told once.
    func problems() -> [StoreProblem] {
        var all = found
        for (storage, columns) in dateStorages where storage != .isoText {
            all.append(
                StoreProblem(
                    .note, .dateStorage, table: table, what: "dates are stored as \(storage.phrase): \(list(columns))",
                    advice: "Nothing to do if that is right: they are read as such"))
        }
        for (offset, columns) in zoned {
            all.append(
                StoreProblem(
                    .warning, .dateStorage, table: table,
                    what: "every date lies \(Self.hours(offset)) from midnight UTC: \(list(columns))",
                    advice: "They are read as midnights of that time zone; store dates without a zone to leave no doubt"))
        }
        let groups: [(StoreProblem.Code, [String], String)] = [
            (.numberAsText, asText, "numbers are stored as text"),
            (.numberAsText, asReal, "whole numbers are stored with a fraction (1.0)"),
            (.emptyText, emptyTexts, "empty text stands where the CDM means NULL"),
        ]
        for (code, columns, what) in groups where !columns.isEmpty {
            all.append(
                StoreProblem(
                    .note, code, table: table, what: "\(what): \(list(columns))",
                    advice: code == .emptyText ? "Nothing to do: it is read as NULL" : "Nothing to do: they are read as numbers"))
        }
        return all
    }

    // MARK: Dates

    private mutating func judgeDate(_ column: CDMColumn, _ values: [StoredValue]) -> Judged {
        let verdict = DateStorageDetector(plausible: plausible(column), type: column.type).verdict(values)
        if verdict.isAmbiguous {
            ambiguous.append((column, verdict))
        } else if verdict.storage != .empty && verdict.storage != .unreadable {
            dateStorages[verdict.storage, default: []].append(column.name)
        }
        if let offset = verdict.numbers?.offset, offset != 0 { zoned[offset, default: []].append(column.name) }
        tellUnreadable(column, verdict)
        if !verdict.others.isEmpty {
            let names = ([verdict.storage] + verdict.others.sorted { $0.rawValue < $1.rawValue }).map(\.phrase)
            tell(
                .warning, .mixedStorage, column, "dates are stored in more than one way: \(names.joined(separator: ", "))",
                "Each value is read by its own form; store them in one way to leave no doubt")
        }
        if verdict.implausible * 20 > verdict.values {
            let share = Self.percent(verdict.implausible, verdict.values)
            tell(
                .warning, .implausibleDate, column, "\(share) of the sampled days lie outside the years that can be right",
                "Check how the column was loaded; the days are read as they are")
        }
        return Judged(storage: verdict.storage, numbers: verdict.numbers ?? DateNumber(storage: .compactDate))
    }

    private mutating func tellUnreadable(_ column: CDMColumn, _ verdict: DateStorageDetector.Verdict) {
        guard verdict.unreadable > 0 else { return }
        let share = Self.percent(verdict.unreadable, verdict.values)
        guard verdict.storage == .unreadable else {
            tell(
                .warning, .unreadableValue, column, "\(share) of the sampled values are no dates",
                "They are read as NULL; store dates as ISO text (2026-11-22)")
            return
        }
        let essential = table.isIndispensable && table.essentialColumns.contains(column.name)
        tell(
            essential ? .fatal : .warning, .dateStorage, column,
            "\(share) of the sampled values cannot be read as dates without guessing",
            "Store them as ISO text (2026-11-22)" + (essential ? "" : "; until then what cannot be read is NULL"))
    }

    /// Days that can be right: for events from 1850 to two years from now; for the vocabulary's validity to 2100.
    private func plausible(_ column: CDMColumn) -> ClosedRange<Int32> {
        let isVocabulary = column.name.hasPrefix("valid_")
        return -43_829...(isVocabulary ? 47_482 : max(today + 731, 0))
    }

    // MARK: Numbers

    private mutating func judgeNumber(_ column: CDMColumn, _ values: [StoredValue]) -> Judged {
        let present = values.filter { !$0.isAbsent }
        let storage = Self.plainStorage(present)
        let unreadable = present.count { column.type == .integer ? $0.whole == nil : $0.number == nil }
        if unreadable > 0 {
            let indispensable = table == .person && column.name == "person_id" && unreadable == present.count
            tell(
                indispensable ? .fatal : .warning, .unreadableValue, column,
                "\(Self.percent(unreadable, present.count)) of the sampled values are no \(column.type == .integer ? "whole " : "")numbers",
                "They are read as NULL; mend the load")
        } else if storage == .text {
            asText.append(column.name)
            return Judged(storage: .numericText)
        } else if storage == .real, column.type == .integer {
            asReal.append(column.name)
        }
        let isClean = values.allSatisfy { if case .integer = $0 { true } else { $0 == .null } }
        return Judged(storage: storage, isCleanInteger: isClean)
    }

    // MARK: Words

    private mutating func tell(
        _ severity: StoreProblem.Severity, _ code: StoreProblem.Code, _ column: CDMColumn, _ what: String, _ advice: String
    ) {
        found.append(StoreProblem(severity, code, table: table, column: column.name, what: what, advice: advice))
    }

    private func list(_ names: [String]) -> String { names.joined(separator: ", ") }

    private static func plainStorage(_ values: [StoredValue]) -> ColumnStorage {
        var storage = ColumnStorage.empty
        for value in values where value != .null {
            switch (value, storage) {
            case (.text, _), (.blob, _): return .text
            case (.real, _): storage = .real
            case (.integer, .empty): storage = .integer
            default: break
            }
        }
        return storage
    }

    private static func percent(_ part: Int, _ whole: Int) -> String {
        let share = Double(part) * 100 / Double(max(whole, 1))
        return share < 1 ? "under 1 %" : "\(Int(share.rounded())) %"
    }

    private static func hours(_ offset: Double) -> String {
        let minutes = Int(offset) / 60
        return "\(minutes > 0 ? "+" : "")\(minutes / 60) h" + (minutes % 60 == 0 ? "" : " \(abs(minutes % 60)) min")
    }
}
