import ArgumentParser
import CanonicalJSON
import Client
import Cohorts
import Federation
import Foundation
import TerminalText

/// The terminal: data to stdout, the rest to stderr, nothing in colour.
struct Console: Sendable {
    static let standard = Console()

    /// Whether progress may redraw its line.
    var isInteractive: Bool { isatty(STDERR_FILENO) == 1 }

    /// The columns of the terminal, 80 where it is none.
    var width: Int { TerminalText.width }

    func data(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }

    func data(_ lines: [String]) { data(lines.joined(separator: "\n")) }

    func raw(_ text: String) { FileHandle.standardOutput.write(Data(text.utf8)) }

    func say(_ line: String) { FileHandle.standardError.write(Data((line + "\n").utf8)) }

    /// A line that the next one replaces.
    func progress(_ line: String) {
        FileHandle.standardError.write(Data(("\r\u{1B}[K" + line).utf8))
    }

    func endProgress() { FileHandle.standardError.write(Data("\r\u{1B}[K".utf8)) }

    func report(_ error: ClientError, asJSON: Bool) {
        if asJSON {
            say(error.json.text())
        } else {
            say("dure: \(error.message)")
            if let advice = error.advice { say("      \(advice)") }
        }
    }
}

/// How data is printed.
enum OutputFormat: String, CaseIterable, ExpressibleByArgument {
    case table, json, csv
}

extension Language: ExpressibleByArgument {}
extension ReleaseMode: ExpressibleByArgument {}
extension HospitalID: ExpressibleByArgument {
    public init?(argument: String) { self.init(rawValue: argument) }
}
extension ProjectID: ExpressibleByArgument {
    public init?(argument: String) { self.init(rawValue: argument) }
}
extension QueryID: ExpressibleByArgument {
    public init?(argument: String) { self.init(rawValue: argument.uppercased()) }
}

/// The options that every command has.
struct CommonOptions: ParsableArguments {
    @Option(name: .long, help: "How data is printed: table, json or csv. The table's layout is not an interface.")
    var output: OutputFormat = .table

    @Option(name: .long, help: "Language of what is printed: ko or en. Default: from LANG.")
    var lang: Language?

    @Flag(name: .long, help: "Nothing on stderr but errors.")
    var quiet = false

    @Flag(name: .long, help: "No colour. Accepted for scripts; dure prints none, and honours NO_COLOR likewise.")
    var noColor = false

    var language: Language { lang ?? Language(environment: ProcessInfo.processInfo.environment) }
    var console: Console { .standard }

    func say(_ line: String) { if !quiet { console.say(line) } }
}

/// A list as a table, JSON or CSV.
struct Listing {
    let columns: [TextTable.Column]
    let headings: [String]
    let rows: [[String]]
    let json: JSONValue

    func print(_ options: CommonOptions) {
        switch options.output {
        case .table:
            var table = TextTable(columns)
            rows.forEach { table.add($0) }
            options.console.data(table.lines(width: options.console.width))
        case .json:
            options.console.data(json.text(indent: 2))
        case .csv:
            options.console.raw(CSVText.lines([headings] + rows))
        }
    }
}
