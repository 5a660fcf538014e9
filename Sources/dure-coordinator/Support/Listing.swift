import ArgumentParser
import CanonicalJSON
import TerminalText

/// How a reading command prints.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable, Sendable {
    case table, json, csv
}

/// The option that every reading command takes.
struct OutputOptions: ParsableArguments {
    @Option(name: [.short, .long], help: "How to print: table, json or csv. The layout of tables is not an interface.")
    var output: OutputFormat = .table
}

/// Rows under headings, printed as a table, as CSV (RFC 4180) or as the JSON that goes with them.
struct Listing {
    let columns: [String]
    let rows: [[String]]

    /// Prints in the asked format; `json` is what scripts get.
    func print(_ format: OutputFormat, json: @autoclosure () -> JSONValue) {
        switch format {
        case .table:
            var table = TextTable(columns.map { .init($0) })
            rows.forEach { table.add($0) }
            Console.print(table.lines(width: TerminalText.width).joined(separator: "\n"))
        case .csv: Console.write(CSVText.lines([columns] + rows))
        case .json: Console.print(json().text(indent: 2))
        }
    }
}
