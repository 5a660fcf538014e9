import ArgumentParser
import CanonicalJSON

/// How a reading command prints.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable, Sendable {
    case table, json, csv
}

/// The option that every reading command takes.
struct OutputOptions: ParsableArguments {
    @Option(name: [.short, .long], help: "How to print: table, json or csv. The layout of tables is not an interface.")
    var output: OutputFormat = .table
}

/// Rows under headings, printed as an aligned table, CSV (RFC 4180) or the JSON that goes with them.
struct TextTable {
    let columns: [String]
    let rows: [[String]]

    /// Prints in the asked format; `json` is what scripts get.
    func print(_ format: OutputFormat, json: @autoclosure () -> JSONValue) {
        switch format {
        case .table: Console.print(text)
        case .csv: Console.print(csv)
        case .json: Console.print(json().text(indent: 2))
        }
    }

    /// Aligned columns; Hangul takes two cells, so that Korean names line up.
    var text: String {
        let all = [columns] + rows
        let widths = columns.indices.map { index in all.map { Self.width($0[index]) }.max() ?? 0 }
        return all.map { row in
            let cells = zip(row, widths).map { cell, width in
                cell + String(repeating: " ", count: max(0, width - Self.width(cell)))
            }
            return cells.joined(separator: "  ").trimmingTrailingSpaces
        }.joined(separator: "\n")
    }

    var csv: String {
        ([columns] + rows).map { $0.map(Self.quoted).joined(separator: ",") }.joined(separator: "\n")
    }

    private static func quoted(_ cell: String) -> String {
        // A cell that begins like a formula is one to a spreadsheet.
        let safe = cell.first.map { "=+@\t".contains($0) } == true ? "'" + cell : cell
        guard safe.contains(where: { ",\"\n\r".contains($0) }) else { return safe }
        return "\"" + safe.replacing("\"", with: "\"\"") + "\""
    }

    /// Terminal cells of a text: East Asian wide characters take two (UAX #11, the ranges that Korean text uses).
    static func width(_ text: String) -> Int {
        text.unicodeScalars.reduce(0) { sum, scalar in
            switch scalar.value {
            case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
                0xFF00...0xFF60, 0xFFE0...0xFFE6:
                sum + 2
            case 0x0300...0x036F, 0x1160...0x11FF: sum
            default: sum + 1
            }
        }
    }
}

extension String {
    fileprivate var trimmingTrailingSpaces: String {
        var copy = self
        while copy.last == " " { copy.removeLast() }
        return copy
    }
}
