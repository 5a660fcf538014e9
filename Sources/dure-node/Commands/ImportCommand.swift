import ArgumentParser
import Foundation
import OMOPStore
import Synchronization

/// `dure-node import`: makes a store from a folder of OMOP CSV files.
struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Make a SQLite store from a folder of OMOP CSV files.",
        discussion: """
            Reads PERSON.csv, OBSERVATION_PERIOD.csv and so on: one file for each table, named like it in any case, ending \
            in .csv, .tsv or .txt, with column names in the first line. Tab-divided files are read as Athena writes them \
            (quotes are ordinary characters), others as RFC 4180 says (commas, semicolons or bars; quotes may enclose line \
            breaks). Text must be UTF-8. Empty fields become NULL.

            The store appears under its name only when it is complete. If a row or a value would be lost, nothing is \
            written and every loss is listed with file, line and column; --accept-losses writes the rest.

            nodes/STORES.md says how to bring stores of other programs here (DuckDB, PostgreSQL, R).

            Examples:
              dure-node import --from export/ --to store.sqlite
              dure-node import --from export/ --vocabulary athena/ \\
                --to store.sqlite --replace
            """)

    @Option(name: .long, help: ArgumentHelp("The folder with the CSV files.", valueName: "folder"), completion: .directory)
    var from: String

    @Option(name: .long, help: ArgumentHelp("The SQLite file to make.", valueName: "file"), completion: .file())
    var to: String

    @Option(
        name: .long,
        help: ArgumentHelp("A folder with an Athena download, if the vocabulary is kept apart.", valueName: "folder"),
        completion: .directory)
    var vocabulary: String?

    @Flag(name: .long, help: "Replace the store if it is there.")
    var replace = false

    @Flag(name: .long, help: "Leave out rows and values that cannot be read, and count them.")
    var acceptLosses = false

    @Flag(name: .shortAndLong, help: "Say nothing unless something is lost.")
    var quiet = false

    mutating func run() async throws {
        for signalNumber in [SIGINT, SIGTERM] {
            signal(signalNumber) { _ in isStopped.store(true, ordering: .relaxed) }
        }
        let importer = CSVImporter(
            folder: from, vocabulary: vocabulary, destination: to, replaces: replace, acceptsLosses: acceptLosses)
        let line = ImportProgressLine(isSilent: quiet)
        let report: ImportReport
        do {
            report = try importer.run(isCancelled: { isStopped.load(ordering: .relaxed) }) { line.show($0, $1) }
        } catch  where error.code == .cancelled {
            line.clear()
            say("dure-node: \(error.message). \(error.advice).")
            throw ExitCode(2)
        } catch {
            line.clear()
            say("dure-node: \(error)")
            throw ExitCode.failure
        }
        line.clear()
        if !quiet || report.losses > 0 || !report.isWritten { report.lines().forEach(say) }
        try conclude(report)
    }

    private func conclude(_ report: ImportReport) throws {
        guard !report.isWritten else {
            if !quiet { say("\nMade \(to). Next: dure-node index build") }
            return
        }
        if report.losses > 0 {
            say("\nNothing was written: \(report.losses) rows or values would be lost. Mend the files, or give --accept-losses.")
        } else {
            say("\nNothing was written: the store would not be usable.")
        }
        throw ExitCode.failure
    }

    private func say(_ line: String) {
        FileHandle.standardError.write(Data((line + "\n").utf8))
    }
}

/// Set when the person stops the import: the unfinished file is then removed before the program ends.
private let isStopped = Atomic<Bool>(false)

/// The share of a file that has been read: a moving line on a terminal, a line for each file elsewhere.
private final class ImportProgressLine {
    private let isSilent: Bool
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private var last = ""

    init(isSilent: Bool) {
        self.isSilent = isSilent
    }

    func show(_ file: String, _ share: Double) {
        guard !isSilent else { return }
        let text = "\(file): \(Int(share * 100)) %"
        guard text != last else { return }
        last = text
        if isTerminal {
            write("\r\u{1B}[K\(text)")
        } else if share == 1 {
            write("\(file): read\n")
        }
    }

    func clear() {
        if isTerminal, !last.isEmpty { write("\r\u{1B}[K") }
    }

    private func write(_ text: String) {
        FileHandle.standardError.write(Data(text.utf8))
    }
}
