import Disclosure
import Federation
import TerminalText

/// A merged result as CSV (RFC 4180) with the four columns `value,low,high,status`.
///
/// A hidden value has an empty `value`, so a spreadsheet cannot add it as a number; adding `low` gives a correct floor.
public struct ResultCSV: Sendable {
    private let result: MergedResult

    /// The CSV of `result`.
    public init(_ result: MergedResult) { self.result = result }

    /// The whole text, lines ending in CR LF.
    public var text: String {
        var lines = [["query", "question", "part", "hospital", "key", "value", "low", "high", "status", "synthetic"]]
        lines += rows(part: "total", key: "") { $0.total }
        for step in result.merged.attrition {
            lines += rows(part: "attrition", key: step.name) { answer in
                answer.attrition.first { $0.name == step.name }?.count ?? answer.withoutPart
            }
        }
        for cell in result.merged.cells {
            let key = zip(result.merged.dimensions, cell.key).map { "\($0)=\($1)" }.joined(separator: ";")
            // As it was merged: a table by other dimensions, which only a node that breaks the protocol sends, has none of these cells.
            lines += rows(part: "breakdown", key: key) { answer in
                let table = answer.breakdown.flatMap { $0.dimensions == result.merged.dimensions ? $0 : nil }
                return table?.count(cell.key) ?? answer.withoutPart
            }
        }
        if let answer = result.total?.answer { lines += rows(answer) }
        if let distinct = result.total?.distinct { lines.append(row(distinct)) }
        return CSVText.lines(lines)
    }

    /// The consortium total: a value, what it lies between with 95 % certainty, and no hospital.
    private func rows(_ answer: TotalAnswer) -> [[String]] {
        func row(_ part: String, _ key: String, _ count: TotalCount) -> [String] {
            [result.query.rawValue, result.questionHash.text, part, "*", key]
                + [count.value.map(String.init) ?? "", String(count.low), String(count.high)]
                + [count.value == nil ? "secure-total-hidden" : "secure-total", result.isSynthetic ? "yes" : "no"]
        }
        let cells = answer.cells.map { cell in
            row("breakdown", zip(answer.dimensions, cell.key).map { "\($0)=\($1)" }.joined(separator: ";"), cell.count)
        }
        return [row("total", "", answer.total)] + answer.attrition.map { row("attrition", $0.name, $0.count) } + cells
    }

    /// The patients of all hospitals together, each counted once; where there is no number, why.
    private func row(_ distinct: DistinctTotal) -> [String] {
        let columns =
            switch distinct {
            case .counted(let count):
                [count.value.map(String.init) ?? "", String(count.low), String(count.high)]
                    + [count.value == nil ? "distinct-patients-hidden" : "distinct-patients"]
            case .refused(let why): ["", "", "", "refused-\(why.rawValue)"]
            }
        return [result.query.rawValue, result.questionHash.text, "distinct", "*", ""] + columns
            + [result.isSynthetic ? "yes" : "no"]
    }

    private func rows(part: String, key: String, _ count: (DisclosedAnswer) -> DisclosedCount) -> [[String]] {
        let head = [result.query.rawValue, result.questionHash.text]
        let synthetic = result.isSynthetic ? "yes" : "no"
        let counts = result.rows.map { count($0.answer) }
        let hospitals = zip(result.rows, counts).map { row, count in
            head + [part, row.node, key] + Self.columns(count) + [synthetic]
        }
        guard result.mode != .secureTotal else { return hospitals }
        let merged = MergedCount(counts)
        let sum = [
            "", merged.records.map { String($0.low) } ?? "", merged.records.map { String($0.high) } ?? "",
            merged.records == nil ? "no-answer" : "interval",
        ]
        return hospitals + [head + [part, "*", key] + sum + [synthetic]]
    }

    static func columns(_ count: DisclosedCount) -> [String] {
        switch count {
        case .exact(let value): [String(value), String(value), String(value), "exact"]
        case .rounded(let value, _, let low, let high): [String(value), String(low), String(high), "rounded"]
        case .hidden(let low, let high, _): ["", String(low), String(high), "hidden"]
        case .masked: ["", "", "", "masked"]
        case .unavailable(.notApplicable, _): ["", "", "", "not-applicable"]
        case .unavailable(let why, _): ["", "", "", "unavailable-\(why.rawValue)"]
        case .refused(let code): ["", "", "", "refused-\(code)"]
        case .waiting(let why, _): ["", "", "", "waiting-\(why.rawValue)"]
        case .failed(let why): ["", "", "", "failed-\(why.rawValue)"]
        }
    }
}

extension DisclosedAnswer {
    /// What stands where this answer lacks a step or a cell: its own reason, or "not applicable".
    var withoutPart: DisclosedCount { total.isAnswer ? .unavailable(.notApplicable, detail: nil) : total }
}
